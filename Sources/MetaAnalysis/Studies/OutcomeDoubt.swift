/// A doubt about the data of a study: numbers that are possible in form but that are very unlikely.
public struct OutcomeDoubt: Hashable, Sendable {
    /// The kinds of doubt.
    public enum Kind: Hashable, Sendable, CaseIterable {
        /// A number of events is not whole.
        case fractionalCount
        /// The standard deviation of a group of several participants is 0.
        case deviationOfZero
        /// A group of one participant has a standard deviation.
        case deviationOfOne
        /// The estimate is far from the middle of its interval.
        case lopsidedInterval
        /// The cells of the table do not add up to its totals.
        case disagreeingCells
        /// The variance is not the square of the standard error.
        case disagreeingErrors
        /// The estimate and its test statistic have opposite signs.
        case oppositeSigns
        /// The estimate is outside its interval.
        case outsideInterval
    }

    /// Kind of the doubt.
    public var kind: Kind
    /// The numbers in question with the roles of their columns, in the order in which a message names them.
    public var values: [Value]

    /// A number in question and its column.
    public struct Value: Hashable, Sendable {
        /// Role of the column (`sd1i`), or its name in the file.
        public var role: String
        /// The number as read.
        public var value: Double

        /// Pairs a number with the role or name of its column.
        public init(_ role: String, _ value: Double) {
            self.role = role
            self.value = value
        }
    }

    /// Makes a doubt of this kind about these numbers.
    public init(_ kind: Kind, _ values: Value...) {
        self.kind = kind
        self.values = values
    }
}

extension OutcomeDoubt.Kind {
    /// One clause that describes the doubt, and a remedy.
    var sentence: (finding: String, remedy: String) {
        switch self {
        case .fractionalCount:
            (
                "a number of events is not whole",
                "proportions and percentages are no counts; multiply them by the participants"
            )
        case .deviationOfZero:
            (
                "a standard deviation is 0, as if all participants had the same value, and the group counts as known exactly",
                "check it, or leave the study out"
            )
        case .deviationOfOne:
            (
                "a group of one participant has a standard deviation, which a single value does not have",
                "check the size of the group"
            )
        case .lopsidedInterval:
            (
                "the estimate lies far off the middle of its interval",
                "check the numbers for a slip, and their scale"
            )
        case .disagreeingCells:
            ("the cells of the table do not add up to its totals", "correct one of the numbers")
        case .disagreeingErrors:
            ("the variance is not the square of the standard error", "correct one of them, or take one by --columns")
        case .oppositeSigns:
            ("the estimate and its test statistic have opposite signs", "check the direction of the effect")
        case .outsideInterval:
            ("the interval does not hold the estimate", "check the numbers for a slip, and their scale")
        }
    }
}

// MARK: - By kind of data

/// Returns a doubt if a number of events is not whole (to a relative error of 1e-6).
private func fractional(_ role: String, _ events: Double, _ others: OutcomeDoubt.Value...) -> [OutcomeDoubt] {
    guard abs(events - events.rounded()) > 1e-6 * max(1, abs(events)) else { return [] }
    var doubt = OutcomeDoubt(.fractionalCount, .init(role, events))
    doubt.values += others
    return [doubt]
}

/// Returns a doubt if a standard deviation is not plausible for the size of its group.
private func implausible(_ deviation: (role: String, value: Double), _ size: (role: String, value: Double))
    -> [OutcomeDoubt]
{
    if size.value == 1 {
        return [OutcomeDoubt(.deviationOfOne, .init(deviation.role, deviation.value), .init(size.role, size.value))]
    }
    guard deviation.value == 0, size.value > 1 else { return [] }
    return [OutcomeDoubt(.deviationOfZero, .init(deviation.role, deviation.value), .init(size.role, size.value))]
}

extension TwoByTwoTable {
    /// Returns a doubt for each number of events that is not whole.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        fractional("ai", treatedEvents, .init("n1i", treatedSize))
            + fractional("ci", controlEvents, .init("n2i", controlSize))
    }

    /// Events and size of each of the two groups.
    public var arms: ComparedArms? {
        ComparedArms(treated: [treatedEvents, treatedSize], control: [controlEvents, controlSize])
    }
}

extension TwoGroupMeans {
    /// Returns a doubt for each standard deviation of 0, and for each standard deviation of one participant.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        implausible(("sd1i", treatedDeviation), ("n1i", treatedSize))
            + implausible(("sd2i", controlDeviation), ("n2i", controlSize))
    }

    /// Size, mean and standard deviation of each of the two groups.
    public var arms: ComparedArms? {
        ComparedArms(
            treated: [treatedSize, treatedMean, treatedDeviation],
            control: [controlSize, controlMean, controlDeviation])
    }
}

extension TwoGroupRates {
    /// Returns a doubt for each number of events that is not whole.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        fractional("x1i", treatedEvents, .init("t1i", treatedTime))
            + fractional("x2i", controlEvents, .init("t2i", controlTime))
    }

    /// Events and person-time of each of the two groups.
    public var arms: ComparedArms? {
        ComparedArms(treated: [treatedEvents, treatedTime], control: [controlEvents, controlTime])
    }
}

extension Proportion {
    /// Returns a doubt if the number of events is not whole.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] { fractional("xi", events, .init("ni", size)) }
}

extension Rate {
    /// Returns a doubt if the number of events is not whole.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] { fractional("xi", events, .init("ti", time)) }
}

extension PairedTable {
    /// Returns a doubt for each number of pairs that is not whole.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        fractional("ai", both) + fractional("bi", firstOnly) + fractional("ci", secondOnly) + fractional("di", neither)
    }
}

extension Genotypes {
    /// Returns a doubt for each number of participants that is not whole.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        fractional("ai", dominant) + fractional("bi", heterozygous) + fractional("ci", recessive)
    }
}

extension SingleMean {
    /// Returns a doubt if a group of one participant has a standard deviation.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        size == 1 ? implausible(("sdi", deviation), ("ni", size)) : []
    }
}

extension PairedMeans {
    /// Returns a doubt for each standard deviation that is not plausible for the number of participants.
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        switch self {
        case .change(_, let deviation, let size): size == 1 ? implausible(("sdi", deviation), ("ni", size)) : []
        case .times(_, let first, _, let second, let size, _):
            implausible(("sd1i", first), ("ni", size)) + (size == 1 ? [] : implausible(("sd2i", second), ("ni", size)))
        }
    }
}

extension Double {
    /// Number of significant digits, without zeros at the ends: 2 for 0.250 and for 1200.
    var significantDigits: Int {
        let mantissa = description.split(separator: "e").first ?? ""
        let digits = mantissa.filter(\.isNumber).drop { $0 == "0" }
        return digits.reversed().drop { $0 == "0" }.count
    }
}

// MARK: - Groups that studies share

/// The numbers of the two groups that a study compares. Rows with equal numbers may share a group.
public struct ComparedArms: Hashable, Sendable {
    /// Numbers of the first group, in an order that is the same for all studies of a kind.
    public var treated: [Double]
    /// Numbers of the second group, in the same order.
    public var control: [Double]

    /// Makes the pair of groups from the numbers of each.
    public init(treated: [Double], control: [Double]) {
        self.treated = treated
        self.control = control
    }
}

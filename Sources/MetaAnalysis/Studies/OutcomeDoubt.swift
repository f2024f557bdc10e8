/// What is doubtful of the data of a study: numbers that are possible in form, and that hardly any study has.
public struct OutcomeDoubt: Hashable, Sendable {
    public enum Kind: Hashable, Sendable, CaseIterable {
        case fractionalCount
        case deviationOfZero
        case deviationOfOne
        case lopsidedInterval
        case disagreeingCells
        case disagreeingErrors
        case oppositeSigns
        case outsideInterval
    }

    public var kind: Kind
    /// The numbers in question by the role of their column, in the order in which they are told.
    public var values: [Value]

    public struct Value: Hashable, Sendable {
        /// Role of the column (`sd1i`), or its name.
        public var role: String
        public var value: Double

        public init(_ role: String, _ value: Double) {
            self.role = role
            self.value = value
        }
    }

    public init(_ kind: Kind, _ values: Value...) {
        self.kind = kind
        self.values = values
    }
}

extension OutcomeDoubt.Kind {
    /// One clause, and what to do.
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

/// A number of events that is none.
private func fractional(_ role: String, _ events: Double, _ others: OutcomeDoubt.Value...) -> [OutcomeDoubt] {
    guard abs(events - events.rounded()) > 1e-6 * max(1, abs(events)) else { return [] }
    var doubt = OutcomeDoubt(.fractionalCount, .init(role, events))
    doubt.values += others
    return [doubt]
}

/// A standard deviation that its group cannot have.
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
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        fractional("ai", treatedEvents, .init("n1i", treatedSize))
            + fractional("ci", controlEvents, .init("n2i", controlSize))
    }

    public var arms: ComparedArms? {
        ComparedArms(treated: [treatedEvents, treatedSize], control: [controlEvents, controlSize])
    }
}

extension TwoGroupMeans {
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        implausible(("sd1i", treatedDeviation), ("n1i", treatedSize))
            + implausible(("sd2i", controlDeviation), ("n2i", controlSize))
    }

    public var arms: ComparedArms? {
        ComparedArms(
            treated: [treatedSize, treatedMean, treatedDeviation],
            control: [controlSize, controlMean, controlDeviation])
    }
}

extension TwoGroupRates {
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        fractional("x1i", treatedEvents, .init("t1i", treatedTime))
            + fractional("x2i", controlEvents, .init("t2i", controlTime))
    }

    public var arms: ComparedArms? {
        ComparedArms(treated: [treatedEvents, treatedTime], control: [controlEvents, controlTime])
    }
}

extension Proportion {
    public func doubts(for measure: Measure) -> [OutcomeDoubt] { fractional("xi", events, .init("ni", size)) }
}

extension Rate {
    public func doubts(for measure: Measure) -> [OutcomeDoubt] { fractional("xi", events, .init("ti", time)) }
}

extension PairedTable {
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        fractional("ai", both) + fractional("bi", firstOnly) + fractional("ci", secondOnly) + fractional("di", neither)
    }
}

extension Genotypes {
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        fractional("ai", dominant) + fractional("bi", heterozygous) + fractional("ci", recessive)
    }
}

extension SingleMean {
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        size == 1 ? implausible(("sdi", deviation), ("ni", size)) : []
    }
}

extension PairedMeans {
    public func doubts(for measure: Measure) -> [OutcomeDoubt] {
        switch self {
        case .change(_, let deviation, let size): size == 1 ? implausible(("sdi", deviation), ("ni", size)) : []
        case .times(_, let first, _, let second, let size, _):
            implausible(("sd1i", first), ("ni", size)) + (size == 1 ? [] : implausible(("sd2i", second), ("ni", size)))
        }
    }
}

extension Double {
    /// How many digits a number needs, without zeros at its ends: 3 of 0.250, and 2 of 1200.
    var significantDigits: Int {
        let mantissa = description.split(separator: "e").first ?? ""
        let digits = mantissa.filter(\.isNumber).drop { $0 == "0" }
        return digits.reversed().drop { $0 == "0" }.count
    }
}

// MARK: - Groups that studies share

/// The numbers of the two groups that a study compares, to see whether rows share one.
public struct ComparedArms: Hashable, Sendable {
    public var treated: [Double]
    public var control: [Double]

    public init(treated: [Double], control: [Double]) {
        self.treated = treated
        self.control = control
    }
}

/// A set of column roles together with the code that makes an outcome from their numbers.
struct OutcomeLayout<Outcome>: Sendable {
    let roles: [Role]
    /// Makes an outcome from the numbers, in the order of `roles`, and the level of reported intervals.
    private let make: @Sendable (_ numbers: [Double], _ level: Double) throws -> Outcome

    /// Makes an outcome.
    ///
    /// - Parameter numbers: one number for each role, in the order of `roles`.
    func outcome(_ numbers: [Double], intervalLevel: Double) throws -> Outcome {
        precondition(numbers.count == roles.count, "one number for each role")
        return try make(numbers, intervalLevel)
    }

    private init(_ roles: [Role], make: @escaping @Sendable ([Double], Double) throws -> Outcome) {
        self.roles = roles
        self.make = make
    }
}

// One initializer for each number of roles, so that the compiler checks the number of arguments.
extension OutcomeLayout {
    init(_ first: Role, _ second: Role, make: @escaping @Sendable (Double, Double) throws -> Outcome) {
        self.init([first, second]) { numbers, _ in try make(numbers[0], numbers[1]) }
    }

    init(
        _ first: Role, _ second: Role, _ third: Role,
        make: @escaping @Sendable (Double, Double, Double) throws -> Outcome
    ) {
        self.init([first, second, third]) { numbers, _ in try make(numbers[0], numbers[1], numbers[2]) }
    }

    init(
        _ first: Role, _ second: Role, _ third: Role, _ fourth: Role,
        make: @escaping @Sendable (Double, Double, Double, Double) throws -> Outcome
    ) {
        self.init([first, second, third, fourth]) { numbers, _ in
            try make(numbers[0], numbers[1], numbers[2], numbers[3])
        }
    }

    init(
        _ first: Role, _ second: Role, _ third: Role, _ fourth: Role, _ fifth: Role,
        make: @escaping @Sendable (Double, Double, Double, Double, Double) throws -> Outcome
    ) {
        self.init([first, second, third, fourth, fifth]) { numbers, _ in
            try make(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
        }
    }

    init(
        _ first: Role, _ second: Role, _ third: Role, _ fourth: Role, _ fifth: Role, _ sixth: Role,
        make: @escaping @Sendable (Double, Double, Double, Double, Double, Double) throws -> Outcome
    ) {
        self.init([first, second, third, fourth, fifth, sixth]) { numbers, _ in
            try make(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
        }
    }
}

extension OutcomeLayout where Outcome == ReportedEffect {
    init(_ layout: ReportedLayout) {
        self.init(layout.roles) { numbers, level in
            layout.effect(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : .nan, level: level)
        }
    }
}

/// An outcome that can be read from the rows of a table.
protocol TabulatedOutcome: StudyOutcome {
    /// The sets of roles that hold the outcome, in the order in which they are tried. Any one of them is sufficient.
    static var layouts: [OutcomeLayout<Self>] { get }
}

extension TabulatedOutcome {
    static var roles: [[Role]] { layouts.map(\.roles) }
}

extension TwoByTwoTable: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.ai, .bi, .ci, .di) { ai, bi, ci, di in
            try requireCells("without the event ", (bi, .bi), (di, .di))
            return TwoByTwoTable(treatedEvents: ai, treatedNonEvents: bi, controlEvents: ci, controlNonEvents: di)
        },
        OutcomeLayout(.ai, .n1i, .ci, .n2i) { ai, n1i, ci, n2i in
            try requireCells("", (n1i, .n1i), (n2i, .n2i))
            return TwoByTwoTable(events: ai, of: n1i, versus: ci, of: n2i)
        },
    ]

    /// Checks the columns that are not cells of the table themselves.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for a negative number in one of them.
    private static func requireCells(
        _ which: String, _ treated: (value: Double, role: Role), _ control: (value: Double, role: Role)
    ) throws {
        for (cell, group) in [(treated, "treated"), (control, "control")] {
            try OutcomeValue(
                cell.value, cell.role.rawValue, "number of participants \(which)in the \(group) group"
            ).requireFiniteAndNotNegative()
        }
    }
}

extension TwoGroupMeans: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.n1i, .m1i, .sd1i, .n2i, .m2i, .sd2i) {
            TwoGroupMeans(
                treatedSize: $0, treatedMean: $1, treatedDeviation: $2, controlSize: $3, controlMean: $4,
                controlDeviation: $5)
        },
        OutcomeLayout(.ti, .n1i, .n2i) { t, first, second in
            try OutcomeValue(t, Role.ti.rawValue, "t statistic").requireFinite()
            try OutcomeValue(first, Role.n1i.rawValue, "number of participants in the treated group").requirePositive()
            try OutcomeValue(second, Role.n2i.rawValue, "number of participants in the control group").requirePositive()
            return TwoGroupMeans(t: t, treatedSize: first, controlSize: second)
        },
    ]
}

extension PairedMeans: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.m1i, .sd1i, .m2i, .sd2i, .ni, .ri) {
            .times(
                firstMean: $0, firstDeviation: $1, secondMean: $2, secondDeviation: $3, size: $4, correlation: $5)
        },
        OutcomeLayout(.mi, .sdi, .ni) { .change(mean: $0, deviation: $1, size: $2) },
    ]
}

extension TwoGroupRates: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.x1i, .t1i, .x2i, .t2i) {
            TwoGroupRates(treatedEvents: $0, treatedTime: $1, controlEvents: $2, controlTime: $3)
        }
    ]
}

extension PairedTable: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.ai, .bi, .ci, .di) { PairedTable(both: $0, firstOnly: $1, secondOnly: $2, neither: $3) }
    ]
}

extension PairedMargins: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.ai, .bi, .ci, .di, .ri) {
            PairedMargins(
                firstEvents: $0, firstNonEvents: $1, secondEvents: $2, secondNonEvents: $3, correlation: $4)
        }
    ]
}

extension SingleMean: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.mi, .sdi, .ni) { SingleMean(mean: $0, deviation: $1, size: $2) }
    ]
}

extension Proportion: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.xi, .ni) { Proportion(events: $0, size: $1) },
        OutcomeLayout(.proportion, .ni) { share, size in
            try OutcomeValue(share, Role.proportion.rawValue, "proportion").require(atLeast: 0, atMost: 1)
            return Proportion(share: share, of: size)
        },
    ]

    /// Makes a proportion from a printed share: the number of events is the whole number that rounds to it, if there is one.
    init(share: Double, of size: Double) {
        let events = share * size
        let whole = events.rounded()
        // The unit of the last printed digit. The tolerance of 1e-13 allows for the rounding of a percentage that was divided by 100.
        var unit = 1.0
        while unit > 1e-12, abs((share / unit).rounded() * unit - share) > 1e-13 { unit /= 10 }
        self.init(events: abs(whole - events) <= 0.5 * unit * size * (1 + 1e-9) ? whole : events, size: size)
    }
}

extension Rate: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [OutcomeLayout(.xi, .ti) { Rate(events: $0, time: $1) }]
}

extension Correlation: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [OutcomeLayout(.ri, .ni) { Correlation(coefficient: $0, size: $1) }]
}

extension Reliability: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.ai, .mi, .ni) { Reliability(alpha: $0, items: $1, size: $2) }
    ]
}

extension Genotypes: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.ai, .bi, .ci) { Genotypes(dominant: $0, heterozygous: $1, recessive: $2) }
    ]
}

extension PartialCorrelation: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] =
        holding(.ti) { .statistic($0) } + holding(.pi) { .pValue($0) } + holding(.ri) { .coefficient($0) }

    private static func holding(
        _ role: Role, _ evidence: @escaping @Sendable (Double) -> Evidence
    ) -> [OutcomeLayout<Self>] {
        [
            OutcomeLayout(role, .ni, .mi, .r2i) {
                PartialCorrelation(evidence: evidence($0), size: $1, predictors: $2, determination: $3)
            },
            OutcomeLayout(role, .ni, .mi) {
                PartialCorrelation(evidence: evidence($0), size: $1, predictors: $2, determination: nil)
            },
        ]
    }
}

extension Determination: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.r2i, .ni, .mi) { Determination(evidence: .coefficient($0), size: $1, predictors: $2) },
        OutcomeLayout(.fi, .ni, .mi) { Determination(evidence: .statistic($0), size: $1, predictors: $2) },
        OutcomeLayout(.pi, .ni, .mi) { Determination(evidence: .pValue($0), size: $1, predictors: $2) },
    ]
}

extension Superiority: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [
        OutcomeLayout(.ai, .n1i, .n2i) { Superiority(probability: $0, treatedSize: $1, controlSize: $2) }
    ]
}

extension LogRank: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = [OutcomeLayout(.oe, .v) { LogRank(excess: $0, variance: $1) }]
}

extension ReportedEffect: TabulatedOutcome {
    static let layouts: [OutcomeLayout<Self>] = ReportedLayout.all.map { OutcomeLayout($0) }
}

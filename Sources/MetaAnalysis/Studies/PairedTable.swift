internal import RealModule

/// Events of matched pairs, or of the same participants under two treatments: the number of pairs with each combination of events.
public struct PairedTable: Hashable, Sendable, Codable {
    /// Pairs with the event under both treatments; at least 0, like all counts (fractions are allowed). Role `ai`.
    public var both: Double
    /// Pairs with the event under the first treatment only. Role `bi`.
    public var firstOnly: Double
    /// Pairs with the event under the second treatment only. Role `ci`.
    public var secondOnly: Double
    /// Pairs without the event under either treatment. Role `di`.
    public var neither: Double

    /// Makes a paired table without checking its range; `validate()` does.
    public init(both: Double, firstOnly: Double, secondOnly: Double, neither: Double) {
        self.both = both
        self.firstOnly = firstOnly
        self.secondOnly = secondOnly
        self.neither = neither
    }

    /// Number of pairs.
    public var size: Double { both + firstOnly + secondOnly + neither }
}

extension PairedTable {
    /// Effects of events of matched pairs; positive if the event is more frequent under the first treatment.
    public enum Measure: String, EffectMeasure {
        /// Log marginal risk ratio (`MPRR`).
        case riskRatio = "MPRR"
        /// Log marginal odds ratio (`MPOR`).
        case oddsRatio = "MPOR"
        /// Risk difference (`MPRD`).
        case riskDifference = "MPRD"
        /// Log conditional odds ratio, ln(b/c) (`MPORC`).
        case conditionalOddsRatio = "MPORC"
        /// Log odds ratio by Peto's method (`MPPETO`).
        case petoOddsRatio = "MPPETO"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .riskRatio:
                MeasureDescription(
                    rawValue, .pairedTable, title: "log risk ratio of matched pairs, marginal", scale: .log,
                    definition: "y = ln((a + b) / (a + c)); v = (b + c) / ((a + b) (a + c))",
                    source: "Zou (2007), doi:10.1177/1740774506075667", example: (0.2513144283, 0.0126984127),
                    usesContinuityCorrection: true)
            case .oddsRatio:
                MeasureDescription(
                    rawValue, .pairedTable, title: "log odds ratio of matched pairs, marginal", scale: .log,
                    definition: """
                        y = ln((a + b) (b + d) / ((c + d) (a + c))) with n = a + b + c + d; \
                        v = 1/(a + b) + 1/(c + d) + 1/(a + c) + 1/(b + d) \
                        - 2 n (a d - b c) / ((a + b) (c + d) (a + c) (b + d))
                        """,
                    source: "Becker & Balagtas (1993), doi:10.2307/2532242", example: (0.4183685129, 0.03374403374),
                    usesContinuityCorrection: true)
            case .riskDifference:
                MeasureDescription(
                    rawValue, .pairedTable, title: "risk difference of matched pairs", scale: .identity,
                    definition: "y = (b - c) / n with n = a + b + c + d; v = (b + c) / n^2 - (b - c)^2 / n^3",
                    source: "Fagerland, Lydersen & Laake (2014), doi:10.1002/sim.6148", example: (0.1, 0.0019),
                    usesContinuityCorrection: true)
            case .conditionalOddsRatio:
                MeasureDescription(
                    rawValue, .pairedTable, title: "log odds ratio of matched pairs, conditional", scale: .log,
                    definition: "y = ln(b / c); v = 1/b + 1/c",
                    source: """
                        Curtin, Elbourne & Altman (2002), doi:10.1002/sim.1206; \
                        Zou (2007), doi:10.1177/1740774506075667
                        """, example: (1.098612289, 0.2666666667), usesContinuityCorrection: true)
            case .petoOddsRatio:
                MeasureDescription(
                    rawValue, .pairedTable, title: "log odds ratio of matched pairs by Peto's method", scale: .log,
                    definition: "y = 2 (b - c) / (b + c); v = 4 / (b + c)",
                    source: "Curtin, Elbourne & Altman (2002), doi:10.1002/sim.1206", example: (1.0, 0.2),
                    usesContinuityCorrection: true)
            }
        }
    }
}

extension PairedTable: StudyOutcome {
    /// Log marginal odds ratio (`MPOR`).
    public static let defaultMeasure = Measure.oddsRatio

    /// Whether one of the four counts is 0.
    public var hasZeroCell: Bool { both == 0 || firstOnly == 0 || secondOnly == 0 || neither == 0 }

    /// Whether all pairs are in one cell of the diagonal.
    public var isDoubleZero: Bool { firstOnly == 0 && secondOnly == 0 && (both == 0 || neither == 0) }

    /// Number of pairs.
    public var sampleSize: Double? { size }

    /// Checks that the four counts are finite and not negative.
    public func validate() throws {
        for (count, role, name) in [
            (both, "ai", "with the event under both treatments"),
            (firstOnly, "bi", "with the event under the first treatment only"),
            (secondOnly, "ci", "with the event under the second treatment only"),
            (neither, "di", "without the event under either treatment"),
        ] {
            try OutcomeValue(count, role, "number of pairs \(name)").requireFiniteAndNotNegative()
        }
    }

    /// Adds the amount of the correction, of either kind, to the four counts: both treatments have the same number of pairs.
    public func corrected(by correction: ContinuityCorrection) -> PairedTable {
        guard size > 0 else { return self }
        return PairedTable(
            both: both + correction.amount, firstOnly: firstOnly + correction.amount,
            secondOnly: secondOnly + correction.amount, neither: neither + correction.amount)
    }

    /// Risk difference of the uncorrected counts for `Measure.riskDifference`; `nil` for ratios and without pairs.
    public func estimateAtZero(_ measure: Measure) -> Double? {
        guard measure == .riskDifference, size > 0 else { return nil }
        return (firstOnly - secondOnly) / size
    }

    /// Computes the effect; a table without discordant pairs gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard size > 0 else { throw Exclusion("no pairs") }
        let discordant = firstOnly + secondOnly
        guard discordant > 0 else {
            throw Exclusion("no pair differs between the treatments, so the effect has no sampling variance")
        }
        let first = both + firstOnly
        let second = both + secondOnly
        switch measure {
        case .riskRatio:
            guard first > 0, second > 0 else { throw zeroCountExclusion("no event under one treatment") }
            return EffectEstimate(
                estimate: logRatio(first / second, exceedingOneBy: (firstOnly - secondOnly) / second),
                variance: discordant / first / second)
        case .oddsRatio:
            let firstNone = secondOnly + neither
            let secondNone = firstOnly + neither
            guard first > 0, second > 0 else { throw zeroCountExclusion("no event under one treatment") }
            guard firstNone > 0, secondNone > 0 else { throw zeroCountExclusion("only events under one treatment") }
            // (a + b)(b + d) − (a + c)(c + d) = (b − c)n
            return EffectEstimate(
                estimate: logRatio(
                    (first / firstNone) / (second / secondNone),
                    exceedingOneBy: (firstOnly - secondOnly) / second * (size / firstNone)),
                variance: marginalVariance(first, firstNone, second, secondNone))
        case .riskDifference:
            // (b + c)n − (b − c)² = (b + c)(a + d) + 4bc
            let spread =
                discordant / size * ((both + neither) / size) + 4 * (firstOnly / size) * (secondOnly / size)
            guard spread > 0 else {
                throw Exclusion(
                    "all pairs differ, and in the same direction, so the risk difference has no sampling variance")
            }
            return EffectEstimate(estimate: (firstOnly - secondOnly) / size, variance: spread / size)
        case .conditionalOddsRatio:
            guard firstOnly > 0, secondOnly > 0 else {
                throw zeroCountExclusion("all pairs that differ do so in the same direction")
            }
            return EffectEstimate(
                estimate: logRatio(firstOnly / secondOnly, exceedingOneBy: (firstOnly - secondOnly) / secondOnly),
                variance: 1 / firstOnly + 1 / secondOnly)
        case .petoOddsRatio:
            return EffectEstimate(
                estimate: 2 * ((firstOnly - secondOnly) / discordant), variance: 4 / discordant)
        }
    }

    /// Sum over the cells of count times squared derivative. Unlike the formula with the covariance of the two margins, it takes no
    /// difference.
    private func marginalVariance(
        _ first: Double, _ firstNone: Double, _ second: Double, _ secondNone: Double
    ) -> Double {
        let shift = firstOnly - secondOnly
        let inBoth = shift / first / second
        let inNeither = shift / firstNone / secondNone
        let inFirst = 1 / first + 1 / secondNone
        let inSecond = 1 / second + 1 / firstNone
        return both * inBoth * inBoth + neither * inNeither * inNeither + firstOnly * inFirst * inFirst
            + secondOnly * inSecond * inSecond
    }

    private func zeroCountExclusion(_ found: String) -> Exclusion {
        Exclusion("\(found), so the logarithm of the ratio needs a continuity correction")
    }
}

internal import RealModule

/// Marginal totals of events under two treatments of the same participants or of matched pairs, with the correlation of the two events.
public struct PairedMargins: Hashable, Sendable, Codable {
    /// Participants with the event under the first treatment; at least 0, like all counts. Role `ai`.
    public var firstEvents: Double
    /// Participants without the event under the first treatment. Role `bi`.
    public var firstNonEvents: Double
    /// Participants with the event under the second treatment. Role `ci`.
    public var secondEvents: Double
    /// Participants without the event under the second treatment. Role `di`.
    public var secondNonEvents: Double
    /// Phi coefficient of the two events, known or assumed, in [−1, 1]. Role `ri`.
    public var correlation: Double

    /// Makes the margins without checking their range; `validate()` does.
    public init(
        firstEvents: Double, firstNonEvents: Double, secondEvents: Double, secondNonEvents: Double,
        correlation: Double
    ) {
        self.firstEvents = firstEvents
        self.firstNonEvents = firstNonEvents
        self.secondEvents = secondEvents
        self.secondNonEvents = secondNonEvents
        self.correlation = correlation
    }
}

extension PairedMargins {
    /// Effects computed from the margins of a paired table.
    public enum Measure: String, EffectMeasure {
        /// Log marginal odds ratio of matched pairs (`MPORM`).
        case oddsRatio = "MPORM"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            MeasureDescription(
                rawValue, .pairedMargins, title: "log odds ratio of matched pairs, marginal, from the margins",
                scale: .log,
                definition: """
                    y = ln(a d / (b c)); v = u + w - 2 r sqrt(u w) with u = 1/a + 1/b, w = 1/c + 1/d
                    """,
                source: "Zou (2007), doi:10.1177/1740774506075667", example: (0.4183685129, 0.05064597549),
                usesContinuityCorrection: true)
        }
    }
}

extension PairedMargins: StudyOutcome {
    /// Log marginal odds ratio (`MPORM`).
    public static let defaultMeasure = Measure.oddsRatio

    /// Whether one of the four counts is 0.
    public var hasZeroCell: Bool {
        firstEvents == 0 || firstNonEvents == 0 || secondEvents == 0 || secondNonEvents == 0
    }

    /// Whether there are no events, or events only, under both treatments.
    public var isDoubleZero: Bool {
        (firstEvents == 0 && secondEvents == 0) || (firstNonEvents == 0 && secondNonEvents == 0)
    }

    /// Number of participants, each of whom is counted under both treatments.
    public var sampleSize: Double? { firstEvents + firstNonEvents }

    /// Checks that the counts are finite and not negative, that both treatments have the same total, and that the correlation is in [−1,
    /// 1].
    public func validate() throws {
        for (count, role, name) in [
            (firstEvents, "ai", "with the event under the first treatment"),
            (firstNonEvents, "bi", "without the event under the first treatment"),
            (secondEvents, "ci", "with the event under the second treatment"),
            (secondNonEvents, "di", "without the event under the second treatment"),
        ] {
            try OutcomeValue(count, role, "number of participants \(name)").requireFiniteAndNotNegative()
        }
        try OutcomeValue(correlation, "ri", "correlation between the two events").require(atLeast: -1, atMost: 1)
        let sizes = (firstEvents + firstNonEvents, secondEvents + secondNonEvents)
        guard abs(sizes.0 - sizes.1) <= 1e-9 * max(sizes.0, sizes.1) else {
            throw MetaAnalysisError.invalidOutcome(
                "there are \(sizes.0.plain) participants under the first treatment and \(sizes.1.plain) under the second",
                remedy: "give the same participants under both, or take a measure of two independent groups",
                role: "di")
        }
    }

    /// Adds the amount of the correction, of either kind, to the four counts.
    public func corrected(by correction: ContinuityCorrection) -> PairedMargins {
        guard firstEvents + firstNonEvents > 0 else { return self }
        return PairedMargins(
            firstEvents: firstEvents + correction.amount, firstNonEvents: firstNonEvents + correction.amount,
            secondEvents: secondEvents + correction.amount, secondNonEvents: secondNonEvents + correction.amount,
            correlation: correlation)
    }

    /// Computes the effect; a count of 0 gives none, nor does a correlation that leaves no sampling variance.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard firstEvents + firstNonEvents > 0 else { throw Exclusion("no participants") }
        guard !hasZeroCell else {
            throw Exclusion("no event, or only events, under a treatment: an odds ratio needs a continuity correction")
        }
        let first = (1 / firstEvents + 1 / firstNonEvents).squareRoot()
        let second = (1 / secondEvents + 1 / secondNonEvents).squareRoot()
        // u + w − 2r√(uw), written so that nothing cancels for r near 1.
        let variance = (first - second) * (first - second) + 2 * (1 - correlation) * first * second
        guard variance > 0 else {
            throw Exclusion("the two events are perfectly correlated, so the odds ratio has no sampling variance")
        }
        return EffectEstimate(
            estimate: logRatio(
                (firstEvents / firstNonEvents) / (secondEvents / secondNonEvents),
                exceedingOneBy: ProductDifference(firstEvents, secondNonEvents, minus: firstNonEvents, secondEvents)
                    .quotient(by: firstNonEvents, secondEvents)), variance: variance)
    }
}

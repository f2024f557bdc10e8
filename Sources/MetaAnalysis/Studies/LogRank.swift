/// Sums of a log-rank test of two groups: observed minus expected events of the first group, and their variance.
public struct LogRank: Hashable, Sendable, Codable {
    /// Observed minus expected events of the first group, O − E; negative if the first group had fewer events than expected. Role `oe`.
    public var excess: Double
    /// Hypergeometric variance V of O − E, at least 0. Role `v`.
    public var variance: Double

    /// Makes the sums of a log-rank test without checking their range; `validate()` does.
    public init(excess: Double, variance: Double) {
        self.excess = excess
        self.variance = variance
    }
}

extension LogRank {
    /// Effects on the time to an event; positive if events come sooner in the first group.
    public enum Measure: String, EffectMeasure {
        /// Log hazard ratio, (O − E)/V (`HR`).
        case hazardRatio = "HR"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            MeasureDescription(
                rawValue, .logRank, title: "log hazard ratio from a log-rank test", scale: .log,
                definition: "y = (O - E) / V; v = 1/V",
                source: """
                    Yusuf et al. (1985), doi:10.1016/s0033-0620(85)80003-7; \
                    Tierney et al. (2007), doi:10.1186/1745-6215-8-16
                    """, example: (-0.4047619048, 0.04761904762))
        }
    }
}

extension LogRank: StudyOutcome {
    /// Log hazard ratio (`HR`).
    public static let defaultMeasure = Measure.hazardRatio

    /// `nil`: a log-rank test does not include the number of participants.
    public var sampleSize: Double? { nil }

    /// Checks that O − E is finite and that V is finite and not negative.
    public func validate() throws {
        try OutcomeValue(excess, "oe", "number of observed minus expected events").requireFinite()
        try OutcomeValue(variance, "v", "variance of observed minus expected events").requireFiniteAndNotNegative()
    }

    /// Computes the log hazard ratio; a variance V of 0 gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard variance > 0 else { throw Exclusion("a log-rank variance of 0 says nothing of the hazard ratio") }
        return EffectEstimate(estimate: excess / variance, variance: 1 / variance)
    }
}

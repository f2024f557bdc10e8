/// What a log-rank test of two groups adds up to: observed minus expected events of the first group, and the variance of that.
public struct LogRank: Hashable, Sendable, Codable {
    /// Events of the first group beyond those expected, O − E; negative where it fared better. Role `oe`.
    public var excess: Double
    /// Hypergeometric variance V of the excess, 0 or more. Role `v`.
    public var variance: Double

    public init(excess: Double, variance: Double) {
        self.excess = excess
        self.variance = variance
    }
}

extension LogRank {
    /// Effects on the time to an event; positive when events come sooner in the first group.
    public enum Measure: String, EffectMeasure {
        case hazardRatio = "HR"

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
    public static let defaultMeasure = Measure.hazardRatio

    public var sampleSize: Double? { nil }

    public func validate() throws {
        try OutcomeValue(excess, "oe", "number of observed minus expected events").requireFinite()
        try OutcomeValue(variance, "v", "variance of observed minus expected events").requireFiniteAndNotNegative()
    }

    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard variance > 0 else { throw Exclusion("a log-rank variance of 0 says nothing of the hazard ratio") }
        return EffectEstimate(estimate: excess / variance, variance: 1 / variance)
    }
}

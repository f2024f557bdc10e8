/// Probability that a value of the first group exceeds a value of the second, as a study reports it: the area under a receiver operating
/// characteristic curve, or U/(n₁n₂) of the Mann–Whitney test.
public struct Superiority: Hashable, Sendable, Codable {
    /// Probability of superiority, in [0, 1]. Role `ai`.
    public var probability: Double
    /// Participants in the first group, in which high values are expected (the diseased). Role `n1i`.
    public var treatedSize: Double
    /// Participants in the second group. Role `n2i`.
    public var controlSize: Double

    /// Makes a probability of superiority without checking its range; `validate()` does.
    public init(probability: Double, treatedSize: Double, controlSize: Double) {
        self.probability = probability
        self.treatedSize = treatedSize
        self.controlSize = controlSize
    }
}

extension Superiority {
    /// The probability under the names of two fields; both measures have the same estimate and variance.
    public enum Measure: String, EffectMeasure {
        /// Common language effect size (`CLES`).
        case commonLanguage = "CLES"
        /// Area under the curve (`AUC`).
        case areaUnderCurve = "AUC"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            MeasureDescription(
                rawValue, .superiority,
                title: self == .commonLanguage ? "common language effect size" : "area under the curve",
                scale: .identity,
                definition: """
                    y as reported; v = y (1 - y) (1 + k1 (1 - y) / (2 - y) + k2 y / (1 + y)) / (n1 n2); \
                    LS: k1 = k2 = (n1 + n2) / 2 - 1; LS2: k1 = n1 - 1, k2 = n2 - 1
                    """,
                source: """
                    Newcombe (2006), doi:10.1002/sim.2324 (LS); \
                    Hanley & McNeil (1982), doi:10.1148/radiology.143.1.7063747 (LS2)
                    """, example: (0.8, 0.002062962963),
                variances: [.largeSample, .largeSampleSquaredCorrection])
        }
    }
}

extension Superiority: StudyOutcome {
    /// Area under the curve (`AUC`).
    public static let defaultMeasure = Measure.areaUnderCurve

    /// Number of participants in both groups.
    public var sampleSize: Double? { treatedSize + controlSize }

    /// Checks that the probability is in [0, 1] and that the sizes are finite and not negative.
    public func validate() throws {
        try OutcomeValue(probability, "ai", "probability of superiority").require(atLeast: 0, atMost: 1)
        try OutcomeValue(treatedSize, "n1i", "number of participants in the first group")
            .requireFiniteAndNotNegative()
        try OutcomeValue(controlSize, "n2i", "number of participants in the second group")
            .requireFiniteAndNotNegative()
    }

    /// Computes the effect; a probability of 0 or 1, or an empty group, gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard treatedSize >= 1, controlSize >= 1 else { throw Exclusion("no participants in one of the groups") }
        let spread = probability * (1 - probability)
        guard spread > 0 else {
            throw Exclusion("every value of one group exceeds those of the other, so there is no sampling variance")
        }
        let hasOwnSizes = settings.variance == .largeSampleSquaredCorrection
        let mean = (treatedSize + controlSize) / 2
        let treated = (hasOwnSizes ? treatedSize : mean) - 1
        let control = (hasOwnSizes ? controlSize : mean) - 1
        let inflation =
            1 + treated * (1 - probability) / (2 - probability) + control * probability / (1 + probability)
        return EffectEstimate(estimate: probability, variance: spread * inflation / treatedSize / controlSize)
    }
}

internal import RealModule

/// Cronbach's coefficient alpha of a scale.
public struct Reliability: Hashable, Sendable, Codable {
    /// Coefficient alpha, at most 1; may be negative. Role `ai`.
    public var alpha: Double
    /// Number of items (or parts) of the scale, at least 2. Role `mi`.
    public var items: Double
    /// Number of participants. Role `ni`.
    public var size: Double

    /// Makes a reliability without checking its range; `validate()` does.
    public init(alpha: Double, items: Double, size: Double) {
        self.alpha = alpha
        self.items = items
        self.size = size
    }
}

extension Reliability {
    /// Effects computed from coefficient alpha.
    public enum Measure: String, EffectMeasure {
        /// Coefficient alpha itself (`ARAW`).
        case raw = "ARAW"
        /// Hakstian–Whalen transformed coefficient alpha, 1 − ∛(1 − α) (`AHW`).
        case cubeRootComplement = "AHW"
        /// Bonett transformed coefficient alpha, −ln(1 − α) (`ABT`).
        case logComplement = "ABT"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .raw:
                MeasureDescription(
                    rawValue, .reliability, title: "coefficient alpha", scale: .identity,
                    definition: "y = alpha; v = 2 m (1 - alpha)^2 / ((m - 1) (n - 2))",
                    source: "Bonett (2010), doi:10.1037/a0020142", example: (0.8, 0.001851851852))
            case .cubeRootComplement:
                MeasureDescription(
                    rawValue, .reliability, title: "coefficient alpha, Hakstian-Whalen transformed",
                    scale: .cubeRootComplement,
                    definition: """
                        y = 1 - (1 - alpha)^(1/3); \
                        v = 18 m (n - 1) (1 - alpha)^(2/3) / ((m - 1) (9 n - 11)^2)
                        """,
                    source: "Hakstian & Whalen (1976), doi:10.1007/BF02291840", example: (0.4151964524, 0.001739069876))
            case .logComplement:
                MeasureDescription(
                    rawValue, .reliability, title: "coefficient alpha, Bonett transformed", scale: .logComplement,
                    definition: "y = -ln(1 - alpha); v = 2 m / ((m - 1) (n - 2))",
                    source: "Bonett (2002), doi:10.3102/10769986027004335", example: (1.609437912, 0.0462962963))
            }
        }
    }
}

extension Reliability: StudyOutcome {
    /// Bonett transformed coefficient alpha (`ABT`).
    public static let defaultMeasure = Measure.logComplement

    /// Number of participants.
    public var sampleSize: Double? { size }

    /// Checks that alpha is at most 1, that there are at least 2 items, and that the number of participants is finite and not negative.
    public func validate() throws {
        try OutcomeValue(alpha, "ai", "coefficient alpha").require(atLeast: -.infinity, atMost: 1)
        try OutcomeValue(items, "mi", "number of items").require(atLeast: 2, atMost: .infinity)
        try OutcomeValue(size, "ni", "number of participants").requireFiniteAndNotNegative()
    }

    /// Computes the effect; an alpha of 1 gives none, nor do fewer than 3 participants (2 for `Measure.cubeRootComplement`).
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        let complement = 1 - alpha
        guard complement > 0 else { throw Exclusion("an alpha of 1 has no sampling variance") }
        let leastSize = measure == .cubeRootComplement ? 2.0 : 3
        guard size >= leastSize else {
            throw Exclusion(
                "a reliability of \(size.plain) participants: this measure needs \(leastSize.plain) or more")
        }
        let parts = items / (items - 1)
        switch measure {
        case .raw:
            return EffectEstimate(estimate: alpha, variance: 2 * parts * complement * complement / (size - 2))
        case .cubeRootComplement:
            let root = Double.root(complement, 3)
            let scaled = 9 * size - 11
            return EffectEstimate(
                estimate: 1 - root, variance: 18 * parts * ((size - 1) / scaled) * (root * root / scaled))
        case .logComplement:
            return EffectEstimate(estimate: -.log(onePlus: -alpha), variance: 2 * parts / (size - 2))
        }
    }
}

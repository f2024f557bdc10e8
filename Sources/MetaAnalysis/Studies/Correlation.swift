internal import RealModule

/// A correlation coefficient and the number of pairs of values it was computed from.
public struct Correlation: Hashable, Sendable, Codable {
    /// Correlation, in [−1, 1]. Role `ri`.
    public var coefficient: Double
    /// Number of pairs (participants). Role `ni`.
    public var size: Double

    /// Makes a correlation without checking its range; `validate()` does.
    public init(coefficient: Double, size: Double) {
        self.coefficient = coefficient
        self.size = size
    }
}

extension Correlation {
    /// Effects computed from a correlation.
    public enum Measure: String, EffectMeasure {
        /// Correlation r itself (`COR`).
        case raw = "COR"
        /// Correlation corrected for bias, the estimator of Olkin & Pratt (`UCOR`).
        case unbiased = "UCOR"
        /// Fisher's r-to-z transformed correlation (`ZCOR`).
        case fisherZ = "ZCOR"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .raw:
                MeasureDescription(
                    rawValue, .correlation, title: "correlation", scale: .identity,
                    definition: """
                        y = r; LS: v = (1 - r^2)^2 / (n - 1); \
                        AV: with the correlation averaged over all studies
                        """,
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.5, 0.01939655172),
                    variances: [.largeSample, .averaged])
            case .unbiased:
                MeasureDescription(
                    rawValue, .correlation, title: "correlation corrected for bias", scale: .identity,
                    definition: """
                        y = r F(1/2, 1/2; (n - 2)/2; 1 - r^2) with F the hypergeometric function; \
                        LS: v = (1 - y^2)^2 / (n - 1); \
                        UB: v = y^2 - 1 + (n - 3)/(n - 2) (1 - r^2) F(1, 1; n/2; 1 - r^2); \
                        AV: as LS with y averaged over all studies
                        """,
                    source: """
                        Olkin & Pratt (1958), doi:10.1214/aoms/1177706717; \
                        Hedges (1989), doi:10.1037/0021-9010.74.3.469 (UB)
                        """, example: (0.5071159138, 0.01902763912), variances: [.largeSample, .unbiased, .averaged])
            case .fisherZ:
                MeasureDescription(
                    rawValue, .correlation, title: "correlation, Fisher's r-to-z transformed", scale: .fisherZ,
                    definition: "y = atanh(r); v = 1/(n - 3)",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.5493061443, 0.03703703704))
            }
        }
    }
}

extension Correlation: StudyOutcome {
    /// Fisher's z (`ZCOR`).
    public static let defaultMeasure = Measure.fisherZ

    /// Number of pairs.
    public var sampleSize: Double? { size }

    /// Checks that the correlation is in [−1, 1] and that the number of pairs is finite and not negative.
    public func validate() throws {
        try OutcomeValue(coefficient, "ri", "correlation").require(atLeast: -1, atMost: 1)
        try OutcomeValue(size, "ni", "number of participants").requireFiniteAndNotNegative()
    }

    /// Returns the correlation averaged over all studies (corrected for bias for `Measure.unbiased`), for `VarianceVariant.averaged`.
    public static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double] {
        guard settings.variance == .averaged, measure != .fisherZ else { return [] }
        var mean = WeightedMean()
        for outcome in outcomes where outcome.size >= measure.leastSize {
            mean.add(measure == .unbiased ? outcome.unbiased.estimate : outcome.coefficient, weight: outcome.size)
        }
        return [mean.value]
    }

    /// Computes the effect; a study with fewer than 4 pairs (5 for `Measure.unbiased`) gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard size >= measure.leastSize else {
            throw Exclusion(
                "a correlation of \(size.plain) participants: this measure needs \(measure.leastSize.plain) or more")
        }
        switch measure {
        case .fisherZ:
            guard abs(coefficient) < 1 else { throw Exclusion("a perfect correlation has no finite Fisher z") }
            return EffectEstimate(estimate: .atanh(coefficient), variance: 1 / (size - 3))
        case .raw:
            return try withVariance(of: coefficient, averages)
        case .unbiased:
            if settings.variance == .unbiased, abs(coefficient) < 1 {
                let unbiased = unbiased
                return EffectEstimate(estimate: unbiased.estimate, variance: unbiased.variance)
            }
            return try withVariance(of: unbiased.estimate, averages)
        }
    }

    private func withVariance(of estimate: Double, _ averages: [Double]) throws(Exclusion) -> EffectEstimate {
        let reference = averages.first ?? estimate
        let unexplained = (1 - reference) * (1 + reference)
        guard unexplained > 0 else { throw Exclusion("a perfect correlation has no sampling variance") }
        return EffectEstimate(estimate: estimate, variance: unexplained * unexplained / (size - 1))
    }

    /// Estimate of Olkin & Pratt, and its square minus the unbiased estimate of the squared correlation.
    ///
    /// The two series are summed without their first terms, which would cancel in the difference.
    private var unbiased: (estimate: Double, variance: Double) {
        let n = size
        let square = coefficient * coefficient
        let z = (1 - coefficient) * (1 + coefficient)
        let halves = HypergeometricFunction.halves.beyondFirstTerms((n - 2) / 2, z, complement: square)
        let ones = HypergeometricFunction.ones.beyondFirstTerms(n / 2, z, complement: square)
        let excess = z / (2 * (n - 2)) + halves
        let variance =
            2 * halves + square * excess * excess
            + z * (z * (n - 6) / (n * (n - 2)) + ones * (n - 3) / (n - 2) - 2 * halves)
        return (coefficient * (1 + excess), variance)
    }
}

extension Correlation.Measure {
    /// Least number of pairs. With fewer, there is no variance or the hypergeometric function does not converge.
    fileprivate var leastSize: Double { self == .unbiased ? 5 : 4 }
}

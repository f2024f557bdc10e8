internal import RealModule

/// Odds ratios and probabilities of superiority from a difference of means.
extension MeasureDescription {
    static let differenceAsOddsRatio = oddsFromDifference(
        "D2OR", "log odds ratio from a standardized mean difference", "pi / sqrt(3)",
        "Hasselblad & Hedges (1995), doi:10.1037/0033-2909.117.1.167", (-0.6457753659, 0.04298431352))

    static let normalDifferenceAsOddsRatio = oddsFromDifference(
        "D2ORN", "log odds ratio from a standardized mean difference, normal distributions", "1.65",
        "Sanchez-Meca et al. (2003), doi:10.1037/1082-989X.8.4.448", (-0.5874571216, 0.03557127179))

    static let logisticDifferenceAsOddsRatio = oddsFromDifference(
        "D2ORL", "log odds ratio from a standardized mean difference, logistic distributions", "pi / sqrt(3)",
        """
        Hasselblad & Hedges (1995), doi:10.1037/0033-2909.117.1.167; \
        Chinn (2000), doi:10.1002/1097-0258(20001130)19:22<3127::aid-sim784>3.0.co;2-m
        """, (-0.6457753659, 0.04298431352))

    private static func oddsFromDifference(
        _ code: String, _ title: String, _ factor: String, _ source: String, _ example: (Double, Double)
    ) -> MeasureDescription {
        MeasureDescription(
            code, .twoGroupMeans, title: title, scale: .log,
            definition: """
                y = c d with d = (m1 - m2) / s, s the pooled standard deviation, c = \(factor); \
                v = c^2 (1/n1 + 1/n2 + d^2 / (2 (n1 + n2)))
                """,
            source: source, example: example)
    }

    static let normalSuperiority = MeasureDescription(
        "CLESN", .twoGroupMeans, title: "common language effect size of normal distributions", scale: .identity,
        definition: """
            y = P(z), the normal probability of z = (m1 - m2) / s, s^2 = sd1^2 + sd2^2; with the normal density f: \
            v = f(z)^2 ((sd1^2 / (n1 - 1) + sd2^2 / (n2 - 1)) / s^2 \
            + z^2 (sd1^4 / (n1 - 1) + sd2^4 / (n2 - 1)) / (2 s^4))
            """,
        source: """
            McGraw & Wong (1992), doi:10.1037/0033-2909.111.2.361; \
            Goddard & Hinberg (1990), doi:10.1002/sim.4780090315
            """, example: (0.4005683069, 0.0009825574584))
}

extension TwoGroupMeans {
    /// Computes (m₁ − m₂)/s without bias correction, and its large-sample variance.
    func cohensDifference() throws(Exclusion) -> EffectEstimate {
        let estimate = (treatedMean - controlMean) / (try pooledDeviation())
        return EffectEstimate(
            estimate: estimate,
            variance: 1 / treatedSize + 1 / controlSize + estimate * estimate / (2 * (treatedSize + controlSize)))
    }

    func oddsRatio(_ oddsPerDeviation: Double) throws(Exclusion) -> EffectEstimate {
        let difference = try cohensDifference()
        return EffectEstimate(
            estimate: oddsPerDeviation * difference.estimate,
            variance: oddsPerDeviation * oddsPerDeviation * difference.variance)
    }

    func normalSuperiority() throws(Exclusion) -> EffectEstimate {
        guard treatedSize > 1, controlSize > 1 else { throw SingleMean.hasNoDeviation }
        let scale = max(treatedDeviation, controlDeviation)
        let (treated, control) = (treatedDeviation / scale, controlDeviation / scale)
        let square = treated * treated + control * control
        let parts = (treated * treated / square, control * control / square)
        return normalProbability(
            (treatedMean - controlMean) / scale / square.squareRoot(),
            ofMeans: parts.0 / (treatedSize - 1) + parts.1 / (controlSize - 1),
            ofDeviations: parts.0 * parts.0 / (treatedSize - 1) + parts.1 * parts.1 / (controlSize - 1))
    }
}

/// Computes P(z) of z = (m₁ − m₂)/s for s² = sd₁² + sd₂².
///
/// - Parameters:
///   - z: the standardized difference.
///   - means: variance of z that is due to the means.
///   - deviations: variance of z that is due to the standard deviations, divided by z²/2.
func normalProbability(_ z: Double, ofMeans means: Double, ofDeviations deviations: Double) -> EffectEstimate {
    let squaredDensity = .exp(-z * z) / (2 * .pi)
    return EffectEstimate(
        estimate: ReferenceDistribution.normal.lowerTail(z),
        variance: squaredDensity * (means + z * z * deviations / 2))
}

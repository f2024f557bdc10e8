internal import RealModule

/// Comparisons of the variability of two groups.
extension MeasureDescription {
    static let variabilityRatio = MeasureDescription(
        "VR", .twoGroupMeans, title: "log variability ratio", scale: .log,
        definition: """
            y = ln(sd1 / sd2) + 1/(2 (n1 - 1)) - 1/(2 (n2 - 1)) (the logarithm alone when uncorrected); \
            v = 1/(2 (n1 - 1)) + 1/(2 (n2 - 1))
            """,
        source: "Nakagawa et al. (2015), doi:10.1111/2041-210x.12309", example: (-0.3087145349, 0.006472559698),
        hasBiasCorrection: true)

    static let coefficientOfVariationRatio = MeasureDescription(
        "CVR", .twoGroupMeans, title: "log coefficient of variation ratio", scale: .log,
        definition: """
            y = ln(c1 / c2) + 1/(2 (n1 - 1)) - 1/(2 (n2 - 1)) - (c1^2 / n1 - c2^2 / n2) / 2 with c = sd / m \
            (the logarithm alone when uncorrected); \
            v = c1^2 / n1 + 1/(2 (n1 - 1)) + c2^2 / n2 + 1/(2 (n2 - 1))
            """,
        source: """
            Nakagawa et al. (2015), doi:10.1111/2041-210x.12309; \
            Senior, Viechtbauer & Nakagawa (2020), doi:10.1002/jrsm.1423 (correction)
            """, example: (0.001418658087, 0.01585164296), hasBiasCorrection: true,
        originalCorrection: "y = ln(c1 / c2) + 1/(2 (n1 - 1)) - 1/(2 (n2 - 1))")
}

extension TwoGroupMeans {
    func variabilityRatio(_ settings: EffectSettings) throws(Exclusion) -> EffectEstimate {
        let treated = try treated.logDeviation(settings, group: " of the treated group")
        let control = try control.logDeviation(settings, group: " of the control group")
        return EffectEstimate(
            estimate: logRatio(
                treatedDeviation / controlDeviation,
                exceedingOneBy: (treatedDeviation - controlDeviation) / controlDeviation)
                + (settings.biasCorrected ? treated.variance - control.variance : 0),
            variance: treated.variance + control.variance)
    }

    func coefficientOfVariationRatio(_ settings: EffectSettings) throws(Exclusion) -> EffectEstimate {
        let spread = try variabilityRatio(settings)
        guard treatedMean > 0, controlMean > 0 else { throw SingleMean.hasNoCoefficientOfVariation }
        let treatedPart = treated.coefficientOfVariation * treated.coefficientOfVariation / treatedSize
        let controlPart = control.coefficientOfVariation * control.coefficientOfVariation / controlSize
        let correction = settings.correctsLogMeans ? 0.5 * (controlPart - treatedPart) : 0
        return EffectEstimate(
            estimate: spread.estimate
                - logRatio(treatedMean / controlMean, exceedingOneBy: (treatedMean - controlMean) / controlMean)
                + correction,
            variance: spread.variance + treatedPart + controlPart)
    }
}

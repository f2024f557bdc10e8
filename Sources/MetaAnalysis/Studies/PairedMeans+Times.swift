internal import RealModule

/// Effects that need the mean and standard deviation at both times.
extension MeasureDescription {
    static let heteroscedasticRawScoreStandardizedMeanChange = MeasureDescription(
        "SMCRH", .pairedMeans, title: "standardized mean change, raw score standardization, unequal variances",
        scale: .identity,
        definition: """
            y as for SMCR; v = s^2 / (sd1^2 (n - 1)) + y^2 / (2 (n - 1)) with s as for MC
            """,
        source: "Bonett (2008), doi:10.1037/1082-989X.13.2.99", example: (-0.5055527859, 0.05257383793),
        hasBiasCorrection: true, needs: [.m1i])

    static let pooledStandardizedMeanChange = MeasureDescription(
        "SMCRP", .pairedMeans, title: "standardized mean change, pooled raw score standardization", scale: .identity,
        definition: """
            y = J (m1 - m2) / p with p^2 = (sd1^2 + sd2^2) / 2, J as for SMD on 2 (n - 1) / (1 + r^2) degrees of freedom \
            (1 when uncorrected); v = 2 (1 - r) / n + (1 + r^2) y^2 / (4 n)
            """,
        source: "Cousineau (2020), doi:10.20982/tqmp.16.4.p418", example: (-0.5748594314, 0.05804328404),
        hasBiasCorrection: true, needs: [.m1i])

    static let heteroscedasticPooledStandardizedMeanChange = MeasureDescription(
        "SMCRPH", .pairedMeans,
        title: "standardized mean change, pooled raw score standardization, unequal variances", scale: .identity,
        definition: """
            y as for SMCRP; v = s^2 / (p^2 (n - 1)) \
            + y^2 (sd1^4 + sd2^4 + 2 r^2 sd1^2 sd2^2) / (8 p^4 (n - 1)) with s as for MC
            """,
        source: """
            Bonett (2008), doi:10.1037/1082-989X.13.2.99; Cousineau (2020), doi:10.20982/tqmp.16.4.p418
            """, example: (-0.5748594314, 0.06290312194), hasBiasCorrection: true, needs: [.m1i])

    static let pairedVariabilityRatio = MeasureDescription(
        "VRC", .pairedMeans, title: "log variability ratio at two times", scale: .log,
        definition: "y = ln(sd1 / sd2); v = (1 - r^2) / (n - 1)",
        source: "Nakagawa et al. (2015), doi:10.1111/2041-210x.12309", example: (0.257045103, 0.04100526316),
        needs: [.m1i])

    static let pairedCoefficientOfVariationRatio = MeasureDescription(
        "CVRC", .pairedMeans, title: "log coefficient of variation ratio at two times", scale: .log,
        definition: """
            y = ln(c1 / c2) - (c1^2 - c2^2) / (2 n) with c = sd / m (the logarithm alone when uncorrected); \
            v = (1 - r^2) / (n - 1) + (c1^2 + c2^2 - 2 r c1 c2) / n
            """,
        source: """
            Nakagawa et al. (2015), doi:10.1111/2041-210x.12309; \
            Senior, Viechtbauer & Nakagawa (2020), doi:10.1002/jrsm.1423 (correction)
            """, example: (0.4829655531, 0.05061723253), hasBiasCorrection: true,
        originalCorrection: "y = ln(c1 / c2)", needs: [.m1i])

    static let pairedNormalSuperiority = MeasureDescription(
        "CLESCN", .pairedMeans, title: "common language effect size of normal distributions at two times",
        scale: .identity,
        definition: """
            y = P(z), the normal probability of z = (m1 - m2) / q, q^2 = sd1^2 + sd2^2; with the normal density f and s as \
            for MC: v = f(z)^2 (s^2 / q^2 + z^2 (sd1^4 + sd2^4 + 2 r^2 sd1^2 sd2^2) / (2 q^4)) / (n - 1)
            """,
        source: """
            McGraw & Wong (1992), doi:10.1037/0033-2909.111.2.361; \
            Goddard & Hinberg (1990), doi:10.1002/sim.4780090315
            """, example: (0.3384777361, 0.004226698223), needs: [.m1i])
}

extension PairedMeans {
    /// Means and standard deviations at both times, for effects that need both.
    struct Times {
        var first: SingleMean
        var second: SingleMean
        var correlation: Double

        var size: Double { first.size }
    }

    func times() throws(Exclusion) -> Times {
        guard
            case .times(let firstMean, let firstDeviation, let secondMean, let secondDeviation, _, let correlation) =
                self
        else { throw Self.needsBothTimes }
        guard size > 1 else { throw SingleMean.hasNoDeviation }
        guard firstDeviation > 0 || secondDeviation > 0 else {
            throw Exclusion("the standard deviation is 0 at both times, so the effect has no sampling variance")
        }
        return Times(
            first: SingleMean(mean: firstMean, deviation: firstDeviation, size: size),
            second: SingleMean(mean: secondMean, deviation: secondDeviation, size: size), correlation: correlation)
    }

    func rawScoreStandardizedMeanChange(
        _ settings: EffectSettings, _ times: Times
    ) throws(Exclusion) -> EffectEstimate {
        guard times.first.deviation > 0 else {
            throw Exclusion("the standard deviation at the first time is 0, so nothing can be standardized by it")
        }
        let estimate =
            try SingleMean.biasFactor(settings, size: size)
            * ((times.first.mean - times.second.mean) / times.first.deviation)
        let change = Self.varianceOfDifference(
            1, times.second.deviation / times.first.deviation, times.correlation)
        return EffectEstimate(estimate: estimate, variance: (change + estimate * estimate / 2) / (size - 1))
    }

    func pooledStandardizedMeanChange(
        _ settings: EffectSettings, _ times: Times, heteroscedastic: Bool
    ) throws(Exclusion) -> EffectEstimate {
        let parts = Parts(times)
        let dependence = 1 + times.correlation * times.correlation
        var factor = 1.0
        if settings.biasCorrected {
            // For n = 2 and r = ±1 there is only one degree of freedom.
            guard size > 2 || dependence < 2 else {
                throw Exclusion("too few participants for the bias correction of a standardized mean change")
            }
            factor = standardizationBiasFactor(degreesOfFreedom: 2 * (size - 1) / dependence)
        }
        let estimate = factor * 2.squareRoot() * parts.ratio
        let square = estimate * estimate
        let variance =
            heteroscedastic
            ? (2 * parts.ofChange + square * parts.ofDeviations / 2) / (size - 1)
            : (2 * (1 - times.correlation) + dependence * square / 4) / size
        return EffectEstimate(estimate: estimate, variance: variance)
    }

    func variabilityRatio(_ times: Times) throws(Exclusion) -> EffectEstimate {
        for (time, name) in [(times.first, "first"), (times.second, "second")] where time.deviation == 0 {
            throw Exclusion("the standard deviation at the \(name) time is 0, which has no logarithm")
        }
        let unexplained = (1 - times.correlation) * (1 + times.correlation)
        guard unexplained > 0 else {
            throw Exclusion("the two times are perfectly correlated, so the ratio of spreads has no sampling variance")
        }
        return EffectEstimate(
            estimate: logRatio(
                times.first.deviation / times.second.deviation,
                exceedingOneBy: (times.first.deviation - times.second.deviation) / times.second.deviation),
            variance: unexplained / (size - 1))
    }

    func coefficientOfVariationRatio(
        _ settings: EffectSettings, _ times: Times
    ) throws(Exclusion) -> EffectEstimate {
        let spread = try variabilityRatio(times)
        guard times.first.mean > 0, times.second.mean > 0 else { throw SingleMean.hasNoCoefficientOfVariation }
        let (first, second) = (times.first.coefficientOfVariation, times.second.coefficientOfVariation)
        let correction = settings.correctsLogMeans ? (second - first) * (second + first) / (2 * size) : 0
        return EffectEstimate(
            estimate: spread.estimate
                - logRatio(
                    times.first.mean / times.second.mean,
                    exceedingOneBy: (times.first.mean - times.second.mean) / times.second.mean) + correction,
            variance: spread.variance + Self.varianceOfDifference(first, second, times.correlation) / size)
    }

    func normalSuperiority(_ times: Times) -> EffectEstimate {
        let parts = Parts(times)
        return normalProbability(
            parts.ratio, ofMeans: parts.ofChange / (size - 1), ofDeviations: parts.ofDeviations / (size - 1))
    }

    /// The change divided by q, the root of sd₁² + sd₂², and the contributions of means and standard deviations to its variance.
    private struct Parts {
        var ratio: Double
        /// s²/q², with s² the variance of the change.
        var ofChange: Double
        /// (sd₁⁴ + sd₂⁴ + 2r²sd₁²sd₂²)/q⁴.
        var ofDeviations: Double

        init(_ times: Times) {
            // Scaling keeps the squares in range.
            let scale = max(times.first.deviation, times.second.deviation)
            let (first, second) = (times.first.deviation / scale, times.second.deviation / scale)
            let square = first * first + second * second
            ratio = (times.first.mean - times.second.mean) / scale / square.squareRoot()
            ofChange = PairedMeans.varianceOfDifference(first, second, times.correlation) / square
            let shares = (first * first / square, second * second / square)
            ofDeviations =
                shares.0 * shares.0 + shares.1 * shares.1
                + 2 * times.correlation * times.correlation * shares.0 * shares.1
        }
    }
}

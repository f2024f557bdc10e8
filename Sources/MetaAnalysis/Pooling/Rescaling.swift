internal import RealModule

/// Effects whose squares and weights would leave the range of a `Double` are divided by a power of two, pooled, and
/// multiplied back: results near 1e±300 are then as exact as those near 1.
extension EffectSizes {
    /// Calls `fit` with effects of moderate size and puts its result back on the scale of these.
    func withinRange(_ fit: (EffectSizes) throws -> PooledEffect) throws -> PooledEffect {
        try withinRange(knownTauSquared: nil) { effects, _ in try fit(effects) }
    }

    func withinRange(
        knownTauSquared: Double?, _ fit: (EffectSizes, Double?) throws -> PooledEffect
    ) throws -> PooledEffect {
        let (moderate, factor) = moderate
        let down = 1 / factor
        var pooled = try fit(moderate, knownTauSquared.map { $0 * down * down })
        if factor != 1 { pooled = pooled.rescaled(by: factor, original: self) }
        try pooled.checkForOverflow()
        return pooled
    }

    /// These effects divided by a power of two that brings them near 1, and that power; themselves and 1 where they need no
    /// help.
    var moderate: (effects: EffectSizes, factor: Double) {
        guard let exponent = awkwardExponent else { return (self, 1) }
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let down = 1 / factor
        var moderate = self
        for index in effects.indices {
            moderate.effects[index].estimate *= down
            moderate.effects[index].variance = effects[index].variance * down * down
        }
        // A linear map of the analysis scale; reading back happens on the original one.
        moderate.scale = .identity
        return (moderate, factor)
    }

    /// Sampling variances whose weights can be squared and multiplied with effects up to the greatest moderate one.
    static let moderateVariances = 1e-80...1e80
    static let greatestModerateEffect = 1e100

    /// Exponent of the typical standard error when squares of weights or effects could overflow or vanish.
    private var awkwardExponent: Int? {
        guard !effects.isEmpty else { return nil }
        var least = Double.infinity
        var greatest = 0.0
        var effect = 0.0
        // By position: a copy of an effect would count references to its texts.
        for index in effects.indices {
            let (variance, estimate) = (effects[index].variance, effects[index].estimate)
            guard variance > 0, variance.isFinite, estimate.isFinite else { return nil }
            least = min(least, variance)
            greatest = max(greatest, variance)
            effect = max(effect, abs(estimate))
        }
        guard
            !Self.moderateVariances.contains(least) || !Self.moderateVariances.contains(greatest)
                || effect > Self.greatestModerateEffect
        else { return nil }
        let typical = (Int(least.exponent) + Int(greatest.exponent)) / 4
        // Where effects and variances are too far apart, some are left far from 1 rather than made infinite.
        let bound = max(
            (Int(greatest.exponent) - Self.greatestExponent) / 2,
            effect > 0 ? Int(effect.exponent) - Self.greatestExponent : typical)
        return max(typical, bound)
    }

    private static let greatestExponent = 1020
}

extension MetaAnalysisError {
    /// No power of two brings all effects and variances into the range of numbers.
    static let outOfRange = MetaAnalysisError(
        .numericalOverflow, "the effects and variances are too far apart for the range of numbers",
        remedy: "check the units of effects and variances")
}

extension PooledEffect {
    /// - Throws: `MetaAnalysisError` with code `.numericalOverflow` when a number is not finite all the same: the effects lie
    ///   too many standard errors apart.
    fileprivate func checkForOverflow() throws {
        guard estimate.isFinite, standardError.isFinite, heterogeneity.tauSquared.isFinite,
            heterogeneity.cochranQ.isFinite, (heterogeneity.iSquared ?? 0).isFinite,
            (heterogeneity.hSquared ?? 0).isFinite, (fit?.logLikelihood ?? 0).isFinite
        else { throw MetaAnalysisError.outOfRange }
    }

    /// The result when every effect is `factor` times what was pooled.
    fileprivate func rescaled(by factor: Double, original: EffectSizes) -> PooledEffect {
        var result = self
        func scaled(_ interval: ConfidenceInterval) -> ConfidenceInterval { interval.rescaled(by: factor) }
        result.scale = original.scale
        result.estimate *= factor
        result.standardError *= factor
        result.confidenceInterval = scaled(confidenceInterval)
        result.predictionInterval = predictionInterval.map(scaled)
        result.truncatedInterval = truncatedInterval.map(scaled)
        result.backTransformed = BackTransformed(
            original.scale, result.estimate, result.confidenceInterval, result.predictionInterval,
            truncated: result.truncatedInterval,
            sampleSize: original.scale.needsSampleSize ? original.harmonicMeanSampleSize : nil)
        result.heterogeneity = heterogeneity.rescaled(by: factor)
        for index in result.studies.indices {
            let effect = original.effects[index]
            result.studies[index].estimate = effect.estimate
            result.studies[index].variance = effect.variance
            result.studies[index].confidenceInterval = result.studies[index].confidenceInterval.map(scaled)
            if let own = result.studies[index].empiricalBayes {
                result.studies[index].empiricalBayes = EmpiricalBayesEffect(
                    estimate: own.estimate * factor, standardError: own.standardError * factor,
                    interval: scaled(own.interval))
            }
        }
        // A density of effects `factor` times as large is 1 / `factor` of it for each dimension.
        if let fit {
            result.fit?.shift(logLikelihoodBy: -Double(fit.isRestricted ? k - 1 : k) * .log(factor))
        }
        return result
    }
}

extension ConfidenceInterval {
    func rescaled(by factor: Double) -> ConfidenceInterval {
        ConfidenceInterval(lower: lower * factor, upper: upper * factor)
    }
}

extension Heterogeneity {
    /// When every effect is `factor` times as large.
    func rescaled(by factor: Double) -> Heterogeneity {
        var result = self
        result.tauSquared = tauSquared * factor * factor
        result.tauSquaredStandardError = tauSquaredStandardError.map { $0 * factor * factor }
        result.tauSquaredInterval = tauSquaredInterval?.rescaled(by: factor).rescaled(by: factor)
        return result
    }
}

extension FitStatistics {
    /// For a likelihood of other units, or of other coordinates of the same data.
    mutating func shift(logLikelihoodBy shift: Double) {
        logLikelihood += shift
        aic -= 2 * shift
        aicc -= 2 * shift
        bic? -= 2 * shift
        if isRestricted { deviance -= 2 * shift }
    }
}

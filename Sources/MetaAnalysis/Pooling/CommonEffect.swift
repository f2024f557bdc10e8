/// One effect shared by all studies, averaged with inverse-variance weights ("fixed effect").
///
/// Use it when the studies estimate the same effect, or when the average of exactly these studies is the question. It is the
/// wrong model for generalizing to new studies when effects differ: use `RandomEffects`.
///
/// ```swift
/// let pooled = try CommonEffect().fit(effects)
/// ```
///
/// μ̂ = Σ y/v / Σ 1/v with variance 1 / Σ 1/v, on the analysis scale; k studies in O(k).
/// R: `metafor::rma(yi, vi, method="EE")`.
///
/// Source: Hedges & Vevea (1998), Psychological Methods 3, and Viechtbauer (2010), Journal of Statistical Software 36,
/// doi:10.18637/jss.v036.i03.
public struct CommonEffect: PoolingModel, Hashable, Codable {
    /// Method for the test and the confidence interval; by default `.wald`.
    public var interval: IntervalMethod
    /// Weights of the average; by default the inverse of the sampling variances.
    public var weighting: Weighting
    /// Confidence level, in (0, 1); by default 0.95.
    public var level: Double

    /// Creates the model, by default with inverse-variance weights and a 95% Wald interval. `fit` checks the settings.
    public init(interval: IntervalMethod = .wald, weighting: Weighting = .inverseVariance, level: Double = 0.95) {
        self.interval = interval
        self.weighting = weighting
        self.level = level
    }

    var estimation: EstimationSettings { EstimationSettings(heterogeneity: .common, interval: interval, level: level) }

    /// Pools the effects, in O(k).
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for no study, `.invalidSetting` for a level outside (0, 1),
    ///   `.invalidOutcome` for an effect that cannot be pooled, `.numericalOverflow` when a result is not finite.
    public func fit(_ effects: EffectSizes) throws -> PooledEffect {
        try InverseVariancePooling(effects, estimation, weighting: weighting).pooledEffect(nil)
    }
}

extension Heterogeneity {
    /// Creates the record of a model without τ²: I² and H² come from Q, the interval of I² is test-based.
    init(cochranQ: Double, count: Int, pValue: (Double) -> Double?, level: Double) {
        let degrees = Double(count - 1)
        let hSquared = degrees > 0 ? cochranQ / degrees : nil
        let ends = hSquared.flatMap {
            HeterogeneityScale.testBasedHSquaredInterval(
                hSquared: max(1, $0), cochranQ: cochranQ, count: count, level: level)
        }
        let iSquared = InverseVariancePooling.iSquaredFromQ(cochranQ, degreesOfFreedom: degrees)
        self.init(
            estimator: nil, tauSquared: 0, tauSquaredStandardError: nil, tauSquaredInterval: nil, iSquared: iSquared,
            iSquaredInterval: ends.map { ends in
                ConfidenceInterval(
                    lower: 100 * max(0, 1 - 1 / ends.lower), upper: 100 * max(0, 1 - 1 / ends.upper))
            },
            hSquared: hSquared, iSquaredFromQ: iSquared, cochranQ: cochranQ, degreesOfFreedom: degrees,
            pValue: pValue(cochranQ))
    }
}

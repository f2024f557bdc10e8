/// Effects that vary between studies around a mean, with between-study variance τ².
///
/// Answers "what is the effect on average, and how much does it vary from setting to setting?". With one or two studies τ² can
/// hardly be estimated: read the diagnostics. If the average of exactly these studies is the question, use `CommonEffect`.
///
/// ```swift
/// let pooled = try RandomEffects(heterogeneity: .pauleMandel, interval: .hartungKnapp).fit(effects)
/// ```
///
/// y ~ N(μ, v + τ²); μ̂ = Σ wy / Σ w with w = 1 / (v + τ̂²). The defaults, REML with the Hartung–Knapp interval, keep the
/// nominal coverage best for few studies; see `docs/decisions/0001-default-model.md`. k studies in O(k) for each step of
/// the search for τ².
/// R: `metafor::rma(yi, vi, method="REML", test="knha")`.
///
/// Source: DerSimonian & Laird (1986), doi:10.1016/0197-2456(86)90046-2; Langan et al. (2019), Research Synthesis
/// Methods 10, doi:10.1002/jrsm.1316.
@dynamicMemberLookup
public struct RandomEffects: PoolingModel, Hashable, Codable {
    /// Settings for τ², its interval and the interval of the pooled effect. Its members are also members of the model
    /// (`model.level`).
    public var estimation: EstimationSettings
    /// Method for the prediction interval; by default `.matched`.
    public var predictionInterval: PredictionIntervalMethod
    /// Weights of the average; by default 1 / (v + τ²).
    public var weighting: Weighting

    /// Creates a model from settings of the estimation.
    public init(
        _ estimation: EstimationSettings, predictionInterval: PredictionIntervalMethod = .matched,
        weighting: Weighting = .inverseVariance
    ) {
        self.estimation = estimation
        self.predictionInterval = predictionInterval
        self.weighting = weighting
    }

    /// Creates a model with an estimator of τ², by default REML, and the Hartung–Knapp interval.
    ///
    /// - Parameters:
    ///   - heterogeneity: the estimator of τ²; not used if `knownTauSquared` is given.
    ///   - knownTauSquared: τ² if it is known beforehand, at least 0; no estimator is used then.
    ///   - level: confidence level, in (0, 1).
    public init(
        heterogeneity: HeterogeneityEstimator = .restrictedMaximumLikelihood,
        interval: IntervalMethod = .hartungKnapp,
        predictionInterval: PredictionIntervalMethod = .matched,
        tauSquaredInterval: TauSquaredIntervalMethod = .qProfile,
        weighting: Weighting = .inverseVariance,
        knownTauSquared: Double? = nil,
        level: Double = 0.95
    ) {
        self.init(
            EstimationSettings(
                heterogeneity: HeterogeneityModel(heterogeneity, known: knownTauSquared), interval: interval,
                tauSquaredInterval: tauSquaredInterval, level: level),
            predictionInterval: predictionInterval, weighting: weighting)
    }

    /// Accesses a member of `estimation`.
    public subscript<Value>(dynamicMember member: WritableKeyPath<EstimationSettings, Value>) -> Value {
        get { estimation[keyPath: member] }
        set { estimation[keyPath: member] = newValue }
    }

    /// Pools the effects.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for no study, `.invalidSetting` for a level outside (0, 1) or a
    ///   known τ² that is negative or not finite, `.unsupportedCombination` for a profile-likelihood interval with an estimator
    ///   that maximizes no likelihood, `.invalidOutcome` for an effect that cannot be pooled, `.numericalOverflow` when a
    ///   result is not finite.
    public func fit(_ effects: EffectSizes) throws -> PooledEffect {
        try InverseVariancePooling(effects, estimation, weighting: weighting).pooledEffect(predictionInterval)
    }
}

extension PredictionIntervalMethod {
    /// Returns the reference distribution of the prediction interval.
    ///
    /// - Parameter matched: the distribution of the confidence interval.
    /// - Returns: `nil` when k leaves no degrees of freedom.
    func reference(count: Int, matched: ReferenceDistribution) -> ReferenceDistribution? {
        guard count > 1 else { return nil }
        switch self {
        case .matched: return matched
        case .higginsThompsonSpiegelhalter:
            return count > 2 ? .studentT(degreesOfFreedom: Double(count - 2)) : nil
        case .higginsThompsonSpiegelhalterOneLess: return .studentT(degreesOfFreedom: Double(count - 1))
        }
    }
}

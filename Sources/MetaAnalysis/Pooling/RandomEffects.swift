/// Effects that vary between studies around a mean, with between-study variance τ².
///
/// The answer to "what is the effect on average, and how much does it vary from setting to setting?". With one or two
/// studies τ² can hardly be estimated: read the diagnostics. Where the average of exactly these studies is the question,
/// use `CommonEffect`.
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
public struct RandomEffects: PoolingModel, Hashable, Codable {
    public var heterogeneity: HeterogeneityEstimator
    public var interval: IntervalMethod
    public var predictionInterval: PredictionIntervalMethod
    public var tauSquaredInterval: TauSquaredIntervalMethod
    public var weighting: Weighting
    /// τ² where it is known beforehand; no estimator is used then. At least 0.
    public var knownTauSquared: Double?
    /// Confidence level, in (0, 1).
    public var level: Double

    public init(
        heterogeneity: HeterogeneityEstimator = .restrictedMaximumLikelihood,
        interval: IntervalMethod = .hartungKnapp,
        predictionInterval: PredictionIntervalMethod = .matched,
        tauSquaredInterval: TauSquaredIntervalMethod = .qProfile,
        weighting: Weighting = .inverseVariance,
        knownTauSquared: Double? = nil,
        level: Double = 0.95
    ) {
        self.heterogeneity = heterogeneity
        self.interval = interval
        self.predictionInterval = predictionInterval
        self.tauSquaredInterval = tauSquaredInterval
        self.weighting = weighting
        self.knownTauSquared = knownTauSquared
        self.level = level
    }

    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for no study, `.invalidSetting` for a level outside (0, 1)
    ///   or a negative τ², `.unsupportedCombination` for a profile-likelihood interval of an estimator that maximises none.
    public func fit(_ effects: EffectSizes) throws -> PooledEffect {
        try check()
        return try effects.withinRange(knownTauSquared: knownTauSquared) { effects, knownTauSquared in
            let pooling = try InverseVariancePooling(effects, interval: interval, weighting: weighting, level: level)
            let tau = TauSquared(pooling, self, known: knownTauSquared)
            let average = pooling.average(at: tau.value)
            let prediction = self.prediction(average, tau, pooling)
            return PooledEffect(
                settings: settings(effects, pooling),
                pooling: pooling, average: average, predictionInterval: prediction.interval,
                heterogeneity: tau.heterogeneity(pooling),
                fit: pooling.fitStatistics(
                    average, tauSquared: tau.value,
                    isRestricted: knownTauSquared == nil && heterogeneity.isRestrictedLikelihood,
                    parameters: knownTauSquared == nil ? 2 : 1, iterations: tau.iterations),
                studies: pooling.studies(average, tauSquared: tau.value),
                diagnostics: pooling.commonDiagnostics(average) + tau.diagnostics + prediction.diagnostics)
        }
    }

    private func check() throws {
        try Self.check(knownTauSquared: knownTauSquared, heterogeneity: heterogeneity, interval: tauSquaredInterval)
    }

    /// - Throws: `MetaAnalysisError` for a τ² that cannot be and for an interval that the estimator does not have.
    static func check(
        knownTauSquared: Double?, heterogeneity: HeterogeneityEstimator, interval: TauSquaredIntervalMethod
    ) throws {
        if let known = knownTauSquared, !(known >= 0 && known.isFinite) {
            throw MetaAnalysisError(
                .invalidSetting, "the known between-study variance is \(known)",
                remedy: "give a number that is 0 or more")
        }
        if interval == .profileLikelihood, knownTauSquared == nil, !heterogeneity.maximizesLikelihood {
            throw MetaAnalysisError(
                .unsupportedCombination,
                "\(heterogeneity.rawValue) maximises no likelihood, so that it has no profile-likelihood interval",
                remedy: "take ML or REML, or the QP interval")
        }
    }

    private func settings(_ effects: EffectSizes, _ pooling: InverseVariancePooling) -> PoolingSettings {
        PoolingSettings(
            measure: effects.measure, model: "random",
            estimator: knownTauSquared == nil ? heterogeneity.rawValue : nil, interval: pooling.usedInterval,
            predictionInterval: predictionInterval,
            tauSquaredInterval: knownTauSquared == nil ? tauSquaredInterval : nil, weighting: weighting, level: level,
            effects: effects.settings)
    }

    /// μ̂ ± q √(τ² + SE²).
    private func prediction(
        _ average: InverseVariancePooling.Average, _ tau: TauSquared, _ pooling: InverseVariancePooling
    ) -> (interval: ConfidenceInterval?, diagnostics: [Diagnostic]) {
        guard let reference = predictionInterval.reference(count: pooling.count, matched: pooling.reference) else {
            let needed = predictionInterval == .higginsThompsonSpiegelhalter ? "three" : "two"
            return (
                nil,
                [
                    Diagnostic(
                        .note, .notEstimable,
                        "a prediction interval (\(predictionInterval.rawValue)) needs \(needed) studies")
                ]
            )
        }
        // `commonDiagnostics` says of equal effects that there is no interval.
        guard average.standardError > 0 else { return (nil, []) }
        let error = (tau.value + average.standardError * average.standardError).squareRoot()
        let quantile = reference == pooling.reference ? pooling.quantile : reference.twoSidedQuantile(level: level)
        return (ConfidenceInterval(around: average.estimate, halfWidth: quantile * error), [])
    }
}

extension PredictionIntervalMethod {
    /// - Parameter matched: that of the confidence interval.
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

/// How a model with normal errors finds τ² and the intervals of what it estimates: part of every such model.
///
/// ```swift
/// var settings = EstimationSettings(heterogeneity: .estimated(.pauleMandel))
/// settings.level = 0.9
/// let pooled = try RandomEffects(settings).fit(effects)
/// ```
public struct EstimationSettings: Hashable, Sendable, Codable {
    /// The between-study variance: none, estimated or known.
    public var heterogeneity: HeterogeneityModel
    /// How tests and confidence intervals of effects are formed.
    public var interval: IntervalMethod
    /// How the interval of an estimated τ² is formed.
    public var tauSquaredInterval: TauSquaredIntervalMethod
    /// Confidence level of all intervals, in (0, 1).
    public var level: Double

    /// By default REML with the Hartung–Knapp interval and the Q-profile interval of τ², at 95%.
    public init(
        heterogeneity: HeterogeneityModel = .estimated(.restrictedMaximumLikelihood),
        interval: IntervalMethod = .hartungKnapp, tauSquaredInterval: TauSquaredIntervalMethod = .qProfile,
        level: Double = 0.95
    ) {
        self.heterogeneity = heterogeneity
        self.interval = interval
        self.tauSquaredInterval = tauSquaredInterval
        self.level = level
    }
}

extension EstimationSettings {
    /// - Throws: `MetaAnalysisError` for a level outside (0, 1), a τ² that cannot be and an interval that the estimator does not have.
    func check() throws {
        try ConfidenceInterval.check(level: level)
        switch heterogeneity {
        case .common: return
        case .known(let known):
            guard known >= 0, known.isFinite else {
                throw MetaAnalysisError(
                    .invalidSetting, "the known between-study variance is \(known)",
                    remedy: "give a number that is 0 or more")
            }
        case .estimated(let estimator):
            guard tauSquaredInterval != .profileLikelihood || estimator.maximizesLikelihood else {
                throw MetaAnalysisError(
                    .unsupportedCombination,
                    "\(estimator.rawValue) maximises no likelihood, so that it has no profile-likelihood interval",
                    remedy: "take ML or REML, or the QP interval")
            }
        }
    }
}

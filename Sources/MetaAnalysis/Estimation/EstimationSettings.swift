/// Settings for τ² and for the intervals of a model with normal errors; part of every such model.
///
/// ```swift
/// var settings = EstimationSettings(heterogeneity: .estimated(.pauleMandel))
/// settings.level = 0.9
/// let pooled = try RandomEffects(settings).fit(effects)
/// ```
public struct EstimationSettings: Hashable, Sendable, Codable {
    /// Between-study variance: none, estimated or known.
    public var heterogeneity: HeterogeneityModel
    /// Method for the tests and confidence intervals of effects.
    public var interval: IntervalMethod
    /// Method for the confidence interval of an estimated τ².
    public var tauSquaredInterval: TauSquaredIntervalMethod
    /// Confidence level of all intervals, in (0, 1).
    public var level: Double

    /// Creates settings, by default REML with the Hartung–Knapp interval and the Q-profile interval of τ², at 95%.
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
    /// Checks the settings.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for a level outside (0, 1) or a known τ² that is negative or not
    ///   finite, `.unsupportedCombination` for an interval of τ² that the estimator does not have.
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
                    "\(estimator.rawValue) maximizes no likelihood, so that it has no profile-likelihood interval",
                    remedy: "take ML or REML, or the QP interval")
            }
        }
    }
}

/// How much the effects of studies differ beyond chance.
public struct Heterogeneity: Hashable, Sendable, Codable {
    /// The estimator of τ²; `nil` when τ² is not part of the model or was given.
    public var estimator: HeterogeneityEstimator?
    /// Between-study variance on the squared analysis scale; 0 under a common effect.
    public var tauSquared: Double
    public var tauSquaredStandardError: Double?
    /// At the level of the analysis; by `tauSquaredIntervalMethod`.
    public var tauSquaredInterval: ConfidenceInterval?
    /// Percent of the total variance that is between studies: from τ² under random effects, from Q otherwise; 0–100.
    public var iSquared: Double?
    /// The interval of τ² carried over to I² under random effects; test-based (Higgins & Thompson) otherwise.
    public var iSquaredInterval: ConfidenceInterval?
    /// Total over sampling variance, at least 1 under random effects.
    public var hSquared: Double?
    /// 100 · max(0, (Q − (k − p)) / Q), whatever the estimator of τ².
    public var iSquaredFromQ: Double?
    /// Weighted sum of squares around the common effect.
    public var cochranQ: Double
    public var degreesOfFreedom: Double
    /// Of Q against χ²; `nil` without degrees of freedom.
    public var pValue: Double?
}

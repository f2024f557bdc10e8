/// Heterogeneity of the effects of studies: their differences beyond chance.
public struct Heterogeneity: Hashable, Sendable, Codable {
    /// The estimator of τ²; `nil` when τ² is not part of the model or was given.
    public var estimator: HeterogeneityEstimator?
    /// Between-study variance τ², on the squared analysis scale; 0 under a common effect.
    public var tauSquared: Double
    /// Standard error of τ², on the squared analysis scale; `nil` when τ² was not estimated.
    public var tauSquaredStandardError: Double?
    /// Confidence interval of τ² at the level of the analysis; `nil` when τ² was not estimated or its interval needs more
    /// studies.
    public var tauSquaredInterval: ConfidenceInterval?
    /// Percentage of the total variance that is between studies, 0–100: from τ² under random effects, from Q otherwise; `nil`
    /// without degrees of freedom.
    public var iSquared: Double?
    /// Confidence interval of I², in percent: from the interval of τ² under random effects; test-based (Higgins & Thompson)
    /// otherwise.
    public var iSquaredInterval: ConfidenceInterval?
    /// H², total over sampling variance: at least 1 under random effects; `nil` without degrees of freedom.
    public var hSquared: Double?
    /// 100 · max(0, (Q − (k − p)) / Q), in percent, for any estimator of τ²; `nil` without degrees of freedom.
    public var iSquaredFromQ: Double?
    /// Cochran's Q: the sum of squared residuals weighted by 1 / v, from the fit at τ² = 0 or, for models of counts, from the
    /// pooled effect.
    public var cochranQ: Double
    /// Degrees of freedom of Q, k − p.
    public var degreesOfFreedom: Double
    /// p-value of Q against χ²; `nil` without degrees of freedom.
    public var pValue: Double?
}

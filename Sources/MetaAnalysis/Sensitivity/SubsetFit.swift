/// Pooled effect of some of the studies of an analysis, without its table of studies.
///
/// If the studies cannot be pooled, the numbers are `nil` and `diagnostics` gives the reason.
public struct SubsetFit: Hashable, Sendable, Codable {
    /// Number of effects pooled.
    public var k: Int
    /// Pooled effect on the analysis scale, like all numbers that follow.
    public var estimate: Double?
    /// Standard error, as the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double?
    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Degrees of freedom of the t distribution; `nil` for the normal distribution.
    public var degreesOfFreedom: Double?
    /// Two-sided p-value of a true effect of 0 on the analysis scale; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the pooled effect; unbounded when the standard error is 0.
    public var confidenceInterval: ConfidenceInterval?
    /// Interval in which the true effect of a new study is expected; `nil` when the model has none or the studies are too few.
    public var predictionInterval: ConfidenceInterval?
    /// Estimate and intervals on the scale people read; `nil` when the scale needs sample sizes that the studies lack.
    public var backTransformed: BackTransformed?
    /// Heterogeneity of these studies.
    public var heterogeneity: SubsetHeterogeneity?
    /// Notes on this fit, or the reason why the studies cannot be pooled.
    public var diagnostics: [Diagnostic]
}

/// Heterogeneity of some of the studies. It has no interval of τ², which would require a search for each subset.
public struct SubsetHeterogeneity: Hashable, Sendable, Codable {
    /// τ² on the squared analysis scale; 0 under a common effect and when a single study cannot determine it.
    public var tauSquared: Double
    /// I² in percent, 0–100: from τ² under random effects, from Q otherwise; `nil` without degrees of freedom.
    public var iSquared: Double?
    /// H², total over sampling variance; `nil` without degrees of freedom.
    public var hSquared: Double?
    /// Cochran's Q of these studies.
    public var cochranQ: Double
    /// Degrees of freedom of Q, k − 1.
    public var degreesOfFreedom: Double
    /// p-value of Q against χ²; `nil` without degrees of freedom.
    public var pValue: Double?
}

extension SubsetFit {
    /// Creates the record of a fit, without the studies, the settings and the interval of τ².
    public init(_ pooled: PooledEffect) {
        let found = pooled.heterogeneity
        self.init(
            k: pooled.k, estimate: pooled.estimate, standardError: pooled.standardError, statistic: pooled.statistic,
            degreesOfFreedom: pooled.degreesOfFreedom, pValue: pooled.pValue,
            confidenceInterval: pooled.confidenceInterval, predictionInterval: pooled.predictionInterval,
            backTransformed: pooled.backTransformed,
            heterogeneity: SubsetHeterogeneity(
                tauSquared: found.tauSquared, iSquared: found.iSquared, hSquared: found.hSquared,
                cochranQ: found.cochranQ, degreesOfFreedom: found.degreesOfFreedom, pValue: found.pValue),
            diagnostics: pooled.diagnostics.filter { $0.code == .singleStudy })
    }

    /// Creates the record of studies that cannot be pooled, with the reason.
    public init(_ part: NotEstimablePart) { self.init(k: part.k, diagnostics: part.diagnostics) }

    /// Record of an empty set of studies.
    static let ofNothing = SubsetFit(
        k: 0,
        diagnostics: [Diagnostic(.note, .notEstimable, "there is no other study, so that nothing is left to pool")])

    /// Creates the record of studies that the model cannot pool.
    init(k: Int, failure: any Error) {
        let reason = (failure as? MetaAnalysisError)?.message ?? "the studies cannot be pooled"
        self.init(k: k, diagnostics: [Diagnostic(.warning, .notEstimable, "not pooled: " + reason)])
    }
}

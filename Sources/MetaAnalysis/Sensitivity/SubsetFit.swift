/// The pooled effect of some of the studies of an analysis, without its table of studies.
///
/// Where nothing can be pooled the numbers are `nil`, and `diagnostics` says why.
public struct SubsetFit: Hashable, Sendable, Codable {
    /// Number of studies pooled.
    public var k: Int
    /// On the analysis scale, as all that follows.
    public var estimate: Double?
    /// As the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double?
    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Of the t distribution; `nil` where the normal one is used.
    public var degreesOfFreedom: Double?
    /// Two-sided, against no effect.
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval?
    public var predictionInterval: ConfidenceInterval?
    public var backTransformed: BackTransformed?
    public var heterogeneity: SubsetHeterogeneity?
    public var diagnostics: [Diagnostic]
}

/// How much the effects of some of the studies differ; without the interval of τ², which would take a search for each part.
public struct SubsetHeterogeneity: Hashable, Sendable, Codable {
    /// 0 under a common effect, and where one study leaves nothing to estimate it from.
    public var tauSquared: Double
    /// Percent; from τ² under random effects, from Q otherwise.
    public var iSquared: Double?
    public var hSquared: Double?
    public var cochranQ: Double
    public var degreesOfFreedom: Double
    /// Of Q against χ²; `nil` without degrees of freedom.
    public var pValue: Double?
}

extension SubsetFit {
    /// What a fit of these studies says, less what a part does not keep.
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

    /// Of studies that cannot be pooled.
    public init(_ part: NotEstimablePart) { self.init(k: part.k, diagnostics: part.diagnostics) }

    /// Of no study.
    static let ofNothing = SubsetFit(
        k: 0,
        diagnostics: [Diagnostic(.note, .notEstimable, "there is no other study, so that nothing is left to pool")])

    /// Of studies that the model cannot pool.
    init(k: Int, failure: any Error) {
        let reason = (failure as? MetaAnalysisError)?.message ?? "the studies cannot be pooled"
        self.init(k: k, diagnostics: [Diagnostic(.warning, .notEstimable, "not pooled: " + reason)])
    }
}

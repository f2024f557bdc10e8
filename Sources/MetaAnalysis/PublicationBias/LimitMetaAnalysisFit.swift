/// The adjusted effect of a limit meta-analysis that is reported. The raw value is R's `method.adjust`.
public enum LimitVariant: String, Hashable, Sendable, Codable, CaseIterable {
    /// Expectation of the extended model for a study without sampling error.
    case expectation = "beta0"
    /// Slope of the regression of the limit effects, which includes the bias of small studies.
    case limitSlope = "betalim"
    /// Mean of the limit effects with weights 1/v.
    case limitMean = "mulim"
}

/// One adjusted effect, on the analysis scale.
public struct LimitAdjustment: Hashable, Sendable, Codable {
    /// Which of the three adjusted effects this is.
    public var variant: LimitVariant
    /// Adjusted effect.
    public var estimate: Double
    /// Standard error of the adjusted effect.
    public var standardError: Double
    /// Estimate divided by its standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Two-sided p-value of no effect, from the normal distribution; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the adjusted effect, from the normal distribution.
    public var confidenceInterval: ConfidenceInterval

    init(_ variant: LimitVariant, _ own: Estimate) {
        self.variant = variant
        estimate = own.estimate
        standardError = own.standardError
        statistic = own.statistic
        pValue = own.pValue
        confidenceInterval = own.confidenceInterval
    }
}

/// The limit effect of a study, at infinite precision and shrunk toward the regression line of all studies.
public struct LimitStudy: Hashable, Sendable, Codable {
    /// Label of the study.
    public var label: String
    /// Line of the file that the study was read from; `nil` where there is no file.
    public var row: Int?
    /// Limit effect, on the analysis scale.
    public var estimate: Double
}

/// The effect adjusted by a limit meta-analysis: a complete record on the analysis scale.
public struct LimitMetaAnalysisFit: Hashable, Sendable, Codable {
    /// Number of studies.
    public var k: Int
    /// Analysis scale of the estimates.
    public var scale: EffectScale
    /// Which of `variants` is reported as the estimate below.
    public var variant: LimitVariant
    /// Adjusted effect of the reported variant.
    public var estimate: Double
    /// Standard error of the adjusted effect.
    public var standardError: Double
    /// Estimate divided by its standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Two-sided p-value of no effect, from the normal distribution; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the adjusted effect, from the normal distribution.
    public var confidenceInterval: ConfidenceInterval
    /// Estimate and interval, back-transformed; `nil` when the scale needs sample sizes that the studies lack.
    public var backTransformed: BackTransformed?
    /// All three adjusted effects.
    public var variants: [LimitAdjustment]
    /// Bias α of small studies, in units of the total standard deviation √(v + τ²) of a study.
    public var bias: Double
    /// Parameter β of the extended model, the slope of xy on x, on the analysis scale.
    public var slope: Double
    /// Between-study variance τ², estimated or given, on the squared analysis scale.
    public var tauSquared: Double
    /// Cochran's Q, with k − 1 degrees of freedom.
    public var q: HypothesisTest
    /// Part of Q that small-study effects explain, with 1 degree of freedom.
    public var qSmall: HypothesisTest
    /// Rest of Q, with k − 2 degrees of freedom.
    public var qResidual: HypothesisTest
    /// Percentage of the variation of the limit effects that the size of studies does not explain, 0–100; `nil` when they do not vary.
    public var gSquared: Double?
    /// Limit effects of the studies, in the order of the data.
    public var studies: [LimitStudy]
    /// Confidence level, in (0, 1).
    public var level: Double
    /// The estimator of τ²; `nil` when τ² was given.
    public var estimator: HeterogeneityEstimator?
    /// Warnings and notes on this analysis, such as too few studies or studies of similar precision.
    public var diagnostics: [Diagnostic]
}

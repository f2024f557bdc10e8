/// Result of pooling the effects of several studies: a complete record, readable without the data or the settings.
///
/// All numbers are on the analysis scale `scale`; `backTransformed` holds them on the scale people read.
public struct PooledEffect: Hashable, Sendable, Codable {
    /// Name of the outcome, if a file has several; set by the caller.
    public var outcome: String?
    /// Name of the subgroup; set by `SubgroupAnalysis`.
    public var group: String?
    /// Number of effects pooled; a study may give several.
    public var k: Int
    /// Number of studies that the effects come from.
    public var studyCount: Int
    /// Analysis scale of the effects, such as the log scale for ratios.
    public var scale: EffectScale
    /// Pooled effect μ̂, on the analysis scale.
    public var estimate: Double
    /// Standard error of the pooled effect, as its interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double
    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Degrees of freedom of the t distribution; `nil` for the normal distribution.
    public var degreesOfFreedom: Double?
    /// Two-sided p-value of a true effect of 0 on the analysis scale; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the pooled effect; unbounded when the standard error is 0, as with equal effects under
    /// Hartung–Knapp.
    public var confidenceInterval: ConfidenceInterval
    /// Interval in which the true effect of a new study is expected; `nil` when the model has none or the studies are too few.
    /// When τ² is estimated as 0, it reflects only the uncertainty of the mean.
    public var predictionInterval: ConfidenceInterval?
    /// Interval that `IntervalMethod.hartungKnappTruncated` gives; `nil` unless the Hartung–Knapp interval is narrower than
    /// that of a common effect.
    public var truncatedInterval: ConfidenceInterval?
    /// Estimate and intervals on the scale people read; `nil` when the scale needs sample sizes that the studies lack.
    public var backTransformed: BackTransformed?
    /// Between-study variance, I², H² and Cochran's Q.
    public var heterogeneity: Heterogeneity
    /// Log-likelihood and information criteria; `nil` for models of counts.
    public var fit: FitStatistics?
    /// Studies pooled, with effect and weight, in the order of the data.
    public var studies: [PooledStudy]
    /// Studies without an effect, each with the reason.
    public var excluded: [ExcludedStudy]
    /// Tests of Mantel–Haenszel pooling: Cochran–Mantel–Haenszel, Cochran, Breslow–Day and Tarone for OR, Mantel–Haenszel for
    /// IRR. Empty for other measures and models.
    public var tests: [HypothesisTest]
    /// Warnings and notes on the data and on this fit.
    public var diagnostics: [Diagnostic]
    /// Settings of the analysis.
    public var settings: PoolingSettings
}

/// The settings of a pooled effect as codes, so that a result documents how it was computed.
public struct PoolingSettings: Hashable, Sendable, Codable {
    /// Code of the measure, such as "OR".
    public var measure: String
    /// The kind of model.
    public var model: ModelIdentity
    /// The estimator of τ²; `nil` when the model has none or τ² was given.
    public var estimator: HeterogeneityEstimator?
    /// Method for the test and the confidence interval of the pooled effect, as used: `.wald` when there are no degrees of
    /// freedom.
    public var interval: IntervalMethod
    /// Method for the prediction interval; `nil` when the model has none.
    public var predictionInterval: PredictionIntervalMethod?
    /// Method for the confidence interval of τ²; `nil` when τ² was not estimated.
    public var tauSquaredInterval: TauSquaredIntervalMethod?
    /// Weights of the average; `nil` for models of counts.
    public var weighting: Weighting?
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Settings with which effects were computed from data; `nil` where effects were given.
    public var effects: EffectSettings?
}

/// A pooled effect on the scale people read: a ratio, a proportion, a correlation.
public struct BackTransformed: Hashable, Sendable, Codable {
    /// Back-transformed estimate.
    public var estimate: Double
    /// Confidence interval with back-transformed limits.
    public var confidenceInterval: ConfidenceInterval
    /// Prediction interval with back-transformed limits; `nil` when there is none.
    public var predictionInterval: ConfidenceInterval?
    /// Truncated Hartung–Knapp interval with back-transformed limits; `nil` when there is none.
    public var truncatedInterval: ConfidenceInterval?
}

/// Effect and weight of one study in a pooled effect.
public struct PooledStudy: Hashable, Sendable, Codable {
    /// Label of the study, as in the data.
    public var label: String
    /// Line of the file that the study was read from; `nil` for data from elsewhere.
    public var row: Int?
    /// Effect of the study on the analysis scale; `nil` for a study that a model of counts pools without one, such as a
    /// double-zero table under Peto.
    public var estimate: Double?
    /// Sampling variance of the effect; `nil` when the study has no effect of its own.
    public var variance: Double?
    /// Percentage of the total weight, 0–100.
    public var weight: Double
    /// Confidence interval of the study alone, from the normal distribution; `nil` when the study has no effect of its own.
    public var confidenceInterval: ConfidenceInterval?
    /// Estimate of the study's true effect that also uses the other studies; `nil` without random effects.
    public var empiricalBayes: EmpiricalBayesEffect?
}

/// Best linear unbiased prediction of a study's true effect: its estimate shrunk toward the pooled effect.
public struct EmpiricalBayesEffect: Hashable, Sendable, Codable {
    /// Predicted true effect, on the analysis scale.
    public var estimate: Double
    /// Standard error of the prediction, on the analysis scale.
    public var standardError: Double
    /// Interval of the true effect, with the same quantile as the interval of the pooled effect.
    public var interval: ConfidenceInterval
}

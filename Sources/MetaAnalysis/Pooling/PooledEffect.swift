/// The effect of several studies together: a complete record that needs neither the data nor the settings to be read.
///
/// Everything is on the analysis scale `scale`; `backTransformed` is what people read.
public struct PooledEffect: Hashable, Sendable, Codable {
    /// Which of several outcomes of one file; set by the caller.
    public var outcome: String?
    /// Which subgroup; set by `SubgroupAnalysis`.
    public var group: String?
    /// Number of effects pooled, one of each study or more.
    public var k: Int
    /// Number of studies that they are of.
    public var studyCount: Int
    public var scale: EffectScale
    public var estimate: Double
    /// As the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double
    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Of the t distribution; `nil` where the normal one is used.
    public var degreesOfFreedom: Double?
    /// Two-sided, against no effect; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Unbounded where it cannot be found, as all effects are equal and the interval is that of Hartung and Knapp.
    public var confidenceInterval: ConfidenceInterval
    /// Where the effect of a new study is expected; `nil` where the model has none. Where τ² is estimated as 0 it shows how
    /// uncertain the mean is, and says nothing of new studies.
    public var predictionInterval: ConfidenceInterval?
    /// What `IntervalMethod.hartungKnappTruncated` gives, where the interval of Hartung and Knapp is narrower than that of a common
    /// effect; `nil` otherwise.
    public var truncatedInterval: ConfidenceInterval?
    public var backTransformed: BackTransformed?
    public var heterogeneity: Heterogeneity
    public var fit: FitStatistics?
    public var studies: [PooledStudy]
    public var excluded: [ExcludedStudy]
    /// Tests that belong to the model (Cochran–Mantel–Haenszel, Breslow–Day, Tarone).
    public var tests: [HypothesisTest]
    public var diagnostics: [Diagnostic]
    public var settings: PoolingSettings
}

/// What was asked for, as codes, so that a result can say how it came about.
public struct PoolingSettings: Hashable, Sendable, Codable {
    public var measure: String
    /// The kind of model.
    public var model: ModelIdentity
    /// The estimator of τ²; `nil` when the model has none or τ² was given.
    public var estimator: HeterogeneityEstimator?
    public var interval: IntervalMethod
    public var predictionInterval: PredictionIntervalMethod?
    public var tauSquaredInterval: TauSquaredIntervalMethod?
    public var weighting: Weighting?
    /// Confidence level, in (0, 1).
    public var level: Double
    /// How effects were computed, where they were computed here.
    public var effects: EffectSettings?
}

/// A pooled effect as people read it (a ratio, a proportion, a correlation).
public struct BackTransformed: Hashable, Sendable, Codable {
    public var estimate: Double
    public var confidenceInterval: ConfidenceInterval
    public var predictionInterval: ConfidenceInterval?
    public var truncatedInterval: ConfidenceInterval?
}

/// One study's part in a pooled effect.
public struct PooledStudy: Hashable, Sendable, Codable {
    public var label: String
    /// Line of the file it was read from.
    public var row: Int?
    /// `nil` where the model pools without it and the study alone gives none (a double-zero table under Peto).
    public var estimate: Double?
    public var variance: Double?
    /// Percent of the total weight, 0–100.
    public var weight: Double
    /// Of the study alone, by the normal distribution.
    public var confidenceInterval: ConfidenceInterval?
    /// The study's own effect given all the others; `nil` without a random effect.
    public var empiricalBayes: EmpiricalBayesEffect?
}

/// Best linear unbiased prediction of a study's true effect: its estimate shrunk towards the pooled one.
public struct EmpiricalBayesEffect: Hashable, Sendable, Codable {
    public var estimate: Double
    public var standardError: Double
    /// By the same quantile as the interval of the pooled effect.
    public var interval: ConfidenceInterval
}

/// Which adjusted effect of a limit meta-analysis is taken. The raw value is R's `method.adjust`.
public enum LimitVariant: String, Hashable, Sendable, Codable, CaseIterable {
    /// The expectation of the extended model for a study without sampling error.
    case expectation = "beta0"
    /// The slope of the regression of limit effects, the bias of small studies included.
    case limitSlope = "betalim"
    /// The mean of the limit effects.
    case limitMean = "mulim"
}

/// One adjusted effect, on the analysis scale.
public struct LimitAdjustment: Hashable, Sendable, Codable {
    public var variant: LimitVariant
    public var estimate: Double
    public var standardError: Double
    public var statistic: Double?
    /// Two-sided, normal.
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval

    init(_ variant: LimitVariant, _ own: CombinationInference.Estimate) {
        self.variant = variant
        estimate = own.estimate
        standardError = own.standardError
        statistic = own.statistic
        pValue = own.pValue
        confidenceInterval = own.confidenceInterval
    }
}

/// A study's effect in the limit of infinite precision, shrunk towards the line of all.
public struct LimitStudy: Hashable, Sendable, Codable {
    public var label: String
    public var row: Int?
    public var estimate: Double
}

/// The effect adjusted by a limit meta-analysis: a complete record on the analysis scale.
public struct LimitMetaAnalysisFit: Hashable, Sendable, Codable {
    public var k: Int
    public var scale: EffectScale
    /// Which of `variants` the numbers below are of.
    public var variant: LimitVariant
    public var estimate: Double
    public var standardError: Double
    public var statistic: Double?
    /// Two-sided, normal.
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval
    public var backTransformed: BackTransformed?
    /// All three adjusted effects.
    public var variants: [LimitAdjustment]
    /// α: by how many standard deviations the smallest studies are off.
    public var bias: Double
    /// β of the extended model.
    public var slope: Double
    public var tauSquared: Double
    /// Cochran's, k − 1 degrees of freedom.
    public var q: HypothesisTest
    /// The part of small-study effects, 1 degree of freedom.
    public var qSmall: HypothesisTest
    /// What remains, k − 2 degrees of freedom.
    public var qResidual: HypothesisTest
    /// Percent of the variation of the limit effects that the size of studies does not explain; `nil` when they do not vary.
    public var gSquared: Double?
    public var studies: [LimitStudy]
    public var level: Double
    /// Code of the τ² estimator; `nil` when τ² was given.
    public var estimator: String?
    public var diagnostics: [Diagnostic]
}

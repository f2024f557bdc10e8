/// The result of a test of whether small studies show other effects than large ones: a complete record.
///
/// A small p-value means that the funnel plot is asymmetric, but not why. Unpublished studies are one reason; real differences between
/// small and large studies, heterogeneity and chance are others.
public struct SmallStudyTest: Hashable, Sendable, Codable {
    /// The distribution from which the p-value is computed.
    public enum Reference: String, Hashable, Sendable, Codable, CaseIterable {
        /// Standard normal distribution.
        case normal
        /// Student's t distribution with `degreesOfFreedom`.
        case studentT = "t"
        /// χ² distribution with `degreesOfFreedom`.
        case chiSquared = "chi-squared"
        /// Exact distribution of the statistic, without an approximation.
        case exact
    }

    /// Test that was run.
    public var name: SmallStudyMethod
    /// Code of the predictor, such as "sei"; `nil` for a test that is not a regression.
    public var predictor: String?
    /// Number of studies that were used.
    public var k: Int
    /// Distribution of the p-value.
    public var reference: Reference
    /// Test statistic; `nil` for an exact test of a count, and when the standard error is 0.
    public var statistic: Double?
    /// Degrees of freedom of t or χ²; `nil` for the other distributions.
    public var degreesOfFreedom: Double?
    /// p-value, two-sided but for `excess-significance`.
    public var pValue: Double?
    /// Slope of a regression, Kendall's τ, or the ratio of observed to expected significant results.
    public var estimate: Double?
    /// Standard error of `estimate`; `nil` for `excess-significance`.
    public var standardError: Double?
    /// Effect where the predictor is 0, that of an infinitely large study; `nil` for a predictor that does not vanish with size.
    public var limit: LimitEstimate?
    /// Between-study variance of the regression, on the squared analysis scale; `nil` where none was estimated.
    public var tauSquared: Double?
    /// Observed and expected significant results; only for `excess-significance`.
    public var significance: SignificanceCount?
    /// Warnings and notes on this test.
    public var diagnostics: [Diagnostic]
}

/// The effect that a regression on precision predicts for an infinitely large study, on the analysis scale.
public struct LimitEstimate: Hashable, Sendable, Codable {
    /// Predicted effect, the intercept of the regression.
    public var estimate: Double
    /// Standard error of the predicted effect.
    public var standardError: Double
    /// Confidence interval of the predicted effect.
    public var confidenceInterval: ConfidenceInterval
}

/// Numbers of significant studies, observed and expected.
public struct SignificanceCount: Hashable, Sendable, Codable {
    /// Number of significant studies.
    public var observed: Int
    /// Expected number of significant studies, the sum of `power`.
    public var expected: Double
    /// True effect at which power was computed, on the analysis scale.
    public var effect: Double
    /// Probability of each study to be significant, in the order of the effects.
    public var power: [Double]
}

extension Diagnostic.Code {
    /// Studies too similar in size to tell small ones from large ones.
    public static let similarPrecision = Diagnostic.Code(rawValue: "similarPrecision")
    /// A measure whose sampling variance depends on the effect itself.
    public static let dependentVariance = Diagnostic.Code(rawValue: "dependentVariance")
    /// Heterogeneity that a method mistakes for bias, or that misleads it.
    public static let heterogeneousEffects = Diagnostic.Code(rawValue: "heterogeneousEffects")
    /// A method that is kept for comparison with older work.
    public static let outdatedMethod = Diagnostic.Code(rawValue: "outdatedMethod")
}

extension EffectSizes {
    /// Returns the reasons not to interpret a test of asymmetry, whichever test it is.
    ///
    /// Source: Sterne et al. (2011), doi:10.1136/bmj.d4002: at least ten studies, of different sizes. That a ratio of four between sampling
    /// variances counts as "different" is this library's interpretation.
    func asymmetryCautions(count: Int) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if count < 10 {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "asymmetry among \(count) studies is easily chance, and its tests have little power: ten are the least"
                        + " that is advised"))
        }
        let variances = effects.map(\.variance)
        if let least = variances.min(), let greatest = variances.max(), greatest < 4 * least {
            notes.append(
                Diagnostic(
                    .warning, .similarPrecision,
                    "the greatest sampling variance is less than four times the least: studies so much alike in size show"
                        + " no small-study effects"))
        }
        return notes
    }

    /// Warnings about a regression on the standard error for this measure.
    var dependenceCautions: [Diagnostic] {
        let better: String
        switch measure {
        case "OR", "RR", "RD", "PETO": better = "harbord, peters or arcsine"
        case "SMD", "SMDH": better = "pustejovsky"
        default:
            switch scale {
            case .logit, .arcsine, .freemanTukey, .squareRoot, .freemanTukeyRate: better = "a predictor of sample size"
            default: return []
            }
        }
        return [
            Diagnostic(
                .note, .dependentVariance,
                "the sampling variance of \(measure) depends on the effect itself, which alone can make a funnel plot"
                    + " asymmetric; \(better) avoids that")
        ]
    }
}

extension MetaAnalysisError {
    static func tooFew(_ count: Int, for test: String, needed: Int) -> MetaAnalysisError {
        MetaAnalysisError(
            .tooFewStudies, "\(test) needs \(needed) studies and has \(count)", remedy: "leave it out, or add studies")
    }
}

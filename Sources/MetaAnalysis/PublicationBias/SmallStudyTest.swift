/// A test of whether small studies show other effects than large ones: a complete record.
///
/// A small p-value says that the funnel plot is asymmetric, not why: unpublished studies are one reason, real differences
/// between small and large studies, heterogeneity and chance are others.
public struct SmallStudyTest: Hashable, Sendable, Codable {
    /// What the p-value is found from.
    public enum Reference: String, Hashable, Sendable, Codable, CaseIterable {
        case normal
        case studentT = "t"
        case chiSquared = "chi-squared"
        /// The distribution of the statistic itself, without an approximation.
        case exact
    }

    public var name: SmallStudyMethod
    /// What effects were regressed on, as a code; `nil` for a test that is no regression.
    public var predictor: String?
    /// Number of studies that took part.
    public var k: Int
    public var reference: Reference
    /// `nil` for an exact test of a count, and when the standard error is 0.
    public var statistic: Double?
    public var degreesOfFreedom: Double?
    /// Two-sided, but for `excess-significance`.
    public var pValue: Double?
    /// The slope of a regression, Kendall's τ, or observed over expected significant results.
    public var estimate: Double?
    public var standardError: Double?
    /// The effect where the predictor is 0, that of an infinitely large study; `nil` for a predictor that does not vanish.
    public var limit: LimitEstimate?
    /// Of the regression; `nil` where none was estimated.
    public var tauSquared: Double?
    /// Only for `excess-significance`.
    public var significance: SignificanceCount?
    public var diagnostics: [Diagnostic]
}

/// The effect that a regression on precision predicts for an infinitely large study, on the analysis scale.
public struct LimitEstimate: Hashable, Sendable, Codable {
    public var estimate: Double
    public var standardError: Double
    public var confidenceInterval: ConfidenceInterval
}

/// How many studies are significant by themselves, and how many should be.
public struct SignificanceCount: Hashable, Sendable, Codable {
    public var observed: Int
    /// Sum of `power`.
    public var expected: Double
    /// The effect at which power was computed, on the analysis scale.
    public var effect: Double
    /// Probability of every study to be significant, in the order of the effects.
    public var power: [Double]
}

extension Diagnostic.Code {
    /// Studies too much alike in size for small ones to be told from large ones.
    public static let similarPrecision = Diagnostic.Code(rawValue: "similarPrecision")
    /// A measure whose sampling variance depends on the effect itself.
    public static let dependentVariance = Diagnostic.Code(rawValue: "dependentVariance")
    /// Heterogeneity that a method takes for bias, or is misled by.
    public static let heterogeneousEffects = Diagnostic.Code(rawValue: "heterogeneousEffects")
    /// A method that is kept for comparison with older work.
    public static let outdatedMethod = Diagnostic.Code(rawValue: "outdatedMethod")
}

extension EffectSizes {
    /// When a test of asymmetry should not be read, whichever it is.
    ///
    /// Source: Sterne et al. (2011), doi:10.1136/bmj.d4002: ten studies at least, of different sizes. That a ratio of four
    /// between sampling variances is "different" is this library's reading of it.
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

    /// What is to be said of a regression on the standard error of this measure.
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

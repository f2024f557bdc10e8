internal import RealModule

/// PET-PEESE: the effect that regressions on the standard error (PET) and on the variance (PEESE) predict for an infinitely large study.
///
/// If small studies show larger effects, they bias the pooled effect, but not the intercept of the regression. The method extrapolates:
/// with few studies, none of high precision, or much heterogeneity, it can be far off in either direction.
///
/// ```swift
/// let adjusted = try PetPeese().fit(effects)
/// adjusted.chosen; adjusted.estimate
/// ```
///
/// Weighted regression with weights 1/v and multiplicative dispersion (or one of the other models of `EggerTest`); t with k − 2 degrees of
/// freedom. PEESE is chosen when the intercept of PET differs from 0 in the direction of the common-effect mean at the one-sided level
/// `alpha`; otherwise PET is chosen. R: `coef(summary(lm(yi ~ sqrt(vi), weights=1/vi)))` and the same on `vi`.
///
/// Source: Stanley & Doucouliagos (2014), doi:10.1002/jrsm.1095.
public struct PetPeese: Hashable, Sendable, Codable {
    /// Regression model; by default weighted regression with multiplicative dispersion.
    public var model: EggerTest.Model
    /// Estimator of τ² in the mixed-effects model.
    public var heterogeneity: HeterogeneityEstimator
    /// One-sided level of the test that chooses between PET and PEESE, in (0, 1).
    public var alpha: Double
    /// Confidence level, in (0, 1).
    public var level: Double

    /// Creates the method, by default with weighted regression and the one-sided level 0.05.
    public init(
        model: EggerTest.Model = .weightedRegression,
        heterogeneity: HeterogeneityEstimator = .restrictedMaximumLikelihood, alpha: Double = 0.05, level: Double = 0.95
    ) {
        self.model = model
        self.heterogeneity = heterogeneity
        self.alpha = alpha
        self.level = level
    }

    /// Fits both regressions and chooses one of them.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three studies, `.singularDesign` when all have the same
    ///   precision, `.invalidSetting` for a level outside (0, 1).
    public func fit(_ effects: EffectSizes) throws -> PetPeeseFit {
        guard alpha > 0, alpha < 1 else {
            throw MetaAnalysisError(
                .invalidSetting, "the significance level is \(alpha)",
                remedy: "take a number between 0 and 1, such as 0.05")
        }
        guard effects.count > 2 else { throw MetaAnalysisError.tooFew(effects.count, for: "PET-PEESE", needed: 3) }
        let pet = try extrapolation(effects, .standardError)
        let peese = try extrapolation(effects, .variance)
        let direction = try CommonEffect().fit(effects).estimate
        let chosen = differs(pet.line, towards: direction) ? PetPeeseFit.Choice.peese : .pet
        let final = chosen == .pet ? pet : peese
        return PetPeeseFit(
            k: effects.count, scale: effects.scale, chosen: chosen, estimate: final.line.estimate,
            standardError: final.line.standardError, statistic: final.line.statistic,
            degreesOfFreedom: final.line.degreesOfFreedom, pValue: final.line.pValue,
            confidenceInterval: final.line.confidenceInterval,
            backTransformed: effects.backTransformed(final.line.estimate, final.line.confidenceInterval),
            pet: pet.line, peese: peese.line, level: level, model: model,
            diagnostics: cautions(effects) + pet.diagnostics)
    }

    private func extrapolation(
        _ effects: EffectSizes, _ predictor: FunnelPredictor
    ) throws -> (line: Extrapolation, diagnostics: [Diagnostic]) {
        let excess: PredictorRegression.Excess =
            switch model {
            case .mixedEffects: .additive(.estimated(heterogeneity))
            case .common: .additive(.common)
            case .weightedRegression: .multiplicative
            }
        let regression = try PredictorRegression(
            effects, on: try predictor.values(effects), excess, interval: .t, level: level, test: "PET-PEESE")
        let (intercept, slope) = (regression.intercept, regression.slope)
        return (
            Extrapolation(
                estimate: intercept.estimate, standardError: intercept.standardError, statistic: intercept.statistic,
                degreesOfFreedom: regression.degreesOfFreedom, pValue: intercept.pValue,
                confidenceInterval: intercept.confidenceInterval, slope: slope.estimate,
                slopeStandardError: slope.standardError, slopePValue: slope.pValue,
                tauSquared: regression.tauSquared), regression.diagnostics
        )
    }

    private func differs(_ line: Extrapolation, towards direction: Double) -> Bool {
        guard let pValue = line.pValue else { return line.standardError == 0 && line.estimate * direction > 0 }
        return line.estimate * direction > 0 && pValue / 2 < alpha
    }

    private func cautions(_ effects: EffectSizes) -> [Diagnostic] {
        effects.asymmetryCautions(count: effects.count).map { caution in
            guard caution.code == .fewStudies else { return caution }
            return Diagnostic(
                .warning, .fewStudies,
                "PET-PEESE extrapolates from \(effects.count) studies: with fewer than ten its answer is worth little")
        }
    }
}

/// The effect of an infinitely large study as a regression on precision predicts it, on the analysis scale.
public struct Extrapolation: Hashable, Sendable, Codable {
    /// Intercept: the predicted effect.
    public var estimate: Double
    /// Standard error of the intercept.
    public var standardError: Double
    /// Intercept divided by its standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Degrees of freedom of the t distribution; `nil` where the normal one is used.
    public var degreesOfFreedom: Double?
    /// Two-sided p-value of the intercept; `nil` when its standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the intercept.
    public var confidenceInterval: ConfidenceInterval
    /// Slope on the standard error (PET) or on the sampling variance (PEESE).
    public var slope: Double
    /// Standard error of the slope.
    public var slopeStandardError: Double
    /// Two-sided p-value of the slope; `nil` when its standard error is 0.
    public var slopePValue: Double?
    /// Between-study variance of the mixed-effects model, on the squared analysis scale; `nil` where none is estimated.
    public var tauSquared: Double?
}

/// The effect adjusted for small-study effects by PET-PEESE, with both regressions: a complete record.
public struct PetPeeseFit: Hashable, Sendable, Codable {
    /// The chosen regression: `pet` on the standard error, `peese` on the sampling variance.
    public enum Choice: String, Hashable, Sendable, Codable, CaseIterable { case pet, peese }

    /// Number of studies.
    public var k: Int
    /// Analysis scale of the estimates.
    public var scale: EffectScale
    /// Chosen regression, of which the estimate below is the intercept.
    public var chosen: Choice
    /// Adjusted effect.
    public var estimate: Double
    /// Standard error of the adjusted effect.
    public var standardError: Double
    /// Estimate divided by its standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Degrees of freedom of the t distribution; `nil` where the normal one is used.
    public var degreesOfFreedom: Double?
    /// Two-sided p-value of no effect; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval of the adjusted effect.
    public var confidenceInterval: ConfidenceInterval
    /// Estimate and interval, back-transformed; `nil` when the scale needs sample sizes that the studies lack.
    public var backTransformed: BackTransformed?
    /// Regression on the standard error.
    public var pet: Extrapolation
    /// Regression on the sampling variance.
    public var peese: Extrapolation
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Regression model that was used.
    public var model: EggerTest.Model
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}

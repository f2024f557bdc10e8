internal import RealModule

/// PET-PEESE: the effect that regressions on the standard error (PET) and on the variance (PEESE) predict for an infinitely large study.
///
/// Where small studies show larger effects, the pooled effect is pulled along; the intercept is not. It extrapolates: with few studies,
/// or none of high precision, or much heterogeneity, it is far from right in either direction.
///
/// ```swift
/// let adjusted = try PetPeese().fit(effects)
/// adjusted.chosen; adjusted.estimate
/// ```
///
/// Weighted regression with weights 1/v and multiplicative dispersion (or one of `EggerTest`'s other models); t with k − 2 degrees of
/// freedom. PEESE is taken when the intercept of PET differs from 0 in the direction of the common-effect mean at the one-sided level
/// `alpha`, else PET. R: `coef(summary(lm(yi ~ sqrt(vi), weights=1/vi)))` and the same on `vi`.
///
/// Source: Stanley & Doucouliagos (2014), doi:10.1002/jrsm.1095.
public struct PetPeese: Hashable, Sendable, Codable {
    public var model: EggerTest.Model
    /// Estimator of τ² in the mixed-effects model.
    public var heterogeneity: HeterogeneityEstimator
    /// One-sided level of the test that chooses, in (0, 1).
    public var alpha: Double
    /// Confidence level, in (0, 1).
    public var level: Double

    public init(
        model: EggerTest.Model = .weightedRegression,
        heterogeneity: HeterogeneityEstimator = .restrictedMaximumLikelihood, alpha: Double = 0.05, level: Double = 0.95
    ) {
        self.model = model
        self.heterogeneity = heterogeneity
        self.alpha = alpha
        self.level = level
    }

    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three studies, `.singularDesign` when they are all of
    ///   one precision, `.invalidSetting` for a level outside (0, 1).
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
        let size = effects.scale.needsSampleSize ? effects.harmonicMeanSampleSize : nil
        return PetPeeseFit(
            k: effects.count, scale: effects.scale, chosen: chosen, estimate: final.line.estimate,
            standardError: final.line.standardError, statistic: final.line.statistic,
            degreesOfFreedom: final.line.degreesOfFreedom, pValue: final.line.pValue,
            confidenceInterval: final.line.confidenceInterval,
            backTransformed: BackTransformed(
                effects.scale, final.line.estimate, final.line.confidenceInterval, nil, sampleSize: size),
            pet: pet.line, peese: peese.line, level: level, model: model,
            diagnostics: cautions(effects) + pet.diagnostics)
    }

    private func extrapolation(
        _ effects: EffectSizes, _ predictor: FunnelPredictor
    ) throws -> (line: Extrapolation, diagnostics: [Diagnostic]) {
        let excess: PredictorRegression.Excess =
            switch model {
            case .mixedEffects: .additive(heterogeneity)
            case .common: .none
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

/// A regression on precision read at an infinitely large study, on the analysis scale.
public struct Extrapolation: Hashable, Sendable, Codable {
    public var estimate: Double
    public var standardError: Double
    /// `nil` when the standard error is 0.
    public var statistic: Double?
    /// Of t.
    public var degreesOfFreedom: Double?
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval
    public var slope: Double
    public var slopeStandardError: Double
    public var slopePValue: Double?
    public var tauSquared: Double?
}

/// The effect adjusted for small-study effects by PET-PEESE, with both regressions: a complete record.
public struct PetPeeseFit: Hashable, Sendable, Codable {
    public enum Choice: String, Hashable, Sendable, Codable, CaseIterable { case pet, peese }

    public var k: Int
    public var scale: EffectScale
    /// Which regression the numbers below are of.
    public var chosen: Choice
    public var estimate: Double
    public var standardError: Double
    public var statistic: Double?
    public var degreesOfFreedom: Double?
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval
    public var backTransformed: BackTransformed?
    /// On the standard error.
    public var pet: Extrapolation
    /// On the sampling variance.
    public var peese: Extrapolation
    public var level: Double
    public var model: EggerTest.Model
    public var diagnostics: [Diagnostic]
}

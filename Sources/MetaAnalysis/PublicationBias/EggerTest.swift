/// Egger's test: whether the effects of studies depend on their standard errors, or on another measure of their size.
///
/// Do not use it with fewer than ten studies or with studies of similar size. For odds ratios and standardized mean differences the
/// standard error depends on the effect; prefer `HarbordTest`, `PetersTest` or `PustejovskyRodgersTest`.
///
/// ```swift
/// let test = try EggerTest().test(effects)
/// test.pValue; test.limit?.estimate
/// ```
///
/// yᵢ = β₀ + β₁ xᵢ + error, H₀: β₁ = 0, on the analysis scale. In the mixed-effects model the error has variance v + τ², in the
/// weighted regression φ v (Egger's own, whose intercept of y/√v on 1/√v is this slope). β₀ is the limit estimate. O(k).
/// R: `metafor::regtest(rma(yi, vi))`, `regtest(rma(yi, vi), model="lm")`; `rma(yi, vi, tau2=…)` for a known τ².
///
/// Source: Egger et al. (1997), doi:10.1136/bmj.315.7109.629; Sterne & Egger (2001), doi:10.1016/s0895-4356(01)00377-8.
public struct EggerTest: Hashable, Sendable, Codable {
    /// How effects vary around the regression line, which also decides the reference distribution.
    public enum Model: String, Hashable, Sendable, Codable, CaseIterable {
        /// Variances v + τ² with between-study variance τ², normal quantiles. R: `metafor::regtest(rma(yi, vi))`.
        case mixedEffects = "mixed-effects"
        /// Sampling variances alone, normal quantiles.
        case common
        /// Variances φ v with multiplicative dispersion φ, t with k − 2 degrees of freedom. R: `regtest(rma(yi, vi), model="lm")`.
        case weightedRegression = "weighted-regression"
    }

    /// Regression model; by default mixed effects.
    public var model: Model
    /// Predictor of the regression; by default the standard error.
    public var predictor: FunnelPredictor
    /// τ² of the mixed-effects model; the others do not use it.
    public var heterogeneity: HeterogeneityModel
    /// Of slope and limit estimate in the mixed-effects and the common model.
    public var interval: IntervalMethod
    /// Confidence level of the limit estimate, in (0, 1).
    public var level: Double

    /// Creates the test, by default a mixed-effects regression on the standard error with τ² by REML and a Wald test.
    public init(
        model: Model = .mixedEffects, predictor: FunnelPredictor = .standardError,
        heterogeneity: HeterogeneityModel = .estimated(.restrictedMaximumLikelihood), interval: IntervalMethod = .wald,
        level: Double = 0.95
    ) {
        self.model = model
        self.predictor = predictor
        self.heterogeneity = heterogeneity
        self.interval = interval
        self.level = level
    }

    /// Tests whether the effects depend on the predictor.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three studies, `.singularDesign` when they do not
    ///   differ in the predictor, `.missingColumn` for a predictor that needs sample sizes, `.invalidSetting` for a negative τ².
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        try test(effects, named: model == .weightedRegression ? .eggerWeighted : .egger)
    }

    func test(_ effects: EffectSizes, named name: SmallStudyMethod) throws -> SmallStudyTest {
        if model == .mixedEffects { try EstimationSettings(heterogeneity: heterogeneity).check() }
        guard effects.count > 2 else { throw MetaAnalysisError.tooFew(effects.count, for: name.rawValue, needed: 3) }
        let excess: PredictorRegression.Excess =
            switch model {
            case .mixedEffects: .additive(heterogeneity)
            case .common: .additive(.common)
            case .weightedRegression: .multiplicative
            }
        let regression = try PredictorRegression(
            effects, on: try predictor.values(effects), excess, interval: interval, level: level, test: name.rawValue)
        let depends = predictor == .standardError || predictor == .variance
        return SmallStudyTest(
            name, predictor: predictor.rawValue, regression, hasLimit: predictor.vanishesWithSize,
            diagnostics: effects.asymmetryCautions(count: effects.count) + (depends ? effects.dependenceCautions : []))
    }
}

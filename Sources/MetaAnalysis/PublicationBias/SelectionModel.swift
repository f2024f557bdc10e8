internal import RealModule

/// Selection models: the effect before publication selected studies by their p-values, by maximum likelihood.
///
/// They answer what the effect would be if significant studies were published more often than others. The answer holds if the selection
/// function is about right, which the data hardly show, and good estimates need dozens of studies. Read it as a sensitivity analysis,
/// together with others and with its diagnostics.
///
/// ```swift
/// let adjusted = try SelectionModel(.steps([0.025])).fit(effects)
/// adjusted.estimate; adjusted.likelihoodRatio.pValue
/// ```
///
/// Before selection y ~ N(μ, v + τ²). A study is published with a probability proportional to w(p), so that its density is w(p) N(y; μ,
/// v + τ²) divided by the integral of that product. All parameters are estimated together by maximum likelihood from several starts, δ
/// between 0 (`beta`: 10⁻⁵) and 100 as in metafor; standard errors come from the exact second derivatives. O(k) for each step of the
/// search.
/// R: `metafor::selmodel(rma(yi, vi, method="ML"), type="stepfun", steps=0.025)`.
///
/// Source: Hedges (1992), doi:10.1214/ss/1177011364; Vevea & Hedges (1995), doi:10.1007/BF02294384; `SelectionFunction.Kind` cites those of
/// the selection functions.
public struct SelectionModel: Hashable, Sendable, Codable {
    /// The direction of effects that have small p-values. The raw value is metafor's code (`alternative`).
    public enum Alternative: String, Hashable, Sendable, Codable, CaseIterable {
        /// One-sided p-values, small for large positive effects.
        case greater
        /// One-sided p-values, small for large negative effects.
        case less
        /// Two-sided p-values, small for large effects of either sign.
        case twoSided = "two.sided"
    }

    /// Whether the true effects vary: `random` estimates τ² with the other parameters, `common` sets it to 0.
    public enum EffectModel: String, Hashable, Sendable, Codable, CaseIterable { case random, common }

    /// Selection function; by default one step at 0.025.
    public var function: SelectionFunction
    /// Direction of the p-values; `nil` takes one-sided p-values in the direction of the common-effect mean.
    public var alternative: Alternative?
    /// Random or common effects before selection; by default random.
    public var model: EffectModel
    /// Confidence level, in (0, 1).
    public var level: Double

    /// Creates a model, by default with one step at p = 0.025, one-sided in the direction of the common-effect mean, and random effects.
    public init(
        _ function: SelectionFunction = .steps([0.025]), alternative: Alternative? = nil, model: EffectModel = .random,
        level: Double = 0.95
    ) {
        self.function = function
        self.alternative = alternative
        self.model = model
        self.level = level
    }

    /// Fits the model by maximum likelihood.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer studies than parameters, `.invalidSetting` for an impossible
    ///   selection function or level, `.notEstimable` for a given weight of 0 in a range with studies, `.missingColumn` for a precision
    ///   that needs sample sizes if there are none.
    public func fit(_ effects: EffectSizes) throws -> SelectionModelFit {
        try ConfidenceInterval.check(level: level)
        try function.check()
        let freeWeights = function.givenWeights.filter { $0 == nil }.count
        let parameters = freeWeights + (model == .random ? 2 : 1)
        guard effects.count >= parameters else {
            throw MetaAnalysisError(
                .tooFewStudies,
                "the selection model \(function.code) has \(parameters) parameters and \(effects.count) "
                    + (effects.count == 1 ? "study" : "studies"),
                remedy: "take fewer steps, give the weights, take a common effect, or add studies")
        }
        let (unit, factor) = try effects.inUnitsOfStandardErrors()
        let direction = try CommonEffect().fit(unit).estimate
        let side = alternative ?? (direction < 0 ? .less : .greater)
        let sign = side == .less ? -1.0 : 1.0
        let precisions = try function.precision.map { try $0.values(effects) }
        let likelihood = SelectionLikelihood(
            responses: unit.effects.map { sign * $0.estimate }, variances: unit.effects.map(\.variance),
            function: function, isTwoSided: side == .twoSided,
            step: function.kind == .truncation ? sign * (function.cutPoints[0] / factor) : 0,
            precisions: precisions.map { values in values.map { $0 / (values.max() ?? 1) } })
        let null: (mean: Double, tauSquared: Double, logLikelihood: Double)
        if model == .random {
            let pooled = try RandomEffects(heterogeneity: .maximumLikelihood, interval: .wald).fit(unit)
            null = (pooled.estimate, pooled.heterogeneity.tauSquared, pooled.fit?.logLikelihood ?? -.infinity)
        } else {
            let pooled = try CommonEffect().fit(unit)
            null = (pooled.estimate, 0, pooled.fit?.logLikelihood ?? -.infinity)
        }
        let search = SelectionSearch(
            likelihood, model: model, start: (sign * null.mean, null.tauSquared), given: function.givenWeights)
        let optimum = try search.optimum()
        let homogeneous = model == .random && effects.count > 1 ? search.homogeneousOptimum() : nil
        return try SelectionModelFit(
            self, effects, alternative: side, optimum: optimum, search: search,
            homogeneous: homogeneous?.logLikelihood, null: null.logLikelihood, factor: factor, sign: sign)
    }
}

extension SelectionModel {
    /// Returns the reason not to fit the model by default: its weights could not be estimated; `nil` without such a reason.
    func reasonNotByDefault(_ effects: EffectSizes) -> String? {
        guard function.kind == .step, function.weights == nil, effects.count > 0 else { return nil }
        guard let unit = try? effects.inUnitsOfStandardErrors().effects,
            let mean = try? CommonEffect().fit(unit).estimate
        else { return nil }
        let sign = alternative == .less || alternative == nil && mean < 0 ? -1.0 : 1.0
        let likelihood = SelectionLikelihood(
            responses: unit.effects.map { sign * $0.estimate }, variances: unit.effects.map(\.variance),
            function: function, isTwoSided: alternative == .twoSided)
        guard Set(likelihood.intervals).count <= function.cutPoints.count else { return nil }
        return "\(function.code): a range of p-values has no study, so that its weight cannot be estimated"
    }
}

extension EffectSizes {
    /// Divides these effects by the power of two next to the least standard error, and returns that power. Effects that are multiplied by a
    /// power of two then give the same results to the last bit.
    func inUnitsOfStandardErrors() throws -> (effects: EffectSizes, factor: Double) {
        for effect in effects where !(effect.estimate.isFinite && effect.variance.isFinite && effect.variance > 0) {
            throw effect.cannotBePooled
        }
        let least = effects.map(\.variance).min() ?? 1
        // An even exponent of the variance makes its root a power of two as well.
        let exponent = Int((Double(least.exponent) / 2).rounded(.down))
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let down = 1 / factor
        var unit = self
        unit.scale = .identity
        unit.source = nil
        for index in effects.indices {
            unit.effects[index].estimate *= down
            unit.effects[index].variance = effects[index].variance * down * down
        }
        guard
            unit.effects.allSatisfy({
                abs($0.estimate) <= Self.greatestSelectionEffect && $0.variance <= Self.moderateVariances.upperBound
            })
        else { throw MetaAnalysisError.outOfRange }
        return (unit, factor)
    }

    /// Greatest effect, in units of the least standard error; the squares in the likelihood lose their accuracy beyond it.
    private static let greatestSelectionEffect = 1e60
}

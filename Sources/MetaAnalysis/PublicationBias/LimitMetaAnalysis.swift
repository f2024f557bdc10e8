internal import RealModule

/// Limit meta-analysis: the effect that a random-effects model with bias of small studies predicts for an infinitely large study.
///
/// It answers what remains of the effect if small studies are biased by an amount that grows with their total standard deviation. It
/// extrapolates: with few studies, studies of similar size, or heterogeneity unrelated to size, the result is unreliable.
///
/// ```swift
/// let limit = try LimitMetaAnalysis().fit(effects)
/// limit.estimate; limit.qSmall.pValue
/// ```
///
/// y = β + √(v + τ²) (α + ε) with ε ~ N(0, 1); α̂ and β̂ come from the regression of xy on 1 and x, x = 1/√(v + τ̂²), with residual
/// variance 1. There are three adjusted effects, named as in R: `beta0` is β̂ + τ̂ α̂; `betalim` is the slope of y*/√v on 1/√v for the
/// shrunken effects y* = β̂ + τ̂ x (y − β̂); `mulim` is their mean with weights 1/v. Cochran's Q = Qₛ + Qᵣ with the residual sum of squares
/// Qᵣ of Egger's regression; G² = 100 (1 − R²) of the regression of `betalim` is the percentage of the variation of the limit effects that
/// size does not explain. k ≥ 3 studies, O(k) for each step of the search for τ². R: `metasens::limitmeta(m)`.
///
/// Source: Rücker, Schwarzer, Carpenter, Binder & Schumacher (2011), doi:10.1093/biostatistics/kxq046.
public struct LimitMetaAnalysis: Hashable, Sendable, Codable {
    /// Adjusted effect that is reported; by default `.expectation`.
    public var variant: LimitVariant
    /// τ² of the random-effects model.
    public var heterogeneity: HeterogeneityModel
    /// Confidence level, in (0, 1).
    public var level: Double

    /// Creates the analysis, by default of the expectation `beta0` with τ² by REML at the 95% level.
    public init(
        variant: LimitVariant = .expectation,
        heterogeneity: HeterogeneityModel = .estimated(.restrictedMaximumLikelihood), level: Double = 0.95
    ) {
        self.variant = variant
        self.heterogeneity = heterogeneity
        self.level = level
    }

    /// Computes the three adjusted effects and the tests of small-study effects.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than three studies, `.singularDesign` when all have the same
    ///   precision, `.invalidSetting` for the level, `.numericalOverflow` for results out of the range of numbers.
    public func fit(_ effects: EffectSizes) throws -> LimitMetaAnalysisFit {
        try ConfidenceInterval.check(level: level)
        guard effects.count > 2 else {
            throw MetaAnalysisError.tooFew(effects.count, for: "limit meta-analysis", needed: 3)
        }
        let (moderate, factor) = effects.moderate
        let pooled = try RandomEffects(
            EstimationSettings(
                heterogeneity: heterogeneity.rescaled(by: 1 / factor), interval: .wald, level: level)
        ).fit(moderate)
        let tauSquared = pooled.heterogeneity.tauSquared
        let tau = tauSquared.squareRoot()
        // Counted from the mean, which the lines of both regressions move along with.
        let origin = pooled.estimate
        let responses = moderate.effects.map { $0.estimate - origin }
        let variances = moderate.effects.map(\.variance)
        let extended = try RadialLine(responses, deviations: variances.map { ($0 + tauSquared).squareRoot() })
        let precise = try RadialLine(responses, deviations: variances.map { $0.squareRoot() })
        let slope = extended.slope
        let shrunken = zip(responses, variances).map { response, variance in
            slope + tau * (response - slope) / (variance + tauSquared).squareRoot()
        }
        let limit = try RadialLine(shrunken.map { $0 + origin }, deviations: variances.map { $0.squareRoot() })
        let inference = ContrastInference(degreesOfFreedom: nil, level: level)
        let average = zip(shrunken, variances).reduce((0.0, 0.0)) { ($0.0 + $1.0 / $1.1, $0.1 + 1 / $1.1) }
        let variants = LimitVariant.allCases.map { variant -> LimitAdjustment in
            let own: Estimate
            switch variant {
            case .expectation:
                let share = 1 - tau * extended.meanPrecision
                own = inference.estimate(
                    origin + slope + tau * extended.intercept,
                    variance: share * share / extended.spread + tauSquared / Double(effects.count))
            case .limitSlope: own = inference.estimate(limit.slope, variance: 1 / limit.spread)
            case .limitMean: own = inference.estimate(origin + average.0 / average.1, variance: 1 / average.1)
            }
            return LimitAdjustment(variant, own.rescaled(by: factor))
        }
        let index = LimitVariant.allCases.firstIndex(of: variant) ?? 0
        let chosen = variants[index]
        let degrees = Double(effects.count - 1)
        let result = LimitMetaAnalysisFit(
            k: effects.count, scale: effects.scale, variant: variant, estimate: chosen.estimate,
            standardError: chosen.standardError, statistic: chosen.statistic, pValue: chosen.pValue,
            confidenceInterval: chosen.confidenceInterval,
            backTransformed: effects.backTransformed(chosen.estimate, chosen.confidenceInterval),
            variants: variants, bias: extended.intercept, slope: (origin + slope) * factor,
            tauSquared: tauSquared * factor * factor,
            q: .chiSquared("q", precise.smallStudySum + precise.residualSum, degrees),
            qSmall: .chiSquared("q-small", precise.smallStudySum, 1),
            qResidual: .chiSquared("q-residual", precise.residualSum, degrees - 1),
            gSquared: limit.unexplainedShare.map { 100 * $0 },
            studies: zip(effects.effects, shrunken).map { effect, limit in
                LimitStudy(label: effect.label, row: effect.row, estimate: (origin + limit) * factor)
            },
            level: level, estimator: heterogeneity.estimator,
            diagnostics: cautions(effects))
        guard
            [result.slope, result.bias, result.tauSquared].allSatisfy(\.isFinite),
            variants.allSatisfy({ $0.estimate.isFinite && $0.standardError.isFinite }),
            (result.q.statistic ?? 0).isFinite
        else { throw MetaAnalysisError.outOfRange }
        return result
    }

    private func cautions(_ effects: EffectSizes) -> [Diagnostic] {
        effects.asymmetryCautions(count: effects.count).map { caution in
            guard caution.code == .fewStudies else { return caution }
            return Diagnostic(
                .warning, .fewStudies,
                "limit meta-analysis extrapolates from \(effects.count) studies: with fewer than ten its answer is worth little"
            )
        } + effects.dependenceCautions
    }
}

/// Least squares of y/d on 1 and 1/d: the line of a radial plot with deviations d.
private struct RadialLine {
    let slope: Double
    let intercept: Double
    /// Mean of 1/d.
    let meanPrecision: Double
    /// Σ (1/d − mean)².
    let spread: Double
    let residualSum: Double
    /// By how much the residual sum grows without the intercept.
    let smallStudySum: Double
    /// Residual over total sum of squares; `nil` when y/d does not vary.
    let unexplainedShare: Double?

    init(_ responses: [Double], deviations: [Double]) throws {
        let count = Double(responses.count)
        let precisions = deviations.map { 1 / $0 }
        let heights = zip(responses, precisions).map { $0 * $1 }
        let x = precisions.reduce(0, +) / count
        let y = heights.reduce(0, +) / count
        var (sxx, sxy, syy) = (0.0, 0.0, 0.0)
        for (precision, height) in zip(precisions, heights) {
            sxx += (precision - x) * (precision - x)
            sxy += (precision - x) * (height - y)
            syy += (height - y) * (height - y)
        }
        // Equal precisions differ from their mean by rounding.
        guard sxx > 1e-20 * count * x * x else {
            throw MetaAnalysisError(
                .singularDesign, "limit meta-analysis cannot be made: studies do not differ in precision",
                remedy: "leave it out, or take random effects")
        }
        let slope = sxy / sxx
        let intercept = y - slope * x
        residualSum = zip(precisions, heights).reduce(0) { sum, point in
            let distance = point.1 - intercept - slope * point.0
            return sum + distance * distance
        }
        self.slope = slope
        self.intercept = intercept
        meanPrecision = x
        spread = sxx
        smallStudySum = intercept * intercept / (1 / count + x * x / sxx)
        unexplainedShare = syy > 0 ? min(1, residualSum / syy) : nil
    }
}

extension HypothesisTest {
    fileprivate static func chiSquared(_ name: String, _ statistic: Double, _ degrees: Double) -> HypothesisTest {
        HypothesisTest(
            name: name, statistic: statistic, degreesOfFreedom: degrees,
            pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(statistic))
    }
}

internal import RealModule

/// p-uniform: the effect at which the p-values of the significant studies are uniformly distributed.
///
/// It answers what the effect is if only significant results were published, and whether these alone are compatible with no effect. It
/// assumes one true effect for all studies. Heterogeneity makes the estimate too large, and so do studies whose p-values were pushed toward
/// 0.05. If effects vary, use `PUniformStar`.
///
/// ```swift
/// let adjusted = try PUniform().fit(effects)
/// adjusted.estimate; adjusted.publicationBiasTest.pValue
/// ```
///
/// K significant effects y with critical values c = z√v; q(μ) = Q((y − μ)/√v) / Q((c − μ)/√v) with the upper tail Q of the normal
/// distribution. `irwinHall`: Σ q(μ̂) = K/2, with the ends of the interval at the quantiles of the sum of K uniform numbers; the tests of
/// no effect and of publication bias use (Σ q − K/2) √(12/K) at 0 and at the common-effect mean, one-sided and normal. `maximumLikelihood`:
/// the density of y truncated at c, with its likelihood-ratio tests and interval. O(K) for each step of a search. R:
/// `puniform::puniform(yi, vi, side="right", method="P")`.
///
/// Source: van Assen, van Aert & Wicherts (2015), doi:10.1037/met0000025; van Aert, Wicherts & van Assen (2016),
/// doi:10.1177/1745691616650874.
public struct PUniform: Hashable, Sendable, Codable {
    /// The estimator of the effect and its tests. The raw value is R's `method`.
    public enum Estimator: String, Hashable, Sendable, Codable, CaseIterable {
        /// Sum of the conditional p-values, against the Irwin–Hall distribution.
        case irwinHall = "P"
        /// Maximum likelihood of normal effects truncated at their critical values.
        case maximumLikelihood = "ML"
    }

    /// Estimator of the effect; by default the sum of p-values.
    public var estimator: Estimator
    /// Two-sided level at which studies count as significant, in (0, 1).
    public var alpha: Double
    /// Side on which significant effects lie; `nil` takes the side of the common-effect mean.
    public var side: FunnelSide?
    /// Confidence level, in (0, 1).
    public var level: Double

    /// Creates the method, by default with the sum of p-values at the two-sided level 0.05.
    public init(
        estimator: Estimator = .irwinHall, alpha: Double = 0.05, side: FunnelSide? = nil, level: Double = 0.95
    ) {
        self.estimator = estimator
        self.alpha = alpha
        self.side = side
        self.level = level
    }

    /// Estimates the effect from the significant studies on the side.
    ///
    /// - Throws: `MetaAnalysisError` with code `.notEstimable` when no study is significant on the side, or when all p-values are so
    ///   close to the level that no effect is low enough for them; `.tooFewStudies` for no study; `.invalidSetting` for a level outside (0,
    ///   1).
    public func fit(_ effects: EffectSizes) throws -> PUniformFit {
        try ConfidenceInterval.check(level: level)
        try SmallStudyAlpha.check(alpha)
        let (moderate, factor) = effects.moderate
        let common = try CommonEffect(level: level).fit(moderate)
        let side = self.side ?? (common.estimate < 0 ? .left : .right)
        let sign = side == .right ? 1.0 : -1.0
        let critical = ReferenceDistribution.normal.twoSidedQuantile(level: 1 - alpha)
        let studies = TruncatedNormals(moderate, sign: sign, critical: critical).significant
        guard studies.count > 0 else {
            throw MetaAnalysisError(
                .notEstimable, "no study is significant on the \(side.rawValue), and p-uniform looks at these only",
                remedy: "take p-uniform*, or name the other side")
        }
        let own =
            switch estimator {
            case .irwinHall: evenness(studies, common: sign * common.estimate)
            case .maximumLikelihood: likelihood(studies, common: sign * common.estimate)
            }
        guard let own else {
            throw MetaAnalysisError(
                .notEstimable,
                "the significant p-values are so close to \(alpha) that no effect is low enough for them",
                remedy: "take p-uniform*, and read the effect as 0")
        }
        let estimate = sign * factor * own.estimate
        let ends = (own.interval.lower * factor, own.interval.upper * factor)
        let interval =
            side == .right
            ? ConfidenceInterval(lower: ends.0, upper: ends.1) : ConfidenceInterval(lower: -ends.1, upper: -ends.0)
        guard estimate.isFinite else { throw MetaAnalysisError.outOfRange }
        return PUniformFit(
            k: effects.count, significant: studies.count, scale: effects.scale, side: side, estimator: estimator,
            estimate: estimate, confidenceInterval: interval,
            backTransformed: effects.backTransformed(estimate, interval),
            effectTest: own.effectTest, publicationBiasTest: own.biasTest, commonEffect: common.estimate * factor,
            alpha: alpha, level: level, diagnostics: cautions(common, studies, estimate: own.estimate))
    }

    private typealias Own = (
        estimate: Double, interval: ConfidenceInterval, effectTest: HypothesisTest, biasTest: HypothesisTest
    )

    private func evenness(_ studies: TruncatedNormals, common: Double) -> Own? {
        let half = Double(studies.count) / 2
        guard let estimate = studies.mean(withSumOfPValues: half) else { return nil }
        let law = IrwinHallDistribution(count: studies.count)
        let end = law.quantile((1 - level) / 2)
        func statistic(_ mean: Double) -> Double { (studies.sumOfPValues(mean) - half) / law.standardDeviation }
        let (atZero, atMean) = (statistic(0), statistic(common))
        return (
            estimate,
            ConfidenceInterval(
                lower: studies.mean(withSumOfPValues: end) ?? -.infinity,
                upper: studies.mean(withSumOfPValues: 2 * half - end) ?? .infinity),
            HypothesisTest(
                name: "no-effect", statistic: atZero, pValue: ReferenceDistribution.normal.lowerTail(atZero)),
            HypothesisTest(
                name: "publication-bias", statistic: atMean, pValue: ReferenceDistribution.normal.upperTail(atMean))
        )
    }

    private func likelihood(_ studies: TruncatedNormals, common: Double) -> Own? {
        guard let best = studies.bestMean(0) else { return nil }
        func ratio(_ mean: Double) -> Double { max(0, 2 * (best.logLikelihood - studies.logLikelihood(mean, 0))) }
        let bound = ReferenceDistribution.chiSquared(degreesOfFreedom: 1).quantile(level)
        let unit = studies.unit(0)
        let upper = TruncatedNormals.crossing(from: best.mean, unit: unit) { bound - ratio($0) }
        let lower = TruncatedNormals.crossing(from: -best.mean, unit: unit) { bound - ratio(-$0) }
        func test(_ name: String, _ mean: Double) -> HypothesisTest {
            HypothesisTest.likelihoodRatio(name, ratio(mean))
        }
        return (
            best.mean, ConfidenceInterval(lower: lower.map { -$0 } ?? -.infinity, upper: upper ?? .infinity),
            test("no-effect", 0), test("publication-bias", common)
        )
    }

    private func cautions(_ common: PooledEffect, _ studies: TruncatedNormals, estimate: Double) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if let pValue = common.heterogeneity.pValue, pValue < 0.1 {
            notes.append(
                Diagnostic(
                    .warning, .heterogeneousEffects,
                    "effects differ beyond chance, and p-uniform, which takes one true effect for all, is too large then"
                ))
        }
        if studies.count < 5 {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "p-uniform stands on \(studies.count) significant \(studies.count == 1 ? "study" : "studies")"))
        }
        if estimate < 0 {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "p-values are on average closer to \(alpha) than no effect would let them be: read p-uniform as 0"))
        }
        return notes
    }
}

/// The effect of significant studies adjusted by p-uniform: a complete record on the analysis scale.
public struct PUniformFit: Hashable, Sendable, Codable {
    /// Number of studies in the data.
    public var k: Int
    /// Number of significant studies on the side, which alone determine the estimate.
    public var significant: Int
    /// Analysis scale of the estimates.
    public var scale: EffectScale
    /// Side on which significant effects lie.
    public var side: FunnelSide
    /// Estimator that was used.
    public var estimator: PUniform.Estimator
    /// Estimated effect.
    public var estimate: Double
    /// Confidence interval of the effect; an end is infinite where no finite value is found.
    public var confidenceInterval: ConfidenceInterval
    /// Estimate and interval, back-transformed; `nil` when the scale needs sample sizes that the studies lack.
    public var backTransformed: BackTransformed?
    /// Test L₀ of whether the significant studies are compatible with no effect.
    public var effectTest: HypothesisTest
    /// Test L_pb of whether the significant studies are compatible with the common-effect mean: the test of publication bias.
    public var publicationBiasTest: HypothesisTest
    /// Common-effect mean of all studies, to which the test of bias refers, on the analysis scale.
    public var commonEffect: Double
    /// Two-sided level at which studies counted as significant.
    public var alpha: Double
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}

extension HypothesisTest {
    /// Creates a likelihood-ratio test against χ² with one degree of freedom.
    static func likelihoodRatio(_ name: String, _ statistic: Double) -> HypothesisTest {
        HypothesisTest(
            name: name, statistic: statistic, degreesOfFreedom: 1,
            pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: 1).upperTail(statistic))
    }
}

enum SmallStudyAlpha {
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a significance level outside (0, 1).
    static func check(_ alpha: Double) throws {
        guard alpha > 0, alpha < 1 else {
            throw MetaAnalysisError(
                .invalidSetting, "the significance level is \(alpha)",
                remedy: "take a number between 0 and 1, such as 0.05")
        }
    }
}

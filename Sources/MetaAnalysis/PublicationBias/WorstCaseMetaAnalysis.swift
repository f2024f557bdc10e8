internal import RealModule

/// Worst-case meta-analysis and S-value: how strong publication bias would have to be to explain the result.
///
/// Studies that are significant in the favored direction ("affirmative") are assumed to be published η times as often as the others. The
/// worst case, η without bound, leaves only the non-affirmative studies. The S-value is the η at which the corrected common-effect mean, or
/// the end of its interval next to the null, is 0; it is `nil` when no η suffices.
///
/// ```swift
/// let worst = try WorstCaseMetaAnalysis().fit(effects)
/// worst.selectionRatio
/// ```
///
/// μ̂(η) = (A + η N) / (a + η n), with Σ wy and Σ w over affirmative (A, a) and other studies (N, n) and variance (a + η² n) / (a + η n)².
/// The S-value assumes one true effect; if effects vary, read `pooled` by random effects instead. O(k).
/// R: `PublicationBias::pubbias_svalue(yi, vi, model_type="fixed")`, `pubbias_meta(…, return_worst_meta=TRUE)`.
///
/// Source: Mathur & VanderWeele (2020), doi:10.31219/osf.io/s9dp6.
public struct WorstCaseMetaAnalysis<Model: PoolingModel>: Sendable {
    /// Model that pools the non-affirmative studies.
    public var model: Model
    /// Two-sided level at which a study counts as significant, in (0, 1).
    public var alpha: Double
    /// Side that publication favors; `nil` takes the side of the common-effect mean.
    public var favoring: FunnelSide?
    /// Level of the interval to which `selectionRatioOfInterval` refers, in (0, 1).
    public var level: Double

    /// Creates the analysis with a model for the non-affirmative studies, by default at the two-sided level 0.05.
    public init(_ model: Model, alpha: Double = 0.05, favoring: FunnelSide? = nil, level: Double = 0.95) {
        self.model = model
        self.alpha = alpha
        self.favoring = favoring
        self.level = level
    }

    /// Pools the non-affirmative studies and computes the S-values.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for no study, `.invalidSetting` for a level outside (0, 1).
    public func fit(_ effects: EffectSizes) throws -> WorstCaseFit {
        guard alpha > 0, alpha < 1 else {
            throw MetaAnalysisError(
                .invalidSetting, "the significance level is \(alpha)",
                remedy: "take a number between 0 and 1, such as 0.05")
        }
        let moderate = effects.moderate.effects
        let common = try CommonEffect(level: level).fit(moderate)
        let side = favoring ?? (common.estimate < 0 ? .left : .right)
        let sign = side == .right ? 1.0 : -1.0
        let critical = ReferenceDistribution.normal.twoSidedQuantile(level: 1 - alpha)
        let affirmative = Set(
            moderate.effects.indices.filter {
                sign * moderate.effects[$0].estimate > critical * moderate.effects[$0].standardError
            })
        let others = effects.effects.indices.filter { !affirmative.contains($0) }
        let sums = SelectionSums(moderate, affirmative, sign: sign)
        var notes: [Diagnostic] = []
        if affirmative.isEmpty || others.isEmpty {
            notes.append(
                Diagnostic(
                    .note, .notEstimable,
                    others.isEmpty
                        ? "all studies are significant in the favoured direction: there is no worst case to show"
                        : "no study is significant in the favoured direction: such publication bias cannot explain the result"
                ))
        }
        if let pValue = common.heterogeneity.pValue, pValue < 0.1 {
            notes.append(
                Diagnostic(
                    .warning, .heterogeneousEffects,
                    "the S-value takes one true effect for all studies, and these differ beyond chance"))
        }
        let quantile = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        return WorstCaseFit(
            pooled: others.isEmpty ? nil : try model.fit(effects.subset(others)), side: side,
            affirmative: affirmative.count,
            nonAffirmative: others.count, selectionRatio: sums.ratio, selectionRatioOfInterval: sums.ratio(quantile),
            alpha: alpha, diagnostics: notes)
    }

}

extension WorstCaseMetaAnalysis where Model == RandomEffects {
    /// Creates the analysis with random effects, REML and the Hartung–Knapp interval.
    public init(alpha: Double = 0.05, favoring: FunnelSide? = nil, level: Double = 0.95) {
        self.init(RandomEffects(level: level), alpha: alpha, favoring: favoring, level: level)
    }
}

extension WorstCaseMetaAnalysis: Equatable where Model: Equatable {}
extension WorstCaseMetaAnalysis: Hashable where Model: Hashable {}
extension WorstCaseMetaAnalysis: Encodable where Model: Encodable {}
extension WorstCaseMetaAnalysis: Decodable where Model: Decodable {}

/// Σ wy and Σ w of both kinds of studies, with signs turned so that the favored direction is positive.
private struct SelectionSums {
    var (affirmativeSum, affirmativeWeight, otherSum, otherWeight) = (0.0, 0.0, 0.0, 0.0)

    init(_ effects: EffectSizes, _ affirmative: Set<Int>, sign: Double) {
        for (index, effect) in effects.effects.enumerated() {
            let weight = 1 / effect.variance
            if affirmative.contains(index) {
                affirmativeSum += weight * sign * effect.estimate
                affirmativeWeight += weight
            } else {
                otherSum += weight * sign * effect.estimate
                otherWeight += weight
            }
        }
    }

    private func estimate(_ ratio: Double) -> Double {
        (affirmativeSum + ratio * otherSum) / (affirmativeWeight + ratio * otherWeight)
    }

    /// The η at which A + η N = 0; `nil` when the mean is at most 0 without bias, or stays above 0 at any η.
    var ratio: Double? {
        guard affirmativeSum > 0, otherSum < 0, estimate(1) > 0 else { return nil }
        return -affirmativeSum / otherSum
    }

    /// Returns the η at which A + η N = z √(a + η² n), the smaller root above 1.
    func ratio(_ quantile: Double) -> Double? {
        func distance(_ ratio: Double) -> Double {
            affirmativeSum + ratio * otherSum
                - quantile * (affirmativeWeight + ratio * ratio * otherWeight).squareRoot()
        }
        guard affirmativeSum > 0, otherWeight > 0, distance(1) > 0 else { return nil }
        // The slope tends to N − z √n. If that is negative, the distance, which is concave, falls below 0 for good.
        guard otherSum < quantile * otherWeight.squareRoot() else { return nil }
        var upper = 2.0
        while distance(upper) > 0 {
            upper *= 2
            guard upper.isFinite else { return nil }
        }
        return root(of: distance, in: 1...upper).value
    }
}

/// The pooled effect of the non-affirmative studies and the strength of selection that explains the result: a complete record.
public struct WorstCaseFit: Hashable, Sendable, Codable {
    /// Pooled effect of the studies that are not significant in the favored direction; `nil` when there are none.
    public var pooled: PooledEffect?
    /// Side that publication favors.
    public var side: FunnelSide
    /// Number of studies that are significant in the favored direction.
    public var affirmative: Int
    /// Number of all other studies.
    public var nonAffirmative: Int
    /// Ratio η of the probabilities of publication of affirmative and other studies at which the mean is 0; `nil` when no ratio suffices,
    /// or when there is no effect to explain.
    public var selectionRatio: Double?
    /// Ratio η at which the end of the confidence interval next to no effect is 0; `nil` as for `selectionRatio`.
    public var selectionRatioOfInterval: Double?
    /// Two-sided level at which studies counted as significant.
    public var alpha: Double
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}

internal import RealModule

/// Test of excess significance: whether more studies are significant than their power allows.
///
/// It tests whether the set of results is plausible, not whether studies are missing. It assumes one true effect for all studies. If
/// effects vary, give τ², and still read the result with caution.
///
/// ```swift
/// let test = try ExcessSignificanceTest().test(effects)
/// test.significance?.observed; test.significance?.expected
/// ```
///
/// O studies have |y| / √v at or above the normal quantile for `alpha`; the power of each at the effect θ (the common-effect mean
/// unless given), with y ~ N(θ, v + τ²), adds up to E. The p-value is P(X ≥ O) of the sum X of k coins with these probabilities,
/// exact for any k in O(k²), or by χ² with one degree of freedom, one-sided. R: `metafor::tes(rma(yi, vi, method="EE"))`, which
/// takes χ² where its exact test would be slow.
///
/// Source: Ioannidis & Trikalinos (2007), doi:10.1177/1740774507079441.
public struct ExcessSignificanceTest: Hashable, Sendable, Codable {
    /// How the number of significant studies is compared with its expectation.
    public enum Comparison: String, Hashable, Sendable, Codable, CaseIterable {
        /// Exact distribution of the number of significant studies, given the power of each.
        case exact
        /// χ² with one degree of freedom, one-sided.
        case chiSquared = "chi-squared"
    }

    /// Method of comparison; by default exact.
    public var comparison: Comparison
    /// Two-sided level at which a study counts as significant, in (0, 1).
    public var alpha: Double
    /// True effect at which power is computed, on the analysis scale; `nil` takes the common-effect mean.
    public var effect: Double?
    /// Variance of the true effects around `effect`, at least 0, on the squared analysis scale.
    public var tauSquared: Double

    /// Creates the test, by default exact, at the two-sided level 0.05, the common-effect mean and τ² = 0.
    public init(
        comparison: Comparison = .exact, alpha: Double = 0.05, effect: Double? = nil, tauSquared: Double = 0
    ) {
        self.comparison = comparison
        self.alpha = alpha
        self.effect = effect
        self.tauSquared = tauSquared
    }

    /// Counts the significant studies and compares them with the sum of their powers.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for fewer than two studies, `.invalidSetting` for a level outside
    ///   (0, 1), a negative τ², or an effect that is not finite.
    public func test(_ effects: EffectSizes) throws -> SmallStudyTest {
        try check(effects.count)
        let pooled = try CommonEffect().fit(effects)
        let mean = effect ?? pooled.estimate
        let critical = ReferenceDistribution.normal.twoSidedQuantile(level: 1 - alpha)
        let power = effects.effects.map { chance(of: $0, at: mean, critical: critical) }
        guard power.allSatisfy(\.isFinite) else { throw MetaAnalysisError.outOfRange }
        let observed = effects.effects.count { abs($0.estimate) >= critical * $0.standardError }
        let expected = power.reduce(0, +)
        let (count, seen) = (Double(effects.count), Double(observed))
        var statistic: Double?
        var pValue: Double?
        switch comparison {
        case .exact: pValue = Self.upperTail(observed, power)
        case .chiSquared:
            let distance = seen - expected
            let square = distance * distance / expected + distance * distance / (count - expected)
            if square.isFinite {
                statistic = square
                pValue = ReferenceDistribution.normal.upperTail(
                    distance < 0 ? -square.squareRoot() : square.squareRoot())
            }
        }
        let significance = SignificanceCount(observed: observed, expected: expected, effect: mean, power: power)
        return SmallStudyTest(
            name: .excessSignificance, predictor: nil, k: effects.count,
            reference: comparison == .exact ? .exact : .chiSquared, statistic: statistic,
            degreesOfFreedom: comparison == .exact ? nil : 1, pValue: pValue,
            estimate: expected > 0 ? seen / expected : nil, standardError: nil, limit: nil, tauSquared: nil,
            significance: significance, diagnostics: cautions(pooled))
    }

    private func check(_ count: Int) throws {
        guard alpha > 0, alpha < 1 else {
            throw MetaAnalysisError(
                .invalidSetting, "the significance level is \(alpha)",
                remedy: "take a number between 0 and 1, such as 0.05")
        }
        guard tauSquared >= 0, tauSquared.isFinite, effect?.isFinite ?? true else {
            throw MetaAnalysisError(
                .invalidSetting, "the true effect or its variance is not a number that can be",
                remedy: "give a finite effect and a variance of 0 or more")
        }
        guard count > 1 else { throw MetaAnalysisError.tooFew(count, for: "excess-significance", needed: 2) }
    }

    private func chance(of study: EffectSize, at mean: Double, critical: Double) -> Double {
        let error = study.standardError
        let spread = (tauSquared / study.variance + 1).squareRoot()
        let (above, below) = ((critical - mean / error) / spread, (-critical - mean / error) / spread)
        return ReferenceDistribution.normal.upperTail(above) + ReferenceDistribution.normal.lowerTail(below)
    }

    /// Returns P(X ≥ observed) for the number X of successes among independent trials with these probabilities.
    private static func upperTail(_ observed: Int, _ probabilities: [Double]) -> Double {
        var distribution = [1.0]
        for probability in probabilities {
            var next = Array(repeating: 0.0, count: distribution.count + 1)
            for (heads, mass) in distribution.enumerated() {
                next[heads] += mass * (1 - probability)
                next[heads + 1] += mass * probability
            }
            distribution = next
        }
        return min(1, distribution[observed...].reversed().reduce(0, +))
    }

    private func cautions(_ pooled: PooledEffect) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if pooled.k < 10 {
            notes.append(
                Diagnostic(
                    .note, .fewStudies, "the test of excess significance has little power among \(pooled.k) studies"))
        }
        if tauSquared == 0, let pValue = pooled.heterogeneity.pValue, pValue < 0.1 {
            notes.append(
                Diagnostic(
                    .warning, .heterogeneousEffects,
                    "the test of excess significance takes one true effect for all studies, and these differ beyond chance"
                ))
        }
        return notes
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct SolutionTests {
    private static let sample = StudySample(
        "five", estimates: [0.1, 0.9, -0.4, 0.3, 1.2], variances: [0.1, 0.2, 0.05, 0.3, 0.1])

    private static func solution(_ factor: Double, _ settings: EstimationSettings) throws -> Solution {
        let effects = EffectSizes(
            effects: sample.estimates.indices.map {
                EffectSize(
                    label: "\($0)", estimate: sample.estimates[$0] * factor,
                    variance: sample.variances[$0] * factor * factor)
            })
        return try LinearEffectModel(effects).solve(settings)
    }

    /// Effects near 1e±150 are divided by a power of two, and every number comes back in their unit.
    @Test(arguments: [0x1p-500, 0x1p500])
    func everyNumberIsInTheUnitOfTheEffects(_ factor: Double) throws {
        let settings = EstimationSettings()
        let (one, other) = (try Self.solution(1, settings), try Self.solution(factor, settings))
        #expect(one.unit == 1 && other.unit != 1)
        #expect(other.coefficients[0] == one.coefficients[0] * factor)
        #expect(other.tauSquared == one.tauSquared * factor * factor)
        #expect(other.cochranQ == one.cochranQ && other.factor == one.factor)
        let variance = one.scaledPlainCovariance[0, 0]
        let estimate = one.estimate(one.scaledCoefficients[0], plainVariance: variance)
        let scaled = other.estimate(other.scaledCoefficients[0], plainVariance: other.scaledPlainCovariance[0, 0])
        #expect(scaled == estimate.rescaled(by: factor))
        let quantile = one.inference.quantile
        #expect(
            other.prediction(scaled, quantile: quantile)
                == one.prediction(estimate, quantile: quantile).rescaled(by: factor))
        let (before, after) = (one.heterogeneity(cochranQ: one.cochranQ), other.heterogeneity(cochranQ: other.cochranQ))
        #expect(after == before.rescaled(by: factor))
        // A density of four contrasts under REML.
        let shift = 4 * 500 * 0.6931471805599453 * (factor > 1 ? -1 : 1)
        #expect(
            Tolerance.closedForm.accepts(
                other.fitStatistics().logLikelihood, one.fitStatistics().logLikelihood + shift))
    }

    @Test func withoutDegreesOfFreedom() throws {
        let one = EffectSizes(effects: [EffectSize(label: "one", estimate: 2, variance: 4)])
        let solution = try LinearEffectModel(one).solve(EstimationSettings())
        #expect(solution.usedInterval == .wald && solution.factor == 1 && solution.cochranQ == 0)
        #expect(!solution.isEstimated && solution.scaledDeterminedTauSquared == nil)
        #expect(try LinearEffectModel(one).solve(.init(heterogeneity: .known(1))).scaledDeterminedTauSquared == 1)
    }

    /// Responses that lie on the fit up to rounding have no residuals, and standard errors of 0 under Hartung and Knapp.
    @Test func exactFit() throws {
        let effects = EffectSizes(
            effects: (0..<5).map { EffectSize(label: "\($0)", estimate: 0.1 + 0.3 * Double($0), variance: 1) })
        let columns = Matrix(rows: (0..<5).map { [1, Double($0) - 2] })
        let solution = try LinearEffectModel(effects, design: .columns(columns)).solve(
            EstimationSettings(), roundsToFit: true)
        #expect(solution.isExact && solution.factor == 0 && solution.cochranQ == 0)
        #expect(solution.scaledResiduals.allSatisfy { $0 == 0 })
    }

    /// Effects that differ by rounding alone are pooled as they are, one by one as in a batch.
    @Test func nearlyEqualEffectsKeepTheirResiduals() throws {
        let effects = EffectSizes(
            effects: [0.1 + 0.2, 0.3, 0.3].enumerated().map {
                EffectSize(label: "\($0)", estimate: $1, variance: 1e-30)
            })
        let pooled = try RandomEffects().fit(effects)
        let batch = try BatchPooling().fit(RandomBatches.batch(Array(repeating: effects, count: 4)))
        let found = try #require(batch[0])
        #expect(pooled.heterogeneity.cochranQ > 1e-3 && pooled.standardError > 0)
        #expect(Tolerance.iterative.accepts(found.cochranQ, pooled.heterogeneity.cochranQ))
        #expect(found.standardError > 0)
    }
}

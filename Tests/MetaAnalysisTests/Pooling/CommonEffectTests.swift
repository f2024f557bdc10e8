import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct CommonEffectTests {
    private static let sample = StudySample("three", estimates: [1, 2, 6], variances: [0.5, 1, 2])

    /// Weights 2, 1 and 1/2: mean 7/3.5 = 2, Q = 2 + 0 + 8.
    @Test func byHand() throws {
        let pooled = try CommonEffect().fit(Self.sample.effects)
        #expect(pooled.k == 3)
        #expect(Tolerance.closedForm.accepts(pooled.estimate, 2))
        #expect(Tolerance.closedForm.accepts(pooled.standardError, (2.0 / 7).squareRoot()))
        #expect(Tolerance.closedForm.accepts(pooled.heterogeneity.cochranQ, 10))
        #expect(pooled.heterogeneity.iSquared.map { Tolerance.closedForm.accepts($0, 80) } == true)
        #expect(Tolerance.quantile.accepts(pooled.heterogeneity.pValue ?? 0, Double.exp(-5)))
        for (weight, share) in zip(pooled.studies.map(\.weight), [400.0 / 7, 200.0 / 7, 100.0 / 7]) {
            #expect(Tolerance.closedForm.accepts(weight, share))
        }
        #expect(pooled.studies.allSatisfy { $0.empiricalBayes == nil })
        // −½ Σ ln(2πv) − ½ Q, the variances multiplying to 1.
        let likelihood = -1.5 * Double.log(2 * .pi) - 5
        let fit = try #require(pooled.fit)
        #expect(Tolerance.closedForm.accepts(fit.logLikelihood, likelihood))
        #expect(Tolerance.closedForm.accepts(fit.deviance, 10))
        #expect(Tolerance.closedForm.accepts(fit.aic, 2 - 2 * likelihood))
        #expect(Tolerance.closedForm.accepts(fit.bic ?? 0, Double.log(3) - 2 * likelihood))
        // 2 · 1 · 3 / (3 − 1 − 1)
        #expect(Tolerance.closedForm.accepts(fit.aicc, 6 - 2 * likelihood))
        #expect(!fit.isRestricted && fit.iterations == 0)
    }

    @Test func settingsAreRecorded() throws {
        let pooled = try CommonEffect(interval: .t, weighting: .equal, level: 0.9).fit(Self.sample.effects)
        #expect(pooled.settings.model == .common)
        #expect(pooled.settings.estimator == nil && pooled.settings.tauSquaredInterval == nil)
        #expect(pooled.settings.interval == .t)
        #expect(pooled.settings.weighting == .equal)
        #expect(pooled.settings.level == 0.9)
        #expect(pooled.settings.measure == "GEN")
    }

    @Test(arguments: IntervalMethod.allCases)
    func hartungKnappIsUnusualHere(_ interval: IntervalMethod) throws {
        let pooled = try CommonEffect(interval: interval).fit(Self.sample.effects)
        let isHartungKnapp = interval == .hartungKnapp || interval == .hartungKnappTruncated
        #expect(pooled.diagnostics.contains { $0.code == .unusualCombination } == isHartungKnapp)
    }
}

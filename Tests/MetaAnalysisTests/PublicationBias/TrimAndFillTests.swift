import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct TrimAndFillTests {
    static let estimators: [MissingStudiesEstimator] = MissingStudiesEstimator.allCases

    @Test(arguments: EggerTestTests.samples, estimators)
    func mirroredEffectsAreFilledOnTheOtherSide(sample: StudySample, estimator: MissingStudiesEstimator) throws {
        let model = RandomEffects(heterogeneity: .derSimonianLaird)
        guard let before = try? TrimAndFill(model, estimator: estimator).fit(sample.effects) else { return }
        let after = try TrimAndFill(model, estimator: estimator).fit(sample.effects.mirrored)
        #expect(after.imputed == before.imputed)
        #expect(after.side != before.side)
        #expect(abs(after.pooled.estimate + before.pooled.estimate) < 1e-9)
        let values = before.imputedStudies.map(\.estimate).sorted()
        let others = after.imputedStudies.map { -$0.estimate }.sorted()
        for (one, other) in zip(values, others) { #expect(abs(one - other) < 1e-9) }
    }

    @Test(arguments: EggerTestTests.samples)
    func aConstantMovesEverything(sample: StudySample) throws {
        let before = try TrimAndFill(side: .left).fit(sample.effects)
        var moved = sample.effects
        for index in moved.effects.indices { moved.effects[index].estimate += 5 }
        let after = try TrimAndFill(side: .left).fit(moved)
        #expect(after.imputed == before.imputed)
        #expect(abs(after.pooled.estimate - before.pooled.estimate - 5) < 1e-8)
    }

    @Test func aSymmetricFunnelGetsNothing() throws {
        let sample = StudySample(
            "symmetric", estimates: [-2, 2, -1, 1, -0.5, 0.5, 0], variances: [4, 4, 1, 1, 0.2, 0.2, 0.01])
        for side in FunnelSide.allCases {
            let fit = try TrimAndFill(CommonEffect(), side: side).fit(sample.effects)
            #expect(fit.imputed == 0)
            #expect(fit.pooled.k == 7)
            #expect(fit.imputedStudies.isEmpty)
        }
    }

    @Test func studiesCutOffAreFilledIn() throws {
        // A symmetric funnel around 0 without its three lowest small studies, of which L0 finds two.
        let estimates = [0.0, 0.02, -0.02, 0.3, -0.3, 0.9, 1.2, 1.5]
        let variances = [0.001, 0.002, 0.002, 0.1, 0.1, 0.3, 0.5, 0.7]
        let fit = try TrimAndFill(CommonEffect()).fit(
            StudySample("cut", estimates: estimates, variances: variances).effects)
        #expect(fit.side == .left)
        #expect(fit.imputed == 2)
        #expect(fit.pooled.k == 10)
        #expect(fit.imputedStudies.allSatisfy { $0.label.hasPrefix("imputed for ") && $0.estimate < 0 })
    }

    @Test func theRecordIsFlatAndComplete() throws {
        let sample = try #require(EggerTestTests.samples.first)
        let fit = try TrimAndFill(estimator: .run).fit(sample.effects)
        let data = try JSONEncoder().encode(fit)
        #expect(try JSONDecoder().decode(TrimAndFillFit.self, from: data) == fit)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for key in ["missingEstimator", "imputed", "side", "estimate", "heterogeneity", "imputedPValue"] {
            #expect(object[key] != nil, "\(key)")
        }
    }
}

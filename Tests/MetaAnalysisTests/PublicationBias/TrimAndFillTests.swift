import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct TrimAndFillTests {
    static let estimators: [MissingStudiesEstimator] = MissingStudiesEstimator.allCases
    private static let equalEffects: [Double] = [0.1, 0.3, 0.7, -1e10, 1e-10, 0]

    /// The square root in Q0 has no real value among these studies, whichever side they are on.
    private static let withoutQ0 = "8 random studies, variance ratio 10.0, tau 0.0"

    @Test(arguments: EggerTestTests.samples, estimators)
    func mirroredEffectsAreFilledOnTheOtherSide(sample: StudySample, estimator: MissingStudiesEstimator) throws {
        let fill = TrimAndFill(RandomEffects(heterogeneity: .derSimonianLaird), estimator: estimator)
        guard estimator != .quadratic || sample.name != Self.withoutQ0 else {
            for effects in [sample.effects, sample.effects.mirrored] {
                let error = #expect(throws: MetaAnalysisError.self) { try fill.fit(effects) }
                #expect(error?.code == .notEstimable)
            }
            return
        }
        let before = try fill.fit(sample.effects)
        let after = try fill.fit(sample.effects.mirrored)
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

    /// Averages of these differ from the effects by rounding, and so does the line of a regression from a level one.
    @Test(arguments: equalEffects, estimators)
    func equalEffectsLackNoStudy(_ effect: Double, _ estimator: MissingStudiesEstimator) throws {
        let variances = [0.01, 0.03, 0.07, 0.11, 0.31, 0.57, 0.9]
        let sample = StudySample("equal", estimates: variances.map { _ in effect }, variances: variances)
        let fit = try TrimAndFill(CommonEffect(), estimator: estimator).fit(sample.effects)
        #expect(fit.imputed == 0 && fit.side == .left)
        let note = try #require(fit.pooled.diagnostics.first { $0.message.hasPrefix("effects do not depend") })
        #expect(note.severity == .note && note.code == .notEstimable)
        for side in FunnelSide.allCases {
            let asked = try TrimAndFill(CommonEffect(), estimator: estimator, side: side).fit(sample.effects)
            #expect(asked.imputed == 0 && asked.side == side)
            #expect(!asked.pooled.diagnostics.contains(note))
        }
    }

    /// Pairs around one effect: the slope is 0 but for rounding, whatever the order.
    @Test func aLevelFunnelHasNoSide() throws {
        let estimates = [0.2, 0.4, 0.1, 0.5, 0.25, 0.35]
        let variances = [0.07, 0.07, 0.3, 0.3, 0.013, 0.013]
        for order in [[0, 1, 2, 3, 4, 5], [5, 3, 1, 0, 4, 2], [3, 2, 1, 0, 5, 4]] {
            let sample = StudySample(
                "level", estimates: order.map { estimates[$0] }, variances: order.map { variances[$0] })
            let fit = try TrimAndFill().fit(sample.effects)
            #expect(fit.side == .left)
            #expect(fit.pooled.diagnostics.contains { $0.message.hasPrefix("effects do not depend") })
        }
    }
}

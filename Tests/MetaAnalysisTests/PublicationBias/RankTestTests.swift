import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct RankTestTests {
    @Test(arguments: EggerTestTests.samples)
    func theOtherSignTurnsTheCorrelation(sample: StudySample) throws {
        let before = try RankTest().test(sample.effects)
        let after = try RankTest().test(sample.effects.mirrored)
        #expect(after.estimate == before.estimate.map { -$0 })
        #expect(after.pValue == before.pValue)
    }

    @Test(arguments: EggerTestTests.samples)
    func aConstantChangesNothing(sample: StudySample) throws {
        var moved = sample.effects
        for index in moved.effects.indices { moved.effects[index].estimate += 2 }
        #expect(try RankTest().test(moved).estimate == RankTest().test(sample.effects).estimate)
    }

    @Test func tiesTakeTheNormalDistribution() throws {
        let sample = StudySample("ties", estimates: [1, 2, 3, 4], variances: [1, 1, 2, 3])
        #expect(try RankTest().test(sample.effects).reference == .normal)
        let different = StudySample("different", estimates: [1, 2, 3, 4], variances: [1, 1.5, 2, 3])
        #expect(try RankTest().test(different.effects).reference == .exact)
    }

    /// (2/9)(7/9)/8 and (1/6)(5/6)/5 are both 1/36. `ranktest(rma(yi, vi, method="EE"))` of metafor 3.8-1 with that tie: -0.0364,
    /// p = 0.9008.
    @Test func equalVariancesAreTied() throws {
        let events: [(Double, Double)] = [(6, 12), (6, 17), (7, 14), (4, 7), (3, 9), (1, 6), (1, 8), (11, 15)]
        let studies = events.enumerated().map { Study("s\($0)", Proportion(events: $1.0, size: $1.1)) }
        let effects = try EffectSizes(studies, measure: .raw, settings: EffectSettings(variance: .unbiased))
        let test = try RankTest().test(effects)
        #expect(test.reference == .normal)
        #expect(abs(try #require(test.estimate) + 1 / (28.0 * 27).squareRoot()) < 1e-12)
        #expect(abs(try #require(test.pValue) - 0.9008) < 5e-5)
    }

    /// Equal effects have no rank correlation, whatever rounding makes of their distances from the mean.
    @Test func equalEffectsHaveNoRanks() {
        let sample = StudySample("equal", estimates: [6.022, 6.022, 6.022, 6.022], variances: [0.01, 0.2, 0.03, 0.7])
        #expect(throws: MetaAnalysisError.self) { try RankTest().test(sample.effects) }
    }
}

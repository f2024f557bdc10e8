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
}

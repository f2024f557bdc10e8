import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct ExcessSignificanceTestTests {
    private static let sample = StudySample(
        "mixed", estimates: [0.5, 0.1, -0.2, 0.9, 0.4], variances: [0.04, 0.09, 0.25, 0.01, 0.36])

    /// Every outcome of five coins.
    @Test func exactAgainstEveryOutcome() throws {
        let test = try ExcessSignificanceTest().test(Self.sample.effects)
        let count = try #require(test.significance)
        var tail = 0.0
        for outcome in 0..<32 {
            let heads = (0..<5).filter { outcome >> $0 & 1 == 1 }
            guard heads.count >= count.observed else { continue }
            tail += (0..<5).reduce(1) { $0 * (heads.contains($1) ? count.power[$1] : 1 - count.power[$1]) }
        }
        #expect(abs((test.pValue ?? .nan) - tail) < 1e-14)
        #expect(count.observed == 2)
        #expect(abs(count.expected - count.power.reduce(0, +)) < 1e-14)
    }

    @Test func noEffectHasThePowerOfTheLevel() throws {
        let test = try ExcessSignificanceTest(alpha: 0.1, effect: 0).test(Self.sample.effects)
        let powers = try #require(test.significance?.power)
        #expect(powers.count == 5 && powers.allSatisfy { abs($0 - 0.1) < 1e-13 })
        let spread = try ExcessSignificanceTest(alpha: 0.1, effect: 0, tauSquared: 1).test(Self.sample.effects)
        let spreadPowers = try #require(spread.significance?.power)
        #expect(spreadPowers.count == 5 && spreadPowers.allSatisfy { $0 > 0.1 })
    }

    @Test func theSignDoesNotMatter() throws {
        for comparison in ExcessSignificanceTest.Comparison.allCases {
            let before = try ExcessSignificanceTest(comparison: comparison).test(Self.sample.effects)
            let after = try ExcessSignificanceTest(comparison: comparison).test(Self.sample.effects.mirrored)
            #expect(abs((after.pValue ?? .nan) - (before.pValue ?? .nan)) < 1e-13)
        }
    }
}

import Foundation
import Testing

@testable import MetaAnalysis

struct ReliabilityTests {
    /// 1 − α = 1/8, m/(m − 1) = 5/4.
    let small = Reliability(alpha: 0.875, items: 5, size: 12)

    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(small, .raw).isNear(0.875, 2 * 1.25 / 64 / 10))
        #expect(try EffectProbe.effect(small, .cubeRootComplement).isNear(0.5, 18 * 1.25 * 11 * 0.25 / (97 * 97)))
        #expect(try EffectProbe.effect(small, .logComplement).isNear(log(8), 0.25))
        #expect(small.sampleSize == 12)
    }

    @Test func alphaBelowZeroIsPossible() throws {
        let poor = Reliability(alpha: -7, items: 2, size: 12)
        #expect(try EffectProbe.effect(poor, .cubeRootComplement)?.estimate.isNear(-1) == true)
        #expect(try EffectProbe.effect(poor, .logComplement).isNear(-log(8), 0.4))
    }

    @Test(arguments: Reliability.Measure.allCases)
    func perfectOrTooFew(measure: Reliability.Measure) throws {
        let perfect = Reliability(alpha: 1, items: 5, size: 12)
        #expect(try EffectProbe.reason(perfect, measure) == "an alpha of 1 has no sampling variance")
        for size in [0.0, 1, 2, 3] {
            let few = Reliability(alpha: 0.8, items: 5, size: size)
            let isEnough = size > (measure == .cubeRootComplement ? 1 : 2)
            #expect(try (EffectProbe.effect(few, measure) != nil) == isEnough)
        }
    }

    @Test(arguments: Reliability.Measure.allCases)
    func manyParticipantsGiveTheDeltaMethodVariance(measure: Reliability.Measure) throws {
        let n = 1e9
        let large = Reliability(alpha: 0.875, items: 5, size: n)
        let effect = try #require(try EffectProbe.effect(large, measure))
        // v = y′(α)² · 2 m (1 − α)² / ((m − 1) n), with y′ = 1, (1 − α)^(−2/3)/3 and 1/(1 − α).
        let derivative: Double
        switch measure {
        case .raw: derivative = 1
        case .cubeRootComplement: derivative = 4.0 / 3
        case .logComplement: derivative = 8
        }
        let limit: Double = derivative * derivative * 2.5 / 64 / n
        #expect(abs(effect.variance / limit - 1) < 1e-8)
    }

    @Test func impossibleReliabilitiesAreRefusedByRole() {
        #expect(EffectProbe.refused(Reliability(alpha: 1.01, items: 5, size: 12)) == "ai")
        #expect(EffectProbe.refused(Reliability(alpha: -.infinity, items: 5, size: 12)) == "ai")
        #expect(EffectProbe.refused(Reliability(alpha: 0.9, items: 1, size: 12)) == "mi")
        #expect(EffectProbe.refused(Reliability(alpha: 0.9, items: .infinity, size: 12)) == "mi")
        #expect(EffectProbe.refused(Reliability(alpha: 0.9, items: 2, size: -1)) == "ni")
    }
}

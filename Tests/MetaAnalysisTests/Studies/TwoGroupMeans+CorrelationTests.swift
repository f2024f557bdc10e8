import Foundation
import Testing

@testable import MetaAnalysis

struct TwoGroupMeansCorrelationTests {
    /// Ten in each group, d = 1: m/n₁ + m/n₂ = 3.6.
    let even = TwoGroupMeans(
        treatedSize: 10, treatedMean: 3, treatedDeviation: 2, controlSize: 10, controlMean: 1, controlDeviation: 2)
    let r: Double = 1 / sqrt(4.6)

    @Test func pointBiserialByHand() throws {
        let d = 0.2 + 1.0 / 40
        #expect(try EffectProbe.effect(even, .pointBiserial).isNear(r, 3.6 * 3.6 * d / (4.6 * 4.6 * 4.6)))
        #expect(try EffectProbe.effect(even, .fisherPointBiserial).isNear(atanh(r), d / 4.6))
        let crossSectional = EffectSettings(variance: .crossSectional)
        let variance = (1 - 0.5 * r * r) / 20
        #expect(
            try EffectProbe.effect(even, .pointBiserial, crossSectional).isNear(r, (3.6 / 4.6) * (3.6 / 4.6) * variance)
        )
        #expect(try EffectProbe.effect(even, .fisherPointBiserial, crossSectional).isNear(atanh(r), variance))
    }

    @Test func biserialByHand() throws {
        // Equal groups: the threshold is 0, and √(pq)/f = √(2π)/2.
        let b: Double = r * sqrt(2 * Double.pi) / 2
        let square = b * b
        let variance: Double = (Double.pi / 2 - 2.5 * square + square * square) / 19
        let unexplained = 1 - square
        #expect(try EffectProbe.effect(even, .biserial).isNear(b, variance))
        #expect(try EffectProbe.effect(even, .fisherBiserial).isNear(atanh(b), variance / (unexplained * unexplained)))
    }

    @Test func aBiserialCorrelationBeyondOneKeepsTheVarianceOfOne() throws {
        var far = even
        far.treatedMean = 100
        let effect = try #require(try EffectProbe.effect(far, .biserial))
        #expect(effect.estimate > 1 && effect.variance.isNear((.pi / 2 - 1.5) / 19))
        #expect(
            try EffectProbe.reason(far, .fisherBiserial)
                == "a biserial correlation of 1 or beyond has no finite Fisher z")
    }

    @Test func fewAndManyParticipants() throws {
        let measures: [TwoGroupMeans.Measure] = [.pointBiserial, .fisherPointBiserial, .biserial, .fisherBiserial]
        for measure in measures {
            var outcome = even
            outcome.controlSize = 1
            #expect(try EffectProbe.effect(outcome, measure) != nil)
            outcome.treatedSize = 1
            #expect(try EffectProbe.reason(outcome, measure)?.contains("pooled") == true)
            outcome.treatedSize = 1e9
            #expect(try #require(try EffectProbe.effect(outcome, measure)).variance > 0)
            outcome.controlSize = 1e9
            #expect(try #require(try EffectProbe.effect(outcome, measure)).variance > 0)
        }
    }
}

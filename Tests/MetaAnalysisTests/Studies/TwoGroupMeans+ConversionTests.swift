import Foundation
import Testing

@testable import MetaAnalysis

struct TwoGroupMeansConversionTests {
    let even = TwoGroupMeans(
        treatedSize: 10, treatedMean: 3, treatedDeviation: 2, controlSize: 10, controlMean: 1, controlDeviation: 2)

    @Test func oddsRatiosByHand() throws {
        // d = 1, without correction for bias.
        let variance = 0.2 + 1.0 / 40
        for measure in [TwoGroupMeans.Measure.differenceAsOddsRatio, .logisticDifferenceAsOddsRatio] {
            #expect(try EffectProbe.effect(even, measure).isNear(.pi / sqrt(3), variance * .pi * .pi / 3))
        }
        #expect(
            try EffectProbe.effect(even, .normalDifferenceAsOddsRatio).isNear(1.65, variance * 1.65 * 1.65))
    }

    @Test func thereAndBackIsTheSameFactor() throws {
        let table = TwoByTwoTable(treatedEvents: 1, treatedNonEvents: 3, controlEvents: 2, controlNonEvents: 2)
        let odds = try #require(try EffectProbe.effect(table, .oddsRatio))
        let difference = try #require(try EffectProbe.effect(table, .oddsRatioAsDifference))
        #expect((difference.estimate * OddsPerDeviation.logistic).isNear(odds.estimate))
    }

    @Test func normalSuperiorityByHand() throws {
        // z = 2/√8; shares of the two variances are ½ each.
        let z = 1 / sqrt(2)
        let density = exp(-0.5 * z * z) / sqrt(2 * .pi)
        let variance = density * density * (1.0 / 9 + z * z * (0.25 / 9 + 0.25 / 9) / 2)
        #expect(try EffectProbe.effect(even, .normalSuperiority).isNear(0.76024993890652326, variance))
    }

    @Test func aSuperiorityNeedsTwoInEachGroup() throws {
        var outcome = even
        outcome.controlSize = 1
        #expect(try EffectProbe.reason(outcome, .normalSuperiority)?.contains("one participant") == true)
        outcome.controlSize = 2
        outcome.treatedMean = 1e3
        #expect(try EffectProbe.reason(outcome, .normalSuperiority) == "the sampling variance is 0")
    }
}

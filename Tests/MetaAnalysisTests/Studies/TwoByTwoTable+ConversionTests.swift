import Foundation
import Testing

@testable import MetaAnalysis

struct TwoByTwoTableConversionTests {
    let small = TwoByTwoTable(treatedEvents: 1, treatedNonEvents: 3, controlEvents: 2, controlNonEvents: 2)

    @Test func differencesByHand() throws {
        let sum = 7.0 / 3
        for measure in [TwoByTwoTable.Measure.oddsRatioAsDifference, .oddsRatioAsLogisticDifference] {
            #expect(try EffectProbe.effect(small, measure).isNear(-log(3) * sqrt(3) / .pi, sum * 3 / (.pi * .pi)))
        }
        #expect(
            try EffectProbe.effect(small, .oddsRatioAsNormalDifference).isNear(-log(3) / 1.65, sum / (1.65 * 1.65)))
        // The quartile of the normal distribution; the control risk of one half has the variance π/2/4.
        let quartile = -0.67448975019608174
        #expect(
            try EffectProbe.effect(small, .probitDifference)
                .isNear(quartile, 2 * .pi * (exp(quartile * quartile) * 3 / 64 + 1.0 / 16)))
    }

    @Test func zeroCellsAreCorrectedUnlessForbidden() throws {
        let zero = TwoByTwoTable(events: 0, of: 20, versus: 3, of: 30)
        let never = EffectSettings(correction: .never)
        for measure in [TwoByTwoTable.Measure.probitDifference, .oddsRatioAsDifference, .oddsRatioAsNormalDifference] {
            #expect(try EffectProbe.effect(zero, measure) != nil)
            #expect(try EffectProbe.reason(zero, measure, never)?.hasPrefix("no events in the treated group") == true)
        }
    }
}

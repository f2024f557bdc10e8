import Foundation
import Testing

@testable import MetaAnalysis

struct PairedTableTests {
    /// 20 pairs; 12 events under the first treatment, 9 under the second.
    let small = PairedTable(both: 7, firstOnly: 5, secondOnly: 2, neither: 6)

    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(small, .riskRatio).isNear(log(4.0 / 3), 7.0 / 108))
        let margins = 1.0 / 12 + 1.0 / 8 + 1.0 / 9 + 1.0 / 11
        #expect(
            try EffectProbe.effect(small, .oddsRatio)
                .isNear(log(12.0 * 11 / (8 * 9)), margins - 40.0 * 32 / (12 * 8 * 9 * 11)))
        #expect(try EffectProbe.effect(small, .riskDifference).isNear(0.15, 7.0 / 400 - 9.0 / 8000))
        #expect(try EffectProbe.effect(small, .conditionalOddsRatio).isNear(log(2.5), 0.7))
        #expect(try EffectProbe.effect(small, .petoOddsRatio).isNear(6.0 / 7, 4.0 / 7))
        #expect(small.sampleSize == 20)
    }

    @Test func theMarginsWithTheirCorrelationGiveTheSameOddsRatio() throws {
        let correlation = 32 / sqrt(12.0 * 8 * 9 * 11)
        let margins = PairedMargins(
            firstEvents: 12, firstNonEvents: 8, secondEvents: 9, secondNonEvents: 11, correlation: correlation)
        let effect = try #require(try EffectProbe.effect(small, .oddsRatio))
        #expect(try EffectProbe.effect(margins, .oddsRatio).isNear(effect.estimate, effect.variance))
    }

    @Test func zeroCells() throws {
        let zero = PairedTable(both: 30, firstOnly: 0, secondOnly: 12, neither: 20)
        #expect(zero.hasZeroCell && !zero.isDoubleZero)
        #expect(try EffectProbe.effect(zero, .conditionalOddsRatio).isNear(log(0.5 / 12.5), 2.08))
        #expect(try EffectProbe.effect(zero, .petoOddsRatio).isNear(-24.0 / 13, 4.0 / 13))
        let never = EffectSettings(correction: .never)
        #expect(
            try EffectProbe.reason(zero, .conditionalOddsRatio, never)
                == "all pairs that differ do so in the same direction, so the logarithm of the ratio needs a continuity "
                + "correction")
        #expect(try EffectProbe.effect(zero, .riskDifference, never) != nil)
        let opposite = PairedTable(both: 0, firstOnly: 0, secondOnly: 5, neither: 0)
        #expect(try EffectProbe.reason(opposite, .riskDifference, never)?.hasPrefix("all pairs differ") == true)
        #expect(try EffectProbe.reason(opposite, .riskRatio, never)?.hasPrefix("no event under one") == true)
        #expect(try EffectProbe.reason(opposite, .oddsRatio, never)?.hasPrefix("no event under one") == true)
        let same = PairedTable(both: 0, firstOnly: 0, secondOnly: 0, neither: 9)
        #expect(same.isDoubleZero)
        for measure in PairedTable.Measure.allCases {
            #expect(try EffectProbe.reason(same, measure, never)?.hasPrefix("no pair differs") == true)
            #expect(
                try EffectProbe.reason(PairedTable(both: 0, firstOnly: 0, secondOnly: 0, neither: 0), measure)
                    == "no pairs")
        }
    }

    @Test func aBillionPairsThatHardlyDiffer() throws {
        let large = PairedTable(both: 4e8, firstOnly: 3, secondOnly: 1, neither: 6e8)
        // (b + c)(1/(np₁p₂))² to first order, the margins being all but alike.
        let both: Double = 1 / 4e8 + 1 / 6e8
        let variance = 4 * both * both
        let effect = try #require(try EffectProbe.effect(large, .oddsRatio))
        #expect(abs(effect.variance / variance - 1) < 1e-7)
    }

    @Test func impossibleCountsAreRefusedByRole() {
        #expect(EffectProbe.refused(PairedTable(both: -1, firstOnly: 0, secondOnly: 0, neither: 0)) == "ai")
        #expect(EffectProbe.refused(PairedTable(both: 1, firstOnly: .nan, secondOnly: 0, neither: 0)) == "bi")
        #expect(EffectProbe.refused(PairedTable(both: 1, firstOnly: 0, secondOnly: -2, neither: 0)) == "ci")
        #expect(EffectProbe.refused(PairedTable(both: 1, firstOnly: 0, secondOnly: 0, neither: .infinity)) == "di")
        #expect(EffectProbe.refused(small) == nil)
    }
}

import Foundation
import Testing

@testable import MetaAnalysis

struct TwoByTwoTableTests {
    /// 1 of 4 against 2 of 4.
    let small = TwoByTwoTable(treatedEvents: 1, treatedNonEvents: 3, controlEvents: 2, controlNonEvents: 2)

    @Test func effectsOfASmallTableByHand() throws {
        #expect(try EffectProbe.effect(small, .oddsRatio).isNear(-log(3), 7.0 / 3))
        #expect(try EffectProbe.effect(small, .riskRatio).isNear(-log(2), 1))
        #expect(try EffectProbe.effect(small, .riskDifference).isNear(-0.25, 7.0 / 64))
        #expect(try EffectProbe.effect(small, .arcsineDifference).isNear(-.pi / 12, 1.0 / 8))
        #expect(try EffectProbe.effect(small, .petoOddsRatio).isNear(-14.0 / 15, 28.0 / 15))
    }

    @Test func variancesOfTheRiskDifference() throws {
        #expect(
            try EffectProbe.effect(small, .riskDifference, EffectSettings(variance: .unbiased))
                .isNear(-0.25, 7.0 / 48))
        let larger = TwoByTwoTable(treatedEvents: 3, treatedNonEvents: 9, controlEvents: 4, controlNonEvents: 8)
        let both = try EffectSizes(
            [Study("a", small), Study("b", larger)], measure: .riskDifference,
            settings: EffectSettings(variance: .averaged))
        // Risks over both studies: 4/16 and 6/16.
        #expect(both.effects[0].variance.isNear((3.0 / 16 + 15.0 / 64) / 4))
        #expect(both.effects[1].variance.isNear((3.0 / 16 + 15.0 / 64) / 12))
    }

    @Test func sizesMakeTheSameTable() {
        #expect(TwoByTwoTable(events: 1, of: 4, versus: 2, of: 4) == small)
        #expect(small.sampleSize == 8)
    }

    static let some = [
        TwoByTwoTable(treatedEvents: 4, treatedNonEvents: 119, controlEvents: 11, controlNonEvents: 128),
        TwoByTwoTable(treatedEvents: 12.5, treatedNonEvents: 3.25, controlEvents: 0.75, controlNonEvents: 90),
        TwoByTwoTable(treatedEvents: 0, treatedNonEvents: 20, controlEvents: 3, controlNonEvents: 27),
        TwoByTwoTable(treatedEvents: 5, treatedNonEvents: 0, controlEvents: 0, controlNonEvents: 5),
        TwoByTwoTable(treatedEvents: 1e9, treatedNonEvents: 1, controlEvents: 7e8, controlNonEvents: 2e9),
    ]

    @Test(arguments: TwoByTwoTable.Measure.allCases, some)
    func swappingTheArmsFlipsTheSign(measure: TwoByTwoTable.Measure, table: TwoByTwoTable) throws {
        let swapped = TwoByTwoTable(
            treatedEvents: table.controlEvents, treatedNonEvents: table.controlNonEvents,
            controlEvents: table.treatedEvents, controlNonEvents: table.treatedNonEvents)
        // A correlation of 1 has no sampling variance, and no correction.
        let isCorrelation = [.phi, .fisherPhi, .tetrachoric, .fisherTetrachoric].contains(measure)
        if isCorrelation, let reason = try EffectProbe.reason(table, measure) {
            #expect(table.hasZeroCell && reason.contains("is 1 or -1"))
            #expect(try EffectProbe.reason(swapped, measure) == reason)
            return
        }
        let one = try #require(try EffectProbe.effect(table, measure))
        let other = try #require(try EffectProbe.effect(swapped, measure))
        #expect(one.variance > 0)
        #expect(other.estimate.isNear(-one.estimate) && other.variance.isNear(one.variance))
    }

    @Test(arguments: [TwoByTwoTable.Measure.oddsRatio, .riskDifference, .arcsineDifference, .petoOddsRatio], some)
    func countingNonEventsFlipsTheSign(measure: TwoByTwoTable.Measure, table: TwoByTwoTable) throws {
        let complement = TwoByTwoTable(
            treatedEvents: table.treatedNonEvents, treatedNonEvents: table.treatedEvents,
            controlEvents: table.controlNonEvents, controlNonEvents: table.controlEvents)
        let one = try #require(try EffectProbe.effect(table, measure))
        let other = try #require(try EffectProbe.effect(complement, measure))
        #expect(abs(other.estimate + one.estimate) <= 2e-15 * max(1, abs(one.estimate)))
        #expect(other.variance.isNear(one.variance))
    }

    @Test(arguments: [TwoByTwoTable.Measure.oddsRatio, .riskRatio, .riskDifference, .arcsineDifference])
    func aThousandfoldTrialHasAThousandthOfTheVariance(measure: TwoByTwoTable.Measure) throws {
        let large = TwoByTwoTable(
            treatedEvents: 1e3, treatedNonEvents: 3e3, controlEvents: 2e3, controlNonEvents: 2e3)
        let one = try #require(try EffectProbe.effect(small, measure))
        #expect(try EffectProbe.effect(large, measure).isNear(one.estimate, one.variance / 1e3))
    }

    @Test func aZeroCellIsCorrectedUnlessForbidden() throws {
        let zero = TwoByTwoTable(events: 0, of: 20, versus: 3, of: 30)
        #expect(zero.hasZeroCell && !zero.isDoubleZero)
        let variance = 1 / 0.5 + 1 / 20.5 + 1 / 3.5 + 1 / 27.5
        #expect(try EffectProbe.effect(zero, .oddsRatio).isNear(log(0.5 * 27.5 / (20.5 * 3.5)), variance))
        #expect(
            try EffectProbe.effect(zero, .riskRatio).isNear(
                log((0.5 / 21) / (3.5 / 31)), 2 - 1 / 21.0 + 1 / 3.5 - 1 / 31.0))
        // A number, as in R, although the difference itself would not need it.
        #expect(try EffectProbe.effect(zero, .riskDifference)?.estimate.isNear(0.5 / 21 - 3.5 / 31) == true)
        // Needs no correction, and gets none.
        #expect(try EffectProbe.effect(zero, .arcsineDifference).isNear(-asin(sqrt(0.1)), 1.0 / 80 + 1.0 / 120))
        let never = EffectSettings(correction: .never)
        #expect(
            try EffectProbe.reason(zero, .oddsRatio, never)
                == "no events in the treated group, so an odds ratio cannot be computed without a continuity correction"
        )
        #expect(try EffectProbe.effect(zero, .petoOddsRatio, never)?.estimate.isNear(-1.7375886524822695) == true)
        #expect(try EffectProbe.effect(zero, .riskDifference, never).isNear(-0.1, 0.003))
    }

    @Test func reasonsNameTheArm() throws {
        let never = EffectSettings(correction: .never)
        func reason(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ measure: TwoByTwoTable.Measure) throws
            -> String
        {
            let table = TwoByTwoTable(treatedEvents: a, treatedNonEvents: b, controlEvents: c, controlNonEvents: d)
            return try #require(try EffectProbe.reason(table, measure, never))
        }
        #expect(try reason(3, 2, 0, 5, .riskRatio).hasPrefix("no events in the control group, so a risk ratio"))
        #expect(try reason(0, 2, 0, 5, .riskRatio).hasPrefix("no events in either group"))
        #expect(try reason(3, 0, 2, 5, .oddsRatio).hasPrefix("everybody in the treated group had the event"))
        #expect(try reason(3, 1, 2, 0, .oddsRatio).hasPrefix("everybody in the control group had the event"))
        #expect(try reason(3, 0, 2, 0, .oddsRatio).hasPrefix("everybody in both groups had the event"))
        #expect(
            try reason(3, 0, 2, 0, .riskRatio)
                == "everybody in both groups had the event, so the risk ratio has no sampling variance")
        #expect(try reason(0, 4, 0, 2, .petoOddsRatio).hasPrefix("no events in either group, so Peto's odds ratio"))
        #expect(try reason(4, 0, 2, 0, .petoOddsRatio).hasPrefix("everybody in both groups had the event"))
        #expect(try reason(0, 4, 2, 0, .riskDifference).contains("no sampling variance"))
        #expect(try reason(0, 0, 2, 3, .oddsRatio) == "no participants in the treated group")
        #expect(try reason(1, 2, 0, 0, .riskDifference) == "no participants in the control group")
    }

    @Test func anEmptyArmIsNotFilledByTheCorrection() throws {
        let empty = TwoByTwoTable(treatedEvents: 0, treatedNonEvents: 0, controlEvents: 3, controlNonEvents: 5)
        for measure in TwoByTwoTable.Measure.allCases {
            for correction in [ContinuityCorrection.zeroCells, .all, .treatmentArm] {
                #expect(
                    try EffectProbe.reason(empty, measure, EffectSettings(correction: correction))
                        == "no participants in the treated group")
            }
        }
    }

    @Test func unbiasedVarianceNeedsTwoInEachArm() throws {
        let single = TwoByTwoTable(treatedEvents: 1, treatedNonEvents: 0, controlEvents: 3, controlNonEvents: 5)
        let settings = EffectSettings(correction: .never, variance: .unbiased)
        #expect(
            try EffectProbe.reason(single, .riskDifference, settings)?.contains("more than one participant") == true)
    }

    @Test func enormousAndTinyCountsStayInRange() throws {
        for scale in [1e-300, 1e-100, 1e100, 1e300] {
            let table = TwoByTwoTable(
                treatedEvents: scale, treatedNonEvents: 3 * scale, controlEvents: 2 * scale, controlNonEvents: 2 * scale
            )
            for measure in [TwoByTwoTable.Measure.oddsRatio, .riskRatio, .riskDifference, .arcsineDifference] {
                let one = try #require(try EffectProbe.effect(small, measure))
                #expect(try EffectProbe.effect(table, measure).isNear(one.estimate, one.variance / scale))
            }
        }
    }

    @Test func impossibleTablesAreRefusedByRole() {
        func refused(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> String? {
            EffectProbe.refused(
                TwoByTwoTable(treatedEvents: a, treatedNonEvents: b, controlEvents: c, controlNonEvents: d))
        }
        #expect(refused(1, 2, 3, 4) == nil)
        #expect(refused(0, 0, 0, 0) == nil)
        #expect(refused(-1, 2, 3, 4) == "ai")
        #expect(refused(.nan, 2, 3, 4) == "ai")
        #expect(refused(1, -2, 3, 4) == "ai")
        #expect(refused(1, .infinity, 3, 4) == "bi")
        #expect(refused(1, 2, -3, 4) == "ci")
        #expect(refused(1, 2, 3, -4) == "ci")
        #expect(refused(1, 2, 3, .nan) == "di")
    }

    @Test func moreEventsThanParticipantsIsSaidInThoseWords() {
        let error = #expect(throws: MetaAnalysisError.self) {
            try TwoByTwoTable(events: 12, of: 10, versus: 1, of: 10).validate()
        }
        #expect(
            error?.description
                == "ai: the treated group has 12 events among 10 participants; give no more events than participants")
    }
}

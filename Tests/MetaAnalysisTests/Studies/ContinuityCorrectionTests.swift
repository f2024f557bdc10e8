import Foundation
import Testing

@testable import MetaAnalysis

struct ContinuityCorrectionTests {
    let whole = Study("whole", TwoByTwoTable(events: 5, of: 20, versus: 2, of: 22))
    let zero = Study("zero", TwoByTwoTable(events: 0, of: 10, versus: 3, of: 12))
    let doubleZero = Study("double zero", TwoByTwoTable(events: 0, of: 10, versus: 0, of: 30))

    func corrected(_ studies: [Study<TwoByTwoTable>], _ correction: ContinuityCorrection) throws -> [String] {
        try EffectSizes(studies, measure: .oddsRatio, settings: EffectSettings(correction: correction)).diagnostics
            .first { $0.code == .continuityCorrection }?.studies ?? []
    }

    @Test func whichStudiesAreCorrected() throws {
        let all = [whole, zero]
        #expect(try corrected(all, .zeroCells) == ["zero"])
        #expect(try corrected(all, .all) == ["whole", "zero"])
        #expect(try corrected(all, .anyZero) == ["whole", "zero"])
        #expect(try corrected([whole], .anyZero) == [])
        #expect(try corrected([whole], .all) == ["whole"])
        #expect(try corrected(all, .never) == [])
        #expect(try corrected(all, ContinuityCorrection(amount: 0, when: .all)) == [])
    }

    /// Of measures that are defined at zero the estimate of the counts stays, where that is asked for; the variance does not depend on it.
    @Test func theTargetOfACorrection() throws {
        func effect<Outcome: StudyOutcome>(
            _ outcome: Outcome, _ measure: Outcome.Measure, _ target: ContinuityCorrection.Target?
        ) throws -> EffectSizes {
            try EffectSizes(
                [Study("S", outcome)], measure: measure,
                settings: EffectSettings(correction: ContinuityCorrection(target: target)))
        }
        func check<Outcome: StudyOutcome>(
            _ outcome: Outcome, _ measure: Outcome.Measure, plain: Double, corrected: Double
        ) throws {
            let (usual, spared) = (try effect(outcome, measure, nil), try effect(outcome, measure, .variance))
            #expect(usual.effects[0].estimate.isNear(corrected) && spared.effects[0].estimate.isNear(plain))
            #expect(usual.effects[0].variance == spared.effects[0].variance)
            #expect(try effect(outcome, measure, .estimateAndVariance).effects == usual.effects)
            #expect(
                spared.diagnostics.contains { $0.code == .continuityCorrection && $0.message.contains("variances") })
        }
        try check(zero.outcome, .riskDifference, plain: -0.25, corrected: 0.5 / 11 - 3.5 / 13)
        try check(
            TwoGroupRates(treatedEvents: 0, treatedTime: 10, controlEvents: 4, controlTime: 20), .rateDifference,
            plain: -0.2, corrected: 0.05 - 4.5 / 20)
        try check(Proportion(events: 0, size: 9), .raw, plain: 0, corrected: 0.05)
        try check(Rate(events: 0, time: 10), .raw, plain: 0, corrected: 0.05)
        try check(
            PairedTable(both: 3, firstOnly: 0, secondOnly: 2, neither: 5), .riskDifference, plain: -0.2,
            corrected: -2.0 / 12)
        let ratio = try effect(zero.outcome, .oddsRatio, .variance)
        #expect(ratio.effects == (try effect(zero.outcome, .oddsRatio, nil)).effects)
        #expect(ratio.diagnostics.contains { $0.code == .unusualCombination })
    }

    @Test func aDroppedStudyDoesNotCallForCorrection() throws {
        let correction = ContinuityCorrection(when: .anyZero, dropsDoubleZero: true)
        let effects = try EffectSizes(
            [whole, doubleZero], measure: .oddsRatio, settings: EffectSettings(correction: correction))
        #expect(effects.effects.map(\.label) == ["whole"])
        #expect(effects.excluded.map(\.reason) == ["no events, or only events, in both groups"])
        #expect(try corrected([whole, doubleZero], correction) == [])
    }

    @Test func aDroppedStudyHasNoSayInAnAverage() throws {
        let settings = EffectSettings(
            correction: ContinuityCorrection(dropsDoubleZero: true), variance: .averaged)
        let alone = try EffectSizes([whole], measure: .riskDifference, settings: settings)
        let joined = try EffectSizes([whole, doubleZero], measure: .riskDifference, settings: settings)
        #expect(alone.effects.map(\.variance) == joined.effects.map(\.variance))
    }

    @Test func averagesTakeCorrectedCounts() throws {
        let effects = try EffectSizes(
            [whole, doubleZero], measure: .riskDifference, settings: EffectSettings(variance: .averaged))
        let treated = 5.5 / 31
        let control = 2.5 / 53
        #expect(
            effects.effects[0].variance.isNear(treated * (1 - treated) / 20 + control * (1 - control) / 22))
    }

    /// Shares 116/233 and 117/233 of 1; R: `meta::metabin(…, sm = "OR", incr = "TACC")`.
    @Test func treatmentArmCorrection() throws {
        let table = TwoByTwoTable(events: 0, of: 116, versus: 3, of: 117)
        let settings = EffectSettings(correction: .treatmentArm)
        let effect = try #require(try EffectProbe.effect(table, .oddsRatio, settings))
        #expect(abs(effect.estimate - -1.96810345225406) < 1e-14)
        #expect(abs(sqrt(effect.variance) - 1.52035430581721) < 1e-14)
    }

    @Test func treatmentArmCorrectionLeavesADoubleZeroAtNoDifference() throws {
        let settings = EffectSettings(correction: .treatmentArm)
        for measure in [TwoByTwoTable.Measure.oddsRatio, .riskRatio, .riskDifference, .petoOddsRatio] {
            let effect = try #require(try EffectProbe.effect(doubleZero.outcome, measure, settings))
            #expect(abs(effect.estimate) < 1e-15)
        }
    }

    @Test func armsOfEqualSizeGetTheAmount() {
        let (treated, control) = ContinuityCorrection(amount: 0.3, kind: .treatmentArm)
            .amounts(treatedSize: 7, controlSize: 7)
        #expect(treated.isNear(0.3) && control.isNear(0.3))
        let (first, second) = ContinuityCorrection.treatmentArm.amounts(treatedSize: 1e9, controlSize: 1)
        #expect(first.isNear(1e9 / (1e9 + 1)) && abs(second - 1 / (1e9 + 1)) < 1e-15)
    }

    @Test(arguments: [-0.5, .nan, .infinity])
    func impossibleAmounts(amount: Double) {
        let error = #expect(throws: MetaAnalysisError.self) {
            try EffectSizes(
                [whole], measure: .oddsRatio,
                settings: EffectSettings(correction: ContinuityCorrection(amount: amount)))
        }
        #expect(error?.code == .invalidSetting)
    }

    @Test func askingForACorrectionWhereNoneIsUsedIsNoted() throws {
        func notes(_ correction: ContinuityCorrection) throws -> [Diagnostic.Code] {
            try EffectSizes(
                [whole, zero], measure: .arcsineDifference, settings: EffectSettings(correction: correction)
            ).diagnostics.map(\.code)
        }
        #expect(try notes(.zeroCells) == [])
        #expect(try notes(.never) == [])
        #expect(try notes(.all) == [.unusualCombination])
        #expect(try notes(.treatmentArm) == [.unusualCombination])
    }
}

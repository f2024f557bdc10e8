import Foundation
import Testing

@testable import MetaAnalysis

struct TwoGroupRatesTests {
    let small = TwoGroupRates(treatedEvents: 2, treatedTime: 8, controlEvents: 4, controlTime: 4)

    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(small, .rateRatio).isNear(-log(4), 0.75))
        #expect(try EffectProbe.effect(small, .rateDifference).isNear(-0.75, 2.0 / 64 + 4.0 / 16))
        #expect(try EffectProbe.effect(small, .squareRootDifference).isNear(-0.5, 1.0 / 32 + 1.0 / 16))
        #expect(small.sampleSize == 12)
    }

    @Test(arguments: TwoGroupRates.Measure.allCases)
    func swappingTheArmsFlipsTheSign(measure: TwoGroupRates.Measure) throws {
        let swapped = TwoGroupRates(treatedEvents: 4, treatedTime: 4, controlEvents: 2, controlTime: 8)
        let one = try #require(try EffectProbe.effect(small, measure))
        #expect(one.variance > 0)
        #expect(try EffectProbe.effect(swapped, measure).isNear(-one.estimate, one.variance))
    }

    @Test(arguments: [1e-290, 1e-3, 365.25, 1e290])
    func theRatioDoesNotKnowTheUnitOfTime(unit: Double) throws {
        let scaled = TwoGroupRates(
            treatedEvents: 2, treatedTime: 8 * unit, controlEvents: 4, controlTime: 4 * unit)
        #expect(try EffectProbe.effect(scaled, .rateRatio).isNear(-log(4), 0.75))
    }

    @Test func zeroEvents() throws {
        let one = TwoGroupRates(treatedEvents: 0, treatedTime: 20, controlEvents: 3, controlTime: 30)
        let none = TwoGroupRates(treatedEvents: 0, treatedTime: 20, controlEvents: 0, controlTime: 30)
        // Events are corrected, time is not.
        #expect(try EffectProbe.effect(one, .rateRatio).isNear(log((0.5 / 20) / (3.5 / 30)), 1 / 0.5 + 1 / 3.5))
        #expect(try EffectProbe.effect(one, .rateDifference).isNear(0.5 / 20 - 3.5 / 30, 0.5 / 400 + 3.5 / 900))
        #expect(try EffectProbe.effect(one, .squareRootDifference).isNear(-sqrt(0.1), 1.0 / 80 + 1.0 / 120))
        let never = EffectSettings(correction: .never)
        #expect(try EffectProbe.reason(one, .rateRatio, never)?.hasPrefix("no events in the treated group") == true)
        #expect(try EffectProbe.effect(one, .rateDifference, never).isNear(-0.1, 3.0 / 900))
        #expect(try EffectProbe.reason(none, .rateRatio, never)?.hasPrefix("no events in either group") == true)
        #expect(
            try EffectProbe.reason(none, .rateDifference, never)
                == "no events in either group, so the rate difference has no sampling variance")
        #expect(try EffectProbe.effect(none, .squareRootDifference, never).isNear(0, 1.0 / 80 + 1.0 / 120))
        let drop = EffectSettings(correction: ContinuityCorrection(dropsDoubleZero: true))
        for measure in TwoGroupRates.Measure.allCases {
            #expect(try EffectProbe.reason(none, measure, drop) == "no events, or only events, in both groups")
            #expect(try EffectProbe.effect(one, measure, drop) != nil)
        }
    }

    @Test func correctionsInProportionToTimeLeaveADoubleZeroAtOne() throws {
        let none = TwoGroupRates(treatedEvents: 0, treatedTime: 20, controlEvents: 0, controlTime: 60)
        // 20/80 and 60/80 events.
        #expect(
            try EffectProbe.effect(none, .rateRatio, EffectSettings(correction: .treatmentArm))
                .isNear(0, 4 + 4.0 / 3))
    }

    @Test func noPersonTime() throws {
        let first = TwoGroupRates(treatedEvents: 0, treatedTime: 0, controlEvents: 3, controlTime: 30)
        let second = TwoGroupRates(treatedEvents: 1, treatedTime: 3, controlEvents: 0, controlTime: 0)
        for measure in TwoGroupRates.Measure.allCases {
            #expect(try EffectProbe.reason(first, measure) == "no person-time in the treated group")
            #expect(
                try EffectProbe.reason(second, measure, EffectSettings(correction: .treatmentArm))
                    == "no person-time in the control group")
        }
    }

    @Test func impossibleRatesAreRefusedByRole() {
        func refused(_ x1: Double, _ t1: Double, _ x2: Double, _ t2: Double) -> String? {
            EffectProbe.refused(
                TwoGroupRates(treatedEvents: x1, treatedTime: t1, controlEvents: x2, controlTime: t2))
        }
        #expect(refused(1, 2, 3, 4) == nil)
        #expect(refused(-1, 2, 3, 4) == "x1i")
        #expect(refused(1, -2, 3, 4) == "t1i")
        #expect(refused(1, 2, .nan, 4) == "x2i")
        #expect(refused(1, 2, 3, .infinity) == "t2i")
    }
}

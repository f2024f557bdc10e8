import Foundation
import Testing

@testable import MetaAnalysis

struct RateTests {
    let small = Rate(events: 4, time: 16)

    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(small, .raw).isNear(0.25, 1.0 / 64))
        #expect(try EffectProbe.effect(small, .log).isNear(-log(4), 0.25))
        #expect(try EffectProbe.effect(small, .squareRoot).isNear(0.5, 1.0 / 64))
        #expect(try EffectProbe.effect(small, .freemanTukey).isNear((2 + sqrt(5)) / 8, 1.0 / 64))
        #expect(small.sampleSize == 16)
    }

    @Test func noEvents() throws {
        let none = Rate(events: 0, time: 16)
        #expect(try EffectProbe.effect(none, .raw).isNear(0.5 / 16, 0.5 / 256))
        #expect(try EffectProbe.effect(none, .log).isNear(-log(32), 2))
        #expect(try EffectProbe.effect(none, .squareRoot).isNear(0, 1.0 / 64))
        #expect(try EffectProbe.effect(none, .freemanTukey).isNear(1.0 / 8, 1.0 / 64))
        let never = EffectSettings(correction: .never)
        #expect(try EffectProbe.reason(none, .raw, never) == "no events, so the rate has no sampling variance")
        #expect(try EffectProbe.reason(none, .log, never)?.contains("continuity correction") == true)
    }

    @Test func noPersonTime() throws {
        for measure in Rate.Measure.allCases {
            #expect(try EffectProbe.reason(Rate(events: 3, time: 0), measure) == "no person-time")
        }
    }

    @Test(arguments: [1e-140, 1e140])
    func extremeUnitsOfTime(unit: Double) throws {
        let scaled = Rate(events: 4, time: 16 * unit)
        #expect(try EffectProbe.effect(scaled, .raw).isNear(0.25 / unit, 1.0 / 64 / unit / unit))
        #expect(try EffectProbe.effect(scaled, .log).isNear(-log(4) - log(unit), 0.25))
    }

    @Test func impossibleRatesAreRefusedByRole() {
        #expect(EffectProbe.refused(Rate(events: -1, time: 1)) == "xi")
        #expect(EffectProbe.refused(Rate(events: .infinity, time: 1)) == "xi")
        #expect(EffectProbe.refused(Rate(events: 1, time: -1)) == "ti")
        #expect(EffectProbe.refused(Rate(events: 1, time: .nan)) == "ti")
    }
}

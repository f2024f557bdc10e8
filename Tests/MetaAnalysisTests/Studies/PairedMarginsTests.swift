import Foundation
import Testing

@testable import MetaAnalysis

struct PairedMarginsTests {
    private static func margins(
        _ a: Double, _ b: Double, _ c: Double, _ d: Double, _ r: Double
    ) -> PairedMargins {
        PairedMargins(firstEvents: a, firstNonEvents: b, secondEvents: c, secondNonEvents: d, correlation: r)
    }

    @Test func oddsRatioByHand() throws {
        // 1/30 + 1/60 = 1/20 and 1/10 + 1/80 = 9/80.
        let both = 1.0 / 20 + 9.0 / 80
        #expect(try EffectProbe.effect(Self.margins(30, 60, 10, 80, 0), .oddsRatio).isNear(log(4), both))
        #expect(
            try EffectProbe.effect(Self.margins(30, 60, 10, 80, 0.4), .oddsRatio)
                .isNear(log(4), both - 0.8 * sqrt(9.0 / 1600)))
        #expect(Self.margins(30, 60, 10, 80, 0).sampleSize == 90)
    }

    @Test func dataWithoutAnOddsRatio() throws {
        #expect(try EffectProbe.effect(Self.margins(0, 5, 2, 3, 0), .oddsRatio) != nil)
        #expect(
            try EffectProbe.reason(Self.margins(0, 5, 2, 3, 0), .oddsRatio, EffectSettings(correction: .never))?
                .contains("continuity correction") == true)
        #expect(try EffectProbe.reason(Self.margins(2, 3, 2, 3, 1), .oddsRatio)?.contains("perfectly") == true)
        #expect(try EffectProbe.reason(Self.margins(0, 0, 0, 0, 0), .oddsRatio) == "no participants")
    }

    @Test func impossibleMarginsAreRefusedByRole() {
        #expect(EffectProbe.refused(Self.margins(1, 2, 2, 1, 0)) == nil)
        #expect(EffectProbe.refused(Self.margins(-1, 2, 2, 1, 0)) == "ai")
        #expect(EffectProbe.refused(Self.margins(1, 2, 2, 2, 0)) == "di")
        #expect(EffectProbe.refused(Self.margins(1, 2, 2, 1, 1.5)) == "ri")
    }

    /// A study without events is left out by name, and no note says that none is.
    @Test func doubleZeroIsLeftOut() throws {
        let studies = [Study("none", Self.margins(0, 10, 0, 10, 0)), Study("some", Self.margins(3, 7, 2, 8, 0))]
        let effects = try EffectSizes(
            studies, measure: .oddsRatio,
            settings: EffectSettings(correction: ContinuityCorrection(dropsDoubleZero: true)))
        #expect(effects.excluded.map(\.label) == ["none"] && effects.count == 1)
        #expect(!effects.diagnostics.contains { $0.message.contains("no study is left out") })
    }
}

import Testing

@testable import MetaAnalysis

@Suite struct RareEventsTests {
    private static func proportions(_ counts: [(Double, Double)]) -> [Study<Proportion>] {
        counts.enumerated().map { Study("\($0)", Proportion(events: $1.0, size: $1.1)) }
    }

    /// Four of six studies without events: the logits of 3 of 290 give 1.9 %, not 1.0 %.
    @Test func halfOfTheStudiesCorrected() throws {
        let studies = Self.proportions([(0, 40), (0, 35), (1, 60), (0, 50), (2, 65), (0, 40)])
        let warning = try #require(
            try EffectSizes(studies, measure: .logit).diagnostics.first { $0.code == .rareEvents })
        #expect(warning.severity == .warning)
        #expect(warning.message.contains("4 of 6") && warning.message.contains("PAS"))
        // Measures that need no correction have nothing to warn of.
        for measure in [Proportion.Measure.arcsine, .freemanTukey] {
            #expect(try !EffectSizes(studies, measure: measure).diagnostics.contains { $0.code == .rareEvents })
        }
    }

    @Test func oneOfManyIsNoWarning() throws {
        let studies = Self.proportions([(0, 40), (3, 35), (1, 60)])
        #expect(try !EffectSizes(studies, measure: .logit).diagnostics.contains { $0.code == .rareEvents })
        // Corrected by request, without a cell of 0.
        let all = try EffectSizes(
            Self.proportions([(2, 40), (3, 35)]), measure: .logit,
            settings: EffectSettings(correction: ContinuityCorrection(when: .all)))
        #expect(!all.diagnostics.contains { $0.code == .rareEvents })
    }

    @Test func tablesAndRatesNameTheirOwnRemedy() throws {
        let tables = [
            Study("a", TwoByTwoTable(events: 0, of: 50, versus: 1, of: 50)),
            Study("b", TwoByTwoTable(events: 2, of: 50, versus: 3, of: 50)),
        ]
        let ofTables = try EffectSizes(tables, measure: .oddsRatio).diagnostics.first { $0.code == .rareEvents }
        #expect(ofTables?.message.contains("Mantel–Haenszel") == true)
        let rates = [Study("a", TwoGroupRates(treatedEvents: 0, treatedTime: 50, controlEvents: 2, controlTime: 60))]
        let ofRates = try EffectSizes(rates, measure: .rateRatio).diagnostics.first { $0.code == .rareEvents }
        #expect(ofRates?.message.contains("Mantel–Haenszel") == true)
    }
}

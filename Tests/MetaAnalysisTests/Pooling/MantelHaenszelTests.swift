import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct MantelHaenszelTests {
    private static let trials = [
        Study("a", TwoByTwoTable(events: 2, of: 10, versus: 4, of: 10)),
        Study("b", TwoByTwoTable(events: 5, of: 20, versus: 6, of: 20)),
    ]

    private static func fit(_ measure: TwoByTwoTable.Measure, _ model: MantelHaenszel = MantelHaenszel()) throws
        -> PooledEffect
    {
        try model.fit(EffectSizes(trials, measure: measure))
    }

    /// R = 2·6/20 + 5·14/40 = 47/20 and S = 8·4/20 + 15·6/40 = 77/20; then Robins, Breslow and Greenland.
    @Test func oddsRatioByHand() throws {
        let pooled = try Self.fit(.oddsRatio)
        #expect(Tolerance.closedForm.accepts(pooled.estimate, Double.log(47.0 / 77)))
        let (r, s) = (2.35, 3.85)
        let agreeing = 0.4 * 0.6 + 0.475 * 1.75
        let mixed = 0.4 * 1.6 + 0.475 * 2.25 + 0.6 * 0.6 + 0.525 * 1.75
        let crossing = 0.6 * 1.6 + 0.525 * 2.25
        let variance = agreeing / (2 * r * r) + mixed / (2 * r * s) + crossing / (2 * s * s)
        #expect(Tolerance.closedForm.accepts(pooled.standardError, variance.squareRoot()))
        #expect(Tolerance.closedForm.accepts(pooled.studies[0].weight, 100 * 1.6 / 3.85))
        #expect(pooled.scale == .log && pooled.settings.model == .mantelHaenszel)
        #expect(Tolerance.closedForm.accepts(pooled.backTransformed?.estimate ?? 0, 47.0 / 77))
    }

    /// 2·10/20 + 5·20/40 = 7/2 over 4·10/20 + 6·20/40 = 5.
    @Test func riskRatioByHand() throws {
        let pooled = try Self.fit(.riskRatio)
        #expect(Tolerance.closedForm.accepts(pooled.estimate, Double.log(0.7)))
        // (100·6/400 − 8/20) + (400·11/1600 − 30/40)
        #expect(Tolerance.closedForm.accepts(pooled.standardError, (3.1 / 17.5).squareRoot()))
    }

    /// (−1 − 1/2) / (5 + 10), and Sato, Greenland and Robins: (δ ΣP + ΣQ) / 15².
    @Test func riskDifferenceByHand() throws {
        let pooled = try Self.fit(.riskDifference)
        #expect(Tolerance.closedForm.accepts(pooled.estimate, -0.1))
        // ΣP = 200/400 + 400/1600, ΣQ = 44/40 + 160/80.
        let variance = (-0.1 * 0.75 + 3.1) / 225
        #expect(Tolerance.closedForm.accepts(pooled.standardError, variance.squareRoot()))
    }

    /// Rates 4/10 against 3/20, then 2/30 against 6/30.
    @Test func ratesByHand() throws {
        let studies = [
            Study("a", TwoGroupRates(treatedEvents: 4, treatedTime: 10, controlEvents: 3, controlTime: 20)),
            Study("b", TwoGroupRates(treatedEvents: 2, treatedTime: 30, controlEvents: 6, controlTime: 30)),
        ]
        let ratio = try MantelHaenszel().fit(EffectSizes(studies, measure: .rateRatio))
        #expect(Tolerance.closedForm.accepts(ratio.estimate, Double.log((8.0 / 3 + 1) / 4)))
        // (7 · 200/900 + 8 · 900/3600) / (11/3 · 4)
        let ratioVariance = (14.0 / 9 + 2) / (44.0 / 3)
        #expect(Tolerance.closedForm.accepts(ratio.standardError, ratioVariance.squareRoot()))
        #expect(ratio.tests.map(\.name) == ["mantel-haenszel"])
        let difference = try MantelHaenszel().fit(EffectSizes(studies, measure: .rateDifference))
        // (8/3 − 1 + 1 − 3) / (20/3 + 15)
        #expect(Tolerance.closedForm.accepts(difference.estimate, (-1.0 / 3) / (65.0 / 3)))
        // 4 (2/3)² + 3 (1/3)² + 2 (1/2)² + 6 (1/2)²
        let error = (37.0 / 9).squareRoot() / (65.0 / 3)
        #expect(Tolerance.closedForm.accepts(difference.standardError, error))
        #expect(difference.tests.isEmpty)
    }

    @Test func testsBelongToTheOddsRatio() throws {
        #expect(
            try Self.fit(.oddsRatio).tests.map(\.name)
                == ["cochran-mantel-haenszel", "cochran", "breslow-day", "tarone"])
        #expect(try Self.fit(.riskRatio).tests.isEmpty)
        #expect(try Self.fit(.riskDifference).tests.isEmpty)
        let plain = try Self.fit(.oddsRatio, MantelHaenszel(continuityCorrectedTest: false))
        #expect((plain.tests[0].statistic ?? 0) > (try Self.fit(.oddsRatio).tests[0].statistic ?? 0))
    }

    @Test func zeroCellsEnterAsTheyAre() throws {
        let sparse = [
            Study("a", TwoByTwoTable(events: 0, of: 10, versus: 2, of: 10)),
            Study("b", TwoByTwoTable(events: 3, of: 20, versus: 4, of: 20)),
            Study("none", TwoByTwoTable(events: 0, of: 50, versus: 0, of: 50)),
        ]
        let pooled = try MantelHaenszel().fit(EffectSizes(sparse, measure: .oddsRatio))
        // 3·16/40 over 10·2/20 + 17·4/40
        #expect(Tolerance.closedForm.accepts(pooled.estimate, Double.log(1.2 / 2.7)))
        #expect(pooled.k == 3)
        #expect(pooled.studies[2].weight == 0 && pooled.studies[2].estimate == nil)
    }

    @Test func measuresItCannotPool() throws {
        for measure in [TwoByTwoTable.Measure.arcsineDifference, .petoOddsRatio] {
            let error = #expect(throws: MetaAnalysisError.self) { try Self.fit(measure) }
            #expect(error?.code == .unsupportedCombination)
            #expect(error?.message.contains(measure.rawValue) == true)
        }
        let reported = StudySample("reported", estimates: [1, 2], variances: [1, 1]).effects
        let error = #expect(throws: MetaAnalysisError.self) { try MantelHaenszel().fit(reported) }
        #expect(error?.code == .unsupportedCombination)
    }

    @Test func noEventsToCompare() throws {
        let oneSided = [Study("a", TwoByTwoTable(events: 0, of: 10, versus: 2, of: 10))]
        for measure in [TwoByTwoTable.Measure.oddsRatio, .riskRatio] {
            let error = #expect(throws: MetaAnalysisError.self) {
                try MantelHaenszel().fit(EffectSizes(oneSided, measure: measure))
            }
            #expect(error?.code == .notEstimable)
        }
        #expect(try MantelHaenszel().fit(EffectSizes(oneSided, measure: .riskDifference)).estimate == -0.2)
    }

    private static func table(_ label: String, _ a: Double, _ n1: Double, _ c: Double, _ n2: Double) -> Study<
        TwoByTwoTable
    > {
        Study(label, TwoByTwoTable(events: a, of: n1, versus: c, of: n2))
    }

    /// Tables without events left out by request take no part. R: `rma.mh(…, measure="RD", drop00=c(TRUE, TRUE))`.
    @Test func tablesLeftOutTakeNoPart() throws {
        let tables = [
            Self.table("s1", 0, 20, 2, 22), Self.table("s2", 3, 30, 4, 33), Self.table("s3", 5, 50, 9, 48),
            Self.table("s4", 0, 40, 0, 41), Self.table("s5", 7, 60, 5, 65), Self.table("s6", 9, 80, 20, 77),
            Self.table("s7", 2, 30, 0, 30), Self.table("s8", 40, 100, 55, 100),
        ]
        var settings = EffectSettings()
        settings.correction.dropsDoubleZero = true
        let pooled = try MantelHaenszel().fit(EffectSizes(tables, measure: .riskDifference, settings: settings))
        #expect(abs(pooled.estimate + 0.0777238) < 5e-8)
        #expect(abs(pooled.standardError - 0.0277226) < 5e-8)
        #expect(abs(pooled.heterogeneity.cochranQ - 14.782) < 5e-4)
        #expect(pooled.k == 7 && pooled.excluded.map(\.label) == ["s4"])
        #expect(!pooled.studies.contains { $0.label == "s4" })
        let others = try MantelHaenszel().fit(EffectSizes(tables.filter { $0.label != "s4" }, measure: .riskDifference))
        #expect(pooled.estimate == others.estimate && pooled.heterogeneity == others.heterogeneity)
    }

    @Test func emptyGroupsAreNotCounted() throws {
        let tables = [Self.table("a", 0, 0, 1, 10), Self.table("b", 2, 20, 3, 30), Self.table("c", 4, 20, 3, 30)]
        let ratio = try MantelHaenszel().fit(EffectSizes(tables, measure: .oddsRatio))
        let peto = try Peto().fit(EffectSizes(tables, measure: .petoOddsRatio))
        for pooled in [ratio, peto] {
            #expect(
                pooled.k == 2 && pooled.studies.map(\.label) == ["b", "c"] && pooled.excluded.map(\.label) == ["a"])
        }
        #expect(try MantelHaenszel().leaveOneOut(EffectSizes(tables, measure: .oddsRatio)).omissions.count == 2)
    }

    /// One study with an effect of its own has nothing to differ from; the others are named.
    @Test func heterogeneityNeedsTwoEffects() throws {
        let tables = [Self.table("c", 0, 62, 0, 60), Self.table("b", 4, 22, 0, 97)]
        let pooled = try MantelHaenszel().fit(EffectSizes(tables, measure: .riskDifference))
        #expect(pooled.k == 2 && pooled.heterogeneity.cochranQ == 0 && pooled.heterogeneity.degreesOfFreedom == 0)
        #expect(pooled.diagnostics.contains { $0.code == .notEstimable && $0.studies == ["c"] })
        let silent = [Self.table("a", 0, 50, 0, 60), Self.table("b", 0, 30, 0, 20)]
        let error = #expect(throws: MetaAnalysisError.self) {
            try MantelHaenszel().fit(EffectSizes(silent, measure: .riskDifference))
        }
        #expect(error?.code == .notEstimable)
    }

    /// "b" has no effect that Q is of, so that nothing was added to it that counts.
    @Test func theCorrectionIsSaidOfThoseThatItChanges() throws {
        let tables = [
            Self.table("a", 0, 20, 2, 22), Self.table("b", 0, 40, 0, 41), Self.table("c", 5, 50, 9, 48),
            Self.table("d", 50, 50, 48, 48),
        ]
        for measure in [TwoByTwoTable.Measure.oddsRatio, .riskRatio, .riskDifference] {
            let effects = try EffectSizes(tables, measure: measure)
            #expect(effects.diagnostics.first { $0.code == .continuityCorrection }?.studies == ["a", "b", "d"])
            let pooled = try MantelHaenszel().fit(effects)
            let notes = pooled.diagnostics.filter { $0.code == .continuityCorrection }
            #expect(notes.map(\.studies) == [["a"]])
            #expect(
                notes[0].message
                    == "0.5 added to the cells of 1 of 4 studies for their own effects and Q; the counts are pooled as they are"
            )
            let rest = try MantelHaenszel().fit(EffectSizes(Array(tables[1...]), measure: measure))
            #expect(!rest.diagnostics.contains { $0.code == .continuityCorrection })
        }
    }

    /// R: `rma.mh(x1i, t1i, x2i, t2i)` of the studies with person-time in both groups.
    @Test(arguments: [
        (TwoGroupRates.Measure.rateRatio, -0.5711774384803517, 0.2880143470715271, 0.5230633982298863),
        (.rateDifference, -0.009087399659761797, 0.004532160498381854, 1.151273306558954435),
    ])
    func ratesWithoutPersonTimeTakeNoPart(
        _ measure: TwoGroupRates.Measure, _ estimate: Double, _ error: Double, _ q: Double
    ) throws {
        func rates(_ label: String, _ x1: Double, _ t1: Double, _ x2: Double, _ t2: Double) -> Study<TwoGroupRates> {
            Study(
                label, TwoGroupRates(treatedEvents: x1, treatedTime: t1, controlEvents: x2, controlTime: t2),
                group: label)
        }
        let whole = [rates("1", 3, 210.5, 7, 205), rates("2", 6, 520, 12, 515), rates("3", 10, 880, 14, 860)]
        let without = [
            rates("no treated time", 2, 0, 4, 110), rates("no control time", 2, 110, 4, 0),
            rates("nothing", 0, 0, 3, 95),
            rates("no time", 0, 0, 0, 0),
        ]
        for study in without {
            let effects = try EffectSizes([study] + whole, measure: measure)
            let pooled = try MantelHaenszel().fit(effects)
            #expect(pooled.k == 3 && pooled.studies.map(\.label) == ["1", "2", "3"])
            #expect(pooled.excluded.map(\.label) == [study.label] && pooled.excluded.map(\.group) == [study.label])
            #expect(Tolerance.closedForm.accepts(pooled.estimate, estimate))
            #expect(Tolerance.closedForm.accepts(pooled.standardError, error))
            #expect(Tolerance.closedForm.accepts(pooled.heterogeneity.cochranQ, q))
            let alone = try EffectSizes(whole, measure: measure)
            #expect(
                try MantelHaenszel().leaveOneOut(effects).omissions == MantelHaenszel().leaveOneOut(alone).omissions)
            #expect(try MantelHaenszel().cumulative(effects).additions == MantelHaenszel().cumulative(alone).additions)
        }
    }

    /// A table without an effect of its own weighs in a pooled risk difference: it is not left out, and not said to be.
    @Test func whatIsPooledIsNotListedAsLeftOut() throws {
        let tables = [Self.table("a", 3, 50, 6, 60), Self.table("b", 0, 100, 0, 90), Self.table("c", 0, 0, 3, 20)]
        let effects = try EffectSizes(
            tables, measure: .riskDifference, settings: EffectSettings(correction: .never))
        #expect(effects.excluded.map(\.label) == ["b", "c"])
        let pooled = try MantelHaenszel().fit(effects)
        #expect(pooled.k == 2 && pooled.studies.map(\.label) == ["a", "b"])
        #expect(pooled.excluded.map(\.label) == ["c"])
        #expect(pooled.diagnostics.filter { $0.code == .studyExcluded }.map(\.studies) == [["c"]])
        #expect(pooled.diagnostics.contains { $0.code == .notEstimable && $0.studies == ["b"] })
    }

    @Test func theCorrectionOfRareEventsIsNoMatterOfCounts() throws {
        let tables = [Self.table("a", 0, 50, 6, 60), Self.table("b", 1, 100, 0, 90)]
        let effects = try EffectSizes(tables, measure: .oddsRatio)
        #expect(effects.diagnostics.contains { $0.code == .rareEvents })
        #expect(try !MantelHaenszel().fit(effects).diagnostics.contains { $0.code == .rareEvents })
        let peto = try Peto().fit(EffectSizes(tables, measure: .petoOddsRatio))
        #expect(!peto.diagnostics.contains { $0.code == .rareEvents })
    }
}

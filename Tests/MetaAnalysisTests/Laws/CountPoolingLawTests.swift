import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

/// What holds for pooling by counts.
@Suite struct CountPoolingLawTests {
    private struct Setting: CustomStringConvertible {
        var model: any PoolingModel
        var measure: String
        var studies: StudyCollection

        func fit() throws -> PooledEffect { try model.fit(studies.effectSizes(measureCode: measure)) }

        var description: String { "\(model) \(measure)" }
    }

    private static let settings: [Setting] = {
        let sparse: [StudyCollection] = (1...4).map { .twoByTwo(RandomStudies.sparseTables(seed: UInt64($0))) }
        let tables = sparse + [RandomStudies.collection(of: .twoByTwo, seed: 3)]
        let rates = [RandomStudies.collection(of: .twoGroupRates, seed: 3)]
        return tables.flatMap { studies in
            ["OR", "RR", "RD"].map { Setting(model: MantelHaenszel(), measure: $0, studies: studies) }
                + [Setting(model: Peto(), measure: "PETO", studies: studies)]
        }
            + rates.flatMap { studies in
                ["IRR", "IRD"].map { Setting(model: MantelHaenszel(), measure: $0, studies: studies) }
            }
    }()

    private func expectSame(_ one: PooledEffect, _ other: PooledEffect, _ setting: Setting) {
        #expect(
            PooledNumbers(one).differences(
                from: PooledNumbers(other), .closedForm, ignoring: Set(["iSquaredFromQ"])) == [], "\(setting)")
        for (mine, theirs) in zip(one.tests, other.tests) {
            #expect(mine.name == theirs.name)
            #expect(Tolerance.closedForm.accepts(mine.statistic ?? 0, theirs.statistic ?? 0, scale: 1), "\(mine.name)")
        }
    }

    @Test func exchangingTheGroupsTurnsTheSign() throws {
        for setting in Self.settings {
            var other = setting
            other.studies = try #require(setting.studies.withGroupsExchanged)
            let (straight, turned) = (try setting.fit(), try other.fit())
            let error = straight.standardError
            #expect(Tolerance.closedForm.accepts(turned.estimate, -straight.estimate, scale: error), "\(setting)")
            #expect(Tolerance.closedForm.accepts(turned.standardError, error), "\(setting)")
            #expect(
                Tolerance.closedForm.accepts(
                    turned.confidenceInterval.lower, -straight.confidenceInterval.upper, scale: error))
            for (one, two) in zip(straight.tests, turned.tests) {
                #expect(Tolerance.closedForm.accepts(two.statistic ?? 0, one.statistic ?? 0, scale: 1), "\(one.name)")
            }
        }
    }

    @Test func orderDoesNotMatter() throws {
        for setting in Self.settings {
            var other = setting
            other.studies = setting.studies.subset(Array((0..<setting.studies.count).reversed()))
            var straight = try setting.fit()
            straight.studies.reverse()
            expectSame(try other.fit(), straight, setting)
        }
    }

    @Test func duplicatedStudies() throws {
        for setting in Self.settings {
            var twice = setting
            let all = Array(0..<setting.studies.count)
            twice.studies = setting.studies.subset(all + all)
            let (once, both) = (try setting.fit(), try twice.fit())
            #expect(Tolerance.closedForm.accepts(both.estimate, once.estimate, scale: once.standardError))
            #expect(Tolerance.closedForm.accepts(both.standardError, once.standardError / 2.0.squareRoot()))
            #expect(
                Tolerance.closedForm.accepts(
                    both.heterogeneity.cochranQ, 2 * once.heterogeneity.cochranQ, scale: Double(once.k)))
        }
    }

    @Test func weightsAddToAHundred() throws {
        for setting in Self.settings {
            let pooled = try setting.fit()
            #expect(Tolerance.closedForm.accepts(pooled.studies.reduce(0) { $0 + $1.weight }, 100), "\(setting)")
            #expect(pooled.k == setting.studies.count)
        }
    }

    /// A table without zeros, alone, has its own effect and, but for the risk difference, its own variance.
    @Test func oneStratumIsItsOwnEffect() throws {
        let table = RandomStudies.collection(of: .twoByTwo, seed: 11, count: 1)
        let rates = RandomStudies.collection(of: .twoGroupRates, seed: 11, count: 1)
        for (studies, measures) in [(table, ["OR", "RR", "RD"]), (rates, ["IRR", "IRD"])] {
            for measure in measures {
                let setting = Setting(model: MantelHaenszel(), measure: measure, studies: studies)
                let pooled = try setting.fit()
                let own = try #require(try studies.effectSizes(measureCode: measure).effects.first)
                #expect(Tolerance.closedForm.accepts(pooled.estimate, own.estimate, scale: own.standardError))
                if measure != "RD" {
                    #expect(Tolerance.closedForm.accepts(pooled.standardError, own.standardError), "\(measure)")
                }
                #expect(pooled.diagnostics.contains { $0.code == .singleStudy })
                #expect(pooled.heterogeneity.pValue == nil)
            }
        }
        let peto = Setting(model: Peto(), measure: "PETO", studies: table)
        let own = try #require(try table.effectSizes(measureCode: "PETO").effects.first)
        let pooled = try peto.fit()
        #expect(Tolerance.closedForm.accepts(pooled.estimate, own.estimate, scale: own.standardError))
        #expect(Tolerance.closedForm.accepts(pooled.standardError, own.standardError))
    }

    /// Strata that all have one odds ratio, risk ratio or rate ratio give that one, whatever their sizes.
    @Test func strataThatAgreeGiveWhatTheyAgreeOn() throws {
        func table(_ a: Double, _ n1: Double, _ c: Double, _ n2: Double) -> Study<TwoByTwoTable> {
            Study("", TwoByTwoTable(events: a, of: n1, versus: c, of: n2))
        }
        let riskRatio = [table(10, 50, 5, 50), table(8, 100, 8, 200), table(40, 60, 10, 30)]
        let pooled = try MantelHaenszel().fit(EffectSizes(riskRatio, measure: .riskRatio))
        #expect(Tolerance.closedForm.accepts(pooled.estimate, Double.log(2)))
        #expect(pooled.heterogeneity.cochranQ < 1e-20)
        // Odds 1/2 against 1/4, 2 against 1, 6 against 3.
        let oddsRatio = [table(10, 30, 10, 50), table(20, 30, 35, 70), table(12, 14, 90, 120)]
        let odds = try MantelHaenszel().fit(EffectSizes(oddsRatio, measure: .oddsRatio))
        #expect(Tolerance.closedForm.accepts(odds.estimate, Double.log(2)))
        for name in ["breslow-day", "tarone"] {
            let test = try #require(odds.tests.first { $0.name == name })
            #expect(abs(test.statistic ?? .nan) < 1e-20)
            #expect(test.pValue == 1)
        }
        let difference = [table(20, 50, 10, 50), table(45, 50, 105, 150)]
        let risks = try MantelHaenszel().fit(EffectSizes(difference, measure: .riskDifference))
        #expect(Tolerance.closedForm.accepts(risks.estimate, 0.2))
    }

    /// Without association between groups and events every method says 0, and the tests say nothing.
    @Test func noAssociation() throws {
        let tables = [(12.0, 60.0), (30, 90), (5, 50)].map { events, size in
            Study("", TwoByTwoTable(events: events, of: size, versus: 2 * events, of: 2 * size))
        }
        for measure in [TwoByTwoTable.Measure.oddsRatio, .riskRatio, .riskDifference] {
            let pooled = try MantelHaenszel(continuityCorrectedTest: false).fit(EffectSizes(tables, measure: measure))
            #expect(abs(pooled.estimate) < 1e-15)
            #expect(pooled.pValue.map { $0 > 1 - 1e-12 } ?? false)
        }
        let odds = try MantelHaenszel(continuityCorrectedTest: false).fit(EffectSizes(tables, measure: .oddsRatio))
        #expect(odds.tests.first { $0.name == "cochran-mantel-haenszel" }?.statistic.map { $0 < 1e-25 } ?? false)
        #expect(abs(try Peto().fit(EffectSizes(tables, measure: .petoOddsRatio)).estimate) < 1e-15)
    }

    @Test func levelsWiden() throws {
        for setting in Self.settings {
            let effects = try setting.studies.effectSizes(measureCode: setting.measure)
            func fit(_ level: Double) throws -> PooledEffect {
                setting.measure == "PETO"
                    ? try Peto(level: level).fit(effects) : try MantelHaenszel(level: level).fit(effects)
            }
            let (narrow, wide) = (try fit(0.8), try fit(0.99))
            #expect(wide.confidenceInterval.lower < narrow.confidenceInterval.lower)
            #expect(wide.confidenceInterval.upper > narrow.confidenceInterval.upper)
            #expect(wide.estimate == narrow.estimate)
        }
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct StratifiedTablesTests {
    private static let first = TwoByTwoTable(events: 2, of: 10, versus: 4, of: 10)
    private static let second = TwoByTwoTable(events: 5, of: 20, versus: 6, of: 20)
    private static let empty = TwoByTwoTable(events: 0, of: 20, versus: 0, of: 20)

    @Test func hypergeometricMoments() {
        let table = StratifiedTables.Hypergeometric(Self.first)
        #expect(table.excess == -1)
        #expect(Tolerance.closedForm.accepts(table.variance, 8400.0 / 7600))
        let nothing = StratifiedTables.Hypergeometric(
            TwoByTwoTable(treatedEvents: 0, treatedNonEvents: 0, controlEvents: 0, controlNonEvents: 0))
        #expect(nothing.excess == 0 && nothing.variance == 0)
    }

    /// One table: (|ad − bc| / n − ½)² / V with ad − bc = −20, and N³ in place of N² (N − 1) by Cochran.
    @Test func associationByHand() {
        let corrected = StratifiedTables.cochranMantelHaenszel([Self.first], isCorrected: true)
        #expect(Tolerance.closedForm.accepts(corrected.statistic ?? 0, 0.25 * 7600 / 8400))
        #expect(corrected.degreesOfFreedom == 1)
        let plain = StratifiedTables.cochranMantelHaenszel([Self.first], isCorrected: false)
        #expect(Tolerance.closedForm.accepts(plain.statistic ?? 0, 7600.0 / 8400))
        let cochran = StratifiedTables.cochran([Self.first], isCorrected: false)
        #expect(Tolerance.closedForm.accepts(cochran.statistic ?? 0, 8000.0 / 8400))
        // The signed root is normal: P(|Z| > 0.5).
        let half = StratifiedTables.cochranMantelHaenszel(
            [TwoByTwoTable(treatedEvents: 3, treatedNonEvents: 2, controlEvents: 1, controlNonEvents: 4)],
            isCorrected: true)
        // O − E = 1, V = 5·5·4·6/(100·9) = 2/3: (1/2)² / (2/3).
        #expect(Tolerance.closedForm.accepts(half.statistic ?? 0, 0.375))
        #expect(Tolerance.quantile.accepts(half.pValue ?? 0, 0.54029137460742))
    }

    @Test func tablesWithoutEventsChangeNoTest() {
        let tables = [Self.first, Self.second]
        let more = tables + [Self.empty]
        #expect(
            StratifiedTables.cochranMantelHaenszel(more, isCorrected: true).statistic
                == StratifiedTables.cochranMantelHaenszel(tables, isCorrected: true).statistic)
        #expect(
            StratifiedTables.homogeneity(more, oddsRatio: 0.6) == StratifiedTables.homogeneity(tables, oddsRatio: 0.6))
        let none = StratifiedTables.cochranMantelHaenszel([Self.empty], isCorrected: true)
        #expect(none.statistic == nil && none.pValue == nil)
    }

    /// Each table's cell that the common odds ratio expects solves a (n2 − m + a) = ψ (n1 − a)(m − a).
    @Test(arguments: [0.05, 0.6103896103896104, 1, 1 + 1e-9, 40])
    func breslowDaySolvesItsEquation(_ oddsRatio: Double) throws {
        // A table at exactly that odds ratio adds nothing.
        let a = 3.0
        let (n1, m) = (9.0, 7.0)
        let d = oddsRatio * (n1 - a) * (m - a) / a
        let exact = TwoByTwoTable(treatedEvents: a, treatedNonEvents: n1 - a, controlEvents: m - a, controlNonEvents: d)
        for test in StratifiedTables.homogeneity([exact, exact], oddsRatio: oddsRatio) {
            #expect(abs(test.statistic ?? .nan) < 1e-18, "\(test.name)")
            #expect(test.degreesOfFreedom == 1)
        }
    }

    /// At ψ = 1 the expected cells are 3 and 11/2: (2 − 3)² (1/3 + 1/7 + 1/3 + 1/7) + (5 − 5.5)² (2/5.5 + 2/14.5).
    @Test func homogeneityByHand() throws {
        let tests = StratifiedTables.homogeneity([Self.first, Self.second], oddsRatio: 1)
        let (first, second) = (1 / (2.0 / 3 + 2.0 / 7), 1 / (2 / 5.5 + 2 / 14.5))
        let breslow = 1 / first + 0.25 / second
        #expect(tests.map(\.name) == ["breslow-day", "tarone"])
        #expect(Tolerance.closedForm.accepts(tests[0].statistic ?? 0, breslow))
        #expect(Tolerance.closedForm.accepts(tests[1].statistic ?? 0, breslow - 2.25 / (first + second)))
    }

    @Test func oneTableHasNothingToBeHomogeneousWith() {
        for test in StratifiedTables.homogeneity([Self.first, Self.empty], oddsRatio: 0.5) {
            #expect(test.statistic == nil && test.pValue == nil && test.degreesOfFreedom == 0)
        }
    }

    /// Shares of the time of 1/3 and 1/2: O − E is 4 − 7/3 and 2 − 4, V is 7 · 2/9 and 8/4.
    @Test func ratesByHand() {
        let rates = [
            TwoGroupRates(treatedEvents: 4, treatedTime: 10, controlEvents: 3, controlTime: 20),
            TwoGroupRates(treatedEvents: 2, treatedTime: 30, controlEvents: 6, controlTime: 30),
        ]
        let plain = StratifiedTables.mantelHaenszel(rates, isCorrected: false)
        #expect(Tolerance.closedForm.accepts(plain.statistic ?? 0, 1.0 / 9 / (14.0 / 9 + 2)))
        let corrected = StratifiedTables.mantelHaenszel(rates, isCorrected: true)
        #expect(Tolerance.closedForm.accepts(corrected.statistic ?? 0, 1.0 / 36 / (14.0 / 9 + 2)))
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct PetoTests {
    private static let trials = [
        Study("a", TwoByTwoTable(events: 2, of: 10, versus: 4, of: 10)),
        Study("b", TwoByTwoTable(events: 0, of: 20, versus: 3, of: 20)),
        Study("none", TwoByTwoTable(events: 0, of: 20, versus: 0, of: 20)),
    ]

    private static func effects() throws -> EffectSizes { try EffectSizes(trials, measure: .petoOddsRatio) }

    /// O − E: −1 and −3/2; V: 10·10·6·14/(400·19) and 20·20·3·37/(1600·39).
    @Test func byHand() throws {
        let pooled = try Peto().fit(Self.effects())
        let (first, second) = (8400.0 / 7600, 44400.0 / 62400)
        #expect(Tolerance.closedForm.accepts(pooled.estimate, -2.5 / (first + second)))
        #expect(Tolerance.closedForm.accepts(pooled.standardError, (1 / (first + second)).squareRoot()))
        #expect(
            Tolerance.closedForm.accepts(
                pooled.heterogeneity.cochranQ, 1 / first + 2.25 / second - 6.25 / (first + second), scale: 1))
        #expect(pooled.heterogeneity.degreesOfFreedom == 1)
        #expect(pooled.settings.model == .peto)
    }

    @Test func tablesWithoutEventsSayNothing() throws {
        let pooled = try Peto().fit(Self.effects())
        #expect(pooled.k == 3)
        #expect(pooled.studies[2].weight == 0 && pooled.studies[2].estimate == nil)
        let fewer = try Peto().fit(Self.effects().subset([0, 1]))
        #expect(fewer.estimate == pooled.estimate && fewer.standardError == pooled.standardError)
    }

    /// A zero cell is no reason to correct: the study's own effect is −3/2 over its variance.
    @Test func ownEffectsAreNotCorrected() throws {
        let own = try #require(try Peto().fit(Self.effects()).studies[1].estimate)
        #expect(Tolerance.closedForm.accepts(own, -1.5 * 62400 / 44400))
    }

    @Test func otherMeasuresAreRefused() throws {
        let odds = try EffectSizes(Self.trials, measure: .oddsRatio)
        let error = #expect(throws: MetaAnalysisError.self) { try Peto().fit(odds) }
        #expect(error?.code == .unsupportedCombination)
    }

    @Test func noEventsAtAll() throws {
        let none = try EffectSizes([Self.trials[2]], measure: .petoOddsRatio)
        let error = #expect(throws: MetaAnalysisError.self) { try Peto().fit(none) }
        #expect(error?.code == .notEstimable)
    }
}

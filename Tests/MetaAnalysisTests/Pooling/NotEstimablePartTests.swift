import Testing

@testable import MetaAnalysis

@Suite struct NotEstimablePartTests {
    private static let trials = [
        Study("a", TwoByTwoTable(events: 0, of: 30, versus: 0, of: 31), row: 2),
        Study("b", TwoByTwoTable(events: 0, of: 22, versus: 0, of: 20), row: 3),
    ]

    @Test func aPartKeepsItsStudiesAndItsReason() throws {
        let effects = try EffectSizes(Self.trials, measure: .oddsRatio)
        let result = try PartResult(of: effects, outcome: "pain") { try MantelHaenszel().fit(effects) }
        #expect(result.found == nil)
        let part = try #require(result.notEstimable)
        #expect(part.outcome == "pain" && part.group == nil && part.k == 2 && part.measure == "OR")
        #expect(part.studies.map(\.row) == [2, 3] && part.studies.allSatisfy { $0.estimate == nil })
        #expect(part.diagnostics.contains { $0.message == "not estimable: " + part.reason.message })
        let text = Summary(part, source: "file.csv").text(width: 80)
        #expect(text.contains("not estimable") && text.contains("pain"))
    }

    @Test func onlyErrorsOfTheDataBelongToAPart() throws {
        let effects = try EffectSizes(Self.trials, measure: .oddsRatio)
        for code in [MetaAnalysisError.Code.invalidSetting, .unsupportedCombination, .missingColumn, .invalidOutcome] {
            #expect(throws: MetaAnalysisError.self) {
                try PartResult<Int>(of: effects) { throw MetaAnalysisError(code, "", remedy: "") }
            }
        }
        for code in [MetaAnalysisError.Code.tooFewStudies, .notEstimable, .numericalOverflow, .notConverged] {
            let result = try PartResult<Int>(of: effects) { throw MetaAnalysisError(code, "", remedy: "") }
            #expect(result.notEstimable?.reason.code == code)
        }
    }
}

import Testing

@testable import MetaAnalysis

@Suite struct SelectionFunctionTests {
    static let wrong: [SelectionFunction] = [
        .steps([]), .steps([1]), .steps([0, 0.5]), .steps([0.025], weights: [1]), .steps([0.025], weights: [0.5, 1]),
        .steps([0.025], weights: [1, -1]), .steps([.nan]), SelectionFunction(.beta, steps: [0.05]),
        SelectionFunction(.beta, weights: [0, 1]), SelectionFunction(.beta, precision: .variance),
        SelectionFunction(.halfNormal, steps: [0.05, 0.1]), SelectionFunction(.halfNormal, weights: [.infinity]),
        SelectionFunction(.power, precision: .sampleSize), SelectionFunction(.step, steps: [0.1], precision: .variance),
    ]

    @Test(arguments: wrong)
    func whatCannotBe(function: SelectionFunction) {
        #expect(throws: MetaAnalysisError.self) { try function.check() }
    }

    @Test func codes() throws {
        #expect(SelectionFunction.steps([0.5, 0.025]).code == "stepfun:0.5,0.025")
        #expect(SelectionFunction.steps([0.05], weights: [1, nil]).code == "stepfun:0.05=1,NA")
        #expect(SelectionFunction(.halfNormal, precision: .standardError).code == "halfnorm@sei")
        #expect(SelectionFunction.steps([0.5, 0.025, 1, 0.5]).cutPoints == [0.025, 0.5])
        try SelectionFunction.steps([0.5, 0.025, 1]).check()
    }
}

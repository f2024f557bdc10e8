import Testing

@testable import MetaAnalysis

@Suite struct RegressionSizeTests {
    @Test func degreesOfFreedomAreLeftBesideTheIntercept() throws {
        let size = RegressionSize(participants: 30, predictors: 4)
        try size.validate()
        try size.requireDegreesOfFreedom()
        #expect(size.degreesOfFreedom == 25)
    }

    @Test func noneLeftIsAnExclusion() {
        #expect(throws: Exclusion.self) {
            try RegressionSize(participants: 5, predictors: 4).requireDegreesOfFreedom()
        }
    }

    static let impossible: [(Double, Double, String)] = [
        (-1, 1, "ni"), (.nan, 1, "ni"), (20, 0, "mi"), (20, .infinity, "mi"),
    ]

    @Test(arguments: impossible)
    func impossibleSizesAreNamed(participants: Double, predictors: Double, role: String) {
        let error = #expect(throws: MetaAnalysisError.self) {
            try RegressionSize(participants: participants, predictors: predictors).validate()
        }
        #expect(error?.location.column == role)
    }
}

import Testing

@testable import MetaAnalysis

struct OutcomeValidationTests {
    let value = OutcomeValue(-0.5, "sd1i", "standard deviation of the treated group")

    @Test func theMessageNamesWhatAndHowMuch() {
        let error = #expect(throws: MetaAnalysisError.self) { try value.requireFiniteAndNotNegative() }
        #expect(
            error?.description
                == "sd1i: the standard deviation of the treated group is -0.5; give a number that is 0 or more")
    }

    @Test(
        arguments: [
            (-1.0, 1.0, "give a number from -1 to 1"), (2, .infinity, "give a number that is 2 or more"),
            (-.infinity, -1, "give a number that is -1 or less"),
        ] as [(Double, Double, String)])
    func theRemedyNamesTheRange(lowest: Double, highest: Double, remedy: String) {
        let outside = OutcomeValue(lowest == -1 ? 1.5 : lowest == 2 ? 1 : 0, "x", "number")
        let error = #expect(throws: MetaAnalysisError.self) { try outside.require(atLeast: lowest, atMost: highest) }
        #expect(error?.remedy == remedy)
    }

    @Test func wholeNumbersAreWrittenWithoutAPoint() {
        #expect(12.0.plain == "12")
        #expect(0.25.plain == "0.25")
        #expect((-3.0).plain == "-3")
        #expect(1e300.plain == "1e+300")
        #expect(Double.nan.plain == "nan")
    }
}

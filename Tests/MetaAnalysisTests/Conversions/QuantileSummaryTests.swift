import Testing

@testable import MetaAnalysis

struct QuantileSummaryTests {
    @Test func scenarioIsWhatIsComplete() throws {
        #expect(try QuantileSummary(minimum: 1, median: 2, maximum: 4, size: 9).validate() == .range)
        #expect(try QuantileSummary(firstQuartile: 1, median: 2, thirdQuartile: 4, size: 9).validate() == .quartiles)
        let five = QuantileSummary(
            minimum: 0, firstQuartile: 1, median: 2, thirdQuartile: 4, maximum: 9, size: 9)
        #expect(try five.validate() == .fiveNumbers)
        #expect(five.values == [0, 1, 2, 4, 9])
        // A minimum alone does not count.
        let half = QuantileSummary(minimum: 0, firstQuartile: 1, median: 2, thirdQuartile: 4, size: 9)
        #expect(try half.validate() == .quartiles)
        #expect(half.values == [1, 2, 4])
    }

    static let impossible: [(QuantileSummary, String, String)] = [
        (
            QuantileSummary(firstQuartile: 3, median: 2, thirdQuartile: 4, size: 9), "median",
            "less than the first quartile 3"
        ),
        (QuantileSummary(minimum: 1, median: 5, maximum: 4, size: 9), "max", "less than the median 5"),
        (QuantileSummary(median: 5, size: 9), "median", "neither a whole range nor both quartiles"),
        (QuantileSummary(minimum: 1, median: 5, thirdQuartile: 6, size: 9), "median", "neither"),
        (QuantileSummary(minimum: 5, median: 5, maximum: 5, size: 9), "median", "both 5"),
        (QuantileSummary(minimum: 1, median: .nan, maximum: 5, size: 9), "median", "nan"),
        (QuantileSummary(minimum: 1, median: 2, maximum: .infinity, size: 9), "max", "inf"),
        (QuantileSummary(minimum: 1, median: 2, maximum: 5, size: 0), "n", "0"),
    ]

    @Test(arguments: impossible) func refusesWhatNoSampleHas(summary: QuantileSummary, role: String, part: String) {
        let error = #expect(throws: MetaAnalysisError.self) { try summary.validate() }
        #expect(error?.location.column == role)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }
}

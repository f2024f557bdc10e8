import Testing

@testable import MetaAnalysis

struct SkewnessTestTests {
    @Test func statisticsByHand() throws {
        let range = try #require(SkewnessTest(QuantileSummary(minimum: 0, median: 3, maximum: 10, size: 91)))
        #expect(abs(range.statistic - 0.4) < 1e-15)
        // 1/ln 100 + 2.5/92
        #expect(abs(range.criticalValue - (0.21714724095162591 + 0.027173913043478260)) < 1e-15)
        #expect(range.isSkewed && range.isRightTailed)

        let quartiles = try #require(
            SkewnessTest(QuantileSummary(firstQuartile: 2, median: 9, thirdQuartile: 12, size: 100)))
        #expect(abs(quartiles.statistic - 0.4) < 1e-15)
        #expect(abs(quartiles.criticalValue - (0.265 - 0.0006)) < 1e-15)
        #expect(quartiles.isSkewed && !quartiles.isRightTailed)

        let five = try #require(
            SkewnessTest(
                QuantileSummary(
                    minimum: 0, firstQuartile: 4, median: 5, thirdQuartile: 6, maximum: 12, size: 100)))
        // 2.65 ln 60/10 · 2/12
        #expect(abs(five.statistic - 0.265 * 4.0943445622221004 / 6) < 1e-14)
        #expect(abs(five.criticalValue - (0.3 - 4e-5)) < 1e-15)
        #expect(!five.isSkewed)
    }

    /// Samples of sizes 4Q + 1 from a normal distribution: the tests reject about 5 of 100.
    @Test(arguments: [9, 25, 101]) func levelIsKeptInNormalSamples(size: Int) {
        var generator = SeededGenerator(seed: UInt64(size))
        let count = 4000
        let q = (size - 1) / 4
        var rejected = [0, 0, 0]
        for _ in 0..<count {
            let x = (0..<size).map { _ in generator.nextNormal() }.sorted()
            let n = Double(size)
            let summaries = [
                QuantileSummary(minimum: x[0], median: x[2 * q], maximum: x[size - 1], size: n),
                QuantileSummary(firstQuartile: x[q], median: x[2 * q], thirdQuartile: x[3 * q], size: n),
                QuantileSummary(
                    minimum: x[0], firstQuartile: x[q], median: x[2 * q], thirdQuartile: x[3 * q],
                    maximum: x[size - 1], size: n),
            ]
            for (index, summary) in summaries.enumerated() where SkewnessTest(summary)?.isSkewed == true {
                rejected[index] += 1
            }
        }
        // Three standard errors of 0.05 are 0.010.
        for number in rejected {
            let share = Double(number) / Double(count)
            #expect(share > 0.03 && share < 0.065, "\(rejected)")
        }
    }

    @Test func tooFewParticipantsHaveNoTest() {
        #expect(SkewnessTest(QuantileSummary(minimum: 0, median: 3, maximum: 10, size: 4)) == nil)
        #expect(SkewnessTest(QuantileSummary(median: 3, size: 40)) == nil)
    }
}

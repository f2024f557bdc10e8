import Foundation
import Testing

@testable import MetaAnalysis

struct DeviationSourceTests {
    /// Cochrane Handbook, chapter 6.5.2.3: a difference of 3.8 with p = 0.008 between 25 and 22 participants gives 4.69 after rounding
    /// t to 2.78 and the standard error to 1.37.
    @Test func handbookExample() throws {
        let source = DeviationSource.pValue(difference: 3.8, p: 0.008, firstSize: 25, secondSize: 22)
        #expect(abs(try source.deviation() - 4.6834693413750985) < 1e-10)
        #expect(abs(try source.deviation() - 4.69) < 0.01)
    }

    /// From a standard deviation to what would be reported, and back.
    @Test(arguments: [(2.5, 7.0, 12.0), (1e-200, 2, 2), (1e200, 1e9, 3)])
    func everySourceLeadsBack(deviation: Double, first: Double, second: Double) throws {
        func expect(_ source: DeviationSource) throws {
            #expect(abs(try source.deviation() / deviation - 1) < 1e-12, "\(source)")
        }
        let single = deviation / sqrt(first)
        let quantile = ReferenceDistribution.studentT(degreesOfFreedom: first - 1).twoSidedQuantile(level: 0.9)
        try expect(.standardError(single, size: first))
        try expect(.interval(lower: -quantile * single, upper: quantile * single, level: 0.9, size: first))
        let error = deviation * sqrt(1 / first + 1 / second)
        let t = ReferenceDistribution.studentT(degreesOfFreedom: first + second - 2)
        let half = t.twoSidedQuantile(level: 0.95) * error
        try expect(.differenceError(error, firstSize: first, secondSize: second))
        try expect(
            .differenceInterval(
                lower: 3 * deviation - half, upper: 3 * deviation + half, level: 0.95, firstSize: first,
                secondSize: second))
        try expect(.statistic(difference: -1.7 * error, t: 1.7, firstSize: first, secondSize: second))
        try expect(
            .pValue(difference: 1.7 * error, p: t.twoSidedPValue(1.7), firstSize: first, secondSize: second))
    }

    static let impossible: [(DeviationSource, String)] = [
        (.standardError(0, size: 4), "se"), (.standardError(1, size: 0), "n"),
        (.interval(lower: 1, upper: 1, level: 0.95, size: 4), "ci_low"),
        (.interval(lower: 0, upper: 1, level: 0.95, size: 1), "n"),
        (.statistic(difference: 0, t: 1, firstSize: 4, secondSize: 4), "difference"),
        (.statistic(difference: 1, t: 0, firstSize: 4, secondSize: 4), "t"),
        (.pValue(difference: 1, p: 1, firstSize: 4, secondSize: 4), "p"),
        (.pValue(difference: 1, p: 0, firstSize: 4, secondSize: 4), "p"),
        (.differenceError(1, firstSize: 1, secondSize: 1), "n1i"),
        (.differenceError(.nan, firstSize: 4, secondSize: 4), "se"),
    ]

    @Test(arguments: impossible) func refusesWhatSaysNothing(source: DeviationSource, role: String) {
        let error = #expect(throws: MetaAnalysisError.self) { try source.deviation() }
        #expect(error?.location.column == role)
        #expect(error?.remedy.isEmpty == false)
    }
}

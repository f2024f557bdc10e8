import Foundation
import Testing

@testable import MetaAnalysis

struct WaldConversionTests {
    /// The example of the manual of metafor's `conv.wald`: an odds ratio of 0.64 with the interval 0.33 to 1.22, or with p = 0.17.
    @Test func manualExample() throws {
        let ratio = WaldConversion(isRatio: true)
        let interval = try ratio.convert(estimate: 0.64, .interval(lower: 0.33, upper: 1.22, level: 0.95))
        #expect(abs(interval.effect.estimate - -0.4463) < 5e-5)
        #expect(abs(interval.effect.variance - 0.1113) < 5e-5)
        #expect(interval.diagnostics.isEmpty)
        let test = try ratio.convert(estimate: 0.64, .pValue(0.17))
        #expect(abs(test.effect.variance - 0.1058) < 5e-5)
    }

    @Test func signsOfEstimateAndStatisticAgree() throws {
        func messages(_ estimate: Double, _ z: Double, isRatio: Bool) throws -> [Diagnostic.Code] {
            try WaldConversion(isRatio: isRatio).convert(estimate: estimate, .statistic(z)).diagnostics.map(\.code)
        }
        #expect(try messages(2, -3, isRatio: false) == [.doubtfulNumbers])
        #expect(try messages(2, 3, isRatio: false) == [])
        // The logarithm of 0.5 is negative.
        #expect(try messages(0.5, -3, isRatio: true) == [])
        #expect(try messages(0.5, 3, isRatio: true) == [.doubtfulNumbers])
    }

    @Test(arguments: [false, true]) func everythingLeadsBack(isRatio: Bool) throws {
        let conversion = WaldConversion(isRatio: isRatio)
        func reported(_ value: Double) -> Double { isRatio ? exp(value) : value }
        let half = ReferenceDistribution.normal.twoSidedQuantile(level: 0.99) * 0.3
        let results = [
            try conversion.convert(
                estimate: reported(0.5),
                .interval(lower: reported(0.5 - half), upper: reported(0.5 + half), level: 0.99)),
            try conversion.convert(
                estimate: reported(0.5), .pValue(ReferenceDistribution.normal.twoSidedPValue(0.5 / 0.3))),
            try conversion.convert(estimate: reported(0.5), .statistic(0.5 / 0.3)),
            try conversion.convert(estimate: reported(0.5), .standardError(0.3)),
        ]
        for result in results {
            #expect(abs(result.effect.estimate - 0.5) < 1e-14)
            #expect(abs(result.effect.variance - 0.09) < 1e-13)
            #expect(result.diagnostics.isEmpty)
        }
    }

    /// The interval of a ratio read as that of a difference is not symmetric.
    @Test func asymmetryIsNoticed() throws {
        let result = try WaldConversion().convert(estimate: 2, .interval(lower: 1, upper: 4, level: 0.95))
        #expect(result.diagnostics.map(\.code) == [.asymmetricInterval])
        #expect(result.diagnostics[0].severity == .warning)
    }

    static let impossible: [(Bool, Double, WaldConversion.Precision, String)] = [
        (true, 0, .pValue(0.1), "estimate"), (true, -2, .pValue(0.1), "estimate"),
        (true, 1, .pValue(0.1), "p"), (false, 0, .statistic(2), "z"), (false, 1, .statistic(0), "z"),
        (false, 1, .pValue(0), "p"), (false, 1, .pValue(1), "p"), (false, 1, .standardError(-1), "se"),
        (false, 5, .interval(lower: 1, upper: 4, level: 0.95), "estimate"),
        (true, 2, .interval(lower: 0, upper: 4, level: 0.95), "ci_low"),
        (false, 2, .interval(lower: 4, upper: 1, level: 0.95), "ci_low"),
    ]

    @Test(arguments: impossible)
    func refusesWhatSaysNothing(isRatio: Bool, estimate: Double, precision: WaldConversion.Precision, role: String) {
        let error = #expect(throws: MetaAnalysisError.self) {
            try WaldConversion(isRatio: isRatio).convert(estimate: estimate, precision)
        }
        #expect(error?.location.column == role)
    }

    /// Messages show the numbers as they were given, of ratios too.
    @Test func anIntervalBackwardsIsShownAsItIs() {
        let error = #expect(throws: MetaAnalysisError.self) {
            try WaldConversion(isRatio: true).convert(estimate: 2, .interval(lower: 3, upper: 1, level: 0.95))
        }
        #expect(error?.message.contains("from 3 to 1") == true)
    }
}

import Foundation
import Testing

@testable import MetaAnalysis

struct QuantileConversionTests {
    private static func five(_ size: Double) -> QuantileSummary {
        QuantileSummary(minimum: 3, firstQuartile: 8, median: 10, thirdQuartile: 13, maximum: 20, size: size)
    }
    private static var quartiles: QuantileSummary {
        QuantileSummary(firstQuartile: 8, median: 10, thirdQuartile: 13, size: 20)
    }
    private static var range: QuantileSummary { QuantileSummary(minimum: 3, median: 10, maximum: 20, size: 20) }

    private func estimate(_ method: QuantileMethod, _ summary: QuantileSummary) throws -> (Double, Double) {
        let mean = try QuantileConversion(method: method).convert(summary).mean
        return (mean.mean, mean.deviation)
    }

    private func expect(
        _ value: (Double, Double), _ reference: (Double, Double), within bound: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(abs(value.0 - reference.0) <= bound, "\(value)", sourceLocation: sourceLocation)
        #expect(abs(value.1 - reference.1) <= bound, "\(value)", sourceLocation: sourceLocation)
    }

    /// Four decimals, worked by hand from the formulas for min 3, q1 8, median 10, q3 13, max 20 and n = 20: ξ = 3.73648, η = 1.25337.
    @Test func normalFormulas() throws {
        expect(try estimate(.luoWanShi, Self.range), (10.4459, 4.5497), within: 6e-5)
        expect(try estimate(.luoWanShi, Self.quartiles), (10.3597, 3.9892), within: 6e-5)
        expect(try estimate(.luoWanShi, Self.five(20)), (10.5638, 4.3833), within: 6e-5)
        expect(try estimate(.wan, Self.range), (43.0 / 4, 4.5497), within: 6e-5)
        expect(try estimate(.wan, Self.quartiles), (31.0 / 3, 3.9892), within: 6e-5)
        expect(try estimate(.wan, Self.five(20)), (85.0 / 8, 4.2695), within: 6e-5)
    }

    /// The example of the manual of the R package metaBLUE: min 1, median 4, max 10, n = 30.
    @Test func luoMeanOfAnExample() throws {
        let summary = QuantileSummary(minimum: 1, median: 4, maximum: 10, size: 30)
        #expect(abs(try estimate(.luoWanShi, summary).0 - 4.356748) < 5e-7)
    }

    @Test func hozoChangesWithTheSize() throws {
        func summary(_ size: Double) -> QuantileSummary {
            QuantileSummary(minimum: 3, median: 10, maximum: 20, size: size)
        }
        // ((3 − 20 + 20)²/4 + 17²)/12
        expect(try estimate(.hozo, summary(15)), (10.75, sqrt((9.0 / 4 + 289) / 12)), within: 1e-13)
        expect(try estimate(.hozo, summary(16)), (10.75, 17.0 / 4), within: 1e-13)
        expect(try estimate(.hozo, summary(26)), (10, 17.0 / 4), within: 1e-13)
        expect(try estimate(.hozo, summary(71)), (10, 17.0 / 6), within: 1e-13)
        // Of five numbers it reads the range.
        expect(try estimate(.hozo, Self.five(71)), (10, 17.0 / 6), within: 1e-13)
    }

    /// Published outputs of the R package estmeansd for min 2, median 4, max 9, n = 100. That of quantile estimation stops its search
    /// early; the other two simulate, and differ by 0.06 between two of its versions.
    @Test func fittedMethodsOfAnExample() throws {
        let summary = QuantileSummary(minimum: 2, median: 4, maximum: 9, size: 100)
        expect(try estimate(.quantileEstimation, summary), (4.347284, 1.502171), within: 2e-5)
        expect(try estimate(.boxCox, summary), (4.210971, 1.337348), within: 0.07)
        expect(try estimate(.maximumLikelihood, summary), (4.195238, 1.294908), within: 0.07)
    }

    /// Any method for which a line through the data is a line through the answers, units included.
    @Test(arguments: [QuantileMethod.luoWanShi, .wan, .hozo]) func linearMethodsFollowLines(method: QuantileMethod)
        throws
    {
        let plain = try estimate(method, Self.five(20))
        let moved = try estimate(method, Self.five(20).mapped { 1e300 * ($0 / 8) - 1e299 })
        #expect(abs(moved.0 / (1e300 * (plain.0 / 8) - 1e299) - 1) < 1e-13)
        #expect(abs(moved.1 / (1e300 * (plain.1 / 8)) - 1) < 1e-13)
    }

    @Test(arguments: QuantileMethod.allCases) func unitsDoNotMatter(method: QuantileMethod) throws {
        for unit in [1e-200, 1024, 1e200] {
            let plain = try estimate(method, Self.five(40))
            let scaled = try estimate(method, Self.five(40).mapped { unit * $0 })
            // Searches of a level likelihood end to about the square root of machine precision.
            #expect(abs(scaled.0 / unit / plain.0 - 1) < 1e-7, "\(unit)")
            #expect(abs(scaled.1 / unit / plain.1 - 1) < 1e-7, "\(unit)")
        }
    }

    /// What the quantiles of a normal sample of the most regular kind lead back to.
    @Test(arguments: QuantileMethod.allCases) func symmetricQuantilesHaveTheirMedianAsMean(method: QuantileMethod)
        throws
    {
        let summary = QuantileSummary(minimum: 90, median: 100, maximum: 110, size: 30)
        let value = try estimate(method, summary)
        #expect(abs(value.0 - 100) < 0.2, "\(value)")
        #expect(value.1 > 3 && value.1 < 6, "\(value)")
    }

    /// Mean squared error in simulated normal samples: the mean of Luo is at least as good as Wan's, and the bias is small.
    @Test func normalSamplesAreRecovered() throws {
        var generator = SeededGenerator(seed: 20_140_135)
        let size = 41
        var sums: [QuantileMethod: (bias: Double, square: Double, deviation: Double)] = [:]
        let count = 2000
        for _ in 0..<count {
            let sample = (0..<size).map { _ in 50 + 10 * generator.nextNormal() }.sorted()
            let summary = QuantileSummary(
                minimum: sample[0], firstQuartile: sample[10], median: sample[20], thirdQuartile: sample[30],
                maximum: sample[40], size: Double(size))
            let mean = sample.reduce(0, +) / Double(size)
            for method in [QuantileMethod.luoWanShi, .wan] {
                let value = try estimate(method, summary)
                sums[method, default: (0, 0, 0)].bias += (value.0 - mean) / Double(count)
                sums[method, default: (0, 0, 0)].square += (value.0 - mean) * (value.0 - mean) / Double(count)
                sums[method, default: (0, 0, 0)].deviation += value.1 / Double(count)
            }
        }
        let luo = try #require(sums[.luoWanShi])
        let wan = try #require(sums[.wan])
        #expect(abs(luo.bias) < 0.05 && abs(wan.bias) < 0.05)
        #expect(luo.square < wan.square)
        #expect(abs(luo.deviation - 10) < 0.15)
    }

    @Test func skewedQuantilesAreSaidToBe() throws {
        let skewed = QuantileSummary(firstQuartile: 2, median: 3, thirdQuartile: 12, size: 60)
        let normal = try QuantileConversion().convert(skewed)
        #expect(normal.diagnostics.map(\.code) == [.skewedQuantiles])
        #expect(normal.diagnostics[0].message.contains("to the right"))
        let fitted = try QuantileConversion(method: .quantileEstimation).convert(skewed)
        #expect(fitted.family == .logNormal)
        #expect(fitted.diagnostics.isEmpty)
        #expect(fitted.skewness?.isSkewed == true)
        // Below 0 quantile estimation has the normal family only, and says so too.
        let shifted = try QuantileConversion(method: .quantileEstimation).convert(skewed.mapped { $0 - 5 })
        #expect(shifted.family == .normal)
        #expect(shifted.diagnostics.map(\.code) == [.skewedQuantiles])
    }

    @Test func refusesWhatAMethodCannotRead() {
        func error(_ method: QuantileMethod, _ summary: QuantileSummary) -> MetaAnalysisError? {
            #expect(throws: MetaAnalysisError.self) { try QuantileConversion(method: method).convert(summary) }
        }
        #expect(error(.hozo, Self.quartiles)?.code == .unsupportedCombination)
        #expect(error(.luoWanShi, Self.five(4))?.location.column == "n")
        #expect(error(.boxCox, Self.five(20).mapped { $0 - 3 })?.location.column == "min")
        #expect(error(.maximumLikelihood, Self.quartiles.mapped { $0 - 9 })?.location.column == "q1")
        let tied = QuantileSummary(firstQuartile: 8, median: 8, thirdQuartile: 13, size: 20)
        #expect(error(.boxCox, tied)?.location.column == "median")
        let wild = QuantileSummary(firstQuartile: 1, median: 2, thirdQuartile: 10, size: 50)
        #expect(error(.boxCox, wild)?.code == .notEstimable)
    }

    @Test(arguments: QuantileMethod.allCases) func greatAndSmallSizesGiveNumbers(method: QuantileMethod) throws {
        for size in [5.0, 6, 1e5, 1e9] {
            let value = try estimate(method, Self.five(size))
            #expect(value.0 > 8 && value.0 < 13, "\(size): \(value)")
            #expect(value.1 > 0.5 && value.1 < 20, "\(size): \(value)")
        }
    }
}

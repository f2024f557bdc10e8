import Foundation
import Testing

@testable import MetaAnalysis

struct QuantileFitTests {
    private static let z = ReferenceDistribution.normal.quantile(0.75)

    private func fit(_ summary: QuantileSummary) throws -> QuantileFit {
        try QuantileFit(summary, summary.validate())
    }

    /// Least squares by SciPy's Nelder–Mead search over the same families, to its tolerance.
    static let references: [(QuantileSummary, QuantileFamily, Double, Double)] = [
        (
            QuantileSummary(firstQuartile: 8, median: 10, thirdQuartile: 13, size: 20), .logNormal, 10.822921069277633,
            4.08121401438551
        ),
        (
            QuantileSummary(minimum: 3, firstQuartile: 8, median: 10, thirdQuartile: 13, maximum: 20, size: 20), .gamma,
            10.622081127946657, 5.0017871627826205
        ),
        (QuantileSummary(minimum: -3, median: 2, maximum: 6, size: 50), .normal, 1.6666666666666667, 2.191114977850646),
        (
            QuantileSummary(firstQuartile: 1, median: 2, thirdQuartile: 10, size: 50), .logNormal, 26.415666410629758,
            312.5356203776414
        ),
        (
            QuantileSummary(
                minimum: 0.05, firstQuartile: 0.2, median: 0.35, thirdQuartile: 0.55, maximum: 0.9, size: 30), .weibull,
            0.3913420932209439, 0.23902229895004992
        ),
        (
            QuantileSummary(minimum: 2, firstQuartile: 14, median: 20, thirdQuartile: 24, maximum: 32, size: 40),
            .normal,
            18.4, 7.627768548906507
        ),
    ]

    @Test(arguments: references)
    func nearestFamily(summary: QuantileSummary, family: QuantileFamily, mean: Double, deviation: Double) throws {
        let found = try fit(summary)
        #expect(found.family == family)
        #expect(abs(found.mean / mean - 1) < 1e-6, "\(found.mean)")
        #expect(abs(found.deviation / deviation - 1) < 3e-6, "\(found.deviation)")
    }

    /// Exact quantiles of every family lead back to it, with its mean and standard deviation.
    @Test(arguments: QuantileFamily.allCases) func exactQuantilesAreRecovered(family: QuantileFamily) throws {
        let n = 40.0
        let shape = 2.5
        let points = [
            QuantilePoint(tail: 1 / n, isUpper: false), QuantilePoint(tail: 0.25, isUpper: false),
            QuantilePoint(tail: 0.5, isUpper: false), QuantilePoint(tail: 0.25, isUpper: true),
            QuantilePoint(tail: 1 / n, isUpper: true),
        ]
        let moments: (mean: Double, deviation: Double)
        let values: [Double]
        if family == .beta {
            values = points.map { $0.quantile(of: .beta(2, 5)) }
            moments = (2.0 / 7, sqrt(10.0 / (49 * 8)))
        } else {
            let unit = family == .logNormal ? 0.4 : shape
            values = points.map { 7 * family.standardQuantile($0, shape: unit) + (family == .normal ? 30 : 0) }
            let standard = family.standardMoments(shape: unit)
            moments = (7 * standard.mean + (family == .normal ? 30 : 0), 7 * standard.deviation)
        }
        let found = try fit(
            QuantileSummary(
                minimum: values[0], firstQuartile: values[1], median: values[2], thirdQuartile: values[3],
                maximum: values[4], size: n))
        #expect(found.family == family)
        #expect(abs(found.mean / moments.mean - 1) < 1e-6, "\(found.mean) \(moments.mean)")
        #expect(abs(found.deviation / moments.deviation - 1) < 1e-6, "\(found.deviation) \(moments.deviation)")
        #expect(found.squares < 1e-12)
    }
}

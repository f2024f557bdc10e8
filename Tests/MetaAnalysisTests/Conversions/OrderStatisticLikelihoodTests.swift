import Foundation
import Testing

@testable import MetaAnalysis

struct OrderStatisticLikelihoodTests {
    private static let summary = QuantileSummary(minimum: 2, median: 4, maximum: 9, size: 5)

    /// Ranks 1, 3 and 5 of 5: φ φ φ and one observation in each of the gaps between them, none outside.
    @Test func densityByHand() {
        func phi(_ z: Double) -> Double { exp(-z * z / 2) }
        func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / sqrt(2)) }
        let likelihood = OrderStatisticLikelihood(Self.summary, .range)
        let z = [2.0, 4, 9].map { (log($0 / 4) - 0.1) / 0.6 }
        let density =
            phi(z[0]) * phi(z[1]) * phi(z[2]) / pow(0.6, 3) * (cumulative(z[1]) - cumulative(z[0]))
            * (cumulative(z[2]) - cumulative(z[1])) / (0.5 * 1 * 2.25)
        let value = likelihood.logarithm(power: 0, location: 0.1, scale: 0.6)
        #expect(abs(value - log(density)) < 1e-12)
    }

    @Test(arguments: QuantileSummary.Scenario.allCases) func maximumIsOne(scenario: QuantileSummary.Scenario) {
        let summary = QuantileSummary(
            minimum: scenario == .quartiles ? nil : 3, firstQuartile: scenario == .range ? nil : 8, median: 10,
            thirdQuartile: scenario == .range ? nil : 13, maximum: scenario == .quartiles ? nil : 20, size: 41)
        let likelihood = OrderStatisticLikelihood(summary, scenario)
        let best = likelihood.mostLikely(power: 0.3, near: (0.05, 0.4))
        let top = likelihood.logarithm(power: 0.3, location: best.location, scale: best.scale)
        for (shift, stretch) in [(1e-3, 1.0), (-1e-3, 1), (0, 1.003), (0, 0.997), (0.3, 2)] {
            let other = likelihood.logarithm(
                power: 0.3, location: best.location + shift, scale: best.scale * stretch)
            #expect(other < top, "\(shift) \(stretch)")
        }
        let elsewhere = likelihood.mostLikely(power: 0.3, near: (0.2, 0.7))
        #expect(abs(elsewhere.location - best.location) < 1e-6)
        #expect(abs(elsewhere.scale - best.scale) < 1e-6)
    }

    /// SciPy's Nelder–Mead search of the same likelihood for min 2, median 4, max 9, n = 100.
    @Test func mostLikelyPower() throws {
        let summary = QuantileSummary(minimum: 2, median: 4, maximum: 9, size: 100)
        let fit = try PowerNormal(mostLikelyFor: summary, .range)
        #expect(abs(fit.power - -0.2026707) < 2e-6, "\(fit.power)")
        let moments = try fit.moments()
        #expect(abs(moments.mean - 4.2325) < 2e-4, "\(moments)")
        #expect(abs(moments.deviation - 1.3567) < 2e-4, "\(moments)")
    }
}

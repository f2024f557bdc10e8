import Foundation
import Testing

@testable import MetaAnalysis

struct PowerNormalTests {
    private static let z = ReferenceDistribution.normal.quantile(0.75)

    /// Quantiles of a variable whose power is normal: the power is found, and for the logarithm the moments are known.
    @Test(arguments: [-0.3, 0, 0.4, 1, 2]) func symmetrizingPowerIsFound(power: Double) throws {
        func value(_ z: Double) -> Double {
            power == 0 ? 12 * exp(0.2 * z) : 12 * pow(1 + power * 0.2 * z, 1 / power)
        }
        let quartiles = QuantileSummary(
            firstQuartile: value(-Self.z), median: value(0), thirdQuartile: value(Self.z), size: 1e9)
        let fit = try PowerNormal(symmetrizing: quartiles, .quartiles)
        #expect(abs(fit.power - power) < 1e-9, "\(fit.power)")
        #expect(abs(fit.location) < 1e-9)
        // The probabilities of Wan's formula reach the quartiles as n grows.
        #expect(abs(fit.scale - 0.2) < 1e-8, "\(fit.scale)")
        let moments = try fit.moments()
        if power == 0 {
            #expect(abs(moments.mean - 12 * exp(0.02)) < 1e-6)
            #expect(abs(moments.deviation - 12 * exp(0.02) * sqrt(exp(0.04) - 1)) < 1e-6)
        } else if power == 1 {
            #expect(abs(moments.mean - 12) < 1e-6)
            // Cut at five standard deviations on both sides.
            #expect(abs(moments.deviation - 2.4) < 3e-5)
        }
    }

    @Test func fiveNumbersOfALogNormalVariable() throws {
        func value(_ z: Double) -> Double { 5 * exp(0.5 * z) }
        let outer = ReferenceDistribution.normal.upperQuantile(0.625 / 80.25)
        let inner = ReferenceDistribution.normal.upperQuantile((0.25 * 80 + 0.375) / 80.25)
        let summary = QuantileSummary(
            minimum: value(-outer), firstQuartile: value(-inner), median: value(0), thirdQuartile: value(inner),
            maximum: value(outer), size: 80)
        for fit in [
            try PowerNormal(symmetrizing: summary, .fiveNumbers), try PowerNormal(mostLikelyFor: summary, .fiveNumbers),
        ] {
            #expect(abs(fit.power) < 0.05, "\(fit.power)")
            let moments = try fit.moments()
            #expect(abs(moments.mean / (5 * exp(0.125)) - 1) < 0.03, "\(moments)")
            #expect(abs(moments.deviation / (5 * exp(0.125) * sqrt(exp(0.25) - 1)) - 1) < 0.08, "\(moments)")
        }
    }

    /// Moments near λ = 0 run into those of the logarithm; (1 + Z/5)² has mean 1 + 1/25 and variance 4/25 + 2/625.
    @Test func momentsByQuadrature() throws {
        var fit = try PowerNormal(
            symmetrizing: QuantileSummary(minimum: 2, median: 4, maximum: 9, size: 100), .range)
        // By a trapezoid rule of 200001 points in SciPy.
        let reference = try fit.moments()
        #expect(abs(reference.mean - 4.227251486834502) < 1e-9, "\(reference)")
        #expect(abs(reference.deviation - 1.3385365004791383) < 1e-9, "\(reference)")

        (fit.power, fit.location, fit.scale, fit.unit) = (0.5, 0, 0.4, 1)
        let square = try fit.moments()
        // Cut at five standard deviations, where the transformation ends.
        #expect(abs(square.mean - 1.04) < 2e-5)
        #expect(abs(square.deviation - sqrt(4.0 / 25 + 2.0 / 625)) < 1e-4)

        fit.power = 0
        let logarithm = try fit.moments()
        for power in [-1e-7, 1e-7] {
            fit.power = power
            let near = try fit.moments()
            #expect(abs(near.mean / logarithm.mean - 1) < 1e-6)
            #expect(abs(near.deviation / logarithm.deviation - 1) < 1e-5)
        }
    }
}

import Foundation
import Testing

@testable import MetaAnalysis

struct PairedMeansTimesTests {
    /// Variance of the change 9 + 16 − 2·½·12 = 13.
    private static func times(
        _ firstDeviation: Double = 3, _ secondDeviation: Double = 4, size: Double = 5, correlation: Double = 0.5,
        firstMean: Double = 10
    ) -> PairedMeans {
        .times(
            firstMean: firstMean, firstDeviation: firstDeviation, secondMean: 6, secondDeviation: secondDeviation,
            size: size, correlation: correlation)
    }

    private let uncorrected = EffectSettings(biasCorrected: false)

    @Test func standardizedChangesByHand() throws {
        // J on 4 degrees of freedom: √(2/π).
        let y = sqrt(2 / .pi) * 4 / 3
        #expect(
            try EffectProbe.effect(Self.times(), .heteroscedasticRawScoreStandardizedMeanChange)
                .isNear(y, 13.0 / 9 / 4 + y * y / 8))
        // p² = 25/2.
        let d = 4 / sqrt(12.5)
        #expect(
            try EffectProbe.effect(Self.times(), .pooledStandardizedMeanChange, uncorrected)
                .isNear(d, 1.0 / 5 + 1.25 * d * d / 20))
        #expect(
            try EffectProbe.effect(Self.times(), .heteroscedasticPooledStandardizedMeanChange, uncorrected)
                .isNear(d, 13 / 12.5 / 4 + d * d * (81 + 256 + 0.5 * 144) / (8 * 12.5 * 12.5 * 4)))
        // Uncorrelated times have 2 (n − 1) = 4 degrees of freedom at n = 3.
        let few = Self.times(size: 3, correlation: 0)
        let corrected = try #require(try EffectProbe.effect(few, .pooledStandardizedMeanChange))
        #expect(corrected.estimate.isNear(sqrt(2 / .pi) * d))
    }

    @Test func ratiosOfSpreadByHand() throws {
        #expect(try EffectProbe.effect(Self.times(), .variabilityRatio).isNear(log(0.75), 0.75 / 4))
        // Coefficients of variation 3/10 and 2/3.
        let (a, b) = (0.3, 2.0 / 3)
        let variance = 0.75 / 4 + (a * a + b * b - a * b) / 5
        #expect(
            try EffectProbe.effect(Self.times(), .coefficientOfVariationRatio)
                .isNear(log(0.45) + (b * b - a * a) / 10, variance))
        #expect(
            try EffectProbe.effect(Self.times(), .coefficientOfVariationRatio, uncorrected)
                .isNear(log(0.45), variance))
    }

    @Test func normalSuperiorityByHand() throws {
        // z = 4/5.
        let density = exp(-0.32) / sqrt(2 * .pi)
        let variance = density * density * (13.0 / 25 + 0.64 * (81 + 256 + 0.5 * 144) / (2 * 625)) / 4
        #expect(try EffectProbe.effect(Self.times(), .normalSuperiority).isNear(0.78814460141660336, variance))
    }

    private static let both: [PairedMeans.Measure] = [
        .heteroscedasticRawScoreStandardizedMeanChange, .pooledStandardizedMeanChange,
        .heteroscedasticPooledStandardizedMeanChange, .variabilityRatio, .coefficientOfVariationRatio,
        .normalSuperiority,
    ]

    @Test(arguments: both) func dataThatDoNotSuffice(measure: PairedMeans.Measure) throws {
        func reason(_ outcome: PairedMeans) throws -> String? { try EffectProbe.reason(outcome, measure) }
        #expect(try reason(.change(mean: 4, deviation: 2, size: 5))?.hasPrefix("only the change") == true)
        #expect(try reason(Self.times(size: 1))?.contains("one participant") == true)
        #expect(try reason(Self.times(0, 0))?.hasPrefix("the standard deviation is 0 at both times") == true)
        #expect(try EffectProbe.effect(Self.times(size: 1e9), measure) != nil)
        #expect(try EffectProbe.effect(Self.times(size: 2), measure, uncorrected) != nil)
    }

    @Test func dataWithoutTheEffect() throws {
        for measure in [PairedMeans.Measure.variabilityRatio, .coefficientOfVariationRatio] {
            #expect(
                try EffectProbe.reason(Self.times(3, 0), measure)
                    == "the standard deviation at the second time is 0, which has no logarithm")
            #expect(try EffectProbe.reason(Self.times(correlation: -1), measure)?.contains("perfectly") == true)
        }
        #expect(
            try EffectProbe.reason(Self.times(firstMean: 0), .coefficientOfVariationRatio)?.contains("not positive")
                == true)
        #expect(
            try EffectProbe.reason(Self.times(size: 2), .heteroscedasticRawScoreStandardizedMeanChange)?
                .contains("bias correction") == true)
        #expect(
            try EffectProbe.reason(Self.times(size: 2, correlation: 1), .pooledStandardizedMeanChange)?
                .contains("bias correction") == true)
        #expect(
            try EffectProbe.reason(Self.times(0, 4), .heteroscedasticRawScoreStandardizedMeanChange)?
                .contains("nothing can be standardized") == true)
    }
}

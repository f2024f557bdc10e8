import Foundation
import Testing

@testable import MetaAnalysis

struct TwoGroupMeansVariabilityTests {
    let small = TwoGroupMeans(
        treatedSize: 6, treatedMean: 4, treatedDeviation: 2, controlSize: 3, controlMean: 2, controlDeviation: 3)
    let uncorrected = EffectSettings(biasCorrected: false)

    @Test func variabilityRatioByHand() throws {
        let ratio = log(2.0 / 3)
        #expect(try EffectProbe.effect(small, .variabilityRatio).isNear(ratio + 0.1 - 0.25, 0.35))
        #expect(try EffectProbe.effect(small, .variabilityRatio, uncorrected).isNear(ratio, 0.35))
    }

    @Test func coefficientOfVariationRatioByHand() throws {
        // Squared coefficients of variation over n: 1/4/6 and 9/4/3.
        let variance = 0.35 + 1.0 / 24 + 0.75
        let ratio = log(1.0 / 3)
        #expect(
            try EffectProbe.effect(small, .coefficientOfVariationRatio)
                .isNear(ratio - 0.15 + (0.75 - 1.0 / 24) / 2, variance))
        #expect(try EffectProbe.effect(small, .coefficientOfVariationRatio, uncorrected).isNear(ratio, variance))
    }

    @Test func theRatioOfVariationIsThatOfSpreadsOverThatOfMeans() throws {
        func estimate(_ measure: TwoGroupMeans.Measure) throws -> Double {
            try #require(try EffectProbe.effect(small, measure, uncorrected)).estimate
        }
        #expect(
            (try estimate(.variabilityRatio) - (try estimate(.ratioOfMeans)))
                .isNear(try estimate(.coefficientOfVariationRatio)))
    }

    @Test func dataWithoutARatio() throws {
        func reason(_ measure: TwoGroupMeans.Measure, _ change: (inout TwoGroupMeans) -> Void) throws -> String? {
            var outcome = small
            change(&outcome)
            return try EffectProbe.reason(outcome, measure)
        }
        for measure in [TwoGroupMeans.Measure.variabilityRatio, .coefficientOfVariationRatio] {
            #expect(
                try reason(measure) { $0.controlDeviation = 0 }
                    == "the standard deviation of the control group is 0, which has no logarithm")
            #expect(try reason(measure) { $0.treatedSize = 1 }?.contains("one participant") == true)
        }
        #expect(try reason(.variabilityRatio) { $0.treatedMean = -1 } == nil)
        for mean in [0.0, -1] {
            #expect(
                try reason(.coefficientOfVariationRatio) { $0.treatedMean = mean }
                    == "a mean that is not positive gives no logarithm of a coefficient of variation")
        }
    }
}

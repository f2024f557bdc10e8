import Foundation
import Testing

@testable import MetaAnalysis

struct ReportedEffectTests {
    /// Upper 2.5 % point of the normal distribution.
    static let z = 1.959963984540054235524594

    func interval(_ y: Double, _ lower: Double, _ upper: Double, level: Double = 0.95) -> ReportedEffect {
        ReportedEffect(estimate: y, precision: .interval(lower: lower, upper: upper, level: level))
    }

    @Test func precisionInThreeForms() throws {
        #expect(
            try EffectProbe.effect(ReportedEffect(estimate: 1.5, precision: .variance(0.25)), .generic)
                .isNear(1.5, 0.25))
        #expect(
            try EffectProbe.effect(ReportedEffect(estimate: 1.5, precision: .standardError(0.5)), .generic)
                .isNear(1.5, 0.25))
        #expect(
            try EffectProbe.effect(interval(1.5, 1.5 - 0.5 * Self.z, 1.5 + 0.5 * Self.z), .generic)
                .isNear(1.5, 0.25))
        // The level of which the quantile is 1: 2Φ(1) − 1.
        #expect(
            try EffectProbe.effect(interval(0, -0.5, 0.5, level: 0.68268949213708589717), .generic).isNear(0, 0.25))
    }

    @Test func aHazardRatioIsTakenToTheLogScale() throws {
        let lower = exp(-log(2) - 0.3 * Self.z)
        let upper = exp(-log(2) + 0.3 * Self.z)
        #expect(try EffectProbe.effect(interval(0.5, lower, upper), .hazardRatio).isNear(-log(2), 0.09))
        #expect(
            try EffectProbe.effect(ReportedEffect(estimate: 0.5, precision: .standardError(0.3)), .hazardRatio)
                .isNear(-log(2), 0.09))
        #expect(ReportedEffect.Measure.hazardRatio.scale == .log)
    }

    @Test func theInverseOfAHazardRatioHasTheOtherSign() throws {
        let one = try #require(try EffectProbe.effect(interval(0.8, 0.5, 1.28), .hazardRatio))
        #expect(
            try EffectProbe.effect(interval(1 / 0.8, 1 / 1.28, 1 / 0.5), .hazardRatio)
                .isNear(-one.estimate, one.variance))
    }

    @Test func valuesBeyondTheRangeAreLeftOut() throws {
        #expect(
            try EffectProbe.reason(ReportedEffect(estimate: 1, precision: .standardError(1e200)), .generic)
                == "the effect or its variance is outside the range of numbers")
        #expect(
            try EffectProbe.reason(ReportedEffect(estimate: 1, precision: .standardError(1e-200)), .generic)
                == "the sampling variance is 0")
        #expect(try EffectProbe.effect(ReportedEffect(estimate: 1e300, precision: .variance(1e-300)), .generic) != nil)
    }

    @Test func impossibleReportsAreRefusedByRole() {
        func refused(_ y: Double, _ precision: ReportedEffect.Precision) -> String? {
            EffectProbe.refused(ReportedEffect(estimate: y, precision: precision))
        }
        #expect(refused(.nan, .variance(1)) == "yi")
        #expect(refused(1, .variance(0)) == "vi")
        #expect(refused(1, .variance(-1)) == "vi")
        #expect(refused(1, .standardError(0)) == "sei")
        #expect(refused(1, .standardError(.infinity)) == "sei")
        #expect(refused(1, .interval(lower: 2, upper: 0, level: 0.95)) == "ci_low")
        #expect(refused(1, .interval(lower: 1, upper: 1, level: 0.95)) == "ci_low")
        #expect(refused(1, .interval(lower: .nan, upper: 2, level: 0.95)) == "ci_low")
        #expect(refused(1, .interval(lower: 0, upper: .infinity, level: 0.95)) == "ci_high")
        #expect(refused(3, .interval(lower: 0, upper: 2, level: 0.95)) == "yi")
        for level in [0, 1, 95, .nan] {
            #expect(refused(1, .interval(lower: 0, upper: 2, level: level)) == "ci_low")
        }
    }

    @Test func anEstimateRoundedOutOfItsIntervalIsForgiven() {
        #expect(EffectProbe.refused(interval(0.2, 0.201, 0.9)) == nil)
        #expect(EffectProbe.refused(interval(0.18, 0.201, 0.9)) == "yi")
    }

    @Test func impossibleHazardRatiosAreRefusedByRole() {
        func refused(_ y: Double, _ lower: Double, _ upper: Double) -> String? {
            EffectProbe.refused(interval(y, lower, upper), .hazardRatio)
        }
        #expect(refused(0.8, 0.5, 1.2) == nil)
        #expect(refused(0, 0.5, 1.2) == "yi")
        #expect(refused(-0.2, -0.7, 0.2) == "yi")
        #expect(refused(0.8, 0, 1.2) == "ci_low")
        #expect(refused(0.8, 1.2, 0.5) == "ci_low")
        #expect(refused(2, 0.5, 1.2) == "yi")
        #expect(
            EffectProbe.refused(ReportedEffect(estimate: -1, precision: .standardError(1)), .hazardRatio) == "yi")
    }
}

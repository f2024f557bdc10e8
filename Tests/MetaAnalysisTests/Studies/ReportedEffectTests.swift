import Foundation
import Testing

@testable import MetaAnalysis

struct ReportedEffectTests {
    /// Upper 2.5 % point of the normal distribution.
    static let z = 1.959963984540054235524594

    func interval(
        _ y: Double, _ lower: Double, _ upper: Double, level: Double = 0.95, form: ReportedEffect.Form = .analysis
    ) -> ReportedEffect {
        ReportedEffect(estimate: y, precision: .interval(lower: lower, upper: upper, level: level), form: form)
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
        #expect(try EffectProbe.effect(interval(0.5, lower, upper, form: .ratio), .hazardRatio).isNear(-log(2), 0.09))
        #expect(
            try EffectProbe.effect(
                ReportedEffect(estimate: 0.5, precision: .standardError(0.3), isRatio: true), .hazardRatio
            ).isNear(-log(2), 0.09))
        // What is on the analysis scale stays there, as for any other measure.
        #expect(
            try EffectProbe.effect(ReportedEffect(estimate: 0.5, precision: .standardError(0.3)), .hazardRatio)
                .isNear(0.5, 0.09))
        // p = 0.0455002638963584 is that of z = 2.
        #expect(
            try EffectProbe.effect(
                ReportedEffect(estimate: 0.5, precision: .pValue(0.0455002638963584), form: .ratio), .hazardRatio
            ).isNear(-log(2), log(2) * log(2) / 4))
        #expect(
            try EffectProbe.reason(ReportedEffect(estimate: 0.5, precision: .pValue(1), form: .ratio), .hazardRatio)?
                .contains("p-value of 1") == true)
        #expect(ReportedEffect.Measure.hazardRatio.scale == .log)
    }

    @Test func theInverseOfAHazardRatioHasTheOtherSign() throws {
        let one = try #require(try EffectProbe.effect(interval(0.8, 0.5, 1.28, form: .ratio), .hazardRatio))
        #expect(
            try EffectProbe.effect(interval(1 / 0.8, 1 / 1.28, 1 / 0.5, form: .ratio), .hazardRatio)
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
            EffectProbe.refused(interval(y, lower, upper, form: .ratio), .hazardRatio)
        }
        #expect(refused(0.8, 0.5, 1.2) == nil)
        #expect(refused(0, 0.5, 1.2) == "ratio")
        #expect(refused(-0.2, -0.7, 0.2) == "ratio")
        #expect(refused(0.8, 0, 1.2) == "ci_low")
        #expect(refused(0.8, 1.2, 0.5) == "ci_low")
        #expect(refused(2, 0.5, 1.2) == "ratio")
        #expect(
            EffectProbe.refused(ReportedEffect(estimate: -1, precision: .standardError(1), isRatio: true), .hazardRatio)
                == "ratio")
    }

    /// Reference values: qlogis, atanh and asin of R 4.4 on the numbers beside them; the same by hand, ln(0.2/0.8) = -ln 4.
    @Test func formsGoThroughTheScaleOfTheMeasure() throws {
        func effect(_ effect: ReportedEffect, _ scale: EffectScale) throws -> EffectEstimate? {
            try EffectProbe.effect(effect.wanted(on: scale), .generic)
        }
        func variance(_ lower: Double, _ upper: Double) -> Double { pow((upper - lower) / (2 * Self.z), 2) }
        let proportion = interval(0.2, 0.1, 0.4, form: .proportion)
        #expect(try effect(proportion, .logit).isNear(-log(4), variance(log(1.0 / 9), log(2.0 / 3))))
        #expect(try effect(proportion, .identity).isNear(0.2, variance(0.1, 0.4)))
        #expect(
            try effect(proportion, .arcsine).isNear(
                asin(sqrt(0.2)), variance(asin(sqrt(0.1)), asin(sqrt(0.4)))))
        let correlation = interval(0.8, 0.5, 0.9, form: .correlation)
        #expect(try effect(correlation, .fisherZ).isNear(log(9) / 2, variance(log(3) / 2, log(19) / 2)))
        // By the delta method from z back to r.
        #expect(
            try effect(correlation, .identity).isNear(0.8, 0.36 * 0.36 * variance(log(3) / 2, log(19) / 2)))
        let efficacy = interval(0.75, 0.5, 0.9, form: .efficacy)
        #expect(try effect(efficacy, .logComplement).isNear(log(4), variance(log(2), log(10))))
        #expect(try effect(efficacy, .log).isNear(-log(4), variance(log(2), log(10))))
        let sized = ReportedEffect(
            estimate: 0.2, precision: .interval(lower: 0.1, upper: 0.4, level: 0.95), form: .proportion,
            participants: 40)
        let pft = try #require(try effect(sized, .freemanTukey))
        #expect(abs(pft.estimate - (asin(sqrt(8.0 / 41)) + asin(sqrt(9.0 / 41))) / 2) < 1e-14)
        #expect(
            try EffectProbe.reason(proportion.wanted(on: .freemanTukey), .generic)?.contains("(ni)") == true)
        #expect(
            try EffectProbe.reason(interval(0.02, 0, 0.1, form: .proportion).wanted(on: .logit), .generic)
                == "the lower bound of the interval is 0, which the logit scale has no number for")
    }

    @Test func whatIsOutOfReachOfAScaleIsRefused() {
        func refused(_ effect: ReportedEffect, _ scale: EffectScale) -> String? {
            EffectProbe.refused(effect.wanted(on: scale))
        }
        #expect(refused(interval(22, 15, 31), .logit) == "yi" && refused(interval(22, 15, 31), .identity) == nil)
        #expect(refused(interval(80, 60, 90), .logComplement) == "yi")
        #expect(refused(interval(-0.1, -0.2, 0), .arcsine) == "yi")
        #expect(refused(interval(1.2, 0.9, 1.4, form: .proportion), .logit) == "proportion")
        #expect(refused(interval(0.9, 0.8, 1.4, form: .correlation), .fisherZ) == "ci_high")
        #expect(refused(interval(0.9, 0.8, 1.4, form: .efficacy), .log) == "ci_high")
    }
}

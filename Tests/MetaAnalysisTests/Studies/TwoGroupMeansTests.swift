import Foundation
import Testing

@testable import MetaAnalysis

struct TwoGroupMeansTests {
    /// Pooled variance ((4 − 1)·4 + (2 − 1)·8) / 4 = 5, on 4 degrees of freedom.
    let small = TwoGroupMeans(
        treatedSize: 4, treatedMean: 3, treatedDeviation: 2, controlSize: 2, controlMean: 1,
        controlDeviation: sqrt(8))
    /// J on 4 degrees of freedom: Γ(2) / (√2 Γ(3/2)) = √(2/π).
    let factor = sqrt(2 / Double.pi)

    @Test func meanDifferenceByHand() throws {
        #expect(try EffectProbe.effect(small, .meanDifference).isNear(2, 4.0 / 4 + 8.0 / 2))
        #expect(
            try EffectProbe.effect(small, .meanDifference, EffectSettings(variance: .homoscedastic))
                .isNear(2, 5 * 0.75))
    }

    @Test func standardizedMeanDifferenceByHand() throws {
        let d = 2 / sqrt(5)
        let g = factor * d
        func effect(_ variant: VarianceVariant?, corrected: Bool = true) throws -> EffectEstimate? {
            try EffectProbe.effect(
                small, .standardizedMeanDifference, EffectSettings(variance: variant, biasCorrected: corrected))
        }
        #expect(try effect(nil).isNear(g, 0.75 + g * g / 12))
        #expect(try effect(.largeSample, corrected: false).isNear(d, 0.75 + d * d / 12))
        #expect(try effect(.largeSampleSquaredCorrection).isNear(g, factor * factor * (0.75 + d * d / 12)))
        #expect(try effect(.unbiased).isNear(g, 0.75 + (1 - 2 / (4 * factor * factor)) * g * g))
        // The average of one study is its own value.
        #expect(try effect(.averaged).isNear(g, 0.75 + g * g / 12))
    }

    @Test func averagedVarianceWeighsBySize() throws {
        var other = small
        other.treatedSize = 10
        other.controlSize = 8
        other.treatedMean = 9
        let both = try EffectSizes(
            [Study("a", small), Study("b", other)], measure: .standardizedMeanDifference,
            settings: EffectSettings(variance: .averaged))
        let mean = (6 * both.effects[0].estimate + 18 * both.effects[1].estimate) / 24
        #expect(both.effects[0].variance.isNear(0.75 + mean * mean / 12))
        #expect(both.effects[1].variance.isNear(1 / 10.0 + 1 / 8.0 + mean * mean / 36))
    }

    @Test func heteroscedasticDifferenceByHand() throws {
        // s² = (4 + 8)/2 = 6.
        let y = factor * 2 / sqrt(6)
        let variance = y * y * (16.0 / 3 + 64.0 / 1) / (8 * 36) + (4.0 / 3 + 8.0 / 1) / 6
        #expect(try EffectProbe.effect(small, .heteroscedasticStandardizedMeanDifference).isNear(y, variance))
    }

    @Test func ratioOfMeansByHand() throws {
        // Squared coefficients of variation over n: 4/9/4 = 1/9 and 8/1/2 = 4.
        func effect(_ variant: VarianceVariant?, corrected: Bool = true) throws -> EffectEstimate? {
            try EffectProbe.effect(
                small, .ratioOfMeans, EffectSettings(variance: variant, biasCorrected: corrected))
        }
        let y = log(3) + (1.0 / 9 - 4) / 2
        #expect(try effect(nil).isNear(y, 1.0 / 9 + 4))
        #expect(try effect(nil, corrected: false).isNear(log(3), 1.0 / 9 + 4))
        #expect(try effect(.homoscedastic).isNear(y, 5 * (1.0 / 36 + 1.0 / 2)))
        #expect(try effect(.averaged).isNear(y, 1.0 / 9 + 4))
        // (4·(2/3) + 2·√8) / 6 squared, times 1/4 + 1/2.
        let variation = (4 * 2.0 / 3 + 2 * sqrt(8)) / 6
        #expect(try effect(.averagedHomoscedastic).isNear(y, variation * variation * 0.75))
    }

    @Test func averagedVariationTakesInStudiesWithoutARatio() throws {
        var opposite = small
        opposite.controlMean = -1
        let effects = try EffectSizes(
            [Study("a", small), Study("b", opposite)], measure: .ratioOfMeans,
            settings: EffectSettings(variance: .averaged))
        #expect(effects.excluded.map(\.label) == ["b"])
        // First groups alike; second groups' √8 and −√8 average to 0.
        #expect(effects.effects[0].variance.isNear(1.0 / 9))
    }

    @Test(arguments: TwoGroupMeans.Measure.allCases.filter(\.details.changesSignWithGroups))
    func swappingTheArmsFlipsTheSign(measure: TwoGroupMeans.Measure) throws {
        let swapped = TwoGroupMeans(
            treatedSize: 2, treatedMean: 1, treatedDeviation: sqrt(8), controlSize: 4, controlMean: 3,
            controlDeviation: 2)
        for variant in measure.variances {
            let settings = EffectSettings(variance: variant)
            let one = try #require(try EffectProbe.effect(small, measure, settings))
            #expect(one.variance > 0)
            #expect(try EffectProbe.effect(swapped, measure, settings).isNear(-one.estimate, one.variance))
        }
    }

    @Test(
        arguments: [
            TwoGroupMeans.Measure.standardizedMeanDifference, .heteroscedasticStandardizedMeanDifference, .ratioOfMeans,
        ], [1e-300, 1e-160, 2.54, 1e160, 1e300])
    func aChangeOfUnitChangesNothing(measure: TwoGroupMeans.Measure, unit: Double) throws {
        var scaled = small
        scaled.treatedMean *= unit
        scaled.treatedDeviation *= unit
        scaled.controlMean *= unit
        scaled.controlDeviation *= unit
        for variant in measure.variances {
            let settings = EffectSettings(variance: variant)
            let one = try #require(try EffectProbe.effect(small, measure, settings))
            #expect(try EffectProbe.effect(scaled, measure, settings).isNear(one.estimate, one.variance))
        }
    }

    @Test func meanDifferenceScalesWithTheUnit() throws {
        var scaled = small
        scaled.treatedMean *= 10
        scaled.treatedDeviation *= 10
        scaled.controlMean *= 10
        scaled.controlDeviation *= 10
        #expect(try EffectProbe.effect(scaled, .meanDifference).isNear(20, 500))
        scaled.treatedDeviation = 1e200
        #expect(
            try EffectProbe.reason(scaled, .meanDifference)
                == "the effect or its variance is outside the range of numbers")
    }

    @Test func inABillionParticipantsTheBiasCorrectionVanishes() throws {
        var large = small
        large.treatedSize = 1e9
        large.controlSize = 1e9
        let corrected = try #require(try EffectProbe.effect(large, .standardizedMeanDifference))
        let plain = try #require(
            try EffectProbe.effect(large, .standardizedMeanDifference, EffectSettings(biasCorrected: false)))
        // 1 − 3/(4m − 1) with m = 2e9 − 2.
        #expect((corrected.estimate / plain.estimate).isNear(1 - 3.75e-10))
        #expect(corrected.variance > 0)
        #expect(plain.variance.isNear(2e-9 + plain.estimate * plain.estimate / 4e9))
    }

    @Test func fewParticipants() throws {
        func reason(_ n1: Double, _ n2: Double, _ measure: TwoGroupMeans.Measure, corrected: Bool = true) throws
            -> String?
        {
            var few = small
            few.treatedSize = n1
            few.controlSize = n2
            return try EffectProbe.reason(few, measure, EffectSettings(biasCorrected: corrected))
        }
        #expect(try reason(0, 2, .meanDifference) == "no participants in the treated group")
        #expect(try reason(2, 0, .ratioOfMeans) == "no participants in the control group")
        #expect(try reason(1, 1, .meanDifference) == nil)
        #expect(try reason(1, 1, .ratioOfMeans) == nil)
        #expect(try reason(1, 1, .standardizedMeanDifference, corrected: false)?.contains("pooled") == true)
        #expect(try reason(2, 1, .standardizedMeanDifference)?.contains("bias correction") == true)
        #expect(try reason(2, 1, .standardizedMeanDifference, corrected: false) == nil)
        #expect(try reason(2, 2, .standardizedMeanDifference) == nil)
        #expect(try reason(1, 9, .standardizedMeanDifference) == nil)
        #expect(try reason(1, 9, .heteroscedasticStandardizedMeanDifference)?.contains("one participant") == true)
    }

    @Test func standardDeviationsOfZero() throws {
        var none = small
        none.treatedDeviation = 0
        for measure in TwoGroupMeans.Measure.allCases {
            let isOfSpread = measure == .variabilityRatio || measure == .coefficientOfVariationRatio
            // The second group has two participants.
            let settings = EffectSettings(biasCorrected: measure.details.changesSignWithGroups)
            #expect(
                try EffectProbe.reason(none, measure, settings)
                    == (isOfSpread
                        ? "the standard deviation of the treated group is 0, which has no logarithm" : nil))
        }
        none.controlDeviation = 0
        for measure in TwoGroupMeans.Measure.allCases {
            #expect(
                try EffectProbe.reason(none, measure)
                    == "the standard deviation is 0 in both groups, so the effect has no sampling variance")
        }
        none.treatedSize = 1
        none.treatedDeviation = 1
        none.controlSize = 5
        #expect(try EffectProbe.reason(none, .standardizedMeanDifference) == "the pooled standard deviation is 0")
    }

    @Test(arguments: [(0.0, 1.0), (1, 0), (-1, 1), (0, 0)])
    func meansWithoutARatio(means: (Double, Double)) throws {
        var outcome = small
        (outcome.treatedMean, outcome.controlMean) = means
        #expect(
            try EffectProbe.reason(outcome, .ratioOfMeans)
                == "the two means are 0 or of opposite sign, so their ratio has no logarithm")
    }

    @Test func twoNegativeMeansHaveARatio() throws {
        var outcome = small
        outcome.treatedMean = -3
        outcome.controlMean = -1
        #expect(try EffectProbe.effect(outcome, .ratioOfMeans).isNear(log(3) + (1.0 / 9 - 4) / 2, 1.0 / 9 + 4))
    }

    @Test func impossibleMeansAreRefusedByRole() {
        func refused(_ change: (inout TwoGroupMeans) -> Void) -> String? {
            var outcome = small
            change(&outcome)
            return EffectProbe.refused(outcome)
        }
        #expect(refused { _ in } == nil)
        #expect(refused { $0.treatedSize = -1 } == "n1i")
        #expect(refused { $0.treatedMean = .infinity } == "m1i")
        #expect(refused { $0.treatedDeviation = -0.1 } == "sd1i")
        #expect(refused { $0.controlSize = .nan } == "n2i")
        #expect(refused { $0.controlMean = .nan } == "m2i")
        #expect(refused { $0.controlDeviation = .infinity } == "sd2i")
    }
}

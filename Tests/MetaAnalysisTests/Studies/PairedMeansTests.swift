import Foundation
import Testing

@testable import MetaAnalysis

struct PairedMeansTests {
    /// Variance of the change 9 + 16 − 2·0.5·12 = 13, of 5 participants; J on 4 degrees of freedom is √(2/π).
    let small = PairedMeansTests.times(10, 3, 6, 4, 5, 0.5)
    let factor = sqrt(2 / Double.pi)

    static func times(
        _ m1: Double, _ sd1: Double, _ m2: Double, _ sd2: Double, _ n: Double, _ r: Double
    ) -> PairedMeans {
        .times(
            firstMean: m1, firstDeviation: sd1, secondMean: m2, secondDeviation: sd2, size: n, correlation: r)
    }

    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(small, .meanChange).isNear(4, 13.0 / 5))
        let c = factor * 4 / sqrt(13)
        #expect(try EffectProbe.effect(small, .standardizedMeanChange).isNear(c, 0.2 + c * c / 10))
        let r = factor * 4 / 3
        #expect(try EffectProbe.effect(small, .rawScoreStandardizedMeanChange).isNear(r, 1.0 / 5 + r * r / 10))
        #expect(
            try EffectProbe.effect(small, .ratioOfMeans)
                .isNear(log(10.0 / 6) + (0.09 - 4.0 / 9) / 10, (0.09 + 4.0 / 9 - 0.2) / 5))
    }

    /// R: `escalc(measure = "SMCC", m1i = c(12, 14), sd1i = c(4, 5), m2i = c(10, 11), sd2i = c(3.5, 5.5), ni = c(25, 30),
    /// ri = c(0.5, 0.6), vtype = "LS2")`, and the same for SMCR (metafor 3.8-1).
    @Test(
        arguments: [
            (.standardizedMeanChange, [0.0427737050159764, 0.0380083430568128]),
            (.rawScoreStandardizedMeanChange, [0.0421979051407613, 0.0309821278636936]),
        ] as [(PairedMeans.Measure, [Double])])
    func variancesWithTheSquaredCorrection(measure: PairedMeans.Measure, expected: [Double]) throws {
        let squared = EffectSettings(variance: .largeSampleSquaredCorrection)
        let studies = [Self.times(12, 4, 10, 3.5, 25, 0.5), Self.times(14, 5, 11, 5.5, 30, 0.6)]
        for (study, variance) in zip(studies, expected) {
            let effect = try #require(try EffectProbe.effect(study, measure, squared))
            #expect(effect.variance.isNear(variance))
            #expect(try EffectProbe.effect(study, measure)?.estimate == effect.estimate)
        }
    }

    @Test func effectsWithoutBiasCorrection() throws {
        let plain = EffectSettings(biasCorrected: false)
        let c = 4 / sqrt(13)
        #expect(try EffectProbe.effect(small, .standardizedMeanChange, plain).isNear(c, 0.2 + c * c / 10))
        #expect(
            try EffectProbe.effect(small, .rawScoreStandardizedMeanChange, plain)
                .isNear(4.0 / 3, 1.0 / 5 + 16.0 / 90))
        #expect(
            try EffectProbe.effect(small, .ratioOfMeans, plain).isNear(log(10.0 / 6), (0.09 + 4.0 / 9 - 0.2) / 5))
    }

    @Test(arguments: [PairedMeans.Measure.meanChange, .standardizedMeanChange])
    func aReportedChangeIsTheSameAsBothTimes(measure: PairedMeans.Measure) throws {
        let reported = PairedMeans.change(mean: 4, deviation: sqrt(13), size: 5)
        let both = try #require(try EffectProbe.effect(small, measure))
        #expect(try EffectProbe.effect(reported, measure).isNear(both.estimate, both.variance))
        #expect(reported.sampleSize == 5 && small.sampleSize == 5)
    }

    @Test(arguments: [PairedMeans.Measure.rawScoreStandardizedMeanChange, .ratioOfMeans])
    func aReportedChangeDoesNotSuffice(measure: PairedMeans.Measure) throws {
        #expect(
            try EffectProbe.reason(PairedMeans.change(mean: 4, deviation: 2, size: 5), measure)
                == "only the change is reported, and this measure needs mean and standard deviation at both times")
    }

    @Test(arguments: [PairedMeans.Measure.meanChange, .standardizedMeanChange, .ratioOfMeans])
    func exchangingTheTimesFlipsTheSign(measure: PairedMeans.Measure) throws {
        let one = try #require(try EffectProbe.effect(small, measure))
        #expect(
            try EffectProbe.effect(PairedMeansTests.times(6, 4, 10, 3, 5, 0.5), measure)
                .isNear(-one.estimate, one.variance))
    }

    @Test(
        arguments: [
            PairedMeans.Measure.standardizedMeanChange, .rawScoreStandardizedMeanChange, .ratioOfMeans,
        ], [1e-299, 0.1, 1e160, 1e299])
    func aChangeOfUnitChangesNothing(measure: PairedMeans.Measure, unit: Double) throws {
        let one = try #require(try EffectProbe.effect(small, measure))
        let scaled = PairedMeansTests.times(10 * unit, 3 * unit, 6 * unit, 4 * unit, 5, 0.5)
        #expect(try EffectProbe.effect(scaled, measure).isNear(one.estimate, one.variance))
    }

    @Test func perfectCorrelation() throws {
        // The change varies with the difference of the deviations alone.
        #expect(try EffectProbe.effect(PairedMeansTests.times(10, 3, 6, 4, 5, 1), .meanChange).isNear(4, 1.0 / 5))
        #expect(try EffectProbe.effect(PairedMeansTests.times(10, 3, 6, 4, 5, -1), .meanChange).isNear(4, 49.0 / 5))
        let constant = PairedMeansTests.times(10, 3, 6, 3, 5, 1)
        for measure in [PairedMeans.Measure.meanChange, .standardizedMeanChange] {
            #expect(
                try EffectProbe.reason(constant, measure)
                    == "the change has standard deviation 0, so it has no sampling variance")
        }
        #expect(
            try EffectProbe.effect(constant, .rawScoreStandardizedMeanChange)?.estimate.isNear(factor * 4 / 3) == true)
        let unchanged = PairedMeansTests.times(6, 3, 6, 3, 5, 1)
        #expect(
            try EffectProbe.reason(unchanged, .rawScoreStandardizedMeanChange)
                == "a perfect correlation, or no spread at either time, leaves the effect without a sampling variance")
    }

    @Test func nearlyPerfectCorrelationKeepsItsDigits() throws {
        // a² + b² − 2rab with a = b and 1 − r = 2⁻⁴⁰: 2·2⁻⁴⁰·9.
        let tight = PairedMeansTests.times(10, 3, 6, 3, 1, 1 - 0x1p-40)
        #expect(try EffectProbe.effect(tight, .meanChange).isNear(4, 18 * 0x1p-40))
    }

    @Test func fewParticipantsAndNoSpread() throws {
        #expect(try EffectProbe.reason(PairedMeansTests.times(1, 1, 2, 1, 0, 0), .meanChange) == "no participants")
        #expect(try EffectProbe.effect(PairedMeansTests.times(3, 1, 2, 1, 1, 0), .meanChange).isNear(1, 2))
        let two = PairedMeansTests.times(3, 1, 2, 1, 2, 0)
        #expect(try EffectProbe.reason(two, .standardizedMeanChange)?.contains("too few participants") == true)
        #expect(try EffectProbe.reason(two, .rawScoreStandardizedMeanChange)?.contains("too few participants") == true)
        #expect(try EffectProbe.effect(two, .standardizedMeanChange, EffectSettings(biasCorrected: false)) != nil)
        let flat = PairedMeansTests.times(3, 0, 2, 1, 9, 0)
        #expect(
            try EffectProbe.reason(flat, .rawScoreStandardizedMeanChange)
                == "the standard deviation at the first time is 0, so nothing can be standardized by it")
        #expect(try EffectProbe.reason(PairedMeansTests.times(3, 0, 2, 0, 9, 0), .meanChange) != nil)
        for means in [(0.0, 1.0), (1, 0), (-1, 1)] {
            #expect(
                try EffectProbe.reason(PairedMeansTests.times(means.0, 1, means.1, 1, 9, 0), .ratioOfMeans)
                    == "the two means are 0 or of opposite sign, so their ratio has no logarithm")
        }
    }

    @Test func impossibleDataAreRefusedByRole() {
        func refused(_ m1: Double, _ sd1: Double, _ m2: Double, _ sd2: Double, _ n: Double, _ r: Double) -> String? {
            EffectProbe.refused(PairedMeansTests.times(m1, sd1, m2, sd2, n, r))
        }
        #expect(refused(1, 1, 1, 1, 5, 0.5) == nil)
        #expect(refused(.nan, 1, 1, 1, 5, 0.5) == "m1i")
        #expect(refused(1, -1, 1, 1, 5, 0.5) == "sd1i")
        #expect(refused(1, 1, .infinity, 1, 5, 0.5) == "m2i")
        #expect(refused(1, 1, 1, -1, 5, 0.5) == "sd2i")
        #expect(refused(1, 1, 1, 1, -5, 0.5) == "ni")
        #expect(refused(1, 1, 1, 1, 5, 1.01) == "ri")
        #expect(refused(1, 1, 1, 1, 5, .nan) == "ri")
        #expect(EffectProbe.refused(PairedMeans.change(mean: .nan, deviation: 1, size: 5)) == "mi")
        #expect(EffectProbe.refused(PairedMeans.change(mean: 1, deviation: -1, size: 5)) == "sdi")
        #expect(EffectProbe.refused(PairedMeans.change(mean: 1, deviation: 1, size: .infinity)) == "ni")
    }
}

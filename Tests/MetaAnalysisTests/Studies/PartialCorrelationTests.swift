import Foundation
import Testing

@testable import MetaAnalysis

struct PartialCorrelationTests {
    /// The five studies of Aloe & Thompson (2013), doi:10.5243/jsswr.2013.24.
    static let studies: [Study<PartialCorrelation>] = rows.map { t, size, predictors, determination in
        Study(
            "n = \(size)",
            PartialCorrelation(
                evidence: .statistic(t), size: size, predictors: predictors, determination: determination))
    }

    private static let rows: [(Double, Double, Double, Double)] = [
        (4.61, 218, 4, 0.24), (6.19, 232, 7, 0.455), (4.07, 156, 6, 0.5), (-0.77, 382, 19, 0.327),
        (1.16, 259, 15, 0.117),
    ]

    /// To the four decimals that R's `escalc` is published with for the first study.
    @Test(
        arguments: [
            (.partial, 0.3012, 0.0039), (.fisherPartial, 0.3108, 0.0047), (.semiPartial, 0.2754, 0.0033),
        ] as [(PartialCorrelation.Measure, Double, Double)])
    func agreesWithR(measure: PartialCorrelation.Measure, estimate: Double, variance: Double) throws {
        let effect = try #require(try EffectSizes(Self.studies, measure: measure).effects.first)
        #expect(abs(effect.estimate - estimate) < 5e-5 && abs(effect.variance - variance) < 5e-5)
    }

    /// R: `escalc(measure = "SPCOR", ti = c(2.5, 3), ni = c(60, 80), mi = c(4, 3), r2i = c(0.24, 0.3), vtype = "AV")`, and the same for
    /// PCOR (metafor 3.8-1, which divides by n − m − 1 where version 5 divides by n − m).
    @Test func variancesOfTheAverage() throws {
        let studies = [(2.5, 60.0, 4.0, 0.24), (3, 80, 3, 0.3)].map { t, size, predictors, determination in
            Study(
                "n = \(size)",
                PartialCorrelation(
                    evidence: .statistic(t), size: size, predictors: predictors, determination: determination))
        }
        let averaged = EffectSettings(variance: .averaged)
        let semiPartial = try EffectSizes(studies, measure: .semiPartial, settings: averaged).effects
        #expect(
            semiPartial[0].variance.isNear(0.01181679070474369) && semiPartial[1].variance.isNear(0.00823915208119319))
        let partial = try EffectSizes(studies, measure: .partial, settings: averaged).effects
        #expect(partial[0].variance.isNear(0.0145892500116623 * 55 / 56))
        #expect(partial[1].variance.isNear(0.0105580098768609 * 76 / 77))
    }

    /// R: `escalc(measure = "PCOR", pi = -0.07, mi = 5, ni = 30)` gives −0.3610.
    @Test func aSignedPValueStandsForItsStatistic() throws {
        let reported = PartialCorrelation(evidence: .pValue(-0.07), size: 30, predictors: 5)
        let effect = try #require(try EffectProbe.effect(reported, .partial))
        #expect(abs(effect.estimate + 0.3610) < 5e-5)
        let mirrored = PartialCorrelation(evidence: .pValue(0.07), size: 30, predictors: 5)
        #expect(try EffectProbe.effect(mirrored, .partial).isNear(-effect.estimate, effect.variance))
        // p = 1 is a statistic of 0.
        #expect(
            try EffectProbe.effect(PartialCorrelation(evidence: .pValue(1), size: 30, predictors: 5), .partial)
                .isNear(0, 1.0 / 25))
    }

    /// Standard errors that the packages vcmeta and statpsych print for Aloe & Becker's formula with n − 3 for n.
    @Test(
        arguments: [(0.4, 0.25, 60.0, 0.1063262), (0.582, 0.699, 20, 0.1374298)] as [(Double, Double, Double, Double)])
    func semiPartialOfPublishedExamples(r: Double, determination: Double, size: Double, error: Double) throws {
        let reported = PartialCorrelation(
            evidence: .coefficient(r), size: size, predictors: 2, determination: determination)
        let effect = try #require(try EffectProbe.effect(reported, .semiPartial))
        #expect(effect.estimate == r)
        #expect(abs((effect.variance * size / (size - 3)).squareRoot() - error) < 5e-8)
    }

    /// With one predictor a partial correlation is a correlation.
    @Test(arguments: [-0.9, -0.3, 0, 1e-8, 0.5, 0.999])
    func onePredictorIsACorrelation(r: Double) throws {
        let size = 27.0
        let t = r * ((size - 2) / (1 - r * r)).squareRoot()
        for evidence in [PartialCorrelation.Evidence.statistic(t), .coefficient(r)] {
            let partial = PartialCorrelation(evidence: evidence, size: size, predictors: 1)
            let whole = Correlation(coefficient: r, size: size)
            let (one, other) = try (EffectProbe.effect(partial, .partial), EffectProbe.effect(whole, .raw))
            #expect(one.isNear(try #require(other).estimate, try #require(other).variance))
            let (z, ofWhole) = try (EffectProbe.effect(partial, .fisherPartial), EffectProbe.effect(whole, .fisherZ))
            #expect(abs(try #require(z).estimate - (try #require(ofWhole).estimate)) < 1e-14)
            #expect(z?.variance == ofWhole?.variance)
        }
    }

    /// The statistic and the correlation that follows from it are the same report.
    @Test(arguments: PartialCorrelation.Measure.allCases)
    func statisticAndCorrelationAgree(measure: PartialCorrelation.Measure) throws {
        for study in Self.studies {
            let isPartial = measure == .partial || measure == .fisherPartial
            let r = try #require(try EffectProbe.effect(study.outcome, isPartial ? .partial : .semiPartial)).estimate
            var reported = study.outcome
            reported.evidence = .coefficient(r)
            let (one, other) = try (
                EffectProbe.effect(study.outcome, measure), EffectProbe.effect(reported, measure)
            )
            #expect(abs(try #require(one).estimate - (try #require(other).estimate)) < 1e-14)
            #expect(abs(try #require(one).variance / (try #require(other).variance) - 1) < 1e-13)
        }
    }

    @Test func whatGivesNoEffect() throws {
        func reason(
            _ t: Double, _ n: Double, _ m: Double, _ determination: Double?, _ measure: PartialCorrelation.Measure
        ) throws -> String? {
            try EffectProbe.reason(
                PartialCorrelation(evidence: .statistic(t), size: n, predictors: m, determination: determination),
                measure)
        }
        #expect(try reason(1, 4, 3, nil, .partial) == "4 participants leave no degrees of freedom beside 3 predictors")
        #expect(try reason(1, 5, 3, nil, .partial) == nil)
        #expect(try reason(1, 5, 3, nil, .fisherPartial)?.contains("two participants more") == true)
        #expect(try reason(1, 6, 3, nil, .fisherPartial) == nil)
        #expect(try reason(1, 40, 3, nil, .semiPartial)?.contains("R2 of the regression is not reported") == true)
        #expect(try reason(9, 40, 3, 0.1, .semiPartial)?.contains("not of one regression") == true)
        #expect(try reason(1, 40, 3, 1, .semiPartial)?.contains("R2 of 1") == true)
        let perfect = PartialCorrelation(evidence: .coefficient(1), size: 40, predictors: 3, determination: 1)
        for measure in PartialCorrelation.Measure.allCases {
            #expect(try EffectProbe.reason(perfect, measure) != nil)
        }
    }

    @Test func impossibleRegressionsAreRefusedByRole() {
        func refused(_ evidence: PartialCorrelation.Evidence, _ n: Double = 40, _ m: Double = 3, _ r2: Double? = nil)
            -> String?
        {
            EffectProbe.refused(PartialCorrelation(evidence: evidence, size: n, predictors: m, determination: r2))
        }
        #expect(refused(.statistic(.nan)) == "ti")
        #expect(refused(.pValue(0)) == "pi" && refused(.pValue(1.1)) == "pi" && refused(.pValue(-1)) == nil)
        #expect(refused(.coefficient(-1.1)) == "ri")
        #expect(refused(.statistic(1), -1) == "ni")
        #expect(refused(.statistic(1), 40, 0) == "mi")
        #expect(refused(.statistic(1), 40, 3, 1.2) == "r2i")
    }
}

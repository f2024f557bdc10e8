import RealModule
import Testing

@testable import MetaAnalysis

struct DeterminationTests {
    private let half = Determination(evidence: .coefficient(0.25), size: 50, predictors: 3)

    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(half, .raw).isNear(0.25, 0.5625 / 50))
        // 4 · ¼ · (¾)² · 46² / (2499 · 53)
        #expect(
            try EffectProbe.effect(half, .raw, EffectSettings(variance: .largeSampleSquaredCorrection))
                .isNear(0.25, 0.5625 / 53 * (2116.0 / 2499)))
        // atanh ½ = ln 3 / 2
        #expect(try EffectProbe.effect(half, .fisherZ).isNear(0.54930614433405484570, 0.02))
        // 2 · ¼ · (¾)² · (2 − ¼) / 50, and (2 − ¼)/100
        #expect(try EffectProbe.effect(half, .rawOfFixed).isNear(0.25, 0.5 * 0.5625 * 1.75 / 50))
        #expect(try EffectProbe.effect(half, .fisherZOfFixed).isNear(0.54930614433405484570, 0.0175))
        #expect(half.sampleSize == 50)
    }

    /// F = R²/m · (n − m − 1)/(1 − R²): the same report in three forms.
    @Test(arguments: Determination.Measure.allCases)
    func statisticAndPValueStandForTheCoefficient(measure: Determination.Measure) throws {
        let f = 0.25 / 3 * 46 / 0.75
        let p = ReferenceDistribution.f(numerator: 3, denominator: 46).upperTail(f)
        let expected = try #require(try EffectProbe.effect(half, measure))
        for evidence in [Determination.Evidence.statistic(f), .pValue(p)] {
            var reported = half
            reported.evidence = evidence
            let effect = try #require(try EffectProbe.effect(reported, measure))
            #expect(abs(effect.estimate / expected.estimate - 1) < 1e-12)
            #expect(abs(effect.variance / expected.variance - 1) < 1e-12)
        }
    }

    /// R² = A/(A + B) with A ~ χ²(m, nδ), B ~ χ²(n − m − 1) and R² = δ/(1 + δ): its exact moments by integrals of the distributions.
    @Test(arguments: [0.05, 0.3, 0.6, 0.95])
    func varianceWithFixedPredictorsIsThatOfTheNoncentralDistribution(share: Double) throws {
        let (n, m) = (20_000.0, 3.0)
        let noncentrality = n * share / (1 - share)
        // A is a Poisson mixture of χ²(m + 2j); given j, R² is beta with its two moments known.
        let rate = noncentrality / 2
        var weight = 0.0
        var (first, second) = (0.0, 0.0)
        let spread = 12 * rate.squareRoot()
        for count in Int(max(0, rate - spread))...Int(rate + spread) {
            let j = Double(count)
            let probability = Double.exp(j * .log(rate) - rate - .logGamma(j + 1))
            let (a, b) = (m / 2 + j, (n - m - 1) / 2)
            weight += probability
            first += probability * a / (a + b)
            second += probability * a / (a + b) * (a + 1) / (a + b + 1)
        }
        #expect(abs(weight - 1) < 1e-9)
        let exact = second - first * first
        let study = Determination(evidence: .coefficient(share), size: n, predictors: m)
        let effect = try #require(try EffectProbe.effect(study, .rawOfFixed))
        #expect(abs(effect.variance / exact - 1) < 2e-3)
    }

    @Test func averagedVariancesPlugInTheWeightedMean() throws {
        let studies = [(0.2, 30.0), (0.5, 60), (0, 10)].map {
            Study("s", Determination(evidence: .coefficient($0.0), size: $0.1, predictors: 2))
        }
        // (6 + 30) / 100
        let effects = try EffectSizes(studies, measure: .raw, settings: EffectSettings(variance: .averaged))
        #expect(effects.effects.map(\.estimate) == [0.2, 0.5, 0])
        #expect(effects.effects[1].variance.isNear(4 * 0.36 * 0.64 * 0.64 / 60))
        let fixed = try EffectSizes(studies, measure: .rawOfFixed, settings: EffectSettings(variance: .averaged))
        #expect(fixed.effects[1].variance.isNear(2 * 0.36 * 0.64 * 0.64 * 1.64 / 60))
        let second = try EffectSizes(
            studies, measure: .raw, settings: EffectSettings(variance: .averagedLargeSampleSquaredCorrection))
        let shrunk = 57.0 * 57 / 3599
        #expect(second.effects[1].variance.isNear(0.36 * 0.64 * 0.64 * 4 / 63 * shrunk))
    }

    /// Its F is beyond the range of numbers.
    @Test func aVanishingPValueIsAnR2Of1() throws {
        for measure in [Determination.Measure.raw, .rawOfFixed] {
            #expect(
                try EffectProbe.reason(Determination(evidence: .pValue(1e-300), size: 3, predictors: 1), measure)
                    == "an R2 of 1 has no sampling variance")
        }
    }

    @Test func whatGivesNoEffect() throws {
        func reason(_ evidence: Determination.Evidence, _ n: Double, _ measure: Determination.Measure) throws -> String?
        {
            try EffectProbe.reason(Determination(evidence: evidence, size: n, predictors: 3), measure)
        }
        #expect(
            try reason(.coefficient(0.5), 4, .raw) == "4 participants leave no degrees of freedom beside 3 predictors")
        #expect(try reason(.coefficient(0.5), 5, .raw) == nil)
        #expect(try reason(.coefficient(0), 50, .raw) == "an R2 of 0 has no sampling variance")
        #expect(try reason(.coefficient(1), 50, .raw) == "an R2 of 1 has no sampling variance")
        #expect(try reason(.coefficient(1), 50, .fisherZ) == "an R2 of 1 has no finite Fisher z")
        #expect(try reason(.coefficient(0), 50, .fisherZ) == nil)
    }

    @Test func impossibleRegressionsAreRefusedByRole() {
        func refused(_ evidence: Determination.Evidence, _ n: Double = 40, _ m: Double = 3) -> String? {
            EffectProbe.refused(Determination(evidence: evidence, size: n, predictors: m))
        }
        #expect(refused(.coefficient(-0.1)) == "r2i" && refused(.coefficient(1.1)) == "r2i")
        #expect(refused(.statistic(-1)) == "fi")
        #expect(refused(.pValue(0)) == "pi" && refused(.pValue(-0.1)) == "pi")
        #expect(refused(.coefficient(0.5), .infinity) == "ni")
        #expect(refused(.coefficient(0.5), 40, 0.5) == "mi")
    }
}

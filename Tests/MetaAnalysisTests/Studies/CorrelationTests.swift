import Foundation
import Testing

@testable import MetaAnalysis

struct CorrelationTests {
    @Test func effectsByHand() throws {
        let half = Correlation(coefficient: 0.5, size: 10)
        #expect(try EffectProbe.effect(half, .raw).isNear(0.5, 0.5625 / 9))
        #expect(try EffectProbe.effect(half, .fisherZ).isNear(0.5 * log(3), 1.0 / 7))
        #expect(half.sampleSize == 10)
    }

    /// 40-digit evaluations of the hypergeometric function.
    @Test(
        arguments: [
            (0.5, 10.0, 0.52899154429938753002, 0.072349451572857651243),
            (-0.3, 30, -0.30525537673482074674, 0.03120630961507382121),
            (0.9, 5, 0.93125382321185361334, 0.0047260368229870770429),
            (0.001, 6, 0.0012732352195039017825, 0.49998089784136395218),
            (0.4, 1e6, 0.40000016800065352242, 7.0560220147764480782e-7),
            (0, 8, 0, 0.25),
            (0, 207, 0, 1.0 / 203),
        ] as [(Double, Double, Double, Double)])
    func unbiasedCorrelation(r: Double, n: Double, estimate: Double, unbiasedVariance: Double) throws {
        let correlation = Correlation(coefficient: r, size: n)
        let unexplained = 1 - estimate * estimate
        #expect(try EffectProbe.effect(correlation, .unbiased).isNear(estimate, unexplained * unexplained / (n - 1)))
        #expect(
            try EffectProbe.effect(correlation, .unbiased, EffectSettings(variance: .unbiased))
                .isNear(estimate, unbiasedVariance))
    }

    @Test func averagedVariancesPlugInTheWeightedMean() throws {
        let studies = [
            Study("a", Correlation(coefficient: 0.5, size: 10)), Study("b", Correlation(coefficient: -0.1, size: 20)),
            Study("c", Correlation(coefficient: 1, size: 30)), Study("d", Correlation(coefficient: 0.9, size: 3)),
        ]
        let settings = EffectSettings(variance: .averaged)
        let raw = try EffectSizes(studies, measure: .raw, settings: settings)
        // (5 − 2 + 30)/60; the study of 3 has no variance and no say.
        let unexplained = 1 - 0.55 * 0.55
        #expect(raw.effects.map(\.label) == ["a", "b", "c"])
        #expect(raw.effects[2].variance.isNear(unexplained * unexplained / 29))
        let unbiased = try EffectSizes(studies, measure: .unbiased, settings: settings)
        let mean =
            (10 * unbiased.effects[0].estimate + 20 * unbiased.effects[1].estimate + 30) / 60
        #expect(unbiased.effects[0].variance.isNear((1 - mean * mean) * (1 - mean * mean) / 9))
    }

    @Test(arguments: Correlation.Measure.allCases, [0.0, 1e-300, 1e-8, 0.3, 0.999999, 1 - 1e-15])
    func reversingAVariableFlipsTheSign(measure: Correlation.Measure, r: Double) throws {
        for n in [5.0, 6, 21, 22, 1e9] {
            for variant in measure.variances {
                let settings = EffectSettings(variance: variant)
                let one = try #require(
                    try EffectProbe.effect(Correlation(coefficient: r, size: n), measure, settings))
                #expect(one.variance > 0)
                #expect(
                    try EffectProbe.effect(Correlation(coefficient: -r, size: n), measure, settings)
                        .isNear(-one.estimate, one.variance))
            }
        }
    }

    @Test(arguments: [0.0, 0.2, 0.7, 0.99, 0.999999])
    func inMillionsOfPairsEverythingAgrees(r: Double) throws {
        let large = Correlation(coefficient: r, size: 1e9)
        let variance = (1 - r * r) * (1 - r * r) / 1e9
        for measure in [Correlation.Measure.raw, .unbiased] {
            for variant in measure.variances {
                let effect = try #require(
                    try EffectProbe.effect(large, measure, EffectSettings(variance: variant)))
                #expect(abs(effect.estimate - r) < 1e-9)
                #expect(abs(effect.variance / variance - 1) < 1e-7)
            }
        }
    }

    @Test func tooFewPairs() throws {
        func reason(_ n: Double, _ measure: Correlation.Measure) throws -> String? {
            try EffectProbe.reason(Correlation(coefficient: 0.5, size: n), measure)
        }
        for n in [0.0, 1, 2, 3] {
            for measure in Correlation.Measure.allCases { #expect(try reason(n, measure) != nil) }
        }
        #expect(try reason(4, .raw) == nil)
        #expect(try reason(4, .fisherZ) == nil)
        #expect(
            try reason(4, .unbiased) == "a correlation of 4 participants: this measure needs 5 or more")
        #expect(try reason(5, .unbiased) == nil)
    }

    @Test(arguments: [1.0, -1])
    func perfectCorrelation(r: Double) throws {
        let perfect = Correlation(coefficient: r, size: 20)
        #expect(try EffectProbe.reason(perfect, .fisherZ) == "a perfect correlation has no finite Fisher z")
        #expect(try EffectProbe.reason(perfect, .raw) == "a perfect correlation has no sampling variance")
        for variant in Correlation.Measure.unbiased.variances {
            #expect(
                try EffectProbe.reason(perfect, .unbiased, EffectSettings(variance: variant))
                    == "a perfect correlation has no sampling variance")
        }
    }

    @Test func impossibleCorrelationsAreRefusedByRole() {
        #expect(EffectProbe.refused(Correlation(coefficient: 1.0000001, size: 9)) == "ri")
        #expect(EffectProbe.refused(Correlation(coefficient: -2, size: 9)) == "ri")
        #expect(EffectProbe.refused(Correlation(coefficient: .nan, size: 9)) == "ri")
        #expect(EffectProbe.refused(Correlation(coefficient: 0, size: -9)) == "ni")
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct LimitMetaAnalysisTests {
    private func close(_ one: Double?, _ other: Double?, _ bound: Double = 1e-9) -> Bool {
        guard let one, let other else { return false }
        return abs(one - other) <= bound * (1 + abs(one))
    }

    @Test(arguments: EggerTestTests.samples, LimitVariant.allCases)
    func laws(sample: StudySample, variant: LimitVariant) throws {
        let model = LimitMetaAnalysis(variant: variant)
        let fit = try model.fit(sample.effects)
        #expect(fit.estimate == fit.variants.first { $0.variant == variant }?.estimate)
        let mirrored = try model.fit(sample.effects.mirrored)
        #expect(close(mirrored.estimate, -fit.estimate) && close(mirrored.bias, -fit.bias))
        #expect(close(mirrored.standardError, fit.standardError) && close(mirrored.gSquared, fit.gSquared))
        let turned = try model.fit(sample.effects.subset(Array(sample.effects.effects.indices.reversed())))
        #expect(close(turned.estimate, fit.estimate))
        for exponent in [-400, 400] {
            let scaled = try model.fit(sample.effects.scaled(byPowerOfTwo: exponent))
            let factor = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(close(scaled.estimate / factor, fit.estimate))
            #expect(close(scaled.standardError / factor, fit.standardError))
            #expect(close(scaled.gSquared, fit.gSquared) && close(scaled.bias, fit.bias))
        }
    }

    /// The parts of Cochran's Q add up, and the residual one is Egger's.
    @Test(arguments: EggerTestTests.samples)
    func partsOfQ(sample: StudySample) throws {
        let fit = try LimitMetaAnalysis().fit(sample.effects)
        let q = try CommonEffect().fit(sample.effects).heterogeneity.cochranQ
        #expect(close(fit.q.statistic, q))
        let (small, rest) = (fit.qSmall.statistic ?? .nan, fit.qResidual.statistic ?? .nan)
        #expect(close(small + rest, q))
        // Egger's slope under a common effect has the statistic √Q-small.
        let egger = try EggerTest(model: .common).test(sample.effects).statistic ?? .nan
        #expect(close(egger * egger, small))
    }

    /// Without heterogeneity the limit is that of Egger's regression with weights 1/v, for all three.
    @Test(arguments: EggerTestTests.samples)
    func withoutHeterogeneity(sample: StudySample) throws {
        let fit = try LimitMetaAnalysis(heterogeneity: .known(0)).fit(sample.effects)
        let egger = try EggerTest(model: .common).test(sample.effects)
        for variant in fit.variants { #expect(close(variant.estimate, egger.limit?.estimate)) }
        #expect(close(fit.standardError, egger.limit?.standardError))
        #expect((fit.gSquared ?? 1) < 1e-9)
        #expect(fit.studies.allSatisfy { close($0.estimate, fit.slope) })
    }

    @Test func whatCannotBeFitted() {
        let equal = StudySample("equal", estimates: [1, 2, 3, 5], variances: [0.1, 0.1, 0.1, 0.1]).effects
        #expect { try LimitMetaAnalysis().fit(equal) } throws: {
            ($0 as? MetaAnalysisError)?.code == .singularDesign
        }
        for count in 0..<3 {
            #expect { try LimitMetaAnalysis().fit(equal.subset(Array(0..<count))) } throws: {
                ($0 as? MetaAnalysisError)?.code == .tooFewStudies
            }
        }
    }

    @Test func equalEffects() throws {
        let effects = StudySample("flat", estimates: [2, 2, 2, 2], variances: [0.1, 0.2, 0.3, 0.5]).effects
        let fit = try LimitMetaAnalysis().fit(effects)
        #expect(close(fit.estimate, 2, 1e-12) && abs(fit.bias) < 1e-12)
        let zero = StudySample("zero", estimates: [0, 0, 0], variances: [0.1, 0.2, 0.3]).effects
        #expect(try LimitMetaAnalysis().fit(zero).estimate == 0)
    }
}

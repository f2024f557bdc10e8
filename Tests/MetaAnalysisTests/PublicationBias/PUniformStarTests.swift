import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct PUniformStarTests {
    static let samples: [StudySample] = StudySample.random.filter { sample in
        let significant = zip(sample.estimates, sample.variances).count { $0 > 1.96 * $1.squareRoot() }
        return significant > 0 && significant < sample.estimates.count
    }

    private func close(_ one: Double?, _ other: Double?, _ bound: Double = 1e-7) -> Bool {
        guard let one, let other else { return false }
        return one == other || abs(one - other) <= bound * (1 + abs(one))
    }

    @Test(arguments: samples)
    func laws(sample: StudySample) throws {
        let fit = try PUniformStar(side: .right).fit(sample.effects)
        #expect(fit.confidenceInterval.contains(fit.estimate))
        #expect(fit.tauSquaredInterval.contains(fit.tauSquared))
        let mirrored = try PUniformStar(side: .left).fit(sample.effects.mirrored)
        #expect(close(mirrored.estimate, -fit.estimate) && close(mirrored.tauSquared, fit.tauSquared))
        #expect(close(mirrored.confidenceInterval.lower, -fit.confidenceInterval.upper))
        let turned = try PUniformStar(side: .right).fit(
            sample.effects.subset(Array(sample.effects.effects.indices.reversed())))
        #expect(close(turned.estimate, fit.estimate))
        for exponent in [-400, 400] {
            let scaled = try PUniformStar(side: .right).fit(sample.effects.scaled(byPowerOfTwo: exponent))
            let factor = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(close(scaled.estimate / factor, fit.estimate))
            #expect(close(scaled.tauSquared / factor / factor, fit.tauSquared))
            #expect(close(scaled.confidenceInterval.lower / factor, fit.confidenceInterval.lower))
            #expect(close(scaled.heterogeneityTest.pValue, fit.heterogeneityTest.pValue))
        }
    }

    /// The likelihood is nowhere greater, and falls by half the quantile of χ² at the ends of the intervals.
    @Test(arguments: samples)
    func nothingIsLikelier(sample: StudySample) throws {
        let fit = try PUniformStar(side: .right).fit(sample.effects)
        let studies = TruncatedNormals(sample.effects, sign: 1, critical: 1.959963984540054)
        #expect(close(studies.logLikelihood(fit.estimate, fit.tauSquared), fit.logLikelihood, 1e-12))
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let mean = fit.estimate + generator.nextNormal()
            let tau = generator.nextNormal()
            #expect(studies.logLikelihood(mean, tau * tau) <= fit.logLikelihood + 1e-9)
        }
        let profile = TruncatedProfile(studies)
        let half = 3.841458820694124 / 2
        for end in [fit.confidenceInterval.lower, fit.confidenceInterval.upper] where end.isFinite {
            #expect(abs(fit.logLikelihood - profile.logLikelihood(mean: end) - half) < 1e-7)
        }
        let upper = fit.tauSquaredInterval.upper
        if upper.isFinite {
            let there = try #require(studies.bestMean(upper)).logLikelihood
            #expect(abs(fit.logLikelihood - there - half) < 1e-7)
        }
    }

    /// Where no p-value is near the cut nothing is cut off: random effects by maximum likelihood.
    @Test func farFromTheCut() throws {
        let effects = StudySample(
            "far", estimates: [40, 44, 47, 41, 52, 45], variances: [0.04, 0.09, 0.16, 0.05, 0.2, 0.1]
        ).effects
        let fit = try PUniformStar().fit(effects)
        let plain = try RandomEffects(heterogeneity: .maximumLikelihood, interval: .wald).fit(effects)
        #expect(abs(fit.estimate - plain.estimate) < 1e-9)
        #expect(abs(fit.tauSquared - plain.heterogeneity.tauSquared) < 1e-8)
        #expect(close(fit.logLikelihood, plain.fit?.logLikelihood, 1e-10))
        #expect(fit.diagnostics.contains { $0.code == .notEstimable })
    }

    @Test func whatCannotBeFitted() throws {
        let one = StudySample("one", estimates: [3], variances: [1]).effects
        #expect { try PUniformStar().fit(one) } throws: { ($0 as? MetaAnalysisError)?.code == .tooFewStudies }
        // Barely significant all of them: an exponential tail fits ever better.
        let ridge = StudySample("ridge", estimates: [2.0, 2.1, 2.05, 2.3], variances: [1, 1, 1, 1]).effects
        do {
            let fit = try PUniformStar().fit(ridge)
            #expect(fit.estimate.isFinite && fit.tauSquared.isFinite)
        } catch let error as MetaAnalysisError {
            #expect(error.code == .notEstimable)
        }
    }

    @Test func equalEffects() throws {
        let effects = StudySample("equal", estimates: [0.5, 0.5, 0.5], variances: [0.1, 0.01, 0.04]).effects
        let fit = try PUniformStar().fit(effects)
        #expect(fit.tauSquared == 0 && abs(fit.estimate - 0.5) < 0.5)
    }
}

import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct PUniformTests {
    static let samples: [StudySample] = StudySample.random.filter { sample in
        zip(sample.estimates, sample.variances).contains { $0 > 2 * $1.squareRoot() }
    }
    static let estimators: [PUniform.Estimator] = PUniform.Estimator.allCases

    static func close(_ one: Double, _ other: Double, _ bound: Double = 1e-9) -> Bool {
        one == other || abs(one - other) <= bound * (1 + abs(one))
    }

    /// One study: its median p-value by hand. q(μ) = Q(y − μ)/Q(c − μ) = 1/2.
    @Test func oneStudyByHand() throws {
        let sample = StudySample("one", estimates: [3], variances: [1])
        let fit = try PUniform().fit(sample.effects)
        let normal = ReferenceDistribution.normal
        let q = normal.upperTail(3 - fit.estimate) / normal.upperTail(1.959963984540054 - fit.estimate)
        #expect(abs(q - 0.5) < 1e-13)
        for (end, share) in [(fit.confidenceInterval.lower, 0.025), (fit.confidenceInterval.upper, 0.975)] {
            let q = normal.upperTail(3 - end) / normal.upperTail(1.959963984540054 - end)
            #expect(abs(q - share) < 1e-12)
        }
        // By likelihood: y − μ = φ(c − μ)/Q(c − μ).
        let likely = try PUniform(estimator: .maximumLikelihood).fit(sample.effects).estimate
        #expect(abs(3 - likely - NormalTail.hazard(1.959963984540054 - likely)) < 1e-12)
    }

    @Test(arguments: samples, estimators)
    func laws(sample: StudySample, estimator: PUniform.Estimator) throws {
        let model = PUniform(estimator: estimator, side: .right)
        let fit = try model.fit(sample.effects)
        #expect(fit.confidenceInterval.contains(fit.estimate))
        let mirrored = try PUniform(estimator: estimator, side: .left).fit(sample.effects.mirrored)
        #expect(Self.close(mirrored.estimate, -fit.estimate))
        #expect(Self.close(mirrored.confidenceInterval.lower, -fit.confidenceInterval.upper))
        #expect(Self.close(mirrored.effectTest.pValue ?? .nan, fit.effectTest.pValue ?? .nan))
        let turned = try model.fit(sample.effects.subset(Array(sample.effects.effects.indices.reversed())))
        #expect(Self.close(turned.estimate, fit.estimate))
        for exponent in [-400, 400] {
            let scaled = try model.fit(sample.effects.scaled(byPowerOfTwo: exponent))
            let factor = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(Self.close(scaled.estimate / factor, fit.estimate))
            #expect(Self.close(scaled.confidenceInterval.upper / factor, fit.confidenceInterval.upper))
            #expect(Self.close(scaled.publicationBiasTest.statistic ?? .nan, fit.publicationBiasTest.statistic ?? .nan))
        }
    }

    /// Far from the cut nothing is cut off: the common effect.
    @Test(arguments: estimators)
    func farFromTheCut(estimator: PUniform.Estimator) throws {
        let effects = StudySample("far", estimates: [10, 11, 12, 10.5], variances: [0.04, 0.04, 0.04, 0.04]).effects
        let fit = try PUniform(estimator: estimator).fit(effects)
        #expect(abs(fit.estimate - 10.875) < (estimator == .maximumLikelihood ? 1e-12 : 0.2))
    }

    @Test func whatCannotBeFitted() {
        let silent = StudySample("silent", estimates: [0.1, -0.1], variances: [1, 1]).effects
        #expect { try PUniform().fit(silent) } throws: { ($0 as? MetaAnalysisError)?.code == .notEstimable }
        #expect { try PUniform().fit(EffectSizes(effects: [])) } throws: {
            ($0 as? MetaAnalysisError)?.code == .tooFewStudies
        }
        #expect { try PUniform(alpha: 0).fit(silent) } throws: {
            ($0 as? MetaAnalysisError)?.code == .invalidSetting
        }
        // Significant by one unit in the last place: no effect is low enough.
        let critical = ReferenceDistribution.normal.twoSidedQuantile(level: 0.95)
        let edge = StudySample("edge", estimates: [critical.nextUp], variances: [1]).effects
        #expect { try PUniform().fit(edge) } throws: { ($0 as? MetaAnalysisError)?.code == .notEstimable }
    }

    @Test func equalEffects() throws {
        let effects = StudySample("equal", estimates: [1, 1, 1, 1], variances: [0.1, 0.1, 0.1, 0.1]).effects
        for estimator in Self.estimators {
            let fit = try PUniform(estimator: estimator).fit(effects)
            #expect(fit.estimate.isFinite && fit.significant == 4)
        }
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// One study a million million times as precise as another.
@Suite struct VarianceRatioTests {
    private static let sample = StudySample(
        "ratio", estimates: [1, 0.5, -0.25, 2], variances: [1e-12, 1, 0.25, 4])

    @Test func commonEffectIsThePreciseStudy() throws {
        let pooled = try CommonEffect().fit(Self.sample.effects)
        // 1 / (1e12 + 1 + 4 + 1/4), and a pull of the others of Σ (y − 1) / v = −5.25 in all.
        #expect(Tolerance.closedForm.accepts(pooled.standardError, (1 / 1_000_000_000_005.25).squareRoot()))
        #expect(abs(pooled.estimate - (1 - 5.25 / 1_000_000_000_005.25)) <= 2.3e-16)
        #expect(pooled.diagnostics.contains { $0.code == .extremeVarianceRatio })
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func everyEstimatorAnswers(_ estimator: HeterogeneityEstimator) throws {
        for weighting in Weighting.allCases {
            for method in [TauSquaredIntervalMethod.qProfile, .generalizedQ] {
                let pooled = try RandomEffects(
                    heterogeneity: estimator, tauSquaredInterval: method, weighting: weighting
                ).fit(Self.sample.effects)
                #expect(pooled.estimate > -0.25 && pooled.estimate <= 1)
                let ends = try #require(pooled.heterogeneity.tauSquaredInterval)
                #expect(ends.lower >= 0 && ends.lower <= ends.upper && ends.upper < 1e3)
            }
        }
    }

    /// Paule and Mandel's equation is met by a τ² far above the least variance and far below the greatest.
    @Test func equationHolds() throws {
        let found = try RandomEffects(heterogeneity: .pauleMandel).fit(Self.sample.effects).heterogeneity.tauSquared
        let model = try VarianceComponentModel(
            responses: Self.sample.estimates, variances: Self.sample.variances)
        let form = model.profile(at: found).quadraticForm
        #expect(found == 0 ? form <= 3 : Tolerance.closedForm.accepts(form, 3))
    }
}

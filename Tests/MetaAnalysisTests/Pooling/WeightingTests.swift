import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct WeightingTests {
    private static let sample = StudySample("three", estimates: [1, 2, 6], variances: [0.25, 1, 4])

    @Test func rawValuesAreThoseOfTheCommandLine() {
        #expect(Weighting.allCases.map(\.rawValue) == ["inverse-variance", "inverse-standard-error", "equal"])
    }

    /// Weights 4, 1, 1/4; 2, 1, 1/2; and ones. The variance is Σ w² (v + τ²) / (Σ w)².
    @Test(arguments: [
        (Weighting.inverseVariance, 0.0, 7.5 / 5.25, 1 / 5.25), (.inverseStandardError, 0, 2, 3 / 12.25),
        (.equal, 0, 3, 5.25 / 9), (.inverseStandardError, 2, 2, (3 + 2 * 5.25) / 12.25), (.equal, 2, 3, 11.25 / 9),
    ])
    func byHand(_ weighting: Weighting, _ tauSquared: Double, _ estimate: Double, _ variance: Double) throws {
        let model = RandomEffects(interval: .wald, weighting: weighting, knownTauSquared: tauSquared)
        let pooled = try model.fit(Self.sample.effects)
        #expect(Tolerance.closedForm.accepts(pooled.estimate, estimate))
        #expect(Tolerance.closedForm.accepts(pooled.standardError, variance.squareRoot()))
    }

    @Test func heterogeneityIsAlwaysByInverseVariance() throws {
        let reference = try CommonEffect().fit(Self.sample.effects).heterogeneity
        for weighting in Weighting.allCases {
            #expect(try CommonEffect(weighting: weighting).fit(Self.sample.effects).heterogeneity == reference)
        }
    }

    @Test func onlyTheGeneralizedQLooksAtTheWeights() throws {
        for estimator in HeterogeneityEstimator.allCases {
            let found = try Weighting.allCases.map {
                try RandomEffects(heterogeneity: estimator, weighting: $0).fit(Self.sample.effects)
                    .heterogeneity.tauSquared
            }
            let isGeneralized = estimator == .generalizedQ || estimator == .generalizedQMedian
            #expect((Set(found).count == 3) == isGeneralized)
            #expect((Set(found).count == 1) == !isGeneralized)
        }
    }
}

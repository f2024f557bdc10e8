import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Effects near the ends of the range of numbers, where their squares are not numbers any more.
@Suite struct RangeEndsTests {
    private static let factors = [1e-150, 1e-140, 1e140, 1e150]

    @Test(arguments: factors, HeterogeneityEstimator.allCases)
    func resultsAreThoseOfModerateEffects(_ factor: Double, _ estimator: HeterogeneityEstimator) throws {
        let moderate = StudySample("moderate", estimates: [1, 3, 2, 6], variances: [0.5, 0.25, 1, 0.75])
        let extreme = StudySample(
            "extreme", estimates: moderate.estimates.map { $0 * factor },
            variances: moderate.variances.map { $0 * factor * factor })
        let model = RandomEffects(heterogeneity: estimator)
        let (small, large) = (try model.fit(moderate.effects), try model.fit(extreme.effects))
        #expect(Tolerance.closedForm.accepts(large.estimate, small.estimate * factor))
        #expect(Tolerance.closedForm.accepts(large.standardError, small.standardError * factor))
        #expect(
            Tolerance.iterative.accepts(
                large.heterogeneity.tauSquared / factor / factor, small.heterogeneity.tauSquared, scale: 0.5))
        #expect(Tolerance.closedForm.accepts(large.heterogeneity.cochranQ, small.heterogeneity.cochranQ))
        #expect(Tolerance.iterative.accepts(large.pValue ?? .nan, small.pValue ?? 0))
        #expect(large.studies.map(\.estimate) == extreme.estimates)
        #expect(large.studies.map(\.variance) == extreme.variances)
    }

    /// Variances near 1e±300 with effects that are as large as their standard errors.
    @Test(arguments: [1e-300, 1e300])
    func variancesAtTheEnds(_ variance: Double) throws {
        let error = variance.squareRoot()
        let sample = StudySample(
            "ends", estimates: [error, 2 * error, 4 * error], variances: [variance, variance, variance])
        let pooled = try CommonEffect().fit(sample.effects)
        #expect(Tolerance.closedForm.accepts(pooled.estimate, 7 * error / 3))
        #expect(Tolerance.closedForm.accepts(pooled.standardError, error / 3.0.squareRoot()))
        // (16 + 1 + 25) / 9
        #expect(Tolerance.closedForm.accepts(pooled.heterogeneity.cochranQ, 42.0 / 9))
    }

    @Test func bothEndsAtOnce() throws {
        let sample = StudySample("mixed", estimates: [1e150, 1e-150], variances: [1e300, 1e-300])
        let pooled = try CommonEffect().fit(sample.effects)
        #expect(pooled.estimate.isFinite)
        #expect(pooled.standardError.isFinite)
        #expect(Tolerance.closedForm.accepts(pooled.estimate, 1e-150))
    }
}

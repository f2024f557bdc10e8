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

    /// Rescaled, one of them would be infinite: the message is of what was given.
    @Test(arguments: [([1e300, 1], [0x1p-1063, 1e300]), ([1e300, -1e300], [1e-300, 1e-300])])
    func whatIsTooFarApartIsSaidInGivenNumbers(_ estimates: [Double], _ variances: [Double]) {
        let effects = StudySample("apart", estimates: estimates, variances: variances).effects
        let (moderate, factor) = effects.moderate
        #expect(moderate.effects.allSatisfy { $0.estimate.isFinite && $0.variance.isFinite && $0.variance > 0 })
        #expect(moderate.effects[0].estimate * factor == estimates[0])
        for error in [
            #expect(throws: MetaAnalysisError.self) { try CommonEffect().fit(effects) },
            #expect(throws: MetaAnalysisError.self) { try RandomEffects().fit(effects) },
        ] { #expect(error == .outOfRange) }
    }

    /// 1e-160² is 9.99989e-321: five digits.
    @Test(arguments: [1e-160, 1e-154, 1e-170])
    func squaresThatLoseDigitsAreLeftOut(_ error: Double) throws {
        let studies = [error, 1.5e-154].enumerated().map { index, error in
            Study("\(index)", ReportedEffect(estimate: Double(index) * 1e-154, precision: .standardError(error)))
        }
        let effects = try EffectSizes(studies, measure: .generic)
        #expect(effects.effects.map(\.label) == ["1"])
        #expect(effects.excluded.map(\.label) == ["0"])
        #expect(effects.excluded[0].reason.hasPrefix("the sampling variance is"))
        #expect(effects.diagnostics.contains { $0.code == .studyExcluded && $0.studies == ["0"] })
    }
}

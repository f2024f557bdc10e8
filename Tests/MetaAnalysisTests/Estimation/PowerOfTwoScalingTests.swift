import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// The laws of scale are tried in `EquivarianceLawTests`; here is what they do not see.
@Suite struct PowerOfTwoScalingTests {
    @Test func moderateEffectsAreLeftAlone() {
        let sample = StudySample("moderate", estimates: [1, 2, 6], variances: [1e-79, 1, 1e79])
        #expect(sample.effects.unit == 1)
        #expect(sample.effects.moderate.effects == sample.effects)
    }

    @Test(arguments: [1e-150, 1e120])
    func extremeOnesAreBroughtNearOneByAPowerOfTwo(_ size: Double) throws {
        let sample = StudySample("extreme", estimates: [size, 2 * size], variances: [size * size, 3 * size * size])
        let model = try LinearEffectModel(sample.effects)
        #expect(model.unit.significand == 1)
        #expect(model.scaled.variances.allSatisfy { $0 > 1e-3 && $0 < 1e3 })
        #expect(model.scaled.responses == [size / model.unit, 2 * size / model.unit])
        let pooled = try CommonEffect().fit(sample.effects)
        #expect(pooled.studies.map(\.estimate) == [size, 2 * size])
        #expect(Tolerance.closedForm.accepts(pooled.estimate, 1.25 * size))
        #expect(pooled.scale == .identity)
    }

    @Test func aKnownTauSquaredIsBroughtAlong() throws {
        let sample = StudySample("small", estimates: [1e-150, 3e-150], variances: [1e-300, 1e-300])
        let pooled = try RandomEffects(interval: .wald, knownTauSquared: 3e-300).fit(sample.effects)
        #expect(pooled.heterogeneity.tauSquared == 3e-300)
        #expect(Tolerance.closedForm.accepts(pooled.standardError, 2.0.squareRoot() * 1e-150))
        #expect(Tolerance.closedForm.accepts(pooled.heterogeneity.iSquared ?? 0, 75))
    }

    /// Ratios are read back on their own scale, not on the one they were pooled on.
    @Test func ratiosAreReadBackAsRatios() throws {
        var effects = StudySample("tiny", estimates: [1e-160, 2e-160], variances: [1e-300, 1e-300]).effects
        effects.scale = .log
        let pooled = try CommonEffect().fit(effects)
        #expect(pooled.scale == .log)
        #expect(pooled.backTransformed?.estimate == 1)
    }
}

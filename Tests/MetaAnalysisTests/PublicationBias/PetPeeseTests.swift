import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct PetPeeseTests {
    @Test(arguments: EggerTestTests.samples)
    func bothAreLimitsOfTheRegressions(sample: StudySample) throws {
        let fit = try PetPeese().fit(sample.effects)
        let pet = try EggerTest(model: .weightedRegression).test(sample.effects)
        let peese = try EggerTest(model: .weightedRegression, predictor: .variance).test(sample.effects)
        #expect(fit.pet.estimate == pet.limit?.estimate)
        #expect(fit.pet.confidenceInterval == pet.limit?.confidenceInterval)
        #expect(fit.pet.slopePValue == pet.pValue)
        #expect(fit.peese.estimate == peese.limit?.estimate)
        #expect(fit.estimate == (fit.chosen == .pet ? fit.pet : fit.peese).estimate)
    }

    @Test(arguments: EggerTestTests.samples)
    func theOtherSignTurnsTheAnswer(sample: StudySample) throws {
        let before = try PetPeese().fit(sample.effects)
        let after = try PetPeese().fit(sample.effects.mirrored)
        #expect(after.chosen == before.chosen)
        #expect(abs(after.estimate + before.estimate) < 1e-10)
    }

    /// The choice follows the one-sided p-value of PET in the direction of the mean.
    @Test(arguments: EggerTestTests.samples)
    func theChoice(sample: StudySample) throws {
        let fit = try PetPeese().fit(sample.effects)
        let mean = try CommonEffect().fit(sample.effects).estimate
        let isSignificant = fit.pet.estimate * mean > 0 && (fit.pet.pValue ?? 1) < 0.1
        #expect((fit.chosen == .peese) == isSignificant)
    }

    @Test func effectsWithoutSlopeAreKept() throws {
        let estimates = [1.01, 0.99, 1.02, 0.98, 1.0, 1.0]
        let variances = [0.001, 0.001, 0.004, 0.004, 0.01, 0.02]
        let fit = try PetPeese().fit(StudySample("flat", estimates: estimates, variances: variances).effects)
        #expect(fit.chosen == .peese)
        #expect(abs(fit.estimate - 1) < 0.02)
    }
}

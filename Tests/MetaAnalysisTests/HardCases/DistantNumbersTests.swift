import Testing

@testable import MetaAnalysis

/// Effects and variances so far apart that no unit brings them into the range of numbers: an answer or an error, soon.
@Suite struct DistantNumbersTests {
    @Test(arguments: HeterogeneityEstimator.allCases, [100, 160, 200, 250, 299])
    func everyEstimatorEnds(estimator: HeterogeneityEstimator, exponent: Int) {
        let power = Double("1e\(exponent)") ?? .nan
        let sample = EffectSizes(effects: [
            EffectSize(label: "a", estimate: -711.9, variance: 0.976),
            EffectSize(label: "b", estimate: -1.25 * power, variance: 2.5 * power),
            EffectSize(label: "c", estimate: -345.2, variance: 0.49),
        ])
        do {
            let pooled = try RandomEffects(heterogeneity: estimator).fit(sample)
            #expect(pooled.estimate.isFinite && pooled.heterogeneity.tauSquared.isFinite)
        } catch {
            #expect((error as? MetaAnalysisError)?.code == .numericalOverflow)
        }
    }

    @Test(arguments: [HeterogeneityEstimator.restrictedMaximumLikelihood, .maximumLikelihood])
    func regressionsAndBatchesEnd(estimator: HeterogeneityEstimator) {
        let effects = EffectSizes(effects: [
            EffectSize(label: "a", estimate: -711.9, variance: 0.976),
            EffectSize(label: "b", estimate: -1.25e299, variance: 2.5e299),
            EffectSize(label: "c", estimate: -345.2, variance: 0.49),
            EffectSize(label: "d", estimate: -300, variance: 0.4),
        ])
        #expect(throws: MetaAnalysisError.self) {
            try MetaRegression(terms: [], heterogeneity: estimator).fit(effects, moderators: Moderators(count: 4))
        }
        var batch = StudyBatch()
        for effect in effects.effects { batch.append(estimate: effect.estimate, variance: effect.variance) }
        batch.endGroup()
        #expect(throws: MetaAnalysisError.self) { try BatchPooling(heterogeneity: estimator).fit(batch) }
        #expect(throws: MetaAnalysisError.self) { try RandomEffects(heterogeneity: estimator).leaveOneOut(effects) }
    }
}

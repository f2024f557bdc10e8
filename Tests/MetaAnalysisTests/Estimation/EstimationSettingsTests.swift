import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct EstimationSettingsTests {
    @Test func whatCannotBe() {
        for settings in [
            EstimationSettings(level: 0), EstimationSettings(level: 95), EstimationSettings(level: .nan),
            EstimationSettings(heterogeneity: .known(-1)), EstimationSettings(heterogeneity: .known(.infinity)),
        ] {
            #expect(throws: MetaAnalysisError.self) { try settings.check() }
        }
    }

    /// An interval by the profile likelihood belongs to an estimator that maximizes it; where τ² is not estimated there is none.
    @Test(arguments: HeterogeneityEstimator.allCases)
    func profileLikelihood(_ estimator: HeterogeneityEstimator) throws {
        var settings = EstimationSettings(
            heterogeneity: .estimated(estimator), tauSquaredInterval: .profileLikelihood)
        #expect(((try? settings.check()) != nil) == estimator.maximizesLikelihood)
        settings.heterogeneity = .known(1)
        try settings.check()
        settings.heterogeneity = .common
        try settings.check()
    }

    /// The same settings are those of every model that embeds them.
    @Test func membersOfTheModels() throws {
        var pooling = RandomEffects()
        pooling.level = 0.9
        pooling.heterogeneity = .estimated(.hedges)
        var regression = MetaRegression(terms: [])
        regression.estimation = pooling.estimation
        #expect(regression.level == 0.9 && regression.heterogeneity == .estimated(.hedges))
        let sample = StudySample("three", estimates: [1, 2, 6], variances: [1, 2, 1])
        let pooled = try pooling.fit(sample.effects)
        let fit = try regression.fit(sample.effects, moderators: Moderators(count: 3))
        #expect(fit.coefficients[0].estimate == pooled.estimate)
        #expect(Tolerance.closedForm.accepts(fit.coefficients[0].standardError, pooled.standardError))
        #expect(fit.heterogeneity == pooled.heterogeneity)
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct BaujatCoordinatesTests {
    @Test(arguments: StudySample.random)
    func termsOfQ(_ sample: StudySample) throws {
        let sum = try CommonEffect().baujat(sample.effects).studies.compactMap(\.heterogeneity).reduce(0, +)
        let statistic = try CommonEffect().fit(sample.effects).heterogeneity.cochranQ
        #expect(Tolerance.closedForm.accepts(sum, statistic, scale: 1))
    }

    @Test func influenceIsCooksDistanceOverTheCovarianceRatio() throws {
        let effects = StudySample.random[5].effects
        let influence = try RandomEffects().influence(effects).studies
        for (place, study) in try RandomEffects().baujat(effects).studies.enumerated() {
            let cook = try #require(influence[place].cooksDistance)
            let ratio = try #require(influence[place].covarianceRatio)
            #expect(Tolerance.closedForm.accepts(try #require(study.influence), cook / ratio))
        }
    }

    @Test func oneStudyHasNoInfluence() throws {
        let found = try CommonEffect().baujat(StudySample("one", estimates: [1], variances: [1]).effects)
        #expect(found.studies[0].heterogeneity == 0 && found.studies[0].influence == nil)
        #expect(found.diagnostics.first?.studies == ["study 1"])
    }
}

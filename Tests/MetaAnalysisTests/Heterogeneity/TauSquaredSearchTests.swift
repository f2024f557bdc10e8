import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct TauSquaredSearchTests {
    private static func model(_ sample: StudySample) throws -> VarianceComponentModel {
        try VarianceComponentModel(responses: sample.estimates, variances: sample.variances)
    }

    /// With one variance 1 / Q(τ²) is a line, on which Newton's first step lands.
    @Test func equalVariancesTakeOneStep() throws {
        let model = try VarianceComponentModel(responses: [1, 2, 6], variances: [1, 1, 1])
        let found = model.tauSquared(whereQuadraticFormIs: 2)
        #expect(Tolerance.closedForm.accepts(found.tauSquared, 6))
        #expect(found.iterations <= 3)
    }

    @Test func aTargetAboveTheStartIsMetAtZero() throws {
        let model = try VarianceComponentModel(responses: [1, 2, 6], variances: [1, 1, 1])
        #expect(model.tauSquared(whereQuadraticFormIs: 14).tauSquared == 0)
        #expect(model.tauSquared(whereQuadraticFormIs: 20).tauSquared == 0)
    }

    @Test func searchesEndSoon() throws {
        for sample in try StudySample.all() + [TwoModeTests.sample()] {
            let model = try Self.model(sample)
            #expect(model.tauSquared(whereQuadraticFormIs: model.residualDegreesOfFreedom).iterations < 40)
            for restricted in [false, true] {
                let found = model.tauSquaredOfGreatestLikelihood(restricted: restricted)
                #expect(found.iterations < 120, "\(sample): \(found.iterations)")
                #expect(found.tauSquared <= model.tauSquaredBound)
            }
        }
    }

    @Test func modesAreCounted() throws {
        let two = try Self.model(TwoModeTests.sample())
        #expect(two.tauSquaredOfGreatestLikelihood(restricted: false).modes == 2)
        #expect(two.tauSquaredOfGreatestLikelihood(restricted: true).modes == 2)
        let one = try Self.model(StudySample.random[7])
        #expect(one.tauSquaredOfGreatestLikelihood(restricted: true).modes == 1)
    }

    @Test func nothingToFindInEqualResponses() throws {
        let model = try VarianceComponentModel(responses: [3, 3, 3], variances: [1, 2, 3])
        #expect(model.tauSquared(whereQuadraticFormIs: 2).tauSquared == 0)
        #expect(model.tauSquaredOfGreatestLikelihood(restricted: false).tauSquared == 0)
        #expect(model.tauSquaredOfGreatestLikelihood(restricted: true).tauSquared == 0)
    }
}

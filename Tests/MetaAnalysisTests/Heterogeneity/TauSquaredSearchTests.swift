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

    /// Variances two hundred decades below the scatter: the likelihood is that of effects known exactly, whose mode is their variance.
    @Test(arguments: [false, true])
    func walksAreNotLongWhereVariancesAreTiny(_ restricted: Bool) throws {
        let responses = [0.1, 0.9, -0.4, 0.3, 1.2]
        let variances = [1e-200, 3e-205, 2e-201, 1e-190, 5e-200]
        let model = try VarianceComponentModel(responses: responses, variances: variances)
        let found = model.tauSquaredOfGreatestLikelihood(restricted: restricted)
        let mean = responses.reduce(0, +) / 5
        let squares = responses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(Tolerance.iterative.accepts(found.tauSquared, squares / (restricted ? 4 : 5)))
        #expect(found.iterations < 120 && found.modes == 1)
    }

    /// Below the bound the score is positive, and every mode of a sample lies between the two bounds.
    @Test func noModeIsBelowTheFloor() throws {
        var floors = 0
        for sample in try StudySample.all() + [TwoModeTests.sample()] {
            let model = try Self.model(sample)
            for restricted in [false, true] {
                let floor = model.tauSquaredFloor(restricted: restricted)
                guard floor > 0 else { continue }
                floors += 1
                for share in [0, 1e-6, 0.1, 0.5, 1] {
                    #expect(model.scoreTerms(at: share * floor, restricted: restricted).score > 0, "\(sample)")
                }
                #expect(model.tauSquaredOfGreatestLikelihood(restricted: restricted).tauSquared > floor)
            }
        }
        #expect(floors > 10)
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

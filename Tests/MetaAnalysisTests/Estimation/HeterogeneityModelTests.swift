import Testing

@testable import MetaAnalysis

@Suite struct HeterogeneityModelTests {
    @Test func aKnownValueTakesPrecedence() {
        #expect(HeterogeneityModel(nil) == .common)
        #expect(HeterogeneityModel(nil, known: 1) == .common)
        #expect(HeterogeneityModel(.hedges) == .estimated(.hedges))
        #expect(HeterogeneityModel(.hedges, known: 1) == .known(1))
    }

    @Test func whatItSays() {
        #expect(HeterogeneityModel.estimated(.hedges).estimator == .hedges)
        #expect(HeterogeneityModel.known(2).estimator == nil && HeterogeneityModel.known(2).knownTauSquared == 2)
        #expect(HeterogeneityModel.common.knownTauSquared == nil && !HeterogeneityModel.common.isRandom)
        #expect(HeterogeneityModel.known(0).isRandom)
    }

    @Test func inOtherUnits() throws {
        #expect(HeterogeneityModel.known(3).rescaled(by: 0.5) == .known(0.75))
        #expect(HeterogeneityModel.estimated(.hedges).rescaled(by: 0.5) == .estimated(.hedges))
        let model = try VarianceComponentModel(responses: [1, 2, 6], variances: [1, 1, 1])
        let weights = { model.weights(at: 0) }
        #expect(HeterogeneityModel.common.tauSquared(model, momentWeights: weights) == 0)
        #expect(HeterogeneityModel.known(4).tauSquared(model, momentWeights: weights) == 4)
        let found = HeterogeneityModel.estimated(.derSimonianLaird).tauSquared(model, momentWeights: weights)
        #expect(abs(found - 6) < 1e-12)
    }
}

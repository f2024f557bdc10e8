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

    /// Variances 180 decades below the scatter: the likelihood is that of effects known exactly, whose mode is their variance.
    @Test(arguments: [false, true])
    func walksAreNotLongWhereVariancesAreTiny(_ restricted: Bool) throws {
        let responses = [0.1e50, 0.9e50, -0.4e50, 0.3e50, 1.2e50]
        let variances = [1e-80, 3e-78, 2e-79, 1e-77, 5e-80]
        let model = try VarianceComponentModel(responses: responses, variances: variances)
        let found = model.tauSquaredOfGreatestLikelihood(restricted: restricted)
        let mean = responses.reduce(0, +) / 5
        let squares = responses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(Tolerance.iterative.accepts(found.tauSquared, squares / (restricted ? 4 : 5)))
        #expect(found.iterations < 120 && found.modes == 1)
    }

    /// The same in units of the sampling variances, in which squares of weights vanish at τ²; alone and in a lane.
    @Test(arguments: [HeterogeneityEstimator.restrictedMaximumLikelihood, .maximumLikelihood])
    func weightsThatVanishHideNoMode(_ estimator: HeterogeneityEstimator) throws {
        let responses = [0.1, 0.9, -0.4, 0.3, 1.2]
        let mean = responses.reduce(0, +) / 5
        let squares = responses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let expected = squares / (estimator == .maximumLikelihood ? 5 : 4)
        for (unit, variance) in [(1.0, 1e-201), (1e99, 1.0), (1e-10, 1e-190)] {
            let estimates = responses.map { $0 * unit }
            let variances = (1...5).map { Double($0) * variance }
            let sample = StudySample("tiny", estimates: estimates, variances: variances)
            let fit = try RandomEffects(heterogeneity: estimator, interval: .wald).fit(sample.effects)
            #expect(Tolerance.iterative.accepts(fit.heterogeneity.tauSquared / unit / unit, expected))
            #expect(Tolerance.iterative.accepts(fit.standardError / unit, (expected / 5).squareRoot()))
            let batch = RandomBatches.batch(Array(repeating: sample.effects, count: 5))
            let pooled = try BatchPooling(heterogeneity: estimator, interval: .wald).fit(batch)
            for index in 0..<5 {
                let found = try #require(pooled[index])
                #expect(Tolerance.iterative.accepts(found.tauSquared / unit / unit, expected))
            }
        }
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
        #expect(floors > 5)
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

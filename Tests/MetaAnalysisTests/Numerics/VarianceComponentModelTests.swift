import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct VarianceComponentModelTests {
    private static let samples = StudySample.random

    private static func model(_ sample: StudySample, _ design: Design = .intercept) throws -> VarianceComponentModel {
        try VarianceComponentModel(responses: sample.estimates, variances: sample.variances, design: design)
    }

    private static func ones(_ count: Int) -> Design {
        .columns(Matrix(rows: count, columns: 1, elements: Array(repeating: 1, count: count)))
    }

    @Test(arguments: samples, [0, 0.05, 3])
    func theInterceptsShortcutIsTheGeneralProfile(_ sample: StudySample, _ tauSquared: Double) throws {
        let short = try Self.model(sample).profile(at: tauSquared)
        let long = try Self.model(sample, Self.ones(sample.effects.count)).profile(at: tauSquared)
        // Forms near 0 keep the rounding of their terms.
        let form = 1e-3 * Double(sample.effects.count)
        #expect(Tolerance.closedForm.accepts(short.quadraticForm, long.quadraticForm, scale: form))
        #expect(Tolerance.closedForm.accepts(short.squaredQuadraticForm, long.squaredQuadraticForm))
        #expect(Tolerance.closedForm.accepts(short.cubedQuadraticForm, long.cubedQuadraticForm))
        #expect(Tolerance.closedForm.accepts(short.traceP, long.traceP))
        #expect(Tolerance.closedForm.accepts(short.tracePP, long.tracePP))
        #expect(Tolerance.closedForm.accepts(short.sumOfWeights, long.sumOfWeights))
        #expect(Tolerance.closedForm.accepts(short.sumOfSquaredWeights, long.sumOfSquaredWeights))
    }

    /// Σ log N(y | μ̂, v + τ²), and for two studies the density of their difference over √2.
    @Test func likelihoodsAreNormalDensities() throws {
        let model = try VarianceComponentModel(responses: [1, 4], variances: [0.5, 1.5])
        let tauSquared = 0.5
        let mean = (1 / 1.0 + 4 / 2.0) / 1.5
        func density(_ distance: Double, _ variance: Double) -> Double {
            -0.5 * (Double.log(2 * .pi * variance) + distance * distance / variance)
        }
        let plain = model.profileLogLikelihood(at: tauSquared, restricted: false)
        #expect(Tolerance.closedForm.accepts(plain, density(1 - mean, 1) + density(4 - mean, 2)))
        let restricted = model.profileLogLikelihood(at: tauSquared, restricted: true)
        #expect(Tolerance.closedForm.accepts(restricted, density(3 / 2.0.squareRoot(), 1.5)))
        #expect(Tolerance.closedForm.accepts(model.saturatedLogLikelihood, density(0, 0.5) + density(0, 1.5)))
    }

    @Test func theLikelihoodTakesTheMeanItIsGiven() throws {
        let sample = Self.samples[4]
        let model = try Self.model(sample)
        let best = model.profileLogLikelihood(at: 0.1, restricted: true)
        let equal = model.leastSquares(weights: Array(repeating: 1, count: sample.effects.count))
        #expect(model.logLikelihood(equal, at: 0.1, restricted: true) < best)
        let own = model.leastSquares(weights: model.weights(at: 0.1))
        #expect(model.logLikelihood(own, at: 0.1, restricted: true) == best)
    }

    /// Scores and slopes against differences of the likelihood over ±h, extrapolated once (error of order h⁴).
    @Test(arguments: samples)
    func scoresAreDerivatives(_ sample: StudySample) throws {
        let model = try Self.model(sample)
        let point = 0.5
        for restricted in [false, true] {
            func likelihood(_ step: Double) -> Double {
                model.profileLogLikelihood(at: point + step, restricted: restricted)
            }
            func difference(_ h: Double) -> Double { (likelihood(h) - likelihood(-h)) / (2 * h) }
            func curvature(_ h: Double) -> Double { (likelihood(h) - 2 * likelihood(0) + likelihood(-h)) / (h * h) }
            let h = 0.004
            let score = (4 * difference(h / 2) - difference(h)) / 3
            let slope = (4 * curvature(h / 2) - curvature(h)) / 3
            let terms = model.scoreTerms(at: point, restricted: restricted)
            let k = Double(sample.effects.count)
            #expect(abs(terms.score - score) < 1e-8 * k)
            #expect(abs(terms.slope - slope) < 1e-6 * k)
        }
    }

    @Test(arguments: samples)
    func pastTheBoundBothScoresAreNegative(_ sample: StudySample) throws {
        let model = try Self.model(sample)
        let bound = model.tauSquaredBound
        for factor in [1.0, 1.5, 10, 1e6] {
            let profile = model.profile(at: bound * factor)
            #expect(profile.scoreTerms(restricted: false).score <= 0)
            #expect(profile.scoreTerms(restricted: true).score <= 0)
            #expect(profile.quadraticForm <= model.residualDegreesOfFreedom * (1 + 1e-12))
        }
    }

    @Test func dimensions() throws {
        let model = try Self.model(Self.samples[3])
        #expect(model.count == 5 && model.residualDegreesOfFreedom == 4)
        #expect(model.varianceRange.lowerBound == Self.samples[3].variances.min())
        #expect(model.varianceRange.upperBound == Self.samples[3].variances.max())
        #expect(model.weights(at: 1) == Self.samples[3].variances.map { 1 / ($0 + 1) })
        #expect(model.totalVariances(at: 1) == Self.samples[3].variances.map { $0 + 1 })
    }

    @Test func dependentColumnsAreRefused() {
        let twice = Matrix(rows: 3, columns: 2, elements: [1, 2, 1, 2, 1, 2])
        #expect(throws: NotPositiveDefinite.self) {
            try VarianceComponentModel(responses: [1, 2, 3], variances: [1, 1, 1], design: .columns(twice))
        }
    }
}

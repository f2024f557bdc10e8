import MetaAnalysisFixtures
import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

/// Every estimate of τ² and every end of its interval solves the equation that defines it.
@Suite struct TauSquaredLawTests {
    private static func model(_ sample: StudySample) throws -> VarianceComponentModel {
        try VarianceComponentModel(responses: sample.estimates, variances: sample.variances)
    }

    private static func tauSquared(
        _ estimator: HeterogeneityEstimator, _ sample: StudySample, _ weighting: Weighting = .inverseVariance
    ) throws -> Double {
        try RandomEffects(heterogeneity: estimator, interval: .wald, weighting: weighting).fit(sample.effects)
            .heterogeneity.tauSquared
    }

    // MARK: - Likelihood

    /// Few studies whose variances span eight orders of magnitude: likelihoods with several modes are common.
    private static let extreme: [StudySample] = (0..<60).map { index in
        StudySample.random(
            seed: UInt64(1000 + index), count: 3 + index % 7, varianceRatio: index % 2 == 0 ? 1e8 : 1e4,
            tau: [0, 0.3, 3, 30][index % 4])
    }

    @Test(arguments: [HeterogeneityEstimator.maximumLikelihood, .restrictedMaximumLikelihood])
    func likelihoodIsGreatestOverAll(_ estimator: HeterogeneityEstimator) throws {
        let restricted = estimator.isRestrictedLikelihood
        for sample in Self.extreme + StudySample.random + [try TwoModeTests.sample()] {
            let model = try Self.model(sample)
            let found = try Self.tauSquared(estimator, sample)
            let greatest = model.profileLogLikelihood(at: found, restricted: restricted)
            let slack = Tolerance.closedForm.bound * (abs(greatest) + Double(sample.effects.count))
            for point in [0] + Self.grid(model) {
                let likelihood = model.profileLogLikelihood(at: point, restricted: restricted)
                #expect(likelihood <= greatest + slack, "\(sample): \(point) is better than \(found)")
            }
        }
    }

    /// τ² from far below the least variance to far past the bound of the search, 24 points to each factor of ten.
    private static func grid(_ model: VarianceComponentModel) -> [Double] {
        let low = Double.log(1e-3 * model.varianceRange.lowerBound)
        let high = Double.log(100 * max(model.tauSquaredBound, model.varianceRange.upperBound))
        let count = Int((high - low) / Double.log(10) * 24)
        return (0...count).map { Double.exp(low + (high - low) * Double($0) / Double(count)) }
    }

    @Test func scoreIsZeroAtAnInnerMode() throws {
        for sample in try StudySample.all() {
            let model = try Self.model(sample)
            for restricted in [false, true] {
                let found = try Self.tauSquared(restricted ? .restrictedMaximumLikelihood : .maximumLikelihood, sample)
                guard found > 0 else {
                    #expect(model.scoreTerms(at: 0, restricted: restricted).score <= 0)
                    continue
                }
                let terms = model.scoreTerms(at: found, restricted: restricted)
                #expect(terms.slope < 0)
                let step = abs(terms.score / terms.slope)
                #expect(step <= Tolerance.closedForm.bound * (found + sample.effects.typicalVariance), "\(sample)")
            }
        }
    }

    // MARK: - Equations

    @Test(arguments: [
        HeterogeneityEstimator.pauleMandel, .empiricalBayes, .derSimonianLairdIterated, .sidikJonkmanIterated,
        .pauleMandelMedian,
    ])
    func generalizedQReachesItsTarget(_ estimator: HeterogeneityEstimator) throws {
        for sample in try StudySample.all() {
            let degrees = Double(sample.effects.count - 1)
            let target =
                estimator == .pauleMandelMedian
                ? ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).quantile(0.5) : degrees
            let found = try Self.tauSquared(estimator, sample)
            let form = try Self.model(sample).profile(at: found).quadraticForm
            if found > 0 { #expect(Tolerance.closedForm.accepts(form, target)) } else { #expect(form <= target) }
        }
    }

    @Test func fourEstimatorsAreOne() throws {
        for sample in try StudySample.all() {
            let reference = try Self.tauSquared(.pauleMandel, sample)
            for estimator in [HeterogeneityEstimator.empiricalBayes, .derSimonianLairdIterated, .sidikJonkmanIterated] {
                #expect(try Self.tauSquared(estimator, sample) == reference)
            }
        }
    }

    @Test func generalizedQWithTheRightWeightsIsAnOldFriend() throws {
        for sample in try StudySample.all() {
            #expect(
                try Self.tauSquared(.generalizedQ, sample, .inverseVariance)
                    == Self.tauSquared(.derSimonianLaird, sample))
            #expect(try Self.tauSquared(.generalizedQ, sample, .equal) == Self.tauSquared(.hedges, sample))
        }
    }

    /// τ² = (Q − (k − 1)) / (Σw − Σw²/Σw), as DerSimonian and Laird wrote it.
    @Test func momentIdentities() throws {
        for sample in try StudySample.all() {
            let weights = sample.variances.map { 1 / $0 }
            let total = weights.reduce(0, +)
            let degrees = Double(sample.effects.count - 1)
            let q = try CommonEffect().fit(sample.effects).heterogeneity.cochranQ
            let typical = sample.effects.typicalVariance
            let laird = max(0, q - degrees) / (total - weights.reduce(0) { $0 + $1 * $1 } / total)
            #expect(Tolerance.closedForm.accepts(try Self.tauSquared(.derSimonianLaird, sample), laird, scale: typical))
            let schmidt = max(0, q - degrees - 1) / total
            #expect(Tolerance.closedForm.accepts(try Self.tauSquared(.hunterSchmidt, sample), schmidt, scale: typical))
            let mean = sample.estimates.reduce(0, +) / (degrees + 1)
            let spread = sample.estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / degrees
            let hedges = max(0, spread - sample.variances.reduce(0, +) / (degrees + 1))
            #expect(
                Tolerance.closedForm.accepts(
                    try Self.tauSquared(.hedges, sample), hedges, scale: max(typical, spread)))
        }
    }

    @Test func medianOfTheGeneralizedQ() throws {
        for sample in StudySample.random {
            for weighting in Weighting.allCases {
                let found = try Self.tauSquared(.generalizedQMedian, sample, weighting)
                let tail = try Self.upperTail(sample, weighting, at: found)
                if found > 0 { #expect(Tolerance.iterative.accepts(tail, 0.5)) } else { #expect(tail >= 0.5) }
            }
        }
    }

    /// P(Q > q) with the weights of the generalized Q, when τ² is as given.
    private static func upperTail(_ sample: StudySample, _ weighting: Weighting, at tauSquared: Double) throws -> Double
    {
        let model = try VarianceComponentModel(responses: sample.estimates, variances: sample.variances)
        let weights = weighting.momentWeights(sample.variances)
        let observed = model.leastSquares(weights: weights).residualSumOfSquares(sample.estimates)
        return QuadraticFormDistribution(weights: weights, variances: sample.variances.map { $0 + tauSquared })
            .upperTail(observed)
    }

    /// With one variance v for all studies every equation has a closed solution.
    @Test(arguments: HeterogeneityEstimator.allCases)
    func balancedStudies(_ estimator: HeterogeneityEstimator) throws {
        for (spacing, v) in [(1.0, 0.25), (0.1, 0.25), (30, 1e-3)] {
            let estimates = [0, 1, 2, 4, 5].map { spacing * Double($0) }
            let sample = StudySample("balanced", estimates: estimates, variances: Array(repeating: v, count: 5))
            // Σ (y − ȳ)² = 17.2 in units of the spacing.
            let sum = 17.2 * spacing * spacing
            let expected: Double
            switch estimator {
            case .maximumLikelihood, .hunterSchmidt: expected = max(0, sum / 5 - v)
            case .sidikJonkman:
                let crude = sum / 5
                expected = crude / 4 * sum / (v + crude)
            case .pauleMandelMedian, .generalizedQMedian:
                // Both: Q / (v + τ²) is χ² with four degrees of freedom, whose median is 3.35669398003332.
                expected = max(0, sum / 3.35669398003332 - v)
            default: expected = max(0, sum / 4 - v)
            }
            #expect(Tolerance.closedForm.accepts(try Self.tauSquared(estimator, sample), expected, scale: v))
        }
    }

    // MARK: - Intervals

    private static func interval(
        _ method: TauSquaredIntervalMethod, _ estimator: HeterogeneityEstimator, _ sample: StudySample,
        _ weighting: Weighting = .inverseVariance
    ) throws -> PooledEffect {
        try RandomEffects(
            heterogeneity: estimator, interval: .wald, tauSquaredInterval: method, weighting: weighting, level: 0.9
        ).fit(sample.effects)
    }

    @Test func endsOfTheQProfile() throws {
        for sample in try StudySample.all() {
            let model = try Self.model(sample)
            let ends = try #require(
                try Self.interval(.qProfile, .derSimonianLaird, sample).heterogeneity.tauSquaredInterval)
            let reference = ReferenceDistribution.chiSquared(degreesOfFreedom: model.residualDegreesOfFreedom)
            for (end, tail) in [(ends.lower, 0.05), (ends.upper, 0.95)] {
                let found = reference.upperTail(model.profile(at: end).quadraticForm)
                if end > 0 { #expect(Tolerance.quantile.accepts(found, tail)) } else { #expect(found >= tail) }
            }
        }
    }

    @Test func endsOfTheGeneralizedQ() throws {
        for sample in StudySample.random {
            for weighting in Weighting.allCases {
                let ends = try #require(
                    try Self.interval(.generalizedQ, .generalizedQ, sample, weighting).heterogeneity.tauSquaredInterval)
                for (end, tail) in [(ends.lower, 0.05), (ends.upper, 0.95)] {
                    let found = try Self.upperTail(sample, weighting, at: end)
                    if end > 0 { #expect(Tolerance.iterative.accepts(found, tail)) } else { #expect(found >= tail) }
                }
            }
        }
    }

    @Test(arguments: [HeterogeneityEstimator.maximumLikelihood, .restrictedMaximumLikelihood])
    func endsOfTheProfileLikelihood(_ estimator: HeterogeneityEstimator) throws {
        let restricted = estimator.isRestrictedLikelihood
        for sample in try StudySample.all() {
            let model = try Self.model(sample)
            let heterogeneity = try Self.interval(.profileLikelihood, estimator, sample).heterogeneity
            let ends = try #require(heterogeneity.tauSquaredInterval)
            let top = model.profileLogLikelihood(at: heterogeneity.tauSquared, restricted: restricted)
            // Half the 90th percentile of χ² with one degree of freedom.
            let drop = 2.705543454095404 / 2
            for end in [ends.lower, ends.upper] {
                let fall = top - model.profileLogLikelihood(at: end, restricted: restricted)
                if end > 0 { #expect(Tolerance.quantile.accepts(fall, drop)) } else { #expect(fall <= drop) }
            }
            #expect(ends.contains(heterogeneity.tauSquared))
        }
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func testBasedIntervalIsSymmetricInTheLogarithmOfH(_ estimator: HeterogeneityEstimator) throws {
        var compared = 0
        for sample in try StudySample.all() where sample.effects.count > 2 {
            let pooled = try Self.interval(.testBased, estimator, sample)
            let ends = try #require(pooled.heterogeneity.tauSquaredInterval)
            let h = try #require(pooled.heterogeneity.hSquared)
            let scale = HeterogeneityScale(typicalVariance: sample.effects.typicalVariance)
            guard ends.lower > 0 else { continue }
            compared += 1
            let product = scale.hSquared(ends.lower) * scale.hSquared(ends.upper)
            #expect(Tolerance.closedForm.accepts(product, h * h))
        }
        #expect(compared > 0)
    }

    /// Half of all intervals of 50% miss on either side only when the tails are right: a check by simulation of the whole.
    @Test func qProfileCoversAsOftenAsItSays() throws {
        var missed = 0
        let count = 400
        for index in 0..<count {
            let sample = StudySample.random(
                seed: UInt64(5000 + index), count: 6, varianceRatio: 8, tau: 0.25.squareRoot())
            let pooled = try RandomEffects(heterogeneity: .derSimonianLaird, interval: .wald, level: 0.8)
                .fit(sample.effects)
            if pooled.heterogeneity.tauSquaredInterval?.contains(0.25) != true { missed += 1 }
        }
        // Binomial with mean 80 and standard deviation 8.
        #expect(abs(missed - 80) <= 28, "\(missed) of \(count)")
    }
}

import Foundation
import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

/// What holds for networks whatever the numbers are.
@Suite struct NetworkLaws {
    /// Every estimator with every interval, the intervals of τ² taking turns.
    static let models: [NetworkMetaAnalysis] = HeterogeneityEstimator.allCases.enumerated().flatMap { row, estimator in
        IntervalMethod.allCases.enumerated().map { column, interval in
            let intervals: [TauSquaredIntervalMethod] =
                estimator.maximizesLikelihood ? [.profileLikelihood, .qProfile, .testBased] : [.qProfile, .testBased]
            return NetworkMetaAnalysis(
                heterogeneity: estimator, interval: interval,
                tauSquaredInterval: intervals[(row + column) % intervals.count])
        }
    }

    static let commonModels: [NetworkMetaAnalysis] = IntervalMethod.allCases.map {
        NetworkMetaAnalysis(model: .common, interval: $0)
    }

    /// One of each kind: closed form, moments, likelihood, common effect.
    static let fewModels: [NetworkMetaAnalysis] = [
        NetworkMetaAnalysis(heterogeneity: .derSimonianLaird, interval: .hartungKnapp),
        NetworkMetaAnalysis(heterogeneity: .pauleMandel, interval: .t),
        NetworkMetaAnalysis(heterogeneity: .maximumLikelihood),
        NetworkMetaAnalysis(heterogeneity: .restrictedMaximumLikelihood, interval: .hartungKnappTruncated, level: 0.9),
        NetworkMetaAnalysis(knownTauSquared: 0.05),
        NetworkMetaAnalysis(model: .common),
    ]

    private static func tolerance(_ model: NetworkMetaAnalysis) -> Tolerance {
        let isClosed = !(model.heterogeneity.estimator?.isIterated ?? false)
        return isClosed ? .closedForm : .iterative
    }

    // MARK: Two treatments

    private static func pairwise(_ sample: StudySample) throws -> TreatmentNetwork {
        try TreatmentNetwork(
            // Labels may repeat in a data set of pairs.
            sample.effects.effects.enumerated().map { index, effect in
                Contrast(
                    study: "\(effect.label) \(index)", "A", versus: "B", estimate: effect.estimate,
                    variance: effect.variance)
            })
    }

    @Test(arguments: HeterogeneityEstimator.allCases)
    func twoTreatmentsAreRandomEffects(_ estimator: HeterogeneityEstimator) throws {
        for sample in try StudySample.all() {
            let network = try Self.pairwise(sample)
            for model in Self.models where model.heterogeneity == .estimated(estimator) {
                let pooled = try RandomEffects(
                    heterogeneity: estimator, interval: model.interval,
                    predictionInterval: .higginsThompsonSpiegelhalterOneLess,
                    tauSquaredInterval: model.tauSquaredInterval
                ).fit(sample.effects)
                try Self.expectSame(try model.fit(network), pooled, Self.tolerance(model), "\(sample), \(model)")
            }
        }
    }

    @Test func twoTreatmentsAreACommonEffect() throws {
        for sample in try StudySample.all() {
            let network = try Self.pairwise(sample)
            for model in Self.commonModels {
                let pooled = try CommonEffect(interval: model.interval).fit(sample.effects)
                try Self.expectSame(try model.fit(network), pooled, .closedForm, "\(sample), \(model)")
            }
        }
    }

    @Test func twoTreatmentsWithAKnownTauSquared() throws {
        for sample in StudySample.random {
            let network = try Self.pairwise(sample)
            for interval in IntervalMethod.allCases {
                let pooled = try RandomEffects(
                    interval: interval, predictionInterval: .higginsThompsonSpiegelhalterOneLess, knownTauSquared: 0.3
                ).fit(sample.effects)
                let fit = try NetworkMetaAnalysis(interval: interval, knownTauSquared: 0.3).fit(network)
                try Self.expectSame(fit, pooled, .closedForm, "\(sample)")
            }
        }
    }

    private static func expectSame(
        _ fit: NetworkFit, _ pooled: PooledEffect, _ tolerance: Tolerance, _ place: String
    ) throws {
        let effect = try #require(fit.effect(of: "A", versus: "B"))
        let error = pooled.standardError
        // A search for τ² stops at a share of the typical variance, which is all that is left of a τ² near 0.
        let typical = pooled.studies.compactMap(\.variance).max() ?? 1
        let heterogeneity = (fit.heterogeneity, pooled.heterogeneity)
        let numbers: [(String, Double?, Double?, Double)] = [
            ("estimate", effect.estimate, pooled.estimate, error),
            ("standard error", effect.standardError, error, 0),
            ("statistic", effect.statistic, pooled.statistic, 1),
            ("p-value", effect.pValue, pooled.pValue, 1e-3),
            ("lower", effect.confidenceInterval.lower, pooled.confidenceInterval.lower, error),
            ("upper", effect.confidenceInterval.upper, pooled.confidenceInterval.upper, error),
            ("τ²", heterogeneity.0.tauSquared, heterogeneity.1.tauSquared, typical),
            ("SE of τ²", heterogeneity.0.tauSquaredStandardError, heterogeneity.1.tauSquaredStandardError, typical),
            ("Q", heterogeneity.0.cochranQ, heterogeneity.1.cochranQ, Double(pooled.k)),
            ("p-value of Q", heterogeneity.0.pValue, heterogeneity.1.pValue, 1e-3),
            ("I² from Q", heterogeneity.0.iSquared, heterogeneity.1.iSquaredFromQ, 100),
            ("degrees of freedom", fit.degreesOfFreedom, pooled.degreesOfFreedom, 0),
            ("log-likelihood", fit.fit?.logLikelihood, pooled.fit?.logLikelihood, Double(pooled.k)),
            ("deviance", fit.fit?.deviance, pooled.fit?.deviance, Double(pooled.k)),
            ("AIC", fit.fit?.aic, pooled.fit?.aic, Double(pooled.k)),
            ("AICc", fit.fit?.aicc, pooled.fit?.aicc, Double(pooled.k)),
            ("BIC", fit.fit?.bic, pooled.fit?.bic, Double(pooled.k)),
        ]
        for (name, value, reference, scale) in numbers {
            #expect(
                Self.accepts(value, reference, scale, tolerance),
                "\(name): \(value as Any), not \(reference as Any), \(place)")
        }
        if fit.settings.model == .random {
            for (mine, theirs) in [
                (effect.predictionInterval, pooled.predictionInterval),
                (heterogeneity.0.tauSquaredInterval, heterogeneity.1.tauSquaredInterval),
            ] {
                let scale = mine == effect.predictionInterval ? error : typical
                #expect(Self.accepts(mine?.lower, theirs?.lower, scale, .iterative), "\(place)")
                #expect(Self.accepts(mine?.upper, theirs?.upper, scale, .iterative), "\(place)")
            }
        }
        #expect(Self.accepts(effect.proportionDirect, 1, 0, .closedForm) && effect.indirect == nil, "\(place)")
        #expect(Self.accepts(effect.direct?.estimate, pooled.estimate, error, tolerance), "\(place)")
        #expect(Self.accepts(effect.direct?.standardError, error, 0, tolerance), "\(place)")
    }

    private static func accepts(_ value: Double?, _ reference: Double?, _ scale: Double, _ tolerance: Tolerance) -> Bool
    {
        guard let value, let reference else { return value == nil && reference == nil }
        return tolerance.accepts(value, reference, scale: scale)
    }

    // MARK: Order, direction, names

    @Test(arguments: NetworkSample.random)
    func anotherReferenceChangesNothing(_ sample: NetworkSample) throws {
        let network = try sample.network()
        for model in Self.models + Self.commonModels {
            let fit = try model.fit(network)
            for treatment in [network.treatments[0], network.treatments[network.treatments.count - 1]] {
                var other = model
                other.reference = treatment
                var changed = try other.fit(network)
                #expect(changed.reference == treatment)
                changed.reference = fit.reference
                #expect(changed == fit, "\(treatment), \(model)")
            }
        }
    }

    @Test(arguments: NetworkSample.random)
    func shuffledRowsGiveTheSameBits(_ sample: NetworkSample) throws {
        let network = try sample.network()
        for seed in 1...5 {
            let shuffled = try sample.shuffled(seed: UInt64(seed)).network()
            #expect(shuffled == network)
            for model in Self.fewModels { #expect(try model.fit(shuffled) == model.fit(network)) }
        }
    }

    @Test(arguments: NetworkSample.random)
    func contrastsWrittenTheOtherWayGiveTheSameBits(_ sample: NetworkSample) throws {
        let network = try sample.network()
        var turn = false
        let turned = sample.mapping { contrast in
            turn.toggle()
            return turn
                ? Contrast(
                    study: contrast.study, contrast.versus, versus: contrast.treatment, estimate: -contrast.estimate,
                    variance: contrast.variance) : contrast
        }
        #expect(try turned.network() == network)
        for model in Self.fewModels { #expect(try model.fit(turned.network()) == model.fit(network)) }
    }

    /// Treatments and studies stand in the opposite order, and treatments in one without a rule.
    @Test(arguments: NetworkSample.random)
    func otherNamesChangeNothing(_ sample: NetworkSample) throws {
        let network = try sample.network()
        let count = network.treatments.count
        let orders: [[Int]] = [
            (0..<count).reversed(),
            // A permutation, as 7 divides no number of treatments but its own, which 3 does not.
            (0..<count).map { ($0 * (count == 7 ? 3 : 7) + 1) % count },
        ]
        for order in orders {
            func renamed(_ treatment: Treatment) -> Treatment {
                Treatment("new \(order[network.index(of: treatment) ?? 0])")
            }
            let other = try sample.mapping {
                Contrast(
                    study: String($0.study.reversed()), renamed($0.treatment), versus: renamed($0.versus),
                    estimate: $0.estimate, variance: $0.variance)
            }.network()
            let treatments = network.treatments.map(renamed)
            #expect(other.treatments != treatments && Set(treatments).count == count)
            for model in Self.models + Self.commonModels {
                let expected = NetworkNumbers(try model.fit(network))
                let found = NetworkNumbers(try model.fit(other), order: treatments)
                #expect(found.differences(from: expected, Self.tolerance(model)) == [], "\(model)")
            }
        }
    }

    // MARK: Consistency

    @Test(arguments: NetworkSample.random)
    func effectsAddUp(_ sample: NetworkSample) throws {
        let network = try sample.network()
        for model in Self.fewModels {
            let fit = try model.fit(network)
            for a in fit.treatments {
                for b in fit.treatments {
                    for c in fit.treatments where a != b && b != c && a != c {
                        let first = try #require(fit.effect(of: a, versus: b))
                        let second = try #require(fit.effect(of: b, versus: c))
                        let third = try #require(fit.effect(of: a, versus: c))
                        #expect(
                            Tolerance.closedForm.accepts(
                                first.estimate + second.estimate, third.estimate, scale: third.standardError))
                    }
                }
            }
        }
    }

    /// All of a study and its covariance in one dense system, instead of orthogonal contrasts and a Laplacian.
    @Test(arguments: NetworkSample.random + [threeArmStudy])
    func agreesWithGeneralizedLeastSquares(_ sample: NetworkSample) throws {
        let network = try sample.network()
        let dense = DenseNetwork(network)
        for tauSquared in [0, 1e-3, 0.05, 2] {
            let fit = try NetworkMetaAnalysis(knownTauSquared: tauSquared).fit(network)
            let reference = dense.fit(at: tauSquared)
            for (first, one) in fit.treatments.enumerated() {
                for (second, other) in fit.treatments.enumerated() where first < second {
                    let effect = try #require(fit.effect(of: one, versus: other))
                    let error = reference.variance(first, second).squareRoot()
                    #expect(
                        Tolerance.closedForm.accepts(effect.estimate, reference.effect(first, second), scale: error))
                    #expect(Tolerance.closedForm.accepts(effect.standardError, error))
                }
            }
            if let statistics = fit.fit {
                #expect(
                    Tolerance.closedForm.accepts(
                        statistics.logLikelihood, reference.logLikelihood, scale: Double(fit.k)))
                let common = dense.fit(at: 0).quadraticForm
                #expect(Tolerance.closedForm.accepts(fit.heterogeneity.cochranQ, common, scale: Double(fit.k)))
            }
        }
    }

    static let threeArmStudy = NetworkSample.random(
        seed: 9, treatments: 3, studies: 1, arms: 3...3, varianceRatio: 4, tau: 0)

    @Test(arguments: NetworkSample.random)
    func momentsOfQAreThoseOfTheDenseSystem(_ sample: NetworkSample) throws {
        let network = try sample.network()
        let dense = DenseNetwork(network)
        let found = try NetworkMetaAnalysis(heterogeneity: .derSimonianLaird).fit(network).heterogeneity.tauSquared
        #expect(Tolerance.closedForm.accepts(found, dense.momentEstimate, scale: network.typicalVariance))
        let paule = try NetworkMetaAnalysis(heterogeneity: .pauleMandel).fit(network).heterogeneity
        let form = dense.fit(at: paule.tauSquared).quadraticForm
        let degrees = Double(network.degreesOfFreedom)
        #expect(
            paule.tauSquared > 0
                ? Tolerance.closedForm.accepts(form, degrees) : form <= degrees * (1 + Tolerance.closedForm.bound))
    }

    /// Nothing but its own studies speaks of a spoke: what they say alone is what the network says.
    @Test(arguments: [3, 6])
    func inAStarTheNetworkIsTheDirectEvidence(_ treatments: Int) throws {
        var contrasts: [Contrast] = []
        for spoke in 1..<treatments {
            let sample = StudySample.random(
                seed: UInt64(spoke), count: 2 + spoke, varianceRatio: 10, tau: 0.4)
            contrasts += sample.effects.effects.map {
                Contrast(
                    study: "\(spoke): \($0.label)", NetworkSample.name(spoke), versus: "hub", estimate: $0.estimate,
                    variance: $0.variance)
            }
        }
        let network = try TreatmentNetwork(contrasts)
        for model in Self.models + Self.commonModels {
            let fit = try model.fit(network)
            for spoke in 1..<treatments {
                let effect = try #require(fit.effect(of: NetworkSample.name(spoke), versus: "hub"))
                let direct = try #require(effect.direct)
                #expect(Tolerance.closedForm.accepts(effect.estimate, direct.estimate, scale: direct.standardError))
                #expect(Tolerance.closedForm.accepts(effect.standardError, direct.standardError))
                #expect(Self.accepts(effect.proportionDirect, 1, 0, .closedForm) && effect.indirect == nil)
                let own = network.subset(
                    network.studies.indices.filter { network.studies[$0].label.hasPrefix("\(spoke):") })
                var alone = model
                alone.estimation.heterogeneity = .known(fit.heterogeneity.tauSquared)
                let pooled = try #require(
                    try alone.fit(own).effect(of: NetworkSample.name(spoke), versus: "hub"))
                #expect(Tolerance.closedForm.accepts(effect.estimate, pooled.estimate, scale: pooled.standardError))
                if model.interval == .wald || model.interval == .t {
                    #expect(Tolerance.closedForm.accepts(effect.standardError, pooled.standardError))
                }
            }
            let between = try #require(fit.effect(of: NetworkSample.name(1), versus: NetworkSample.name(2)))
            #expect(between.direct == nil && between.proportionDirect == 0)
            #expect(between.indirect?.estimate == between.estimate)
        }
    }

    // MARK: Scale and number

    /// Powers of two change no bit of a mantissa, so that results keep theirs, up to the ends of the range of numbers.
    @Test(arguments: [-400, -130, -3, 1, 130, 400])
    func powersOfTwoScaleExactly(_ exponent: Int) throws {
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        for sample in NetworkSample.random {
            let network = try sample.network()
            let scaled = try sample.mapping {
                Contrast(
                    study: $0.study, $0.treatment, versus: $0.versus, estimate: $0.estimate * factor,
                    variance: $0.variance * factor * factor)
            }.network()
            for model in Self.models + Self.commonModels where model.tauSquaredInterval != .profileLikelihood {
                var found = try model.fit(scaled)
                let original = try model.fit(network)
                var expected = original.multiplied(by: factor)
                if let fit = found.fit, let own = original.fit {
                    let free = Double(
                        fit.isRestricted
                            ? network.degreesOfFreedom
                            : network.studies.reduce(0) { $0 + $1.arms.count - 1 })
                    let shifted = own.logLikelihood - free * Double(exponent) * Double.log(2)
                    #expect(Tolerance.closedForm.accepts(fit.logLikelihood, shifted, scale: free))
                }
                // Logarithms round in another way for each unit.
                (found.fit, expected.fit) = (nil, nil)
                #expect(found == expected, "\(sample), \(model)")
            }
        }
    }

    @Test(arguments: NetworkSample.random)
    func everyStudyTwiceHalvesTheVariances(_ sample: NetworkSample) throws {
        let doubled = NetworkSample(
            sample.name,
            sample.contrasts
                + sample.mapping {
                    var copy = $0
                    copy.study += " again"
                    return copy
                }.contrasts)
        let model = NetworkMetaAnalysis(model: .common)
        let (once, twice) = (try model.fit(sample.network()), try model.fit(doubled.network()))
        for (single, double) in zip(once.effects, twice.effects) {
            #expect(Tolerance.closedForm.accepts(double.estimate, single.estimate, scale: single.standardError))
            let ratio = single.standardError / double.standardError
            #expect(Tolerance.closedForm.accepts(ratio * ratio, 2))
            #expect(Self.accepts(double.proportionDirect, single.proportionDirect, 1, .closedForm))
        }
        #expect(Tolerance.closedForm.accepts(twice.heterogeneity.cochranQ, 2 * once.heterogeneity.cochranQ))
    }

    /// A shift of one treatment shifts its effects and nothing else.
    @Test(arguments: NetworkSample.random)
    func aBetterTreatmentIsBetterByAsMuch(_ sample: NetworkSample) throws {
        let network = try sample.network()
        let shift = 8.0
        let moved = try network.mapPairs { pair in
            var pair = pair
            if pair.first == 0 { pair.estimate += shift }
            return pair
        }.asDecoded()
        for model in Self.models + Self.commonModels {
            let (fit, other) = (try model.fit(network), try model.fit(moved))
            for (one, two) in zip(fit.effects, other.effects) {
                let expected = one.estimate + (one.treatment == network.treatments[0] ? shift : 0)
                // The shift takes three bits of every effect, and a fourth of the tolerance.
                #expect(Tolerance.iterative.accepts(two.estimate, expected, scale: one.standardError), "\(model)")
                #expect(Tolerance.iterative.accepts(two.standardError, one.standardError), "\(model)")
            }
        }
    }

    // MARK: Record

    @Test(arguments: NetworkSample.random)
    func writtenAndReadBackItIsTheSame(_ sample: NetworkSample) throws {
        let network = try sample.network()
        #expect(try network.asDecoded() == network)
        for model in Self.models + Self.commonModels {
            let fit = try model.fit(network)
            let copy = try JSONDecoder().decode(NetworkFit.self, from: JSONEncoder().encode(fit))
            #expect(copy == fit)
            let settings = try JSONDecoder().decode(NetworkMetaAnalysis.self, from: JSONEncoder().encode(model))
            #expect(settings == model)
            let league = try JSONDecoder().decode(LeagueTable.self, from: JSONEncoder().encode(fit.leagueTable))
            #expect(league == fit.leagueTable)
        }
    }

    // MARK: τ²

    @Test(arguments: NetworkSample.random)
    func withoutVarianceBetweenStudiesThereIsACommonEffect(_ sample: NetworkSample) throws {
        let network = try sample.network()
        for interval in IntervalMethod.allCases {
            let random = try NetworkMetaAnalysis(interval: interval, knownTauSquared: 0).fit(network)
            let common = try NetworkMetaAnalysis(model: .common, interval: interval).fit(network)
            #expect(random.estimates == common.estimates && random.covariance == common.covariance)
            for (one, other) in zip(random.effects, common.effects) {
                var one = one
                #expect(other.predictionInterval == nil)
                one.predictionInterval = nil
                #expect(one == other)
            }
        }
        // Effects that agree better than chance.
        let fit = try NetworkMetaAnalysis(heterogeneity: .derSimonianLaird).fit(
            network.mapPairs {
                var pair = $0
                pair.variance *= 1e4
                return pair
            })
        #expect(fit.heterogeneity.tauSquared == 0)
        #expect(fit.diagnostics.contains { $0.code == .zeroHeterogeneity })
    }

    @Test(arguments: [HeterogeneityEstimator.maximumLikelihood, .restrictedMaximumLikelihood])
    func likelihoodIsGreatestOverAll(_ estimator: HeterogeneityEstimator) throws {
        let restricted = estimator.isRestrictedLikelihood
        let wide = (0..<12).map { index in
            NetworkSample.random(
                seed: UInt64(500 + index), treatments: 3 + index % 3, studies: 5 + index % 4, arms: 2...3,
                varianceRatio: index % 2 == 0 ? 1e6 : 1e3, tau: [0, 0.1, 2][index % 3])
        }
        var compared = 0
        for sample in NetworkSample.random + wide {
            let network = try sample.network()
            guard network.degreesOfFreedom > 0 else { continue }
            compared += 1
            let dense = DenseNetwork(network)
            func likelihood(_ tauSquared: Double) -> Double {
                let fit = dense.fit(at: tauSquared)
                return restricted ? fit.restrictedLogLikelihood : fit.logLikelihood
            }
            let found = try NetworkMetaAnalysis(heterogeneity: estimator).fit(network).heterogeneity.tauSquared
            let greatest = likelihood(found)
            // The dense system loses what its elimination does.
            let slack = 1e-9 * (abs(greatest) + Double(network.studies.count))
            let variances = network.studies.flatMap(\.pairs).map(\.variance)
            let low = Double.log(1e-3 * (variances.min() ?? 1))
            let high = Double.log(1e3 * (variances.max() ?? 1))
            let count = 120
            for point in [0] + (0...count).map({ Double.exp(low + (high - low) * Double($0) / Double(count)) }) {
                #expect(likelihood(point) <= greatest + slack, "\(sample): \(point) is better than \(found)")
            }
        }
        #expect(compared > 0)
    }
}

extension TreatmentNetwork {
    /// Written as JSON and read back.
    func asDecoded() throws -> TreatmentNetwork {
        try JSONDecoder().decode(TreatmentNetwork.self, from: JSONEncoder().encode(self))
    }
}

extension NetworkFit {
    /// What the numbers become when every effect is so many times as large.
    fileprivate func multiplied(by factor: Double) -> NetworkFit {
        func scaled(_ interval: ConfidenceInterval) -> ConfidenceInterval {
            ConfidenceInterval(lower: interval.lower * factor, upper: interval.upper * factor)
        }
        func scaled(_ evidence: NetworkEffect.Evidence) -> NetworkEffect.Evidence {
            var evidence = evidence
            evidence.estimate *= factor
            evidence.standardError *= factor
            evidence.confidenceInterval = scaled(evidence.confidenceInterval)
            return evidence
        }
        var result = self
        result.estimates = estimates.map { $0 * factor }
        result.covariance = covariance.map { $0.map { $0 * factor * factor } }
        for index in effects.indices {
            result.effects[index].estimate *= factor
            result.effects[index].standardError *= factor
            result.effects[index].confidenceInterval = scaled(effects[index].confidenceInterval)
            result.effects[index].predictionInterval = effects[index].predictionInterval.map(scaled)
            result.effects[index].direct = effects[index].direct.map(scaled)
            result.effects[index].indirect = effects[index].indirect.map(scaled)
        }
        result.heterogeneity.tauSquared *= factor * factor
        result.heterogeneity.tauSquaredStandardError = heterogeneity.tauSquaredStandardError.map {
            $0 * factor * factor
        }
        for test in [\Inconsistency.total, \.withinDesigns, \.betweenDesigns] {
            result.inconsistency[keyPath: test].tauSquared *= factor * factor
        }
        result.inconsistency.designByTreatment?.tauSquared *= factor * factor
        result.heterogeneity.tauSquaredInterval = heterogeneity.tauSquaredInterval.map { scaled(scaled($0)) }
        return result
    }
}

import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

/// Pooling follows its data: moved, stretched, turned round or in another order.
@Suite struct EquivarianceLawTests {
    /// Every estimator with every interval, the other settings taking turns.
    static let models: [RandomEffects] = HeterogeneityEstimator.allCases.enumerated().flatMap { row, estimator in
        IntervalMethod.allCases.enumerated().map { column, interval in
            let turn = row + column
            let intervals: [TauSquaredIntervalMethod] =
                estimator.maximizesLikelihood ? [.profileLikelihood, .qProfile, .testBased] : [.qProfile, .testBased]
            return RandomEffects(
                heterogeneity: estimator, interval: interval,
                predictionInterval: PredictionIntervalMethod.allCases[turn % PredictionIntervalMethod.allCases.count],
                tauSquaredInterval: intervals[turn % intervals.count],
                weighting: Weighting.allCases[(row + 2 * column) % Weighting.allCases.count])
        }
    }

    static let commonModels: [CommonEffect] = IntervalMethod.allCases.flatMap { interval in
        Weighting.allCases.map { CommonEffect(interval: interval, weighting: $0) }
    }

    static let allModels: [any PoolingModel] = models + commonModels

    /// The median of a quadratic form is found to 1e-13 only, which a flat tail carries over to τ².
    private static func tolerance(_ model: any PoolingModel) -> Tolerance {
        (model as? RandomEffects)?.heterogeneity == .estimated(.generalizedQMedian) ? .iterative : .closedForm
    }

    @Test(arguments: StudySample.random)
    func translation(_ sample: StudySample) throws {
        let shift = 3.0
        for model in Self.allModels {
            let numbers = PooledNumbers(try model.fit(sample.effects))
            let moved = PooledNumbers(try model.fit(sample.effects.mapping({ $0 + shift }, variance: { $0 })))
            #expect(
                moved.differences(from: numbers.transformed(shift: shift), Self.tolerance(model)) == [], "\(model)")
        }
    }

    @Test(arguments: StudySample.random)
    func signFlip(_ sample: StudySample) throws {
        for model in Self.allModels {
            let numbers = PooledNumbers(try model.fit(sample.effects))
            let turned = PooledNumbers(try model.fit(sample.effects.mapping(-, variance: { $0 })))
            #expect(turned.differences(from: numbers.transformed(factor: -1), nil) == [], "\(model)")
        }
    }

    /// Powers of two change no bit of a mantissa, so that results keep theirs, up to the ends of the range of numbers.
    @Test(arguments: [-490, -400, -3, 1, 400, 490])
    func scaling(_ exponent: Int) throws {
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let logarithm = Double(exponent) * Double.log(2)
        for sample in StudySample.random {
            for model in Self.allModels {
                let numbers = PooledNumbers(try model.fit(sample.effects))
                let scaled = PooledNumbers(
                    try model.fit(sample.effects.mapping({ $0 * factor }, variance: { $0 * factor * factor })))
                let expected = numbers.transformed(factor: factor, logarithm: logarithm)
                // A profile likelihood goes through logarithms, which round in another way for each unit.
                let profiles = (model as? RandomEffects)?.tauSquaredInterval == .profileLikelihood
                #expect(
                    scaled.differences(from: expected, profiles ? .closedForm : nil) == [], "\(sample), \(model)")
            }
        }
    }

    @Test func permutationOfStudies() throws {
        for sample in try StudySample.all() {
            let reversed = sample.effects.subset(sample.effects.effects.indices.reversed())
            for model in Self.allModels {
                var straight = try model.fit(sample.effects)
                let turned = try model.fit(reversed)
                straight.studies.reverse()
                #expect(
                    PooledNumbers(turned).differences(from: PooledNumbers(straight), Self.tolerance(model)) == [],
                    "\(sample), \(model)")
            }
        }
    }
}

extension EffectSizes {
    /// The effects with each estimate and variance changed.
    func mapping(_ estimate: (Double) -> Double, variance: (Double) -> Double) -> EffectSizes {
        var result = self
        for index in effects.indices {
            result.effects[index].estimate = estimate(effects[index].estimate)
            result.effects[index].variance = variance(effects[index].variance)
        }
        return result
    }
}

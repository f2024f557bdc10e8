import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct SelectionLikelihoodTests {
    static let functions: [SelectionFunction] = [
        .steps([0.025, 0.5]), .beta, SelectionFunction(.halfNormal), SelectionFunction(.negativeExponential),
        SelectionFunction(.logistic, steps: [0.05]), SelectionFunction(.power), SelectionFunction(.truncation),
    ]

    private static func weights(_ function: SelectionFunction) -> [Double] {
        switch function.kind {
        case .step: [1, 0.6, 0.3]
        case .beta: [0.7, 1.8]
        default: [0.8]
        }
    }

    private static let responses = [0.5, 1.4, -0.3, 2.2, 0.9]
    private static let variances = [0.2, 0.5, 0.1, 0.8, 0.04]

    /// One- and two-sided selection; a truncation has one side only.
    private static let sided: [(SelectionFunction, SelectionModel.Alternative)] =
        functions.map { ($0, .greater) } + functions.filter { $0.kind != .truncation }.map { ($0, .twoSided) }

    /// The normalising integral by a fine sum over the effects, and with it the likelihood.
    @Test(arguments: sided)
    func againstASum(function: SelectionFunction, alternative: SelectionModel.Alternative) throws {
        let isTwoSided = alternative == .twoSided
        let likelihood = SelectionLikelihood(
            responses: Self.responses, variances: Self.variances, function: function, isTwoSided: isTwoSided)
        let delta = Self.weights(function)
        func weight(_ y: Double, _ variance: Double) -> Double {
            let z = y / variance.squareRoot()
            var p = isTwoSided ? erfc(abs(z) / 2.0.squareRoot()) : 0.5 * erfc(z / 2.0.squareRoot())
            if function.heldPValue > 0 { p = min(max(p, 1e-5), 1 - 1e-5) }
            switch function.kind {
            case .step: return delta[p <= 0.025 ? 0 : p <= 0.5 ? 1 : 2]
            case .beta: return pow(p, delta[0] - 1) * pow(1 - p, delta[1] - 1)
            case .halfNormal: return exp(-delta[0] * p * p)
            case .negativeExponential: return exp(-delta[0] * p)
            case .logistic: return p <= 0.05 ? 1 : 2 * exp(-delta[0] * p) / (1 + exp(-delta[0] * p))
            case .power: return pow(1 - p, delta[0])
            case .truncation: return y > 0 ? 1 : delta[0]
            }
        }
        let (mean, tauSquared) = (0.3, 0.15)
        var expected = 0.0
        for (y, variance) in zip(Self.responses, Self.variances) {
            let total = variance + tauSquared
            func density(_ y: Double) -> Double {
                exp(-0.5 * (y - mean) * (y - mean) / total) / (2 * .pi * total).squareRoot()
            }
            let step = 2e-4
            var sum = 0.0
            var place = mean - 12 * total.squareRoot() + step / 2
            while place < mean + 12 * total.squareRoot() {
                sum += step * weight(place, variance) * density(place)
                place += step
            }
            expected += log(weight(y, variance) * density(y) / sum)
        }
        let found = likelihood.evaluate(mean: mean, tauSquared: tauSquared, weights: delta, needsDerivatives: false)
        // The midpoint rule misses a bend by up to a step.
        #expect(abs(try #require(found).value - expected) < 1e-3)
    }

    @Test(arguments: functions, [false, true])
    func derivativesByDifferences(function: SelectionFunction, isTwoSided: Bool) throws {
        let likelihood = SelectionLikelihood(
            responses: Self.responses, variances: Self.variances, function: function, isTwoSided: isTwoSided,
            precisions: function.isPiecewise || function.kind == .beta ? nil : [0.4, 0.7, 0.3, 1, 0.2])
        let place = [0.3, 0.15] + Self.weights(function)
        func terms(_ x: [Double]) throws -> SecondOrder {
            try #require(
                likelihood.evaluate(mean: x[0], tauSquared: x[1], weights: Array(x[2...]), needsDerivatives: true))
        }
        let center = try terms(place)
        #expect(center.gradient.count == place.count)
        for index in place.indices {
            let step = 1e-5
            var (low, high) = (place, place)
            low[index] -= step
            high[index] += step
            let (below, above) = (try terms(low), try terms(high))
            #expect(abs((above.value - below.value) / (2 * step) - center.gradient[index]) < 1e-7)
            for other in place.indices {
                let bend = (above.gradient[other] - below.gradient[other]) / (2 * step)
                #expect(abs(bend - center.hessian[index, other]) < 1e-6 * (1 + abs(bend)))
            }
        }
    }

    /// The accuracy that the quadrature states, for mild and for extreme weights.
    @Test(arguments: [
        SelectionFunction(.beta), SelectionFunction(.halfNormal), SelectionFunction(.negativeExponential),
        SelectionFunction(.logistic), SelectionFunction(.power), SelectionFunction(.halfNormal, steps: [0.05]),
    ])
    func quadratureAgainstShorterPanels(function: SelectionFunction) {
        for isTwoSided in [false, true] {
            let rules = [1, 2].map { SmoothSelection(function, isTwoSided: isTwoSided, refinement: $0) }
            for delta in [[0.3, 0.6], [3, 2], [100, 40]] {
                let weights = function.kind == .beta ? delta : [delta[0]]
                for (mean, ratio) in [(0.0, 1.0), (1, 0.7), (-1, 0.3), (3, 1), (0.5, 0.05)] {
                    let sums = rules.map { rule in
                        let table = rule.table(weights, precision: 1)
                        return rule.nodes.indices.reduce(0.0) { sum, node in
                            let u = rule.nodes[node] * ratio - mean
                            return sum + rule.lengths[node] * exp(-0.5 * u * u)
                                * table[(node + 2) * rule.channelCount]
                        }
                    }
                    #expect(Tolerance.relativeError(sums[0], sums[1], scale: 0) < 1e-9)
                }
            }
        }
    }
}

import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct SelectionModelTests {
    static let samples: [StudySample] = StudySample.random.filter { [5, 12, 20].contains($0.effects.count) }
    static let functions: [SelectionFunction] = [
        .steps([0.025]), .steps([0.025, 0.5]), .beta, SelectionFunction(.halfNormal),
        SelectionFunction(.negativeExponential), SelectionFunction(.logistic), SelectionFunction(.power),
        SelectionFunction(.truncation), SelectionFunction(.halfNormal, steps: [0.05], precision: .standardError),
    ]
    static let withoutSelection: [SelectionFunction] = [
        .steps([0.025, 0.3], weights: [1, 1, 1]), SelectionFunction(.beta, weights: [1, 1]),
        SelectionFunction(.halfNormal, weights: [0]), SelectionFunction(.negativeExponential, weights: [0]),
        SelectionFunction(.logistic, weights: [0]), SelectionFunction(.power, weights: [0]),
        SelectionFunction(.truncation, weights: [1]),
    ]

    /// Weights that do not select leave the fit by maximum likelihood.
    @Test(arguments: samples)
    func noSelection(sample: StudySample) throws {
        let plain = try RandomEffects(heterogeneity: .maximumLikelihood, interval: .wald).fit(sample.effects)
        let common = try CommonEffect().fit(sample.effects)
        for function in Self.withoutSelection {
            let fit = try SelectionModel(function).fit(sample.effects)
            #expect(abs(fit.estimate - plain.estimate) < 1e-7 * plain.standardError)
            #expect(abs(fit.heterogeneity.tauSquared - plain.heterogeneity.tauSquared) < 1e-7)
            let likelihood = try #require(plain.fit?.logLikelihood)
            #expect(abs(fit.fit.logLikelihood - likelihood) < 1e-11 * (1 + abs(likelihood)))
            #expect(fit.likelihoodRatio.degreesOfFreedom == 0 && fit.likelihoodRatio.pValue == nil)
            let fixed = try SelectionModel(function, model: .common).fit(sample.effects)
            #expect(abs(fixed.estimate - common.estimate) < 1e-9 * common.standardError)
            #expect(Tolerance.relativeError(fixed.standardError ?? 0, common.standardError, scale: 0) < 1e-9)
        }
    }

    /// To the last bit, where plain arithmetic would leave the range of numbers.
    @Test(arguments: functions)
    func effectsTimesAPowerOfTwo(function: SelectionFunction) throws {
        for sample in Self.samples {
            let fit = try SelectionModel(function).fit(sample.effects)
            for factor in [0x1p-499, 0x1p300, 0x1p498] {
                var scaled = sample.effects
                for index in scaled.effects.indices {
                    scaled.effects[index].estimate *= factor
                    scaled.effects[index].variance *= factor * factor
                }
                let other = try SelectionModel(function).fit(scaled)
                #expect(other.estimate == fit.estimate * factor)
                #expect(other.standardError == fit.standardError.map { $0 * factor })
                #expect(other.heterogeneity.tauSquared == fit.heterogeneity.tauSquared * factor * factor)
                #expect(other.parameters == fit.parameters)
            }
        }
    }

    @Test(arguments: functions)
    func mirroredAndInAnyOrder(function: SelectionFunction) throws {
        for sample in Self.samples {
            let fit = try SelectionModel(function, alternative: .greater).fit(sample.effects)
            let mirrored = try SelectionModel(function, alternative: .less).fit(sample.effects.mirrored)
            #expect(mirrored.fit.logLikelihood == fit.fit.logLikelihood)
            #expect(mirrored.estimate == -fit.estimate)
            let backwards = sample.effects.subset(Array(sample.effects.effects.indices.reversed()))
            let other = try SelectionModel(function, alternative: .greater).fit(backwards)
            let scale = 1 + abs(fit.fit.logLikelihood)
            #expect(abs(other.fit.logLikelihood - fit.fit.logLikelihood) < 1e-10 * scale)
            if let error = fit.standardError, fit.diagnostics.allSatisfy({ $0.code != .maximumAtBound }) {
                #expect(abs(other.estimate - fit.estimate) < 1e-4 * error)
            }
        }
    }

    /// What a model contains cannot be likelier.
    @Test(arguments: SelectionModel.Alternative.allCases)
    func nestedModels(alternative: SelectionModel.Alternative) throws {
        for sample in StudySample.random.filter({ $0.effects.count > 7 }) {
            func likelihood(_ function: SelectionFunction, _ model: SelectionModel.EffectModel = .random) throws
                -> Double
            {
                let fit = try SelectionModel(function, alternative: alternative, model: model).fit(sample.effects)
                #expect(try #require(fit.likelihoodRatio.statistic) >= 0)
                return fit.fit.logLikelihood
            }
            let one = try likelihood(.steps([0.025]))
            let two = try likelihood(.steps([0.025, 0.5]))
            let three = try likelihood(.steps([0.025, 0.2, 0.5]))
            #expect(two >= one - 1e-9)
            #expect(three >= two - 1e-9)
            #expect(three >= (try likelihood(.steps([0.2]))) - 1e-9)
            for function in Self.functions where function.precision == nil && sample.effects.count < 12 {
                #expect(try likelihood(function) >= (try likelihood(function, .common)) - 1e-9)
            }
        }
    }

    /// Data drawn with selection: the model finds the effect that the studies alone overstate.
    @Test func recoversTheEffectBeforeSelection() throws {
        var generator = SeededGenerator(seed: 11)
        var (estimates, variances): ([Double], [Double]) = ([], [])
        while estimates.count < 2000 {
            let variance = 0.02 + 0.2 * generator.nextUniform()
            let estimate = 0.2 + (variance + 0.04).squareRoot() * generator.nextNormal()
            let isSignificant = estimate > 1.959963984540054 * variance.squareRoot()
            if isSignificant || generator.nextUniform() < 0.25 {
                estimates.append(estimate)
                variances.append(variance)
            }
        }
        let sample = StudySample("selected", estimates: estimates, variances: variances)
        let fit = try SelectionModel().fit(sample.effects)
        let error = try #require(fit.standardError)
        #expect(abs(fit.estimate - 0.2) < 4 * error && error < 0.05)
        #expect(try RandomEffects().fit(sample.effects).estimate > 0.2 + 4 * error)
        #expect(abs(fit.parameters[1].estimate - 0.25) < 4 * (fit.parameters[1].standardError ?? 0))
        #expect(fit.parameters.compactMap(\.k).reduce(0, +) == 2000)
        #expect(fit.diagnostics.isEmpty)
    }

    @Test(arguments: StudySample.random.filter { $0.effects.count < 13 })
    func theRecordIsComplete(sample: StudySample) throws {
        for function in Self.functions {
            for alternative in [nil, SelectionModel.Alternative.twoSided] {
                for model in SelectionModel.EffectModel.allCases {
                    let settings = SelectionModel(function, alternative: alternative, model: model)
                    let free = function.givenWeights.filter { $0 == nil }.count + (model == .random ? 2 : 1)
                    guard sample.effects.count >= free else {
                        #expect(throws: MetaAnalysisError.self) { try settings.fit(sample.effects) }
                        continue
                    }
                    let fit = try settings.fit(sample.effects)
                    let data = try JSONEncoder().encode(fit)
                    #expect(try JSONDecoder().decode(SelectionModelFit.self, from: data) == fit)
                }
            }
        }
    }
}

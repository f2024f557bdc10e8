import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Data in which the weights, or anything at all, can hardly be estimated: a number with a diagnostic, or an error with a remedy.
@Suite("Selection models where data say little")
struct SelectionHardCaseTests {
    private static func sample(_ estimates: [Double], _ variances: [Double]) -> EffectSizes {
        StudySample("hard", estimates: estimates, variances: variances).effects
    }

    static let functions = SelectionModelTests.functions
    static let samples: [EffectSizes] = [
        sample(Array(repeating: 0.4, count: 6), Array(repeating: 0.04, count: 6)),
        sample(Array(repeating: 0, count: 6), [1, 2, 3, 4, 5, 6]),
        // All significant, by far and just so; none significant; all on the wrong side.
        sample([5, 6, 7, 5.5, 6.5, 7.5], Array(repeating: 0.01, count: 6)),
        sample([0.41, 0.42, 0.4, 0.43, 0.405, 0.411], Array(repeating: 0.04, count: 6)),
        sample([0.1, 0.2, 0.3, -0.1, 0, 0.15], Array(repeating: 0.04, count: 6)),
        sample([-1, -2, -1.5, -1.2, -0.9, -1.1], [0.1, 0.2, 0.3, 0.1, 0.2, 0.3]),
        // Variances and effects far apart.
        sample([1, 2, 3, 4, 5, 6], [1e-12, 1, 1e12, 1e-6, 1e6, 1]),
        sample([1e20, -1e20, 1, 2, 3, 1e10], [1, 2, 1, 1, 1, 1]),
        sample([-3, 3, -3, 3, -3, 3], Array(repeating: 0.01, count: 6)),
        sample([1e-150, 2e-150, 4e-150, 1e-150, 0, 3e-150], Array(repeating: 1e-300, count: 6)),
        sample([1e150, 2e150, 4e150, 1e150, 0, 3e150], Array(repeating: 1e300, count: 6)),
    ]

    @Test(arguments: functions)
    func everyNumberIsOne(function: SelectionFunction) throws {
        for effects in Self.samples {
            for alternative in [SelectionModel.Alternative.greater, .twoSided] {
                for model in SelectionModel.EffectModel.allCases {
                    let fit = try SelectionModel(function, alternative: alternative, model: model).fit(effects)
                    let numbers: [Double?] =
                        [
                            fit.estimate, fit.standardError, fit.statistic, fit.pValue, fit.confidenceInterval?.lower,
                            fit.heterogeneity.tauSquared, fit.heterogeneity.tauSquaredStandardError,
                            fit.fit.logLikelihood, fit.fit.aicc, fit.fit.bic, fit.likelihoodRatio.statistic,
                            fit.likelihoodRatio.pValue,
                        ]
                        + fit.parameters.flatMap { [$0.estimate, $0.standardError, $0.statistic, $0.pValue] }
                    #expect(numbers.allSatisfy { $0?.isFinite ?? true })
                    #expect(!fit.diagnostics.isEmpty)
                    if fit.standardError == nil {
                        #expect(fit.diagnostics.contains { $0.severity == .warning })
                    }
                }
            }
        }
    }

    @Test func theSameAgain() throws {
        let effects = Self.samples[4]
        for function in Self.functions {
            #expect(try SelectionModel(function).fit(effects) == (try SelectionModel(function).fit(effects)))
        }
    }

    @Test func fewerStudiesThanParameters() throws {
        let one = Self.sample([0.5], [0.1])
        let two = Self.sample([0.5, 0.7], [0.1, 0.2])
        for effects in [Self.sample([], []), one, two] {
            let error = #expect(throws: MetaAnalysisError.self) { try SelectionModel().fit(effects) }
            #expect(error?.code == .tooFewStudies)
        }
        let given = SelectionFunction.steps([0.025], weights: [1, 0.5])
        #expect(try SelectionModel(given, model: .common).fit(one).standardError != nil)
        #expect(try SelectionModel(given).fit(two).k == 2)
    }

    @Test func emptyRangesAndWeightsOfZero() throws {
        let effects = Self.samples[2]
        let fit = try SelectionModel().fit(effects)
        #expect(fit.diagnostics.contains { $0.code == .emptyInterval })
        #expect(SelectionModel().reasonNotByDefault(effects) != nil)
        let none = SelectionFunction.steps([0.025], weights: [1, 0])
        #expect(try SelectionModel(none, alternative: .greater).fit(effects).parameters[1].estimate == 0)
        let error = #expect(throws: MetaAnalysisError.self) {
            try SelectionModel(none, alternative: .less).fit(effects)
        }
        #expect(error?.code == .notEstimable)
        let size = SelectionFunction(.halfNormal, precision: .inverseSampleSize)
        #expect(throws: MetaAnalysisError.self) { try SelectionModel(size).fit(effects) }
    }

    @Test func beyondTheRangeOfNumbers() {
        let far = Self.sample([1, 2, 3, 4], [1e-200, 1, 1, 1])
        let error = #expect(throws: MetaAnalysisError.self) { try SelectionModel().fit(far) }
        #expect(error?.code == .numericalOverflow)
        #expect(throws: MetaAnalysisError.self) { try SelectionModel(level: 95).fit(far) }
    }
}

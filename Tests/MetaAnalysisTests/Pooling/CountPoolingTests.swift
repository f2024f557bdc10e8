import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct CountPoolingTests {
    private static let trials = [
        Study("a", TwoByTwoTable(events: 2, of: 10, versus: 4, of: 10), row: 2),
        Study("lost", TwoByTwoTable(events: 0, of: 20, versus: 0, of: 20), row: 3),
        Study("b", TwoByTwoTable(events: 5, of: 20, versus: 6, of: 20), row: 4),
    ]

    private static func models() throws -> [(any PoolingModel, EffectSizes)] {
        [
            (MantelHaenszel(), try EffectSizes(trials, measure: .oddsRatio)),
            (Peto(), try EffectSizes(trials, measure: .petoOddsRatio)),
        ]
    }

    @Test func everyStudyIsListedInItsPlace() throws {
        for (model, effects) in try Self.models() {
            let pooled = try model.fit(effects)
            #expect(pooled.studies.map(\.label) == ["a", "lost", "b"])
            #expect(pooled.studies.map(\.row) == [2, 3, 4])
            #expect(pooled.studies.map { $0.estimate == nil } == [false, true, false])
            #expect(pooled.studies[1].confidenceInterval == nil)
            #expect(pooled.studies.allSatisfy { $0.empiricalBayes == nil })
        }
    }

    @Test func inferenceIsNormal() throws {
        for (model, effects) in try Self.models() {
            let pooled = try model.fit(effects)
            #expect(pooled.settings.interval == .wald && pooled.degreesOfFreedom == nil)
            #expect(pooled.predictionInterval == nil && pooled.fit == nil)
            let half = 1.959963984540054 * pooled.standardError
            #expect(Tolerance.quantile.accepts(pooled.confidenceInterval.upper - pooled.estimate, half))
            #expect(pooled.statistic == pooled.estimate / pooled.standardError)
            #expect(pooled.heterogeneity.degreesOfFreedom == 1)
            #expect(pooled.heterogeneity.tauSquared == 0 && pooled.heterogeneity.estimator == nil)
        }
    }

    @Test(arguments: [0, 1, 95, .nan])
    func levelsOutsideTheirRange(_ level: Double) throws {
        let ratio = #expect(throws: MetaAnalysisError.self) {
            try MantelHaenszel(level: level).fit(EffectSizes(Self.trials, measure: .oddsRatio))
        }
        #expect(ratio?.code == .invalidSetting)
        let peto = #expect(throws: MetaAnalysisError.self) {
            try Peto(level: level).fit(EffectSizes(Self.trials, measure: .petoOddsRatio))
        }
        #expect(peto?.code == .invalidSetting)
    }

    @Test func oneStudyIsSaid() throws {
        let one = try EffectSizes([Self.trials[0]], measure: .oddsRatio)
        let pooled = try MantelHaenszel().fit(one)
        #expect(pooled.diagnostics.contains { $0.code == .singleStudy })
        #expect(pooled.heterogeneity.iSquared == nil && pooled.heterogeneity.pValue == nil)
    }
}

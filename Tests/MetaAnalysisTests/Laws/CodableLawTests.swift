import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// Every result is a complete record: written as JSON and read back it is the same to the last bit.
@Suite struct CodableLawTests {
    private func expectSame<Value: Codable & Equatable>(
        _ value: Value, _ place: SourceLocation = #_sourceLocation
    ) throws {
        let copy = try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
        #expect(copy == value, sourceLocation: place)
    }

    @Test func inverseVarianceResults() throws {
        for sample in try StudySample.all() {
            for model in EquivarianceLawTests.allModels { try expectSame(try model.fit(sample.effects)) }
        }
    }

    @Test func resultsAtTheEdge() throws {
        let samples = [
            StudySample("one", estimates: [0.42], variances: [0.05]),
            StudySample("equal", estimates: [0.42, 0.42], variances: [0.05, 0.1]),
            StudySample("large", estimates: [1e150, 3e150], variances: [1e300, 2e300]),
            StudySample("small", estimates: [1e-150, 3e-150], variances: [1e-300, 2e-300]),
        ]
        for sample in samples {
            for model in EquivarianceLawTests.allModels { try expectSame(try model.fit(sample.effects)) }
        }
    }

    @Test func effectsOfEveryMeasureWithTheirStudies() throws {
        for studies in RandomStudies.all {
            for measure in studies.kind.measures {
                for variance in measure.variances {
                    try expectSame(
                        try studies.effectSizes(
                            measureCode: measure.code, settings: EffectSettings(variance: variance)))
                }
            }
        }
    }

    @Test func effectsSomeOfWhichAreReported() throws {
        let known = [Study("x", ReportedEffect(estimate: 0.4, precision: .standardError(0.3), isRatio: true))]
        for studies in RandomStudies.all {
            try expectSame(try MixedStudies(studies, reported: known).effectSizes())
        }
    }

    @Test func countPooling() throws {
        for seed in 1...5 {
            let tables = RandomStudies.sparseTables(seed: UInt64(seed))
            for measure in [TwoByTwoTable.Measure.oddsRatio, .riskRatio, .riskDifference] {
                try expectSame(try MantelHaenszel().fit(EffectSizes(tables, measure: measure)))
            }
            try expectSame(try Peto().fit(EffectSizes(tables, measure: .petoOddsRatio)))
        }
    }

    @Test func subgroups() throws {
        for sample in StudySample.random where sample.effects.count > 3 {
            var effects = sample.effects
            for index in effects.effects.indices { effects.effects[index].group = ["a", "b"][index % 2] }
            for heterogeneity in SubgroupHeterogeneity.allCases {
                for interval in IntervalMethod.allCases {
                    try expectSame(try RandomEffects(interval: interval).subgroups(effects, tauSquared: heterogeneity))
                }
            }
        }
    }

    @Test func sensitivity() throws {
        let samples = [StudySample("one", estimates: [0.42], variances: [0.05])] + StudySample.random.prefix(5)
        for sample in samples {
            for model in [RandomEffects(), CommonEffect()] as [any PoolingModel] {
                var analysis = SensitivityAnalysis(try model.fit(sample.effects))
                analysis.leaveOneOut = try model.leaveOneOut(sample.effects)
                analysis.cumulative = try model.cumulative(sample.effects)
                analysis.influence = try model.influence(sample.effects)
                analysis.baujat = try model.baujat(sample.effects)
                analysis.subsets = try model.subsets(sample.effects)
                try expectSame(analysis)
            }
        }
    }

    @Test func settings() throws {
        for model in EquivarianceLawTests.models { try expectSame(model) }
        for model in EquivarianceLawTests.commonModels { try expectSame(model) }
        try expectSame(MantelHaenszel(continuityCorrectedTest: false, level: 0.9))
        try expectSame(Peto(level: 0.9))
    }

    @Test func errors() throws {
        let error = #expect(throws: MetaAnalysisError.self) { try RandomEffects().fit(EffectSizes(effects: [])) }
        try expectSame(try #require(error))
    }

    /// JSON has no infinity: an end without bound is `null`.
    @Test func unboundedIntervals() throws {
        let interval = ConfidenceInterval(lower: -.infinity, upper: 3)
        #expect(String(decoding: try JSONEncoder().encode(interval), as: UTF8.self) == "[null,3]")
        try expectSame(interval)
        try expectSame(ConfidenceInterval(lower: 0, upper: .infinity))
    }
}

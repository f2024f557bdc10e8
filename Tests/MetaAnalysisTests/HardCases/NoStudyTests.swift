import Testing

@testable import MetaAnalysis

/// Nothing to pool: an error with its code, never an average of nothing.
@Suite struct NoStudyTests {
    @Test func inverseVarianceModels() {
        let models: [any PoolingModel] = [CommonEffect(), RandomEffects(), RandomEffects(knownTauSquared: 1)]
        for model in models {
            let error = #expect(throws: MetaAnalysisError.self) { try model.fit(EffectSizes(effects: [])) }
            #expect(error?.code == .tooFewStudies)
            #expect(error?.remedy == "add at least one row of data")
        }
    }

    @Test func everyStudyLeftOut() throws {
        let empty = TwoByTwoTable(events: 0, of: 10, versus: 0, of: 12)
        let effects = try EffectSizes(
            [Study("none", empty)], measure: .oddsRatio,
            settings: EffectSettings(correction: ContinuityCorrection(dropsDoubleZero: true)))
        let error = #expect(throws: MetaAnalysisError.self) { try RandomEffects().fit(effects) }
        #expect(error?.code == .tooFewStudies)
        #expect(
            error?.message == "no study gives an effect (\"none\": no events, or only events, in both groups)")
    }

    @Test func countModels() throws {
        let none: [Study<TwoByTwoTable>] = []
        let ratio = #expect(throws: MetaAnalysisError.self) {
            try MantelHaenszel().fit(EffectSizes(none, measure: .oddsRatio))
        }
        #expect(ratio?.code == .tooFewStudies)
        let peto = #expect(throws: MetaAnalysisError.self) {
            try Peto().fit(EffectSizes(none, measure: .petoOddsRatio))
        }
        #expect(peto?.code == .tooFewStudies)
    }

    @Test func subgroups() {
        let error = #expect(throws: MetaAnalysisError.self) { try RandomEffects().subgroups(EffectSizes(effects: [])) }
        #expect(error?.code == .tooFewStudies)
    }
}

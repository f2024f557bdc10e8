import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// A part against the fit of the same studies.
func expectSame(
    _ part: SubsetFit, _ pooled: PooledEffect, _ tolerance: Tolerance, _ note: String,
    _ place: SourceLocation = #_sourceLocation
) {
    let error = pooled.standardError
    func same(_ ours: Double?, _ theirs: Double?, _ scale: Double) -> Bool {
        switch (ours, theirs) {
        case (nil, nil): true
        case (let ours?, let theirs?): tolerance.accepts(ours, theirs, scale: scale)
        default: false
        }
    }
    let found = pooled.heterogeneity
    #expect(part.k == pooled.k, "\(note)", sourceLocation: place)
    #expect(same(part.estimate, pooled.estimate, error), "estimate, \(note)", sourceLocation: place)
    #expect(same(part.standardError, error, 1e-3 * error), "standard error, \(note)", sourceLocation: place)
    #expect(same(part.pValue, pooled.pValue, 1), "p, \(note)", sourceLocation: place)
    #expect(
        same(part.confidenceInterval?.lower, pooled.confidenceInterval.lower, error), "\(note)", sourceLocation: place)
    #expect(
        same(part.predictionInterval?.upper, pooled.predictionInterval?.upper, error), "prediction, \(note)",
        sourceLocation: place)
    #expect(part.degreesOfFreedom == pooled.degreesOfFreedom, "\(note)", sourceLocation: place)
    #expect(
        same(part.heterogeneity?.tauSquared, found.tauSquared, error * error), "τ², \(note)", sourceLocation: place)
    #expect(same(part.heterogeneity?.iSquared, found.iSquared, 100), "I², \(note)", sourceLocation: place)
    #expect(same(part.heterogeneity?.cochranQ, found.cochranQ, 1), "Q, \(note)", sourceLocation: place)
    #expect(same(part.heterogeneity?.pValue, found.pValue, 1), "p of Q, \(note)", sourceLocation: place)
    #expect(
        same(part.backTransformed?.estimate, pooled.backTransformed?.estimate, 1), "read, \(note)",
        sourceLocation: place)
}

@Suite struct LeaveOneOutTests {
    private static let models = EquivarianceLawTests.allModels + [RandomEffects(knownTauSquared: 0.1)]

    /// Medians of quadratic forms are found to 1e-13 only.
    static func tolerance(_ model: any PoolingModel) -> Tolerance {
        (model as? RandomEffects)?.heterogeneity == .estimated(.generalizedQMedian) ? .iterative : .quantile
    }

    @Test(arguments: StudySample.random)
    func everyRecordIsTheFitOfTheOthers(_ sample: StudySample) throws {
        for model in Self.models {
            let found = try model.leaveOneOut(sample.effects)
            #expect(found.omissions.map(\.omitted) == sample.effects.effects.map(\.label))
            for (index, omission) in found.omissions.enumerated() where sample.effects.count > 1 {
                let rest = sample.effects.subset(sample.effects.effects.indices.filter { $0 != index })
                expectSame(omission.fit, try model.fit(rest), Self.tolerance(model), "\(model) without \(index)")
            }
        }
    }

    @Test(arguments: [-490, 400])
    func atTheEndsOfTheRange(_ exponent: Int) throws {
        let factor = Double(sign: .plus, exponent: exponent, significand: 1)
        let effects = StudySample.random[4].effects.mapping({ $0 * factor }, variance: { $0 * factor * factor })
        let found = try RandomEffects().leaveOneOut(effects).omissions
        for (index, omission) in found.enumerated() {
            let rest = effects.subset(effects.effects.indices.filter { $0 != index })
            expectSame(omission.fit, try RandomEffects().fit(rest), .quantile, "\(index)")
        }
    }

    @Test func countsAreRefitted() throws {
        let tables = RandomStudies.sparseTables(seed: 3)
        let effects = try EffectSizes(
            tables, measure: .oddsRatio,
            settings: EffectSettings(correction: .never))
        let found = try MantelHaenszel().leaveOneOut(effects).omissions
        #expect(found.map(\.omitted) == tables.map(\.label))
        for index in tables.indices {
            var others = tables
            others.remove(at: index)
            let rest = try EffectSizes(
                others, measure: .oddsRatio,
                settings: EffectSettings(correction: .never))
            expectSame(found[index].fit, try MantelHaenszel().fit(rest), .quantile, "\(index)")
        }
    }

    /// Without one of two equal studies the rest is the same whichever of them it is; its estimate is that of the single study.
    @Test func duplicateChangesOnlyWeights() throws {
        let sample = StudySample("twice", estimates: [0.3, 0.9, 0.1, 0.3], variances: [0.1, 0.2, 0.15, 0.1])
        for model in Self.models {
            let found = try model.leaveOneOut(sample.effects).omissions
            #expect(found[0].fit.estimate != nil)
            expectSame(
                found[0].fit, try model.fit(sample.effects.subset([0, 1, 2])), Self.tolerance(model), "\(model)")
            expectSame(
                found[3].fit, try model.fit(sample.effects.subset([0, 1, 2])), Self.tolerance(model), "\(model)")
        }
    }

    @Test func nothingIsLeftOfOneStudy() throws {
        let sample = StudySample("one", estimates: [0.4], variances: [0.1])
        for model in [RandomEffects(), CommonEffect()] as [any PoolingModel] {
            let found = try model.leaveOneOut(sample.effects)
            #expect(found.omissions.count == 1)
            #expect(found.omissions[0].fit.estimate == nil && found.omissions[0].fit.k == 0)
            #expect(found.diagnostics.map(\.code) == [.notEstimable])
            #expect(found.diagnostics[0].studies == ["study 1"])
        }
    }

    @Test func ofNoStudyThereIsNone() {
        let error = #expect(throws: MetaAnalysisError.self) {
            try RandomEffects().leaveOneOut(EffectSizes(effects: []))
        }
        #expect(error?.code == .tooFewStudies)
    }

    @Test func wrongSettingsAreErrors() {
        let effects = StudySample.random[2].effects
        for model in [RandomEffects(knownTauSquared: -1), RandomEffects(level: 95)] {
            let error = #expect(throws: MetaAnalysisError.self) { try model.leaveOneOut(effects) }
            #expect(error?.code == .invalidSetting)
        }
    }

    /// What a model cannot pool without one study is a record with the reason.
    @Test func noEventsWithoutTheStudyThatHasThem() throws {
        let tables = [
            Study("events", TwoByTwoTable(events: 3, of: 10, versus: 1, of: 10)),
            Study("none", TwoByTwoTable(events: 0, of: 10, versus: 0, of: 10)),
        ]
        let found = try MantelHaenszel().leaveOneOut(EffectSizes(tables, measure: .oddsRatio))
        #expect(found.omissions[0].fit.estimate == nil)
        #expect(found.omissions[1].fit.estimate != nil)
        #expect(found.diagnostics.first?.severity == .warning)
        #expect(found.diagnostics.first?.studies == ["events"])
    }
}

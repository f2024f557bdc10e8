import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct SubsetAnalysisTests {
    @Test(arguments: StudySample.random.filter { $0.effects.count <= 5 })
    func everySubsetIsTheFitOfItsStudies(_ sample: StudySample) throws {
        for model in EquivarianceLawTests.allModels {
            let found = try model.subsets(sample.effects)
            #expect(found.estimate.count == 1 << sample.effects.count - 1 && !found.isSample)
            for index in found.estimate.indices {
                let pooled = try model.fit(sample.effects.subset(found.members(of: index)))
                let tolerance = LeaveOneOutTests.tolerance(model)
                let error = pooled.standardError
                #expect(tolerance.accepts(found.estimate[index], pooled.estimate, scale: error), "\(model)")
                #expect(
                    tolerance.accepts(found.tauSquared[index], pooled.heterogeneity.tauSquared, scale: error * error),
                    "\(model)")
                #expect(tolerance.accepts(found.cochranQ[index], pooled.heterogeneity.cochranQ, scale: 1), "\(model)")
                #expect((found.iSquared[index] == nil) == (pooled.heterogeneity.iSquared == nil))
            }
        }
    }

    @Test func containsEveryLeaveOneOut() throws {
        let effects = StudySample.random[4].effects
        let subsets = try RandomEffects().subsets(effects)
        let omissions = try RandomEffects().leaveOneOut(effects).omissions
        let all = 1 << effects.count - 1
        for (index, omission) in omissions.enumerated() {
            let subset = all - 1 << index - 1
            #expect(subsets.members(of: subset) == effects.effects.indices.filter { $0 != index })
            #expect(
                Tolerance.closedForm.accepts(
                    subsets.estimate[subset], try #require(omission.fit.estimate),
                    scale: try #require(omission.fit.standardError)))
        }
    }

    @Test func sampleFollowsItsSeedAndNotTheThreads() async throws {
        let effects = StudySample.random[8].effects
        var selection = SubsetSelection(sampleSize: 9000, seed: 7)
        let found = try CommonEffect().subsets(effects, selection)
        #expect(found.isSample && found.estimate.count == 9000 && found.seed == 7)
        let threaded = try await CommonEffect().subsets(effects, selection, threads: 3)
        #expect(threaded == found)
        selection.seed = 8
        #expect(try CommonEffect().subsets(effects, selection).estimate != found.estimate)
        // Each study is in half of the subsets: within five standard errors.
        let share = Double(found.k.reduce(0, +)) / Double(9000 * effects.count)
        #expect(abs(share - 0.5) < 5 * 0.5 / Double(9000 * effects.count).squareRoot())
        #expect(found.diagnostics.map(\.code) == [.sampledSubsets])
    }

    @Test func moreStudiesThanBitsOfAWord() throws {
        let effects = StudySample.random(seed: 3, count: 70, varianceRatio: 10, tau: 0.3).effects
        let found = try CommonEffect().subsets(effects, SubsetSelection(sampleSize: 50))
        #expect(found.wordsPerSubset == 2)
        for index in found.k.indices {
            let members = found.members(of: index)
            #expect(members.count == found.k[index])
            #expect(
                Tolerance.closedForm.accepts(
                    found.estimate[index], try CommonEffect().fit(effects.subset(members)).estimate, scale: 0.01))
        }
    }

    @Test func countsAreRefittedAndFailuresCounted() throws {
        let tables = [
            Study("events", TwoByTwoTable(events: 3, of: 10, versus: 1, of: 10)),
            Study("none", TwoByTwoTable(events: 0, of: 10, versus: 0, of: 10)),
        ]
        let found = try MantelHaenszel().subsets(EffectSizes(tables, measure: .oddsRatio))
        #expect(found.estimate.count == 2 && found.failures == 1)
        #expect(found.diagnostics.map(\.severity) == [.warning])
    }

    @Test func quantilesLieBetweenLeastAndGreatest() throws {
        let found = try CommonEffect().subsets(
            StudySample("three", estimates: [0, 1, 2], variances: [1, 1, 1]).effects)
        let quantiles = try #require(found.quantiles)
        #expect(quantiles.estimate.first == 0 && quantiles.estimate.last == 2 && quantiles.estimate[3] == 1)
    }

    @Test(arguments: [(21, 10), (20, 0), (-1, 10)])
    func impossibleSelections(greatest: Int, size: Int) {
        let error = #expect(throws: MetaAnalysisError.self) {
            try CommonEffect().subsets(
                StudySample.random[2].effects, SubsetSelection(greatestCount: greatest, sampleSize: size))
        }
        #expect(error?.code == .invalidSetting)
    }

    @Test func aSampleThatIsNotDrawnIsSaid() throws {
        let few = StudySample.random[3].effects
        for selection in [SubsetSelection(sampleSize: 10), SubsetSelection(seed: 3)] {
            let found = try CommonEffect().subsets(few, selection)
            #expect(found.diagnostics.map(\.code) == [.unusualCombination])
            #expect(found.diagnostics[0].message.hasPrefix("all 31 subsets of 5 studies are pooled"))
        }
        #expect(try CommonEffect().subsets(few).diagnostics.isEmpty)
        let drawn = try CommonEffect().subsets(few, SubsetSelection(greatestCount: 4, sampleSize: 10))
        #expect(drawn.diagnostics.map(\.code) == [.sampledSubsets])
    }

    @Test func noThreadsAreRefused() async throws {
        let effects = EffectSizes(
            effects: (1...3).map { EffectSize(label: "\($0)", estimate: 1, variance: Double($0)) })
        await #expect(throws: MetaAnalysisError.self) { try await RandomEffects().subsets(effects, threads: 0) }
        await #expect(throws: MetaAnalysisError.self) { try await BatchPooling().fit(StudyBatch(), threads: 0) }
    }
}

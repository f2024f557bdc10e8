import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct CumulativeAnalysisTests {
    @Test(arguments: StudySample.random)
    func everyRecordIsTheFitOfTheFirst(_ sample: StudySample) throws {
        for model in EquivarianceLawTests.allModels {
            let found = try model.cumulative(sample.effects).additions
            for (index, addition) in found.enumerated() {
                let first = sample.effects.subset(Array(0...index))
                expectSame(addition.fit, try model.fit(first), LeaveOneOutTests.tolerance(model), "\(model) \(index)")
            }
        }
    }

    private static let sample = StudySample(
        "five", estimates: [0.3, 0.9, 0.1, 0.5, 0.2], variances: [0.1, 0.2, 0.15, 0.3, 0.05])
    private static let years: [String?] = ["1990", "1985", "2001", "985", "1999.5"]

    @Test func numbersAreOrderedAsNumbers() throws {
        let found = try RandomEffects().cumulative(Self.sample.effects, orderedBy: Self.years)
        #expect(found.additions.map(\.value) == ["985", "1985", "1990", "1999.5", "2001"])
        #expect(found.diagnostics.isEmpty)
    }

    @Test func textsAreOrderedAsTexts() throws {
        let found = try RandomEffects().cumulative(Self.sample.effects, orderedBy: ["b", "a", "10", "9", "B"])
        #expect(found.additions.map(\.value) == ["10", "9", "B", "a", "b"])
    }

    @Test func descendingIsTheOtherWayRound() throws {
        let up = try CommonEffect().cumulative(Self.sample.effects, orderedBy: Self.years)
        let down = try CommonEffect().cumulative(Self.sample.effects, orderedBy: Self.years, .descending)
        #expect(down.additions.map(\.added) == up.additions.map(\.added).reversed())
        let same = Tolerance.closedForm.accepts(
            try #require(down.additions.last?.fit.estimate), try #require(up.additions.last?.fit.estimate))
        #expect(same)
    }

    /// The order of the rows plays no part where no two values are equal.
    @Test func orderOfTheInputPlaysNoPart() throws {
        let order = [3, 1, 4, 0, 2]
        let moved = try RandomEffects().cumulative(
            Self.sample.effects.subset(order), orderedBy: order.map { Self.years[$0] })
        let found = try RandomEffects().cumulative(Self.sample.effects, orderedBy: Self.years)
        #expect(moved.additions == found.additions)
    }

    @Test func tiesAndMissingValuesAreTold() throws {
        let found = try RandomEffects().cumulative(
            Self.sample.effects, orderedBy: [nil, "2", "1", "2", nil], .descending)
        #expect(found.additions.map(\.added) == ["study 2", "study 4", "study 3", "study 1", "study 5"])
        #expect(found.diagnostics.map(\.severity) == [.note, .warning])
        #expect(found.diagnostics.last?.studies == ["study 1", "study 5"])
    }

    @Test func oneValueForEachStudy() {
        let error = #expect(throws: MetaAnalysisError.self) {
            try RandomEffects().cumulative(Self.sample.effects, orderedBy: ["1"])
        }
        #expect(error?.code == .invalidSetting)
    }

    /// Tables without events are added too, and the last record is the fit of all.
    @Test func countsAreAddedWithThoseThatGiveNoEffect() throws {
        let tables = RandomStudies.sparseTables(seed: 5)
        let effects = try EffectSizes(
            tables, measure: .oddsRatio,
            settings: EffectSettings(correction: .never))
        let found = try MantelHaenszel().cumulative(effects, orderedBy: tables.indices.map { String($0) }, .descending)
        #expect(found.additions.map(\.added) == tables.map(\.label).reversed())
        expectSame(
            try #require(found.additions.last?.fit), try MantelHaenszel().fit(effects), .quantile, "all")
    }
}

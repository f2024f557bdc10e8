import Testing

@testable import MetaAnalysis

@Suite struct NaturalRangeTests {
    /// The worked example of every measure lies within, and only scales that are read as they are have one.
    @Test func examplesLieWithin() throws {
        for measure in MeasureDescription.all {
            guard let range = measure.naturalRange else { continue }
            #expect(measure.scale == .identity)
            #expect(range.contains(measure.example.estimate), "\(measure.code)")
        }
        #expect(try #require(MeasureDescription.find("PR")).naturalRange == 0...1)
        #expect(try #require(MeasureDescription.find("MD")).naturalRange == nil)
        #expect(try #require(MeasureDescription.find("PLO")).naturalRange == nil)
    }

    @Test func proportionsBelowZero() throws {
        let studies = [Study("1", Proportion(events: 8, size: 131)), Study("2", Proportion(events: 118, size: 170))]
        let pooled = try RandomEffects(interval: .wald).fit(EffectSizes(studies, measure: .raw))
        #expect(pooled.confidenceInterval.lower < 0)
        let notes = pooled.diagnostics.filter { $0.code == .intervalBeyondRange }
        let note = try #require(notes.first)
        #expect(notes.count == 1 && note.severity == .note && note.message.contains("below 0"))
        let logits = try RandomEffects(interval: .wald).fit(EffectSizes(studies, measure: .logit))
        #expect(!logits.diagnostics.contains { $0.code == .intervalBeyondRange })
    }

    @Test func riskDifferencesOfCounts() throws {
        let tables = [Study("a", TwoByTwoTable(events: 1, of: 2, versus: 0, of: 2))]
        let pooled = try MantelHaenszel().fit(EffectSizes(tables, measure: .riskDifference))
        #expect(pooled.confidenceInterval.upper > 1)
        #expect(pooled.diagnostics.contains { $0.code == .intervalBeyondRange && $0.message.contains("above 1") })
    }
}

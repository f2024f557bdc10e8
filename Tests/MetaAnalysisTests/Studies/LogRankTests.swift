import Foundation
import MetaAnalysisFixtures
import Testing

@testable import MetaAnalysis

struct LogRankTests {
    @Test func effectsByHand() throws {
        #expect(try EffectProbe.effect(LogRank(excess: -8, variance: 32), .hazardRatio).isNear(-0.25, 1.0 / 32))
        #expect(LogRank(excess: -8, variance: 32).sampleSize == nil)
        #expect(LogRank.Measure.hazardRatio.scale == .log)
    }

    /// The trials of `pignon2000` with the effects that R has for them (`yi = OmE / V, vi = 1 / V`).
    @Test func agreesWithR() throws {
        let table = try Table(
            csv: String(contentsOf: Fixtures.url("reference/data/pignon2000.csv"), encoding: .utf8),
            name: "pignon2000.csv")
        let columns = StudyColumns(assignments: ["oe": "OmE", "v": "V"], measure: "HR")
        let ours = try #require(try columns.read(table).first)
        #expect(ours.studies.kind == .logRank && ours.studies.count == table.rowCount)
        let theirs = try #require(try StudyColumns(measure: "GEN").read(table).first)
        let pairs = try zip(
            ours.studies.effectSizes(measureCode: "HR").effects, theirs.studies.effectSizes().effects)
        for (one, other) in pairs {
            #expect(one.estimate.isNear(other.estimate) && one.variance.isNear(other.variance))
        }
    }

    @Test func whatGivesNoEffect() throws {
        #expect(
            try EffectProbe.reason(LogRank(excess: 3, variance: 0), .hazardRatio)
                == "a log-rank variance of 0 says nothing of the hazard ratio")
        #expect(EffectProbe.refused(LogRank(excess: .nan, variance: 1)) == "oe")
        #expect(EffectProbe.refused(LogRank(excess: 1, variance: -1)) == "v")
    }
}

import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct LeagueTableTests {
    /// B is compared with A and with C, which no study compares.
    private static func fit() throws -> NetworkFit {
        try NetworkMetaAnalysis(model: .common).fit(
            TreatmentNetwork(
                [
                    Contrast(study: "1", "A", versus: "B", estimate: 1, variance: 1),
                    Contrast(study: "2", "B", versus: "C", estimate: 2, variance: 1),
                ], measure: "OR", scale: .log))
    }

    @Test func networkBelowAndDirectAboveTheDiagonal() throws {
        let fit = try Self.fit()
        let table = fit.leagueTable
        #expect(table == LeagueTable(fit) && table.treatments == ["A", "B", "C"] && table.scale == .log)
        for index in 0..<3 { #expect(table.cells[index][index] == nil) }
        #expect(table.cells[0][2] == nil)
        let below = try #require(table.cells[2][0])
        #expect(below.treatment == "A" && below.versus == "C" && Tolerance.closedForm.accepts(below.estimate, 3))
        #expect(below.confidenceInterval == fit.effect(of: "A", versus: "C")?.confidenceInterval)
        let above = try #require(table.cells[1][2])
        #expect(above.treatment == "B" && above.versus == "C" && above.estimate == 2)
        #expect(above.confidenceInterval == fit.effect(of: "B", versus: "C")?.direct?.confidenceInterval)
    }

    @Test func inAnotherOrderEachCellIsTheEarlierMinusTheLater() throws {
        let fit = try Self.fit()
        let table = LeagueTable(fit, order: ["C", "A", "B"])
        #expect(table.treatments == ["C", "A", "B"])
        let below = try #require(table.cells[1][0])
        #expect(below.treatment == "C" && below.versus == "A" && Tolerance.closedForm.accepts(below.estimate, -3))
        #expect(below.confidenceInterval == fit.effect(of: "C", versus: "A")?.confidenceInterval)
        #expect(table.cells[0][1] == nil && table.cells[0][2]?.estimate == -2 && table.cells[1][2]?.estimate == 1)
    }

    @Test func treatmentsThatTheResultDoesNotHaveAreLeftOut() throws {
        let table = LeagueTable(try Self.fit(), order: ["C", "X", "A"])
        #expect(table.treatments == ["C", "A"] && table.cells.count == 2 && table.cells[0].count == 2)
    }

    @Test func isWrittenAndReadBack() throws {
        let table = try Self.fit().leagueTable
        #expect(try JSONDecoder().decode(LeagueTable.self, from: JSONEncoder().encode(table)) == table)
    }
}

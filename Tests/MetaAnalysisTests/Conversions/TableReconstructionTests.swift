import Foundation
import Testing

@testable import MetaAnalysis

struct TableReconstructionTests {
    static let tables: [[Double]] = [
        [36, 86, 20, 98], [28, 14, 12, 18], [40, 60, 60, 40], [360, 860, 200, 980], [1, 9, 30, 2], [0, 20, 5, 15],
        [5e8, 5e8, 1e8, 9e8], [3, 1, 1, 1],
    ]

    /// Measures of a table with its margins lead back to its cells.
    @Test(arguments: tables) func leadsBack(cells: [Double]) throws {
        let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
        let size = a + b + c + d
        let margins = TableReconstruction(size: size, firstSize: a + b, events: a + c)
        let product = (a + b) * (c + d) * (a + c) * (b + d)
        let excess = a * d - b * c
        let sign = excess < 0 ? -1.0 : 1.0
        var associations: [TableReconstruction.Association] = [
            .phi(excess / product.squareRoot()),
            .chiSquared(sign * size * excess * excess / product, isCorrected: false),
        ]
        if abs(excess) > size / 2 {
            let corrected = abs(excess) - size / 2
            associations.append(.chiSquared(sign * size * corrected * corrected / product, isCorrected: true))
        }
        if a > 0 { associations.append(.oddsRatio(a * d / (b * c))) }
        for association in associations {
            let result = try margins.table(from: association)
            #expect(abs(result.unroundedEvents - a) <= 1e-9 * max(a, 1), "\(association): \(result.unroundedEvents)")
            #expect(result.table == TwoByTwoTable(events: a, of: a + b, versus: c, of: c + d))
            #expect(result.diagnostics.isEmpty)
        }
    }

    /// Rounded to two decimals, as in the manual of metafor's `conv.2x2`, the cells are still those.
    @Test func roundedMeasuresAreEnoughInSmallTables() throws {
        let margins = TableReconstruction(size: 240, firstSize: 122, events: 56)
        #expect(try margins.table(from: .oddsRatio(2.05)).table.treatedEvents == 36)
        #expect(try margins.table(from: .phi(0.15)).table.treatedEvents == 36)
    }

    @Test(arguments: [1e-300, 1e-9, 1 - 1e-12, 1, 1 + 1e-12, 1e9, 1e300]) func anyOddsRatioHasATable(ratio: Double)
        throws
    {
        for (size, first, events) in [(100.0, 50.0, 30.0), (100, 80, 90), (7, 3, 4)] {
            let result = try TableReconstruction(size: size, firstSize: first, events: events)
                .table(from: .oddsRatio(ratio))
            let a = result.unroundedEvents
            #expect(a >= max(0, first + events - size) - 1e-6 && a <= min(first, events) + 1e-6, "\(a)")
            if abs(ratio - 1) < 1e-9 { #expect(abs(a - first * events / size) < 1e-8) }
        }
    }

    @Test func refusesWhatCannotStandTogether() {
        let margins = TableReconstruction(size: 100, firstSize: 50, events: 10)
        let error = #expect(throws: MetaAnalysisError.self) { try margins.table(from: .phi(0.9)) }
        #expect(error?.location.column == "phi")
        #expect(error?.message.contains("it can have 0 to 10") == true)
        let events = #expect(throws: MetaAnalysisError.self) {
            try TableReconstruction(size: 10, firstSize: 5, events: 12).table(from: .phi(0))
        }
        #expect(events?.location.column == "events")
        #expect(throws: MetaAnalysisError.self) { try margins.table(from: .oddsRatio(0)) }
        #expect(throws: MetaAnalysisError.self) { try margins.table(from: .phi(1.5)) }
    }

    @Test func roundingIsTold() throws {
        let result = try TableReconstruction(size: 100, firstSize: 50, events: 25).table(from: .oddsRatio(1))
        #expect(result.unroundedEvents == 12.5)
        #expect(result.diagnostics.map(\.code) == [.converted])
    }
}

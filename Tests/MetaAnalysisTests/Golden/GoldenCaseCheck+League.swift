import Foundation
import MetaAnalysisFixtures
import MetaAnalysisTestSupport

@testable import MetaAnalysis

extension GoldenCaseCheck {
    /// R prints its cells to six decimals.
    mutating func compareLeague(_ call: RExpression, _ frame: RNetworkFrame) throws {
        for model in NetworkMetaAnalysis.Model.allCases {
            let rows = one.expected[model.rawValue]?.stringRows ?? []
            let order = rows.indices.map { Treatment(rows[$0][$0]) }
            let league = LeagueTable(try frame.fit(model), order: order)
            let reading = EffectReading(measure: "", scale: frame.reportedScale)
            for row in rows.indices {
                for column in rows.indices {
                    let field = "\(model.rawValue).\(row).\(column)"
                    guard row != column else {
                        comparison.skip(field, "a name")
                        continue
                    }
                    let numbers = rows[row][column].matches(of: /-?[0-9.]+(e[-+][0-9]+)?/).compactMap {
                        Double($0.output.0)
                    }
                    let cell = league.cells[row][column]
                    let ours = cell.map {
                        [$0.estimate, $0.confidenceInterval.lower, $0.confidenceInterval.upper].map(reading.value)
                    }
                    comparison.comparePrinted(field, ours ?? [], numbers.isEmpty ? [] : numbers, decimals: 6)
                }
            }
        }
    }
}

extension GoldenComparison {
    /// Compares numbers with those of a text of the reference.
    mutating func comparePrinted(_ field: String, _ ours: [Double], _ printed: [Double], decimals: Int) {
        let unit = pow(10, -Double(decimals))
        let agrees =
            ours.count == printed.count
            && zip(ours, printed).allSatisfy { abs($0 - $1) <= 0.5001 * unit * max(1, 1e-9 * abs($1)) }
        compareText(field, agrees: agrees)
    }
}

extension JSONValue {
    fileprivate var stringRows: [[String]] {
        if case .array(let rows) = self { rows.map(\.strings) } else { [] }
    }
}

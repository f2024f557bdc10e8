/// Columns of proportions and efficacies whose numbers are percentages, as are those of their intervals.
struct Percentages {
    /// Columns of estimates that hold percentages.
    private(set) var columns: Set<Int> = []
    /// Notes on the columns that are read as percentages.
    private(set) var diagnostics: [Diagnostic] = []

    static let none = Percentages()

    private init() {}

    /// Finds the columns that hold percentages, by their names or because most of their numbers are above 1.
    ///
    /// - Parameters:
    ///   - layouts: columns of the data.
    ///   - rows: rows that are read.
    ///   - table: the table.
    ///   - guesses: whether the numbers may decide; they may not if the rows are part of a file whose other rows are not available.
    init(_ layouts: [DataColumns.Layout], rows: [Int], in table: Table, guesses: Bool) {
        for match in layouts.compactMap(\.percentage) where !columns.contains(match.column) {
            let numbers = rows.compactMap { try? table.number(row: $0, column: match.column) }
            let above = numbers.count { abs($0) > 1 }
            let name = ColumnNames.folded(table.columns[match.column])
            let isNamed = ["percent", "pct", "%"].contains { name.contains($0) }
            guard isNamed || (guesses && 2 * above > numbers.count) else { continue }
            guard columns.insert(match.column).inserted, !numbers.isEmpty else { continue }
            let column = quoted(table.columns[match.column])
            diagnostics.append(
                above == 0
                    ? Diagnostic(
                        .warning, .defaultChosen,
                        "the column \(column) is read as percentages, although no number in it is above 1; if they are "
                            + "proportions, call it so")
                    : Diagnostic(
                        .note, .defaultChosen,
                        "the column \(column) is read as percentages: its numbers, and those of an interval beside them, are "
                            + "divided by 100"))
        }
    }

    /// Returns the numbers of a row, with percentages as proportions.
    func scaled(_ numbers: [Double], of layout: DataColumns.Layout) -> [Double] {
        guard let match = layout.percentage, columns.contains(match.column) else { return numbers }
        return zip(layout.roles, numbers).map { role, number in
            switch role {
            case .proportion, .efficacy, .ciLow, .ciHigh: number / 100
            default: number
            }
        }
    }
}

extension DataColumns.Layout {
    /// Column that may hold percentages.
    fileprivate var percentage: ColumnFinder.Match? {
        zip(roles, matches).first { $0.0 == .proportion || $0.0 == .efficacy }?.1
    }
}

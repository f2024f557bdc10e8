/// Finds the rows of a CSV export of RevMan that are headings of comparisons and outcomes, with the sums of their studies.
enum RevManHeadings {
    /// Returns the rows with a data type and those that belong to no outcome; none in other tables.
    static func rows(_ table: Table) -> Set<Int> {
        func column(_ name: String) -> Int? { table.columns.firstIndex { ColumnNames.folded($0) == name } }
        guard let type = column("data_type"), let outcome = column("outcome_number"), column("comparison_number") != nil
        else { return [] }
        return Set(
            (0..<table.rowCount).filter { row in
                !table.isMissing(row: row, column: type) || table.text(row: row, column: outcome) == "0"
            })
    }

    static func note(_ rows: Set<Int>, _ table: Table) -> [Diagnostic] {
        guard !rows.isEmpty else { return [] }
        let lines = rows.sorted().map { table.line(ofRow: $0) }
        let list = lines.prefix(5).map(String.init).joined(separator: ", ") + (lines.count > 5 ? ", …" : "")
        return [
            Diagnostic(
                .note, .totalRow,
                "\(lines.count == 1 ? "a row is a heading" : "\(lines.count) rows are headings") of RevMan with the sums of its studies, and"
                    + " no \(lines.count == 1 ? "study" : "studies") (line \(list))")
        ]
    }
}

import MetaAnalysis

extension ReportPage.Section {
    /// Greatest number of rows shown on the page.
    private static let greatestRowCount = 500

    /// Makes the table of the rows and columns that were used, with the texts of the file.
    ///
    /// - Parameter used: names of the columns; with several outcomes, a name may occur more than once.
    init(data table: Table, used: some Sequence<String>) {
        let names = Set(used)
        let columns = table.columns.indices.filter { column in
            names.contains(table.columns[column])
                && (0..<table.rowCount).contains { !table.isMissing(row: $0, column: column) }
        }
        let shown = 0..<min(table.rowCount, Self.greatestRowCount)
        let rows = shown.map { row in
            Summary.Table.Row(columns.map { table.text(row: row, column: $0) ?? "" })
        }
        let heads = columns.map { column in
            let isNumeric = shown.allSatisfy { row in
                table.isMissing(row: row, column: column) || (try? table.number(row: row, column: column)) != nil
            }
            return Summary.Table.Column(table.columns[column], isNumeric ? .trailing : .leading)
        }
        var blocks: [Summary.Block] = [.table(Summary.Table(columns: heads, rows: rows))]
        if shown.count < table.rowCount {
            blocks.append(.paragraph("The first \(shown.count) of \(table.rowCount) rows; the others are in the file."))
        }
        self.init(name: "data", title: "Data", content: Summary(blocks).html(headingLevel: 3))
    }
}

import MetaAnalysis

/// The file on which an answer is based.
struct InputRecord: Encodable {
    /// Name of the file; "-" for standard input.
    var file: String
    /// Number of data rows that pass the filters.
    var rows: Int

    init(file: String, rows: Int) {
        self.file = file
        self.rows = rows
    }

    init(_ table: Table) {
        file = table.name
        rows = table.rowCount
    }

    init(_ reading: Reading) { self.init(reading.table) }

    /// Name of the file for readers.
    var title: String { file == "-" ? "standard input" : file }
}

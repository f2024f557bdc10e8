import MetaAnalysis

/// The file that an answer rests on.
struct InputRecord: Encodable {
    /// "-" for standard input.
    var file: String
    /// Data rows taken, after filters.
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

    /// The name of the file for people.
    var title: String { file == "-" ? "standard input" : file }
}

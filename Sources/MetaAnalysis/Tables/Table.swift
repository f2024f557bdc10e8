/// A table of text fields, with the line of the file for every row.
///
/// The text stays in one buffer as it was read. Fields are found by their ends, and become a `String` or a number only when they are read.
/// A filtered table shares the buffer with the original.
///
/// ```swift
/// let table = try Table(csv: bytes, name: "trials.csv")
/// let latitudes = try table.numbers(in: "ablat")
/// ```
///
/// Missing values are empty fields and `NA`. Rows and columns are counted from 0 here, lines of the file from 1.
public struct Table: Sendable {
    /// Name of the file (or other source) as the caller gave it; part of the location of every error.
    public let name: String
    /// Names of the columns, in the order of the file; all different and none empty.
    public let columns: [String]
    /// UTF-8 text as read.
    let bytes: [UInt8]
    /// End of every field relative to the start of its row, row by row in the order of the file.
    let ends: [UInt32]
    private(set) var rows: [Row]

    /// Position of a row in `bytes` and `ends`.
    struct Row: Sendable {
        var start: Int
        var firstEnd: Int
        var line: Int
    }

    init(name: String, columns: [String], bytes: [UInt8], ends: [UInt32], rows: [Row]) {
        self.name = name
        self.columns = columns
        self.bytes = bytes
        self.ends = ends
        self.rows = rows
    }

    /// Number of rows, without the header.
    public var rowCount: Int { rows.count }

    /// Returns the line of the file on which the row begins, counted from 1 with the header.
    public func line(ofRow row: Int) -> Int { rows[row].line }

    /// Returns the position of the column with this name, or of the only column with this name ignoring case; `nil` if there is none.
    public func column(named wanted: String) -> Int? {
        if let exact = columns.firstIndex(of: wanted) { return exact }
        let folded = wanted.lowercased()
        let similar = columns.indices.filter { columns[$0].lowercased() == folded }
        return similar.count == 1 ? similar[0] : nil
    }
}

// MARK: - Fields

extension Table {
    /// Returns the text of a field without quotes; `nil` if it is missing.
    ///
    /// Blanks outside quotes are not part of the text.
    public func text(row: Int, column: Int) -> String? {
        isMissing(row: row, column: column) ? nil : rawText(row: row, column: column)
    }

    /// Returns the text of a field without quotes, even if it means a missing value.
    func rawText(row: Int, column: Int) -> String {
        let field = bytes[self.field(row: row, column: column)]
        guard field.contains(.quote) else { return String(decoding: field, as: UTF8.self) }
        // Inside quotes, every quote is doubled.
        var plain: [UInt8] = []
        var index = field.startIndex
        while index < field.endIndex {
            plain.append(field[index])
            index += field[index] == .quote ? 2 : 1
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// Returns the number in a field; `nil` if it is missing.
    ///
    /// - Throws: `MetaAnalysisError` (`.malformedTable`), naming row and column, if the field contains anything else.
    public func number(row: Int, column: Int) throws -> Double? {
        switch parseNumber(bytes.span.extracting(field(row: row, column: column))) {
        case .missing: nil
        case .number(let value): value
        case .refused(let message, let remedy):
            throw MetaAnalysisError(
                .malformedTable, message, remedy: remedy, location: location(row: row, column: column))
        }
    }

    /// Returns whether a field is empty or `NA`.
    public func isMissing(row: Int, column: Int) -> Bool {
        let span = bytes.span
        return span.isMissing(span.trimmed(field(row: row, column: column)))
    }

    /// Returns all texts of a column, in the order of the rows; `nil` for a missing text.
    ///
    /// - Throws: `MetaAnalysisError` (`.missingColumn`), naming the existing columns.
    public func texts(in column: String) throws -> [String?] {
        let index = try requireColumn(column)
        return rows.indices.map { text(row: $0, column: index) }
    }

    /// Returns all numbers of a column, in the order of the rows; `nil` for a missing number.
    ///
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, or `.malformedTable` for the first field that is not a number.
    public func numbers(in column: String) throws -> [Double?] {
        let index = try requireColumn(column)
        return try rows.indices.map { try number(row: $0, column: index) }
    }

    /// Returns the positions of the bytes of a field, without blanks and quotes at the ends; quotes inside are still doubled.
    func field(row: Int, column: Int) -> Range<Int> {
        let start = rows[row].start
        let index = rows[row].firstEnd + column
        let span = bytes.span
        let field = span.trimmed((column == 0 ? start : start + Int(ends[index - 1]) + 1)..<(start + Int(ends[index])))
        guard !field.isEmpty, span[field.lowerBound] == .quote else { return field }
        return (field.lowerBound + 1)..<(field.upperBound - 1)
    }

    func location(row: Int? = nil, column: Int? = nil) -> MetaAnalysisError.Location {
        MetaAnalysisError.Location(
            file: name, row: row.map { rows[$0].line }, column: column.map { columns[$0] })
    }

    func requireColumn(_ wanted: String) throws -> Int {
        if let index = column(named: wanted) { return index }
        throw MetaAnalysisError(
            .missingColumn, "there is no column \(quoted(wanted))", remedy: "take one of \(columnList)",
            location: location())
    }

    /// The columns as a list for messages, shortened if there are very many.
    var columnList: String {
        let shown = columns.prefix(Self.listedColumns).map(quoted).joined(separator: ", ")
        return columns.count > Self.listedColumns ? "\(shown) and \(columns.count - Self.listedColumns) more" : shown
    }

    private static let listedColumns = 60
}

// MARK: - Filters

extension Table {
    /// Returns the rows in which a column has one of these values.
    ///
    /// Values are compared as text and, if both are numbers, as numbers (`6` equals `6.0`). An empty value or `NA` means a missing field.
    ///
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, or `.tooFewStudies`, naming the existing values, if no row is left.
    public func filtered(column: String, equals values: [String]) throws -> Table {
        try filtered(column: column, values: values, keeping: true)
    }

    /// Returns the rows in which a column has none of these values. See `filtered(column:equals:)`.
    public func filtered(column: String, differsFrom values: [String]) throws -> Table {
        try filtered(column: column, values: values, keeping: false)
    }

    /// Returns the rows that meet a condition written as `column=value`, `column=value|value` or `column!=value|value`.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for a condition of another form; otherwise as `filtered(column:equals:)`.
    public func filtered(_ condition: String) throws -> Table {
        try filtered(RowFilter(condition, for: self))
    }

    private func filtered(column name: String, values: [String], keeping keepsEqual: Bool) throws -> Table {
        try filtered(RowFilter(column: try requireColumn(name), values: values, keepsEqual: keepsEqual))
    }

    func removing(row: Int) -> Table {
        var result = self
        result.rows.remove(at: row)
        return result
    }

    private func filtered(_ filter: RowFilter) throws -> Table {
        let column = filter.column
        var result = self
        result.rows = rows.indices.filter { row in
            let field = field(row: row, column: column)
            return filter.keeps(bytes.span.extracting(field), hasDoubledQuotes: bytes[field].contains(.quote))
        }.map { rows[$0] }
        guard result.rows.isEmpty else { return result }
        var seen: Set<String> = []
        let present = rows.indices.map { text(row: $0, column: column) ?? "NA" }.filter { seen.insert($0).inserted }
        throw filter.nothingLeft(in: self, present: present)
    }
}

/// A table of text fields with the line of the file in which every row stands.
///
/// The text stays as it was read, in one buffer; fields are found by their ends, and a field becomes a `String` or a
/// number only when it is asked for. Rows that were filtered away share the buffer with those that stay.
///
/// ```swift
/// let table = try Table(csv: bytes, name: "trials.csv")
/// let latitudes = try table.numbers(in: "ablat")
/// ```
///
/// Missing values are empty fields and `NA`. Rows and columns are counted from 0 here, lines of the file from 1.
public struct Table: Sendable {
    /// File (or other source) as the caller named it; stands in the place of every error.
    public let name: String
    /// Names of the columns, in the order of the file; no two are equal and none is empty.
    public let columns: [String]
    /// UTF-8, as read.
    let bytes: [UInt8]
    /// End of every field relative to the start of its row, row by row as they stand in the file.
    let ends: [UInt32]
    private(set) var rows: [Row]

    /// Where a row lies in `bytes` and `ends`.
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

    public var rowCount: Int { rows.count }

    /// Line of the file on which the row begins, counted from 1 with the header.
    public func line(ofRow row: Int) -> Int { rows[row].line }

    /// Position of a column by its name, or by its name ignoring case when only one fits.
    public func column(named wanted: String) -> Int? {
        if let exact = columns.firstIndex(of: wanted) { return exact }
        let folded = wanted.lowercased()
        let similar = columns.indices.filter { columns[$0].lowercased() == folded }
        return similar.count == 1 ? similar[0] : nil
    }
}

// MARK: - Fields

extension Table {
    /// The text of a field without quotes; `nil` when it is missing.
    ///
    /// Blanks outside quotes are not part of it.
    public func text(row: Int, column: Int) -> String? {
        isMissing(row: row, column: column) ? nil : rawText(row: row, column: column)
    }

    /// The text of a field without quotes, also where it stands for a missing value.
    func rawText(row: Int, column: Int) -> String {
        let field = bytes[self.field(row: row, column: column)]
        guard field.contains(.quote) else { return String(decoding: field, as: UTF8.self) }
        // Inside quotes every quote stands twice.
        var plain: [UInt8] = []
        var index = field.startIndex
        while index < field.endIndex {
            plain.append(field[index])
            index += field[index] == .quote ? 2 : 1
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// The number in a field; `nil` when it is missing.
    ///
    /// - Throws: `MetaAnalysisError` (`.malformedTable`) naming row and column when the field holds anything else.
    public func number(row: Int, column: Int) throws -> Double? {
        switch parseNumber(bytes.span.extracting(field(row: row, column: column))) {
        case .missing: nil
        case .number(let value): value
        case .refused(let message, let remedy):
            throw MetaAnalysisError(
                .malformedTable, message, remedy: remedy, location: location(row: row, column: column))
        }
    }

    public func isMissing(row: Int, column: Int) -> Bool {
        let span = bytes.span
        return span.isMissing(span.trimmed(field(row: row, column: column)))
    }

    /// All texts of a column, in the order of the rows; `nil` where one is missing.
    ///
    /// - Throws: `MetaAnalysisError` (`.missingColumn`) naming the columns there are.
    public func texts(in column: String) throws -> [String?] {
        let index = try requireColumn(column)
        return rows.indices.map { text(row: $0, column: index) }
    }

    /// All numbers of a column, in the order of the rows; `nil` where one is missing.
    ///
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, or `.malformedTable` at the first field that is not a number.
    public func numbers(in column: String) throws -> [Double?] {
        let index = try requireColumn(column)
        return try rows.indices.map { try number(row: $0, column: index) }
    }

    /// Positions of the bytes between the separators, without blanks and quotes at the ends; quotes inside still stand
    /// twice.
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

    /// The columns as a list for messages, cut where there are very many.
    var columnList: String {
        let shown = columns.prefix(Self.listedColumns).map(quoted).joined(separator: ", ")
        return columns.count > Self.listedColumns ? "\(shown) and \(columns.count - Self.listedColumns) more" : shown
    }

    private static let listedColumns = 60
}

// MARK: - Filters

extension Table {
    /// The rows in which a column has one of these values.
    ///
    /// Values are compared as text and, where both are numbers, as numbers (`6` is `6.0`); an empty value or `NA` stands
    /// for a missing field.
    ///
    /// - Throws: `MetaAnalysisError`: `.missingColumn`, or `.tooFewStudies` when no row is left, naming the values there are.
    public func filtered(column: String, equals values: [String]) throws -> Table {
        try filtered(column: column, values: values, keeping: true)
    }

    /// The rows in which a column has none of these values. See `filtered(column:equals:)`.
    public func filtered(column: String, differsFrom values: [String]) throws -> Table {
        try filtered(column: column, values: values, keeping: false)
    }

    /// The rows that meet a condition written as `column=value`, `column=value|value` or `column!=value|value`.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for a condition of another form; see `filtered(column:equals:)`.
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

extension Table {
    /// The character between the fields of a line.
    public enum Separator: String, Hashable, Sendable, Codable, CaseIterable {
        /// Comma.
        case comma
        /// Tab.
        case tab
        /// Semicolon.
        case semicolon

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .tab: .tab
            case .semicolon: UInt8(ascii: ";")
            }
        }
    }

    /// Reads delimited text (RFC 4180). The first line that is not blank names the columns.
    ///
    /// The text is UTF-8 with or without byte order mark. Lines end in LF, CRLF or CR. A field in double quotes may contain separators,
    /// line breaks and doubled quotes. Blanks around a field and lines without any text are ignored. The form of the table is checked here,
    /// numbers only when they are read. O(bytes) in time and memory.
    ///
    /// - Parameters:
    ///   - bytes: the whole text.
    ///   - name: name of the file in error messages.
    ///   - separator: `nil` means the most frequent one in the header (comma before tab before semicolon if they are equal).
    /// - Throws: `MetaAnalysisError` (`.malformedTable`) with line and column: a row with more or fewer fields than the header, a quote
    ///   that is not closed or is inside a field without quotes, an empty or repeated name in the header, no rows, bytes that are not
    ///   UTF-8.
    public init(csv bytes: [UInt8], name: String, separator: Separator? = nil) throws {
        try self.init(csv: bytes, name: name, separator: separator, limits: .none)
    }

    /// Reads delimited text from a file of unknown origin, within limits of size. See `init(csv:name:separator:)`.
    package init(csv bytes: [UInt8], name: String, separator: Separator? = nil, limits: TableLimits) throws {
        var columns: [String] = []
        do throws(CSVFault) {
            let start = try Self.textStart(bytes)
            let separator = separator ?? Self.likelySeparator(bytes[start...])
            var reader = CSVReader(bytes, separator: separator.byte, from: start)
            let headerLine: Int
            (columns, headerLine) = try Self.header(&reader, limits)
            var ends: [UInt32] = []
            var rows: [Row] = []
            while let record = try reader.next(appendingEndsTo: &ends) {
                guard record.fieldCount == columns.count else {
                    throw Self.raggedRow(record.fieldCount, columns.count, separator, line: record.line)
                }
                guard ends.count <= limits.tableFields else { throw limits.fieldsFault(line: record.line) }
                if Self.isEmpty(record, bytes, separator) { continue }
                guard rows.count < limits.tableRows else { throw limits.rowsFault(line: record.line) }
                rows.append(Row(start: record.start, firstEnd: ends.count - columns.count, line: record.line))
            }
            guard !rows.isEmpty else {
                throw CSVFault(
                    "the file has a header but no rows", remedy: "add one line for every study", line: headerLine)
            }
            self.init(name: name, columns: columns, bytes: bytes, ends: ends, rows: rows)
        } catch {
            throw error.located(file: name, columns: columns)
        }
    }

    /// Reads delimited text that is already a string. See `init(csv:name:separator:)`.
    public init(csv text: String, name: String, separator: Separator? = nil) throws {
        try self.init(csv: Array(text.utf8), name: name, separator: separator)
    }
}

extension Table {
    /// Returns the position after a byte order mark; refuses text whose first bytes show that it is not UTF-8.
    static func textStart(_ bytes: [UInt8]) throws(CSVFault) -> Int {
        let saveAsCSV = "save the table as CSV in UTF-8"
        for (signature, what) in foreignSignatures where bytes.starts(with: signature) {
            throw CSVFault("the file is \(what)", remedy: saveAsCSV, line: 1)
        }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard bytes[start...].contains(where: { !$0.isBlankOrBreak }) else {
            throw CSVFault(
                "the file is empty",
                remedy: "give a header line with the names of the columns and one line for every study",
                line: 1)
        }
        return start
    }

    private static let foreignSignatures: [([UInt8], String)] = [
        ([0xFF, 0xFE], "in UTF-16 (little endian)"),
        ([0xFE, 0xFF], "in UTF-16 (big endian)"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or a workbook (.xlsx, .ods), not text"),
        ([0xD0, 0xCF, 0x11, 0xE0], "a workbook (.xls), not text"),
        ([0x1F, 0x8B], "compressed with gzip, not text"),
    ]

    /// Returns the most frequent separator outside quotes in the first line that is not blank.
    static func likelySeparator(_ text: ArraySlice<UInt8>) -> Separator {
        let candidates = Separator.allCases
        var counts = candidates.map { _ in 0 }
        var isQuoted = false
        // "t[,1]" is a single name.
        var isIndexed = false
        for byte in text.drop(while: { $0 == .lineFeed || $0 == .carriageReturn || $0 == .space }) {
            if byte == .quote { isQuoted.toggle() }
            guard !isQuoted else { continue }
            if byte == UInt8(ascii: "[") { isIndexed = true }
            if byte == UInt8(ascii: "]") { isIndexed = false }
            if isIndexed, byte == UInt8(ascii: ",") { continue }
            if byte == .lineFeed || byte == .carriageReturn { break }
            if let index = candidates.firstIndex(where: { $0.byte == byte }) { counts[index] += 1 }
        }
        let most = counts.max() ?? 0
        return counts.firstIndex(of: most).map { candidates[$0] } ?? .comma
    }

    /// Reads the names of the columns, trimmed, with a line break inside a name replaced by a blank.
    static func header(_ reader: inout CSVReader, _ limits: TableLimits) throws(CSVFault) -> (
        names: [String], line: Int
    ) {
        var ends: [UInt32] = []
        guard let record = try reader.next(appendingEndsTo: &ends) else { return ([], reader.line) }
        guard record.fieldCount <= limits.columns else {
            throw limits.columnsFault(record.fieldCount, line: record.line)
        }
        let row = Row(start: record.start, firstEnd: 0, line: record.line)
        let headerOnly = Table(name: "", columns: [], bytes: reader.bytes, ends: ends, rows: [row])
        var names: [String] = []
        var positions: [String: Int] = [:]
        for index in 0..<record.fieldCount {
            let name = headerOnly.rawText(row: 0, column: index)
                .split(whereSeparator: { $0.isNewline || $0 == "\t" }).joined(separator: " ").trimmingBlanks()
            guard !name.isEmpty else {
                throw CSVFault(
                    "column \(index + 1) has no name", remedy: "name it, or take the separator away if it is the last",
                    line: record.line, field: index)
            }
            if let earlier = positions.updateValue(index, forKey: name) {
                throw CSVFault(
                    "columns \(earlier + 1) and \(index + 1) are both called \(quoted(name))",
                    remedy: "give every column its own name", line: record.line, field: index)
            }
            names.append(name)
        }
        return (names, record.line)
    }

    /// Whether all fields are empty, which is how spreadsheets write a blank line.
    static func isEmpty(_ record: CSVReader.Record, _ bytes: [UInt8], _ separator: Separator) -> Bool {
        for byte in bytes[record.start...] where byte != .space && byte != separator.byte {
            return byte == .lineFeed || byte == .carriageReturn
        }
        return true
    }

    /// Makes the fault of a row with too many or too few fields.
    ///
    /// - Parameter separator: `nil` for blanks.
    static func raggedRow(_ found: Int, _ expected: Int, _ separator: Separator?, line: Int) -> CSVFault {
        let mark = separator.map { quoted(String(UnicodeScalar($0.byte))) } ?? "blanks"
        return CSVFault(
            "the row has \(found) field\(found == 1 ? "" : "s") where the header has \(expected)",
            remedy: found > expected
                ? separator == nil
                    ? "write fields without blanks inside"
                    : "put a field that holds the separator \(mark) in double quotes"
                        + (separator == .comma ? "; decimals take a point, not a comma" : "")
                : "give every column a field, \(separator == nil ? "NA" : "empty") if its value is missing "
                    + "(the separator is \(mark))",
            line: line, field: min(found, expected))
    }
}

extension Table {
    /// Returns the separator that is used for a text if none is given.
    public static func separator(of bytes: [UInt8]) -> Separator { likelySeparator(bytes[...]) }
}

/// Finds the fields of delimited text (RFC 4180) without copying them: one record at a time, in one pass over the bytes.
///
/// The reader has no access to the header. A fault gives the position of the field, and `Table` adds the name of the column.
struct CSVReader {
    /// Position of a record. The ends of its fields, relative to `start`, are appended to a list of the caller.
    struct Record {
        /// Position of the first byte.
        var start: Int
        /// Line of the file, counted from 1.
        var line: Int
        var fieldCount: Int
    }

    let bytes: [UInt8]
    let separator: UInt8
    /// Position of the next byte to read.
    private(set) var position: Int
    /// Line of the next byte, counted from 1; CR, LF and CRLF each end a line.
    private(set) var line: Int
    /// Number of bytes of the file before these bytes.
    let offset: Int

    init(_ bytes: [UInt8], separator: UInt8, from position: Int, line: Int = 1, offset: Int = 0) {
        self.bytes = bytes
        self.separator = separator
        self.position = position
        self.line = line
        self.offset = offset
    }

    /// Reads the next record that is not a blank line; `nil` at the end of the text.
    mutating func next(appendingEndsTo ends: inout [UInt32]) throws(CSVFault) -> Record? {
        skipBlankLines()
        guard position < bytes.count else { return nil }
        var record = Record(start: position, line: line, fieldCount: 0)
        while true {
            try skipField(record)
            guard let end = UInt32(exactly: position - record.start) else {
                throw CSVFault(
                    "the row is longer than 4 GiB", remedy: "check that its line ends are there", line: record.line)
            }
            ends.append(end)
            record.fieldCount += 1
            guard position < bytes.count else { return record }
            if bytes[position] != separator { break }
            position += 1
        }
        skipLineBreak()
        return record
    }
}

extension CSVReader {
    private func isBlank(_ byte: UInt8) -> Bool { byte == .space || (byte == .tab && separator != .tab) }

    private mutating func skipBlanks() {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    }

    private mutating func skipBlankLines() {
        while true {
            let start = position
            skipBlanks()
            guard position < bytes.count else { return }
            guard bytes[position] == .lineFeed || bytes[position] == .carriageReturn else {
                position = start
                return
            }
            skipLineBreak()
        }
    }

    /// Skips LF, CR or CRLF.
    private mutating func skipLineBreak() {
        if bytes[position] == .carriageReturn, position + 1 < bytes.count, bytes[position + 1] == .lineFeed {
            position += 1
        }
        position += 1
        line += 1
    }

    /// Moves to the separator, line break or end of text that follows the field.
    private mutating func skipField(_ record: Record) throws(CSVFault) {
        skipBlanks()
        guard position < bytes.count else { return }
        if bytes[position] == .quote { return try skipQuoted(record) }
        position = try unquotedEnd(record)
    }

    private func unquotedEnd(_ record: Record) throws(CSVFault) -> Int {
        let span = bytes.span
        var index = position
        while index < span.count {
            let byte = span[index]
            if byte == separator { break }
            if byte > .quote, byte < 0x80 {
                index += 1
                continue
            }
            if byte == .lineFeed || byte == .carriageReturn { break }
            if byte == .quote {
                throw CSVFault(
                    "a double quote stands inside a field without quotes",
                    remedy: "put the whole field in double quotes and double the ones inside", line: line,
                    field: record.fieldCount)
            }
            index += try characterLength(at: index, record)
        }
        return index
    }

    private mutating func skipQuoted(_ record: Record) throws(CSVFault) {
        let opened = line
        var index = position + 1
        while true {
            guard index < bytes.count else {
                throw CSVFault(
                    "the quoted field that begins here does not end",
                    remedy: "close it with a double quote; a double quote inside it is written twice", line: opened,
                    field: record.fieldCount)
            }
            let byte = bytes[index]
            if byte == .quote {
                guard index + 1 < bytes.count, bytes[index + 1] == .quote else { break }
                index += 2
            } else if byte == .lineFeed || byte == .carriageReturn {
                position = index
                skipLineBreak()
                index = position
            } else {
                index += try characterLength(at: index, record)
            }
        }
        position = index + 1
        skipBlanks()
        guard position < bytes.count else { return }
        let after = bytes[position]
        guard after == separator || after == .lineFeed || after == .carriageReturn else {
            throw CSVFault(
                "text follows the closing quote of the field",
                remedy: "double the quotes that belong to the text, or put a separator after the field", line: line,
                field: record.fieldCount)
        }
    }

    private func characterLength(at index: Int, _ record: Record) throws(CSVFault) -> Int {
        let length = bytes.span.characterLength(at: index)
        guard length > 0 else {
            throw CSVFault.notText(bytes[index], at: offset + index, line: line, field: record.fieldCount)
        }
        return length
    }
}

extension Span<UInt8> {
    /// Number of bytes of the character that begins here; 0 if the bytes are not UTF-8 (Unicode, table 3-7) or the character is NUL.
    func characterLength(at index: Int) -> Int {
        let first = self[index]
        if first != 0, first < 0x80 { return 1 }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return 0
        }
        guard index + length <= count, second.contains(self[index + 1]) else { return 0 }
        for next in (index + 2)..<max(index + 2, index + length) where self[next] & 0xC0 != 0x80 { return 0 }
        return length
    }
}

/// A fault in delimited text, with its line and field.
struct CSVFault: Error {
    var message: String
    var remedy: String
    var line: Int
    /// Position of the field, counted from 0; `nil` if the fault concerns the whole line.
    var field: Int?

    init(_ message: String, remedy: String, line: Int, field: Int? = nil) {
        self.message = message
        self.remedy = remedy
        self.line = line
        self.field = field
    }

    /// Makes the fault of a byte that is not text.
    ///
    /// - Parameter position: position of the byte in the file, counted from 0.
    static func notText(_ byte: UInt8, at position: Int, line: Int, field: Int) -> CSVFault {
        byte == 0
            ? CSVFault(
                "byte \(position + 1) of the file is 0, so this is not text in UTF-8",
                remedy: "save the table as CSV in UTF-8 (not as a workbook or UTF-16)", line: line, field: field)
            : CSVFault(
                "byte \(position + 1) of the file (0x\(String(byte, radix: 16, uppercase: true))) is not text in UTF-8",
                remedy: "save the file as UTF-8; it may be in Latin-1 or Windows-1252", line: line, field: field)
    }

    func located(file: String, columns: [String]) -> MetaAnalysisError {
        let column = field.map { $0 < columns.count ? columns[$0] : String($0 + 1) }
        return MetaAnalysisError(
            .malformedTable, message, remedy: remedy,
            location: MetaAnalysisError.Location(file: file, row: line, column: column))
    }
}

extension UInt8 {
    static var tab: UInt8 { UInt8(ascii: "\t") }
    static var lineFeed: UInt8 { UInt8(ascii: "\n") }
    static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
    static var space: UInt8 { UInt8(ascii: " ") }
    static var quote: UInt8 { UInt8(ascii: "\"") }
}

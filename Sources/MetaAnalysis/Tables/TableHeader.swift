/// The columns of a file that is read block by block, and how its fields are separated.
package struct TableHeader: Sendable {
    /// How the fields of a line are separated.
    package enum Layout: Hashable, Sendable {
        /// By a separator, with quotes (RFC 4180), as `Table` reads it.
        case separated(by: Table.Separator)
        /// By runs of spaces and tabs, also before the first field, without quotes, as genetics programs write files.
        case blanks
    }

    /// The columns and the name of the file, without rows.
    package let table: Table
    package let layout: Layout
    /// Number of bytes of the header, including a byte order mark and the line break.
    package let byteCount: Int
    /// Line on which the rows begin.
    package let nextLine: Int
    /// Limits of the rows that follow.
    let limits: TableLimits

    package var columns: [String] { table.columns }

    /// Reads the header at the beginning of a file.
    ///
    /// - Parameters:
    ///   - bytes: beginning of the file.
    ///   - isLast: whether they are the whole file.
    ///   - name: name of the file in error messages.
    ///   - layout: `nil` means the most frequent separator in the header, as for `Table`.
    ///   - limits: limits of the header and the rows.
    /// - Returns: `nil` if the header continues after these bytes.
    /// - Throws: as `Table.init(csv:name:separator:)`.
    package init?(
        _ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool, name: String, layout wanted: Layout? = nil,
        limits: TableLimits = TableLimits()
    ) throws {
        let found = Self.length(bytes, isLast: isLast)
        guard found ?? bytes.count <= limits.rowBytes else {
            throw limits.headerFault(line: 1).located(file: name, columns: [])
        }
        guard let length = found else { return nil }
        self.limits = limits
        var text = Array(bytes.prefix(length))
        var columns: [String] = []
        do throws(CSVFault) {
            let start = try Table.textStart(text)
            layout = wanted ?? .separated(by: Table.likelySeparator(text[start...]))
            let separator: UInt8
            switch layout {
            case .separated(let mark): separator = mark.byte
            case .blanks:
                separator = .tab
                text.replaceSubrange(start..., with: try Self.fieldsByTabs(text[start...], limits))
            }
            var reader = CSVReader(text, separator: separator, from: start)
            columns = try Table.header(&reader, limits).names
            nextLine = reader.line
        } catch {
            throw error.located(file: name, columns: columns)
        }
        table = Table(name: name, columns: columns, bytes: [], ends: [], rows: [])
        byteCount = length
    }

    /// Returns rows that were collected from a file as a table of their own.
    ///
    /// - Parameters:
    ///   - rows: rows as they are in the file, each ended by a line feed.
    ///   - lines: line of the file on which each row begins.
    func table(rows: [UInt8], lines: [Int]) throws -> Table {
        guard case .separated(let separator) = layout else { preconditionFailure("no quotes between blanks") }
        var ends: [UInt32] = []
        var found: [Table.Row] = []
        do throws(CSVFault) {
            var reader = CSVReader(rows, separator: separator.byte, from: 0)
            while let record = try reader.next(appendingEndsTo: &ends) {
                found.append(
                    Table.Row(start: record.start, firstEnd: ends.count - columns.count, line: lines[found.count]))
            }
        } catch {
            throw error.located(file: table.name, columns: columns)
        }
        return Table(name: table.name, columns: columns, bytes: rows, ends: ends, rows: found)
    }

    /// Whether the header ends within these bytes, so that the rest of the file is worth reading.
    ///
    /// - Throws: `MetaAnalysisError` (`.malformedTable`) for a header that is too long, or for bytes that are not text.
    package static func isComplete(
        in bytes: UnsafeBufferPointer<UInt8>, isLast: Bool, name: String, limits: TableLimits = TableLimits()
    ) throws -> Bool {
        let found = length(bytes, isLast: isLast)
        if found ?? bytes.count > limits.rowBytes || found.map({ $0 > 0 && bytes[$0 - 1] == 0 }) ?? false {
            _ = try TableHeader(bytes, isLast: isLast, name: name, limits: limits)
        }
        return found != nil
    }

    /// Returns the number of bytes up to the end of the first line that is not blank, or up to a byte that is not text; `nil` if there is
    /// neither.
    private static func length(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Int? {
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < bytes.count, bytes[index].isBlankOrBreak { index += 1 }
        var isQuoted = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0 { return index + 1 }
            if byte == .quote { isQuoted.toggle() }
            if !isQuoted, byte == .lineFeed || byte == .carriageReturn {
                guard byte == .carriageReturn else { return index + 1 }
                // Only the next bytes show whether a line feed follows.
                guard index + 1 < bytes.count else { break }
                return bytes[index + 1] == .lineFeed ? index + 2 : index + 1
            }
            index += 1
        }
        return isLast ? bytes.count : nil
    }

    /// Returns the line with one tab between its fields and none before the first; its line break is kept.
    private static func fieldsByTabs(
        _ line: ArraySlice<UInt8>, _ limits: TableLimits
    ) throws(CSVFault) -> [UInt8] {
        let starts = zip(line.dropLast(), line.dropFirst()).reduce(1) {
            $0 + ($1.0.isBlankOrBreak && !$1.1.isBlankOrBreak ? 1 : 0)
        }
        guard starts <= limits.columns else { throw limits.columnsFault(starts, line: 1) }
        let breaks = line.prefix { $0.isBlankOrBreak }.filter { $0 == .lineFeed || $0 == .carriageReturn }
        let end = line.reversed().prefix { $0 == .lineFeed || $0 == .carriageReturn }.reversed()
        let fields = line.dropLast(end.count).split { $0.isBlankOrBreak }
        return breaks + fields.joined(separator: [.tab]) + end
    }
}

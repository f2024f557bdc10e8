/// Reads selected columns of a file block by block, in memory that does not grow with the file.
///
/// The caller passes the bytes it has, from the first row that was not read. Bytes left over at the end belong to a row that continues in
/// the next bytes. The format is that of `Table`, with the same quotes, line ends, missing values and errors.
///
/// ```swift
/// var scanner = RowScanner(header, texts: [0], numbers: [2, 3])
/// var rows = ScannedRows(for: scanner)
/// let consumed = try scanner.scan(bytes, isLast: false, into: &rows)
/// ```
package struct RowScanner: Sendable {
    package let header: TableHeader
    /// Columns whose texts are read, followed by those that only filters need.
    let textColumns: [Int]
    let numberColumns: [Int]
    private let filters: [(slot: Int, filter: RowFilter)]
    private let slots: [Slots]
    /// Whether faulty rows are listed in `ScannedRows.faults` instead of ending the scan. A row with text in place of a number is read as
    /// if the number were missing. A row with too many or too few fields or with broken quotes is left out.
    package var skipsBadRows = false
    /// Line of the next byte, counted from 1.
    package private(set) var line: Int
    /// Number of bytes of the file before the next byte.
    package private(set) var offset: Int

    /// Number of bytes of blank lines since the last row.
    private var blankBytes = 0
    /// Number of rows in the last scan, including rows that filters or faults left out.
    private var rowsMet = 0

    /// Positions of a column among the texts and numbers that are read; -1 if it is not read.
    private struct Slots {
        var text: Int32 = -1
        var number: Int32 = -1
    }

    /// Makes a scanner for the rows after a header.
    ///
    /// - Parameters:
    ///   - header: header of the file.
    ///   - texts: columns whose texts are read, each once.
    ///   - numbers: columns whose numbers are read, each once.
    ///   - filters: conditions that rows must meet.
    package init(_ header: TableHeader, texts: [Int], numbers: [Int], filters: [RowFilter] = []) {
        self.header = header
        precondition(
            Set(texts).count == texts.count && Set(numbers).count == numbers.count, "a column is wanted twice")
        line = header.nextLine
        offset = header.byteCount
        var textColumns = texts
        for filter in filters where !textColumns.contains(filter.column) { textColumns.append(filter.column) }
        self.textColumns = textColumns
        numberColumns = numbers
        self.filters = filters.map { filter in
            (textColumns.firstIndex(of: filter.column) ?? 0, filter)
        }
        var slots = Array(repeating: Slots(), count: header.columns.count)
        for (slot, column) in textColumns.enumerated() { slots[column].text = Int32(slot) }
        for (slot, column) in numbers.enumerated() { slots[column].number = Int32(slot) }
        self.slots = slots
    }

    /// Reads rows until the bytes end or `rows` is full.
    ///
    /// - Parameters:
    ///   - bytes: at most 2 GiB, beginning where the last scan ended.
    ///   - isLast: whether the file ends with these bytes.
    ///   - rows: rows that were read; their former content is discarded.
    /// - Returns: number of bytes read. If it is 0 and `rows.count` is 0, more bytes are needed.
    /// - Throws: `MetaAnalysisError` (`.malformedTable`) with file, line and column.
    package mutating func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool, into rows: inout ScannedRows
    ) throws -> Int {
        rows.count = 0
        rows.faults.removeAll(keepingCapacity: true)
        rows.faultyRows.removeAll(keepingCapacity: true)
        guard let base = bytes.baseAddress else { return 0 }
        precondition(bytes.count < 1 << 31 && rows.textsPerRow == textColumns.count)
        let consumed: Int
        rowsMet = 0
        switch header.layout {
        case .separated(let separator):
            consumed = try scan(base, bytes.count, isLast, separator.byte, isBlanks: false, &rows)
        case .blanks:
            consumed = try scan(base, bytes.count, isLast, .space, isBlanks: true, &rows)
        }
        let limits = header.limits
        if consumed == 0, !isLast, bytes.count > limits.rowBytes {
            throw limits.rowFault(line: line).located(file: header.table.name, columns: header.columns)
        }
        blankBytes = rowsMet == 0 ? blankBytes + consumed : 0
        if blankBytes > limits.rowBytes {
            throw limits.blankLinesFault(line: line).located(file: header.table.name, columns: header.columns)
        }
        offset += consumed
        return consumed
    }

    /// How the fast reading of one row ended.
    private enum Outcome {
        case complete
        /// The row continues in the next bytes.
        case incomplete
        /// The row must be read with care.
        case odd
    }

    @inline(__always)
    private mutating func scan(
        _ base: UnsafePointer<UInt8>, _ count: Int, _ isLast: Bool, _ separator: UInt8, isBlanks: Bool,
        _ rows: inout ScannedRows
    ) throws -> Int {
        let end = base + count
        let lastColumn = slots.count - 1
        var position = base
        var count = 0
        let capacity = rows.capacity
        var texts = rows.texts
        var numbers = rows.numbers
        let stop = SeparatorSearch(separator)
        try slots.withUnsafeBufferPointer { slots in
            scanning: while count < capacity {
                var cursor = position
                while cursor < end, cursor.pointee == .space || (cursor.pointee == .tab && separator != .tab) {
                    cursor += 1
                }
                guard cursor < end else {
                    if isLast { position = end }
                    break
                }
                if cursor.pointee == .lineFeed || cursor.pointee == .carriageReturn {
                    guard let next = afterBreak(cursor, end, isLast) else { break }
                    position = next
                    line += 1
                    continue
                }
                let rowStart = cursor
                var rowEnd = cursor
                var fault: CSVFault?
                var outcome = Outcome.complete
                // An empty first field may begin a row of empty fields.
                if cursor.pointee == separator { outcome = .odd }
                var column = 0
                fields: while outcome == .complete {
                    let slot = slots[column]
                    let start = cursor
                    var isRead = false
                    if slot.number >= 0 {
                        var probe = cursor
                        if let decimal = Decimal(at: &probe, end: end), probe < end,
                            endsField(probe.pointee, separator, isBlanks), let value = decimal.value(start..<probe)
                        {
                            numbers[Int(slot.number)] = value
                            if slot.text >= 0 { texts[Int(slot.text)] = TextField((start - base)..<(probe - base)) }
                            cursor = probe
                            isRead = true
                        }
                    }
                    if !isRead {
                        var field = start..<start
                        if cursor < end, cursor.pointee == .quote, !isBlanks {
                            let inside = cursor + 1
                            cursor = stop.end(from: inside, to: end, isInQuotes: true)
                            guard cursor + 1 < end, cursor.pointee == .quote,
                                endsField(cursor[1], separator, false)
                            else {
                                outcome = .odd
                                break
                            }
                            field = inside..<cursor
                            cursor += 1
                        } else {
                            cursor =
                                isBlanks ? blankEnd(cursor, end) : stop.end(from: cursor, to: end, isInQuotes: false)
                            if cursor < end, !endsField(cursor.pointee, separator, isBlanks) {
                                outcome = .odd
                                break
                            }
                            field = start..<cursor
                            if !isBlanks, start < cursor,
                                start.pointee == .space || cursor[-1] == .space
                                    || start.pointee == .tab || cursor[-1] == .tab
                            {
                                field = trimmed(field)
                            }
                        }
                        if cursor == end, !isLast {
                            outcome = .incomplete
                            break
                        }
                        if slot.text >= 0 {
                            texts[Int(slot.text)] = TextField((field.lowerBound - base)..<(field.upperBound - base))
                        }
                        if slot.number >= 0 {
                            numbers[Int(slot.number)] = number(field, column, &fault)
                        }
                    }
                    if isBlanks {
                        while cursor < end, cursor.pointee == .space || cursor.pointee == .tab { cursor += 1 }
                    }
                    let isAtEnd = cursor == end || cursor.pointee == .lineFeed || cursor.pointee == .carriageReturn
                    if isAtEnd || column == lastColumn {
                        guard isAtEnd, column == lastColumn else {
                            outcome = .odd
                            break
                        }
                        rowEnd = cursor
                        if cursor < end {
                            guard let next = afterBreak(cursor, end, isLast) else {
                                outcome = .incomplete
                                break
                            }
                            cursor = next
                        } else if !isLast {
                            outcome = .incomplete
                        }
                        break fields
                    }
                    if !isBlanks { cursor += 1 }
                    column += 1
                }
                let rowLine = line
                if outcome == .complete {
                    position = cursor
                    line += 1
                } else {
                    guard outcome == .odd, let next = recordEnd(rowStart, end, isLast, separator, isBlanks) else {
                        break
                    }
                    fault = nil
                    var kept = false
                    do throws(CSVFault) {
                        kept = try readCarefully(rowStart, next, base, separator, isBlanks, texts, numbers, &fault)
                    } catch {
                        fault = error
                    }
                    line += lineBreaks(rowStart, next)
                    position = next
                    rowEnd = next
                    while rowEnd > rowStart, rowEnd[-1] == .lineFeed || rowEnd[-1] == .carriageReturn { rowEnd -= 1 }
                    guard kept else {
                        if let fault {
                            rowsMet += 1
                            try note(fault, &rows)
                        }
                        continue
                    }
                }
                rowsMet += 1
                if !filters.isEmpty, !passesFilters(texts, base) { continue }
                if let fault {
                    try note(fault, &rows)
                    rows.faultyRows.append(count)
                }
                rows.places[count] = ScannedRows.Place(
                    line: rowLine, start: UInt32(truncatingIfNeeded: rowStart - base),
                    end: UInt32(truncatingIfNeeded: rowEnd - base))
                count += 1
                texts += rows.textsPerRow
                numbers += rows.numbersPerRow
            }
        }
        rows.count = count
        return position - base
    }
}

extension RowScanner {
    private func note(_ fault: CSVFault, _ rows: inout ScannedRows) throws {
        let error = fault.located(file: header.table.name, columns: header.columns)
        guard skipsBadRows else { throw error }
        rows.faults.append(error)
    }

    private func passesFilters(_ texts: UnsafeMutablePointer<TextField>, _ base: UnsafePointer<UInt8>) -> Bool {
        filters.allSatisfy { slot, filter in
            let text = texts[slot]
            let field = UnsafeBufferPointer(start: base + Int(text.start), count: text.count)
            return filter.keeps(field.span, hasDoubledQuotes: text.hasDoubledQuotes)
        }
    }

    /// Returns the number in a field that the fast path could not read; NaN if it is missing or faulty.
    @inline(never)
    private func number(_ field: Range<UnsafePointer<UInt8>>, _ column: Int, _ fault: inout CSVFault?) -> Double {
        let text = UnsafeBufferPointer(start: field.lowerBound, count: field.upperBound - field.lowerBound)
        switch parseNumber(text.span) {
        case .missing: return .nan
        case .number(let value): return value
        case .refused(let message, let remedy):
            if fault == nil { fault = CSVFault(message, remedy: remedy, line: line, field: column) }
            return .nan
        }
    }

    /// Reads a row with blanks around quotes, quotes or line breaks inside them, or a fault; `false` if all its fields are empty.
    @inline(never)
    private func readCarefully(
        _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ base: UnsafePointer<UInt8>, _ separator: UInt8,
        _ isBlanks: Bool, _ texts: UnsafeMutablePointer<TextField>, _ numbers: UnsafeMutablePointer<Double>,
        _ fault: inout CSVFault?
    ) throws(CSVFault) -> Bool {
        let bytes = Array(UnsafeBufferPointer(start: start, count: end - start))
        guard !isBlanks, case .separated(let mark) = header.layout else { try refuse(bytes, start - base) }
        var reader = CSVReader(bytes, separator: separator, from: 0, line: line, offset: offset + (start - base))
        var ends: [UInt32] = []
        guard let record = try reader.next(appendingEndsTo: &ends) else { return false }
        guard record.fieldCount == slots.count else {
            throw Table.raggedRow(record.fieldCount, slots.count, mark, line: line)
        }
        if Table.isEmpty(record, bytes, mark) { return false }
        let row = Table(
            name: "", columns: header.columns, bytes: bytes, ends: ends,
            rows: [Table.Row(start: record.start, firstEnd: 0, line: line)])
        for (column, slot) in slots.enumerated() where slot.text >= 0 || slot.number >= 0 {
            let field = row.field(row: 0, column: column)
            let shift = start - base
            if slot.text >= 0 {
                texts[Int(slot.text)] = TextField(
                    (field.lowerBound + shift)..<(field.upperBound + shift),
                    hasDoubledQuotes: bytes[field].contains(.quote))
            }
            if slot.number >= 0 {
                numbers[Int(slot.number)] = number(
                    (start + field.lowerBound)..<(start + field.upperBound), column, &fault)
            }
        }
        return true
    }

    /// Throws the fault of a row whose fields are separated by blanks.
    private func refuse(_ bytes: [UInt8], _ start: Int) throws(CSVFault) -> Never {
        var field = 0
        var index = 0
        var isInField = false
        while index < bytes.count {
            if bytes[index].isBlankOrBreak {
                index += 1
                isInField = false
                continue
            }
            if !isInField { field += 1 }
            isInField = true
            let length = bytes.span.characterLength(at: index)
            guard length > 0 else {
                throw CSVFault.notText(bytes[index], at: offset + start + index, line: line, field: field - 1)
            }
            index += length
        }
        throw Table.raggedRow(field, slots.count, nil, line: line)
    }
}

// MARK: - Bytes

/// Whether a byte ends a field without quotes.
@inline(__always)
private func endsField(_ byte: UInt8, _ separator: UInt8, _ isBlanks: Bool) -> Bool {
    byte == separator || byte == .lineFeed || byte == .carriageReturn || (isBlanks && byte == .tab)
}

/// Returns the byte after a line break; `nil` if the end of the break is not known yet.
@inline(__always)
private func afterBreak(
    _ cursor: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ isLast: Bool
) -> UnsafePointer<UInt8>? {
    guard cursor.pointee == .carriageReturn else { return cursor + 1 }
    guard cursor + 1 < end else { return isLast ? end : nil }
    return cursor[1] == .lineFeed ? cursor + 2 : cursor + 1
}

private func trimmed(_ field: Range<UnsafePointer<UInt8>>) -> Range<UnsafePointer<UInt8>> {
    let range = UnsafeBufferPointer(start: field.lowerBound, count: field.upperBound - field.lowerBound).span
        .trimmedRange
    return (field.lowerBound + range.lowerBound)..<(field.lowerBound + range.upperBound)
}

/// Returns the first blank, line break or byte that is not text.
private func blankEnd(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var cursor = start
    while cursor < end, !cursor.pointee.isBlankOrBreak {
        if cursor.pointee == 0 || cursor.pointee >= 0x80 {
            let length = UnsafeBufferPointer(start: cursor, count: end - cursor).span.characterLength(at: 0)
            guard length > 0 else { return cursor }
            cursor += length
        } else {
            cursor += 1
        }
    }
    return cursor
}

private func lineBreaks(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    var cursor = start
    var count = 0
    while cursor < end {
        if cursor.pointee == .lineFeed
            || (cursor.pointee == .carriageReturn && (cursor + 1 == end || cursor[1] != .lineFeed))
        {
            count += 1
        }
        cursor += 1
    }
    return count
}

/// Returns the byte after the row; `nil` if the row continues in the next bytes.
private func recordEnd(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ isLast: Bool, _ separator: UInt8, _ isBlanks: Bool
) -> UnsafePointer<UInt8>? {
    var cursor = start
    var opensQuotes = true
    var isQuoted = false
    while cursor < end {
        let byte = cursor.pointee
        if isQuoted {
            if byte == .quote {
                if cursor + 1 < end, cursor[1] == .quote { cursor += 1 } else { isQuoted = false }
            }
        } else if byte == .lineFeed || byte == .carriageReturn {
            return afterBreak(cursor, end, isLast)
        } else if byte == .quote, opensQuotes, !isBlanks {
            isQuoted = true
            opensQuotes = false
        } else {
            opensQuotes = byte == separator || (opensQuotes && (byte == .space || byte == .tab))
        }
        cursor += 1
    }
    return isLast ? end : nil
}

/// Finds the end of a field, eight bytes at a time.
private struct SeparatorSearch {
    private let separator: UInt8
    private let pattern: UInt64
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    init(_ separator: UInt8) {
        self.separator = separator
        pattern = UInt64(separator) &* Self.ones
    }

    /// Returns the first separator, line break, quote or byte that is not text; inside quotes, the first quote or line break.
    @inline(__always)
    func end(
        from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>, isInQuotes: Bool
    ) -> UnsafePointer<UInt8> {
        var cursor = start
        while true {
            while end - cursor >= 8 {
                let word = UInt64(littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
                // Marks bytes below 0x23 (among them quotes and line breaks), separators, and bytes from 0x80 on. The lowest mark is exact.
                var marks = (word &- Self.ones &* 0x23) & ~word
                if !isInQuotes {
                    let differences = word ^ pattern
                    marks |= (differences &- Self.ones) & ~differences
                }
                marks = (marks | word) & Self.highBits
                if marks != 0 {
                    cursor += marks.trailingZeroBitCount >> 3
                    break
                }
                cursor += 8
            }
            guard cursor < end else { return end }
            let byte = cursor.pointee
            if byte == .lineFeed || byte == .carriageReturn || byte == .quote || (byte == separator && !isInQuotes) {
                return cursor
            }
            if byte == 0 || byte >= 0x80 {
                let length = characterLength(cursor, end)
                guard length > 0 else { return cursor }
                cursor += length
            } else {
                cursor += 1
            }
        }
    }

    @inline(never)
    private func characterLength(_ cursor: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
        UnsafeBufferPointer(start: cursor, count: end - cursor).span.characterLength(at: 0)
    }
}

/// Position of the text of a field in the scanned bytes, without blanks and quotes at its ends.
package struct TextField: Hashable, Sendable {
    package var start: UInt32
    private var countAndMark: UInt32

    init(_ range: Range<Int>, hasDoubledQuotes: Bool = false) {
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        countAndMark = UInt32(truncatingIfNeeded: range.count) << 1 | (hasDoubledQuotes ? 1 : 0)
    }

    package var count: Int { Int(countAndMark >> 1) }
    package var range: Range<Int> { Int(start)..<Int(start) + count }
    /// Whether the field was quoted and contains quotes, each of them doubled.
    package var hasDoubledQuotes: Bool { countAndMark & 1 == 1 }

    /// Whether the field is empty or `NA`.
    package func isMissing(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let span = bytes.span
        return span.isMissing(span.trimmed(range))
    }

    package func string(in bytes: UnsafeBufferPointer<UInt8>) -> String {
        let field = UnsafeBufferPointer(rebasing: bytes[range])
        guard hasDoubledQuotes else { return String(decoding: field, as: UTF8.self) }
        var plain: [UInt8] = []
        var index = 0
        while index < field.count {
            plain.append(field[index])
            index += field[index] == .quote ? 2 : 1
        }
        return String(decoding: plain, as: UTF8.self)
    }
}

/// Rows of a block of bytes, with the texts and numbers that were read from them. Their memory is reused for every block.
///
/// Positions refer to the bytes that were scanned, and are valid as long as these do not move.
package struct ScannedRows: ~Copyable {
    /// Largest number of rows that one scan returns.
    package let capacity: Int
    package internal(set) var count = 0
    /// Faults of this block, if faulty rows are skipped; see `RowScanner.skipsBadRows`.
    package internal(set) var faults: [MetaAnalysisError] = []
    /// Rows in which a faulty number is treated as missing.
    var faultyRows: [Int] = []
    let textsPerRow: Int
    let numbersPerRow: Int
    let texts: UnsafeMutablePointer<TextField>
    let numbers: UnsafeMutablePointer<Double>
    let places: UnsafeMutablePointer<Place>

    struct Place {
        var line: Int
        var start: UInt32
        var end: UInt32
    }

    package init(for scanner: RowScanner, capacity: Int = 2048) {
        self.capacity = capacity
        textsPerRow = scanner.textColumns.count
        numbersPerRow = scanner.numberColumns.count
        texts = .allocate(capacity: max(1, capacity * textsPerRow))
        numbers = .allocate(capacity: max(1, capacity * numbersPerRow))
        places = .allocate(capacity: capacity)
    }

    deinit {
        texts.deallocate()
        numbers.deallocate()
        places.deallocate()
    }

    /// Returns the text of a row; `slot` is the position among the text columns of the scanner.
    package func text(_ row: Int, _ slot: Int) -> TextField {
        precondition(row >= 0 && row < count && slot >= 0 && slot < textsPerRow)
        return texts[row * textsPerRow + slot]
    }

    /// Returns the number of a row, NaN if it is missing; `slot` is the position among the number columns of the scanner.
    package func number(_ row: Int, _ slot: Int) -> Double {
        precondition(row >= 0 && row < count && slot >= 0 && slot < numbersPerRow)
        return numbers[row * numbersPerRow + slot]
    }

    /// Returns the line of the file on which a row begins, counted from 1.
    package func line(_ row: Int) -> Int {
        precondition(row >= 0 && row < count)
        return places[row].line
    }

    /// Returns the positions of the bytes of a row without its line break.
    package func bytes(_ row: Int) -> Range<Int> {
        precondition(row >= 0 && row < count)
        return Int(places[row].start)..<Int(places[row].end)
    }
}

extension ScannedRows: @unchecked Sendable {}

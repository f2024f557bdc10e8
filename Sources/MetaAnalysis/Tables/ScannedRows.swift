/// Where the text of a field lies in the bytes that were scanned, without blanks and quotes at its ends.
package struct TextField: Hashable, Sendable {
    package var start: UInt32
    private var countAndMark: UInt32

    init(_ range: Range<Int>, hasDoubledQuotes: Bool = false) {
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        countAndMark = UInt32(truncatingIfNeeded: range.count) << 1 | (hasDoubledQuotes ? 1 : 0)
    }

    package var count: Int { Int(countAndMark >> 1) }
    package var range: Range<Int> { Int(start)..<Int(start) + count }
    /// Whether it was quoted and holds quotes, each standing twice.
    package var hasDoubledQuotes: Bool { countAndMark & 1 == 1 }

    /// Whether it is empty or `NA`.
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

/// Rows of a block of bytes with the texts and numbers that were wanted of them; its memory is used for block after block.
///
/// Positions are those in the bytes handed to the scan, and hold as long as these stay where they are.
package struct ScannedRows: ~Copyable {
    /// The most rows that one scan gives.
    package let capacity: Int
    package internal(set) var count = 0
    /// Bad rows among these, where they are skipped; see `RowScanner.skipsBadRows`.
    package internal(set) var faults: [MetaAnalysisError] = []
    /// Rows of which a number was bad and is taken as missing.
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

    /// The text of a row; `slot` counts the columns that were asked for.
    package func text(_ row: Int, _ slot: Int) -> TextField {
        precondition(row >= 0 && row < count && slot >= 0 && slot < textsPerRow)
        return texts[row * textsPerRow + slot]
    }

    /// The number of a row; NaN where it is missing. `slot` counts the columns that were asked for.
    package func number(_ row: Int, _ slot: Int) -> Double {
        precondition(row >= 0 && row < count && slot >= 0 && slot < numbersPerRow)
        return numbers[row * numbersPerRow + slot]
    }

    /// Line of the file on which a row begins, counted from 1.
    package func line(_ row: Int) -> Int {
        precondition(row >= 0 && row < count)
        return places[row].line
    }

    /// The bytes of a row without its line break.
    package func bytes(_ row: Int) -> Range<Int> {
        precondition(row >= 0 && row < count)
        return Int(places[row].start)..<Int(places[row].end)
    }
}

extension ScannedRows: @unchecked Sendable {}

internal import CDistributions

/// A buffer of text whose memory is used again after the text was removed.
package struct ByteWriter: ~Copyable, @unchecked Sendable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    package private(set) var count = 0

    package init(capacity: Int = 1 << 16) {
        self.capacity = capacity
        start = .allocate(capacity: capacity)
    }

    deinit { start.deallocate() }

    package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    package mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: max(capacity * 2, count + more))
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
        capacity = max(capacity * 2, count + more)
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        start[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        (start + count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    /// Appends a copy of the bytes at these positions.
    mutating func appendAgain(_ range: Range<Int>) {
        precondition(range.upperBound <= count)
        reserve(range.count)
        (start + count).update(from: start + range.lowerBound, count: range.count)
        count += range.count
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func append(contentsOf text: String) {
        for byte in text.utf8 { append(byte) }
    }

    mutating func append(_ number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        reserve(Self.greatestDigitCount)
        let first = count
        var left = number.magnitude
        repeat {
            start[count] = UInt8(ascii: "0") + UInt8(left % 10)
            left /= 10
            count += 1
        } while left > 0
        var digits = UnsafeMutableBufferPointer(start: start + first, count: count - first)
        digits.reverse()
    }

    /// Greatest number of digits of a 64-bit integer.
    private static let greatestDigitCount = 20

    /// Appends a number, with the fewest digits or rounded; a number that is not finite appends nothing.
    ///
    /// - Parameter digits: significant digits, 1 to 17; 0 for the fewest digits that read back to the same number.
    @inline(__always)
    mutating func append(_ number: Double, digits: Int32) {
        reserve(Int(METAAN_FORMAT_SIZE))
        let text = UnsafeMutableRawPointer(start + count).assumingMemoryBound(to: CChar.self)
        count += metaan_format_double(number, digits, text)
    }

    /// Appends text as the content of a JSON string.
    ///
    /// - Parameter quotesAreDoubled: whether the text is from a quoted field of CSV.
    mutating func append(escapingForJSON text: UnsafeBufferPointer<UInt8>, quotesAreDoubled: Bool = false) {
        let hexadecimal: StaticString = "0123456789abcdef"
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case .quote:
                append("\\\"")
                if quotesAreDoubled { index += 1 }
            case UInt8(ascii: "\\"): append("\\\\")
            case .lineFeed: append("\\n")
            case .carriageReturn: append("\\r")
            case .tab: append("\\t")
            case 0..<0x20, 0x7F:
                append("\\u00")
                append(hexadecimal.utf8Start[Int(byte >> 4)])
                append(hexadecimal.utf8Start[Int(byte & 15)])
            default: append(byte)
            }
            index += 1
        }
    }
}

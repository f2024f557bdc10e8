internal import CDistributions

/// The content of a field in which a number is expected.
enum NumberText: Equatable {
    /// No value: an empty field or `NA`.
    case missing
    case number(Double)
    /// Not a number: the reason, and what to write instead.
    case refused(message: String, remedy: String)
}

/// Reads a decimal number: optional sign, digits with at most one point, optional exponent. Blanks around it are ignored.
///
/// The value is the `Double` nearest to the decimal number (ties to even). A number that is too small becomes 0. A number that is too
/// large, an infinity, a NaN and every ambiguous notation are refused.
func parseNumber(_ field: Span<UInt8>) -> NumberText {
    let range = field.trimmedRange
    if field.isMissing(range) { return .missing }
    let text = field.extracting(range)
    return text.withUnsafeBufferPointer { bytes in
        guard let start = bytes.baseAddress else { return .missing }
        var cursor = start
        let end = start + bytes.count
        guard let decimal = Decimal(at: &cursor, end: end), cursor == end else { return refusal(of: String(text)) }
        if let value = decimal.value(start..<end) { return .number(value) }
        return .refused(
            message: "\(quoted(String(text))) is outside the range of numbers",
            remedy: "check the exponent; the largest number is about 1.8e308")
    }
}

extension Double {
    /// Reads a decimal number by the rules for the fields of tables, without hexadecimal digits, infinities or digit separators. `nil` for
    /// any other text.
    package init?(decimal text: some StringProtocol) {
        guard case .number(let value) = parseNumber(Array(text.utf8).span) else { return nil }
        self = value
    }
}

/// The parts of the decimal number at the beginning of some bytes.
struct Decimal {
    private var isNegative = false
    /// All digits without the point; meaningless if there are more than 18 of them.
    private var digits: UInt64 = 0
    /// Number of digits from the first nonzero digit on.
    private var digitCount = 0
    /// Power of ten by which `digits` is multiplied.
    private var exponent = 0

    /// Moves the cursor past the number; `nil` if the bytes do not begin with one.
    @inline(__always)
    init?(at cursor: inout UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
        isNegative = Self.takeSign(&cursor, end)
        let first = cursor
        takeDigits(&cursor, end)
        var written = cursor - first
        if cursor < end, cursor.pointee == UInt8(ascii: ".") {
            cursor += 1
            let point = cursor
            takeDigits(&cursor, end)
            exponent = point - cursor
            written += cursor - point
        }
        guard written > 0 else { return nil }
        if cursor < end, cursor.pointee | 0x20 == UInt8(ascii: "e") {
            cursor += 1
            guard let power = Self.takeExponent(&cursor, end) else { return nil }
            exponent += power
        }
    }

    /// Returns the nearest `Double`; `nil` if the number is too large for one.
    ///
    /// - Parameter text: position of the number.
    @inline(__always)
    func value(_ text: Range<UnsafePointer<UInt8>>) -> Double? { exactValue ?? nearestValue(text) }

    /// Value if a single correctly rounded operation gives it (Clinger 1990): digits below 2⁵³ and a power of ten of at most 10²².
    @inline(__always)
    private var exactValue: Double? {
        guard digitCount <= 18, digits < 1 << 53, exponent.magnitude <= 22 || digits == 0 else { return nil }
        guard digits > 0 else { return isNegative ? -0.0 : 0 }
        // Below 2⁵³, the signed conversion gives the same result in one instruction.
        let plain = Double(Int64(bitPattern: digits))
        let scaled = exponent < 0 ? plain / powersOfTen[-exponent] : plain * powersOfTen[exponent]
        return Double(bitPattern: scaled.bitPattern | (isNegative ? 1 << 63 : 0))
    }

    @inline(never)
    private func nearestValue(_ text: Range<UnsafePointer<UInt8>>) -> Double? {
        var value = 0.0
        var consumed = 0
        // The parser does not accept a leading plus sign.
        let start = text.lowerBound + (text.lowerBound.pointee == UInt8(ascii: "+") ? 1 : 0)
        let count = text.upperBound - start
        let status = start.withMemoryRebound(to: CChar.self, capacity: count) {
            metaan_parse_double($0, count, &value, &consumed)
        }
        if status == METAAN_PARSE_OK { return value }
        // A number out of range at the small end is 0.
        return digitCount + exponent < 0 ? (isNegative ? -0.0 : 0) : nil
    }

    /// Returns whether there is a minus sign, and skips a sign.
    @inline(__always)
    private static func takeSign(_ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bool {
        guard cursor < end else { return false }
        // Half of the effects are negative, so a branch would often be mispredicted.
        let isNegative = cursor.pointee == UInt8(ascii: "-")
        let isPositive = cursor.pointee == UInt8(ascii: "+")
        cursor += (isNegative ? 1 : 0) | (isPositive ? 1 : 0)
        return isNegative
    }

    @inline(__always)
    private mutating func takeDigits(_ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        while end - cursor >= 8 {
            let chunk = DigitChunk(UInt64(littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self)))
            digitCount += digitCount == 0 ? chunk.count - chunk.leadingZeros : chunk.count
            digits = digits &* integerPowersOfTen[chunk.count] &+ chunk.value
            cursor += chunk.count
            guard chunk.count == 8 else { return }
        }
        while cursor < end, case let digit = cursor.pointee &- UInt8(ascii: "0"), digit < 10 {
            digits = digits &* 10 &+ UInt64(digit)
            if digit > 0 || digitCount > 0 { digitCount += 1 }
            cursor += 1
        }
    }

    /// Reads the exponent, limited to ±1,000,000, far outside the range of numbers; `nil` without digits.
    private static func takeExponent(_ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
        let isNegative = takeSign(&cursor, end)
        let first = cursor
        var value = 0
        while cursor < end, case let digit = cursor.pointee &- UInt8(ascii: "0"), digit < 10 {
            value = min(value * 10 + Int(digit), 1_000_000)
            cursor += 1
        }
        guard cursor > first else { return nil }
        return isNegative ? -value : value
    }
}

/// The digits at the beginning of eight bytes.
private struct DigitChunk {
    /// Number of digits, 0 to 8.
    let count: Int
    private let figures: UInt64

    /// Finds the digits of a word.
    ///
    /// - Parameter word: eight bytes, the first in the lowest place.
    @inline(__always)
    init(_ word: UInt64) {
        figures = word ^ 0x3030_3030_3030_3030
        // Each byte that is not a digit gets a high bit; a carry reaches only bytes after the first such byte.
        let others = ((figures &+ 0x7676_7676_7676_7676) | figures) & 0x8080_8080_8080_8080
        count = others.trailingZeroBitCount >> 3
    }

    @inline(__always)
    var leadingZeros: Int { min(count, figures.trailingZeroBitCount >> 3) }

    /// Value of the digits, by adding neighbors: eight numbers of one digit, four of two, two of four.
    @inline(__always)
    var value: UInt64 {
        // Zeros are shifted in at the front; a shift by 64 gives 0.
        let ones = figures << UInt64(64 - 8 * count)
        let twos = (ones &* (1 + 10 << 8)) >> 8 & 0x00FF_00FF_00FF_00FF
        let fours = (twos &* (1 + 100 << 16)) >> 16 & 0x0000_FFFF_0000_FFFF
        return (fours &* (1 + 10000 << 32)) >> 32
    }
}

private let integerPowersOfTen: [UInt64] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
]

/// Returns a refusal that names the notation used instead of a number, so that the remedy fits.
private func refusal(of text: String) -> NumberText {
    let shown = quoted(text)
    let characters = text.unicodeScalars
    let hasDigit = characters.contains { ("0"..."9").contains($0) }
    func refused(_ message: String, _ remedy: String) -> NumberText {
        .refused(message: "\(shown) \(message)", remedy: remedy)
    }
    if let dash = characters.first(where: { dashes.contains($0) }), hasDigit {
        return refused(
            "is written with \(dash.codePoint) instead of a minus sign", "write the hyphen \"-\" as the minus sign")
    }
    if let other = characters.first(where: { !$0.isASCII }), hasDigit {
        return refused(
            "holds the character \(other.codePoint) where a number belongs", "write digits, \".\" and \"-\" only")
    }
    if missingWords.contains(String(characters).lowercased()) {
        return refused("is not a number", "leave the field empty or write NA for a missing value")
    }
    if notFiniteWords.contains(String(characters.drop { $0 == "+" || $0 == "-" }).lowercased()) {
        return refused("is not a finite number", "leave the field empty or write NA for a missing value")
    }
    guard hasDigit else {
        return refused("is text where a number belongs", "write a number, or NA for a missing value")
    }
    if characters.contains(",") {
        return refused(
            "has a comma where a number belongs (a decimal comma?)",
            "write a decimal point and no separators of thousands")
    }
    if characters.contains(" ") {
        return refused("has a blank inside a number", "write the digits without blanks, one number in a field")
    }
    if characters.contains("%") {
        return refused("has a percent sign", "write the plain number")
    }
    if characters.contains(where: { $0 == "<" || $0 == ">" }) {
        return refused("is a bound, not a number", "write the number itself, or NA for a missing value")
    }
    return refused("is text where a number belongs", "write a number such as -1.5 or 2e-3, or NA for a missing value")
}

/// Hyphen, figure dash, en dash, em dash, horizontal bar, minus sign, and the small and full-width hyphens.
private let dashes: Set<Unicode.Scalar> = [
    "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2015}", "\u{2212}", "\u{FE63}", "\u{FF0D}",
]
private let missingWords: Set<String> = [
    "-", ".", "?", "n/a", "na", "#n/a", "n.a.", "none", "null", "nil", "missing", "nr", "not reported", "--",
]
private let notFiniteWords: Set<String> = ["inf", "infinity", "nan", "∞"]

extension Span<UInt8> {
    /// Positions without spaces, tabs and line breaks at both ends.
    var trimmedRange: Range<Int> { trimmed(0..<count) }

    /// Returns the part of a range without spaces, tabs and line breaks at both ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start].isBlankOrBreak { start += 1 }
        while end > start, self[end - 1].isBlankOrBreak { end -= 1 }
        return start..<end
    }

    /// Whether a trimmed range means that there is no value.
    func isMissing(_ range: Range<Int>) -> Bool {
        range.isEmpty
            || (range.count == 2 && self[range.lowerBound] == UInt8(ascii: "N")
                && self[range.lowerBound + 1] == UInt8(ascii: "A"))
    }
}

extension String {
    fileprivate init(_ text: Span<UInt8>) {
        self = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

extension StringProtocol {
    /// Returns the text without spaces, tabs and line breaks at both ends.
    func trimmingBlanks() -> String {
        let utf8 = Array(utf8)
        return String(decoding: utf8[utf8.span.trimmedRange], as: UTF8.self)
    }
}

extension UInt8 {
    var isBlankOrBreak: Bool {
        self <= .space && (self == .space || self == .tab || self == .lineFeed || self == .carriageReturn)
    }
}

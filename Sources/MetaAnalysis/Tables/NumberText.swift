internal import CDistributions

/// What the text of a field says where a number belongs.
enum NumberText: Equatable {
    /// Nothing, or `NA`.
    case missing
    case number(Double)
    /// Why it is not a number, and what to write instead.
    case refused(message: String, remedy: String)
}

/// Reads a decimal number: optional sign, digits with at most one point, optional exponent; blanks around it are ignored.
///
/// The value is the `Double` nearest to the decimal one (ties to even). What is too small becomes 0; what is too large,
/// an infinity or a NaN is refused, as is every notation that has more than one reading.
func parseNumber(_ field: Span<UInt8>) -> NumberText {
    let range = field.trimmedRange
    if field.isMissing(range) { return .missing }
    let text = field.extracting(range)
    guard let decimal = Decimal(text) else { return refusal(of: String(text)) }
    if let value = decimal.exactValue ?? decimal.nearestValue(text) { return .number(value) }
    return .refused(
        message: "\(quoted(String(text))) is outside the range of numbers",
        remedy: "check the exponent; the largest number is about 1.8e308")
}

/// The parts of a decimal number whose text has been checked.
private struct Decimal {
    var isNegative = false
    /// All digits without the point; meaningless when there are more than 18 of them.
    var digits: UInt64 = 0
    var digitCount = 0
    /// Power of ten that `digits` is multiplied by.
    var exponent = 0

    /// `nil` when the text does not have the form of a number.
    init?(_ text: Span<UInt8>) {
        var index = 0
        isNegative = Self.takeSign(text, &index)
        let first = index
        takeDigits(text, &index)
        var hasDigit = index > first
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            let point = index
            takeDigits(text, &index)
            exponent = point - index
            hasDigit = hasDigit || index > point
        }
        guard hasDigit else { return nil }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            guard let written = Self.takeExponent(text, &index) else { return nil }
            exponent += written
        }
        guard index == text.count else { return nil }
    }

    /// The value where one correctly rounded operation gives it (Clinger 1990): digits below 2⁵³, power of ten at most 10²².
    var exactValue: Double? {
        guard digits > 0 else { return isNegative ? -0.0 : 0 }
        guard digitCount <= 18, digits < 1 << 53, exponent.magnitude <= 22 else { return nil }
        let scaled =
            exponent < 0
            ? Double(digits) / Self.powersOfTen[-exponent] : Double(digits) * Self.powersOfTen[exponent]
        return isNegative ? -scaled : scaled
    }

    /// The value of the checked text, correctly rounded; `nil` when it is too large for a `Double`.
    func nearestValue(_ text: Span<UInt8>) -> Double? {
        var value = 0.0
        var consumed = 0
        let status = text.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters -> metaan_parse_status? in
                guard let start = characters.baseAddress else { return nil }
                // The parser takes no leading plus.
                let skipped = characters[0] == CChar(bitPattern: UInt8(ascii: "+")) ? 1 : 0
                return metaan_parse_double(start + skipped, characters.count - skipped, &value, &consumed)
            }
        }
        if status == METAAN_PARSE_OK { return value }
        // Out of range at the small end is 0.
        return digitCount + exponent < 0 ? (isNegative ? -0.0 : 0) : nil
    }

    /// Whether there is a minus; steps over a sign.
    private static func takeSign(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") else {
            return false
        }
        index += 1
        return text[index - 1] == UInt8(ascii: "-")
    }

    /// Counts digits from the first that is not zero on.
    private mutating func takeDigits(_ text: Span<UInt8>, _ index: inout Int) {
        while index < text.count, case let digit = text[index] &- UInt8(ascii: "0"), digit < 10 {
            if digit != 0 || digitCount > 0 { digitCount += 1 }
            if digitCount <= 18 { digits = digits * 10 + UInt64(digit) }
            index += 1
        }
    }

    /// Cut at ±1,000,000, far outside the range of numbers; `nil` without digits.
    private static func takeExponent(_ text: Span<UInt8>, _ index: inout Int) -> Int? {
        let isNegative = takeSign(text, &index)
        let first = index
        var value = 0
        while index < text.count, case let digit = text[index] &- UInt8(ascii: "0"), digit < 10 {
            value = min(value * 10 + Int(digit), 1_000_000)
            index += 1
        }
        guard index > first else { return nil }
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}

/// Names the notation that was used instead of a number, so that the remedy fits.
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

/// Hyphen, figure dash, en dash, em dash, horizontal bar, minus, and the small and full-width hyphens.
private let dashes: Set<Unicode.Scalar> = [
    "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2015}", "\u{2212}", "\u{FE63}", "\u{FF0D}",
]
private let missingWords: Set<String> = [
    "-", ".", "?", "n/a", "na", "#n/a", "n.a.", "none", "null", "nil", "missing", "nr", "not reported", "--",
]
private let notFiniteWords: Set<String> = ["inf", "infinity", "nan", "∞"]

extension Span<UInt8> {
    /// The positions without spaces, tabs and line breaks at both ends.
    var trimmedRange: Range<Int> { trimmed(0..<count) }

    /// The part of a range without spaces, tabs and line breaks at both ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start].isBlankOrBreak { start += 1 }
        while end > start, self[end - 1].isBlankOrBreak { end -= 1 }
        return start..<end
    }

    /// Whether a trimmed range says that there is no value.
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
    /// Without spaces, tabs and line breaks at both ends.
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

/// Formats numbers for readers, correctly rounded from the exact binary value.
///
/// Numbers are rounded to nearest, ties to even, as by C's `printf` and R's `format`; all digits are those of the exact value.
package enum NumberFormat {
    /// Formats a value with a fixed number of decimals: `fixed(2.5, decimals: 1)` is "2.5". A value that rounds to zero has no sign.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return nonFinite(value) }
        var digits = DecimalDigits(value)
        digits.round(toPlace: -decimals)
        return digits.plain(isNegative: value < 0, decimals: decimals)
    }

    /// Formats a value with `digits` significant digits, in plain notation from 0.0001 to below 10^`digits`, otherwise as "1.23e-10".
    package static func significant(_ value: Double, digits count: Int) -> String {
        guard value.isFinite else { return nonFinite(value) }
        guard value != 0 else { return "0" }
        var digits = DecimalDigits(value)
        digits.round(toPlace: digits.leadingPlace - count + 1)
        let place = digits.leadingPlace
        if place >= -4, place < max(count, 1) {
            return digits.plain(isNegative: value < 0, decimals: max(0, count - 1 - place))
        }
        return digits.scientific(isNegative: value < 0, digits: count)
    }

    /// Formats a value for a table column with `decimals` decimals. A small value that would be shown as zero keeps two significant digits,
    /// and a value of 10⁷ or more is written with an exponent.
    package static func tabular(_ value: Double, decimals: Int) -> String {
        let text = readable(value, decimals: decimals)
        return value != 0 && !text.contains(where: { ("1"..."9").contains($0) }) ? significant(value, digits: 2) : text
    }

    /// Formats a value for a sentence with `decimals` decimals, or with an exponent from 10⁷ on.
    package static func readable(_ value: Double, decimals: Int) -> String {
        abs(value) < 1e7 ? fixed(value, decimals: decimals) : significant(value, digits: 3)
    }

    /// Formats a p-value with its relation: "= 0.042", "< 0.001", "> 0.999".
    package static func pValue(_ value: Double) -> String {
        if value.isNaN { return "= NaN" }
        if value < 0.001 { return "< 0.001" }
        if value > 0.999 { return "> 0.999" }
        return "= " + fixed(value, decimals: 3)
    }

    /// Returns the decimals that show an interval of this width with about two significant digits: 2 for a width from 0.2 to below 20.
    package static func decimals(forWidth width: Double) -> Int {
        guard width.isFinite, width > 0 else { return 2 }
        if width >= 200 { return 0 }
        if width >= 20 { return 1 }
        var decimals = 2
        var limit = 0.2
        while width < limit, decimals < 12 {
            decimals += 1
            limit /= 10
        }
        return decimals
    }

    /// Formats a confidence level as "95%".
    package static func percent(level: Double) -> String { count((level * 1e8).rounded() / 1e6) + "%" }

    /// Formats a whole number without decimals and any other number in its shortest form.
    package static func count(_ value: Double) -> String {
        value.rounded() == value && abs(value) < 1e15 ? fixed(value, decimals: 0) : "\(value)"
    }

    private static func nonFinite(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        return value < 0 ? "-Inf" : "Inf"
    }
}

/// The exact decimal expansion of the absolute value of a double.
private struct DecimalDigits {
    /// Digits, the most significant first, without leading zeros; empty for zero.
    private var digits: [UInt8]
    /// Power of ten of the last digit.
    private var lastPlace: Int

    /// Expands m · 2^e, which is a whole number times a power of ten: m · 2^e for e ≥ 0 and m · 5^−e · 10^e otherwise.
    init(_ value: Double) {
        let size = abs(value)
        guard size > 0 else {
            digits = []
            lastPlace = 0
            return
        }
        let fractionBits = Double.significandBitCount
        let isNormal = size.isNormal
        var significand = size.significandBitPattern | (isNormal ? 1 << UInt64(fractionBits) : 0)
        var exponent = (isNormal ? Int(size.exponent) : -1022) - fractionBits
        let trailing = significand.trailingZeroBitCount
        significand >>= UInt64(trailing)
        exponent += trailing
        var number = WholeNumber(significand)
        if exponent >= 0 {
            number.multiply(by: 2, times: exponent)
            lastPlace = 0
        } else {
            number.multiply(by: 5, times: -exponent)
            lastPlace = exponent
        }
        digits = number.decimalDigits
    }

    /// Power of ten of the first digit.
    var leadingPlace: Int { lastPlace + digits.count - 1 }

    /// Rounds to a multiple of 10^place, ties to even.
    mutating func round(toPlace place: Int) {
        let dropped = place - lastPlace
        guard dropped > 0, !digits.isEmpty else { return }
        let kept = digits.count - dropped
        guard kept >= 0 else {
            digits = []
            lastPlace = place
            return
        }
        let next = digits[kept]
        let isTie = next == 5 && digits[(kept + 1)...].allSatisfy { $0 == 0 }
        let isOdd = kept > 0 && digits[kept - 1] % 2 == 1
        digits.removeSubrange(kept...)
        lastPlace = place
        if isTie ? isOdd : next >= 5 { increment() }
    }

    private mutating func increment() {
        var index = digits.count - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 { digits[index] += 1 } else { digits.insert(1, at: 0) }
    }

    private func digit(at place: Int) -> UInt8 {
        let index = leadingPlace - place
        return digits.indices.contains(index) ? digits[index] : 0
    }

    func plain(isNegative: Bool, decimals: Int) -> String {
        var text = isNegative && !digits.isEmpty ? "-" : ""
        for place in stride(from: max(leadingPlace, 0), through: -decimals, by: -1) {
            if place == -1 { text.append(".") }
            text.append(Character(UnicodeScalar(48 + digit(at: place))))
        }
        return text
    }

    func scientific(isNegative: Bool, digits count: Int) -> String {
        var text = isNegative ? "-" : ""
        for offset in 0..<max(count, 1) {
            if offset == 1 { text.append(".") }
            text.append(Character(UnicodeScalar(48 + digit(at: leadingPlace - offset))))
        }
        let power = abs(leadingPlace)
        return text + (leadingPlace < 0 ? "e-" : "e+") + (power < 10 ? "0" : "") + String(power)
    }
}

/// A whole number of any size in base 10⁹, least significant limb first.
private struct WholeNumber {
    private static let base: UInt64 = 1_000_000_000
    private var limbs: [UInt64] = []

    init(_ value: UInt64) {
        var rest = value
        while rest > 0 {
            limbs.append(rest % Self.base)
            rest /= Self.base
        }
    }

    /// Multiplies by a power of a small factor, in steps below 2³².
    mutating func multiply(by factor: UInt64, times count: Int) {
        var left = count
        while left > 0 {
            var chunk: UInt64 = 1
            while left > 0, chunk * factor < 1 << 32 {
                chunk *= factor
                left -= 1
            }
            var carry: UInt64 = 0
            for index in limbs.indices {
                let product = limbs[index] * chunk + carry
                limbs[index] = product % Self.base
                carry = product / Self.base
            }
            while carry > 0 {
                limbs.append(carry % Self.base)
                carry /= Self.base
            }
        }
    }

    var decimalDigits: [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(limbs.count * 9)
        for limb in limbs {
            var rest = limb
            for _ in 0..<9 {
                digits.append(UInt8(rest % 10))
                rest /= 10
            }
        }
        while digits.last == 0 { digits.removeLast() }
        return digits.reversed()
    }
}

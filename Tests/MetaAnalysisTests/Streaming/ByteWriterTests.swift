import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct ByteWriterTests {
    private static func text(capacity: Int = 1 << 16, _ write: (inout ByteWriter) -> Void) -> String {
        var output = ByteWriter(capacity: capacity)
        write(&output)
        return String(decoding: output.bytes, as: UTF8.self)
    }

    private static func number(_ number: Double, digits: Int32 = 0) -> String {
        text { $0.append(number, digits: digits) }
    }

    @Test func growsPastItsCapacity() {
        let words = Array("one two ".utf8)
        let written = Self.text(capacity: 1) { output in
            for _ in 0..<1000 {
                words.withUnsafeBufferPointer { output.append($0) }
                output.append(UInt8(ascii: "x"))
            }
        }
        #expect(written == String(repeating: "one two x", count: 1000))
    }

    @Test func keepsItsMemoryWhenEmptied() {
        var output = ByteWriter(capacity: 8)
        output.append("first")
        output.removeAll()
        #expect(output.count == 0 && output.bytes.isEmpty)
        output.append("second, longer")
        #expect(String(decoding: output.bytes, as: UTF8.self) == "second, longer")
    }

    @Test func appendsNothing() {
        #expect(Self.text { $0.append(UnsafeBufferPointer(start: nil, count: 0)) } == "")
    }

    @Test func repeatsWhatStandsThere() {
        let written = Self.text(capacity: 4) { output in
            output.append("abcd")
            output.appendAgain(1..<3)
        }
        #expect(written == "abcdbc")
    }

    @Test(arguments: [0, 7, -1, 10, 9_999_999_999_999_999, 12_345_678_901_234_567, Int.max, Int.min])
    func writesIntegers(_ number: Int) {
        #expect(Self.text(capacity: 1) { $0.append(number) } == String(number))
    }

    // MARK: - Numbers

    @Test(
        "writes the fewest digits that read back",
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-0.5, "-0.5"), (0.1 + 0.2, "0.30000000000000004"), (100, "100.0"),
            (1e-4, "0.0001"), (1e-5, "1e-05"), (1.5e-7, "1.5e-07"), (9_007_199_254_740_992, "9007199254740992.0"),
            (9_007_199_254_740_994, "9.007199254740994e+15"), (1.5e300, "1.5e+300"), (5e-324, "5e-324"),
            (1e-39, "1e-39"), (9.999999999999999e22, "1e+23"), (2.0 / 3, "0.6666666666666666"),
            (0x1p-1022, "2.2250738585072014e-308"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        ])
    func shortest(_ number: Double, _ text: String) {
        #expect(Self.number(number) == text)
    }

    @Test func writesAsSwiftDoes() {
        var generator = SeededGenerator(seed: 11)
        for round in 0..<200_000 {
            let random = generator.next()
            let number: Double =
                switch round % 5 {
                case 0: Double(bitPattern: random)
                // From 1e-41 to 1e18, the range of the digits by integers and its borders.
                case 1:
                    Double(
                        sign: .plus, exponent: Int(random % 196) - 136, significand: 1 + Double(random >> 12) * 0x1p-52)
                // Few digits.
                case 2: Double(random % 100_000) / [1, 10, 1000, 1e6, 1e9][Int(random >> 60) % 5]
                // Powers of two and their neighbours.
                case 3: Double(bitPattern: UInt64(random % 2046 + 1) << 52 &+ random >> 62 &- 1)
                default: Double(random >> 11) * 0x1p-53
                }
            guard number.isFinite else { continue }
            let expected = "\(number)"
            let written = Self.number(number)
            // Swift writes exponents with a digit at least, here there are two.
            if !expected.contains("e") { #expect(written == expected) }
            #expect(Double(written) == number, "\(written) \(expected)")
            #expect(significand(written) == significand(expected), "\(written) \(expected)")
        }
    }

    private func significand(_ text: String) -> Substring { text.prefix { $0 != "e" } }

    @Test(
        "rounds to digits, ties to even",
        arguments: [
            (0.125, 2, "0.12"), (0.375, 2, "0.38"), (2.5, 1, "2.0"), (3.5, 1, "4.0"), (9.96, 2, "10.0"),
            (0.2, 6, "0.2"),
            (-1234.5678, 6, "-1234.57"), (123_456, 3, "123000.0"), (0.000099996, 4, "0.0001"), (1.0 / 3, 6, "0.333333"),
            (0.1, 17, "0.10000000000000001"), (1e-300, 3, "1e-300"), (2.0 / 3, 16, "0.6666666666666666"),
            (0.5, 17, "0.5"), (9.5, 1, "10.0"), (8.5, 1, "8.0"), (1e22, 2, "1e+22"),
        ])
    func rounded(_ number: Double, _ digits: Int32, _ text: String) {
        #expect(Self.number(number, digits: digits) == text)
    }

    @Test func roundsToTheNearest() throws {
        var generator = SeededGenerator(seed: 12)
        for round in 0..<50_000 {
            let digits = Int32(round % 17 + 1)
            let number = (Double(generator.next() >> 11) * 0x1p-53 - 0.5) * (round % 3 == 0 ? 1000 : 0.01)
            let written = try #require(Double(Self.number(number, digits: digits)))
            let unit = Double.pow(10, Double.log10(abs(number)).rounded(.down) - Double(digits) + 1)
            #expect(abs(written - number) <= 0.5000001 * unit + number.ulp, "\(number) \(digits)")
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func writesNothingForWhatIsNotFinite(_ number: Double) {
        #expect(Self.number(number) == "" && Self.number(number, digits: 6) == "")
    }

    // MARK: - JSON

    @Test func escapesForJSON() {
        let text = Array("a\"b\\c\nd\re\tf\u{1}\u{7F}é".utf8)
        let escaped = Self.text { output in text.withUnsafeBufferPointer { output.append(escapingForJSON: $0) } }
        #expect(escaped == #"a\"b\\c\nd\re\tf\u0001\u007fé"#)
    }

    @Test func takesDoubledQuotesAsOne() {
        let text = Array("say \"\"yes\"\"".utf8)
        let escaped = Self.text { output in
            text.withUnsafeBufferPointer { output.append(escapingForJSON: $0, quotesAreDoubled: true) }
        }
        #expect(escaped == #"say \"yes\""#)
    }
}

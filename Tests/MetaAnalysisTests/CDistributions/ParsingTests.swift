import CDistributions
import Testing

@Suite struct ParsingTests {
    private func parse(_ text: String) -> (status: metaan_parse_status, value: Double, consumed: Int) {
        var value = -1.0
        var consumed = -1
        let status = Array(text.utf8).withUnsafeBytes { bytes in
            metaan_parse_double(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &value, &consumed)
        }
        return (status, value, consumed)
    }

    @Test(arguments: [
        ("0", 0), ("-0.5", -0.5), ("1e-5", 1e-5), ("1.7976931348623157e308", 1.7976931348623157e308),
        ("5e-324", .leastNonzeroMagnitude), ("9007199254740993", 9007199254740992), ("0.1", 0.1), ("1e23", 1e23),
        (".5", 0.5), ("5.", 5), ("123456789012345678901234567890", 0x1.8ee90ff6c373ep96),
        // Half way between two doubles but for the last digit.
        ("1.00000000000000011102230246251565404236316680908203125", 1),
        ("1.00000000000000011102230246251565404236316680908203126", 1.0000000000000002),
    ])
    func numbersAreCorrectlyRounded(_ text: String, _ expected: Double) {
        let parsed = parse(text)
        #expect(parsed.status == METAAN_PARSE_OK)
        #expect(parsed.value == expected)
        #expect(parsed.consumed == text.utf8.count)
    }

    @Test(arguments: [("1.5kg", 3), ("1,5", 1), ("2 3", 1), ("1e", 1), ("0x10", 1), ("7\n", 1), ("1.2.3", 3)])
    func readingStopsWhereTheNumberEnds(_ text: String, _ consumed: Int) {
        let parsed = parse(text)
        #expect(parsed.status == METAAN_PARSE_OK)
        #expect(parsed.consumed == consumed)
    }

    @Test(arguments: ["", " 1", "+1", "-", ".", "e5", "kg", "--1"])
    func textIsNoNumber(_ text: String) {
        let parsed = parse(text)
        #expect(parsed.status == METAAN_PARSE_INVALID)
        #expect(parsed.consumed == 0)
        #expect(parsed.value == -1)
    }

    @Test(arguments: ["1e309", "-1e400", "1e-400"])
    func numbersBeyondTheRangeSaySo(_ text: String) {
        let parsed = parse(text)
        #expect(parsed.status == METAAN_PARSE_OUT_OF_RANGE)
        #expect(parsed.consumed == text.utf8.count)
        #expect(parsed.value == -1)
    }

    @Test func wordsForInfinityAndNaNAreNumbers() {
        #expect(parse("inf").value == .infinity)
        #expect(parse("-Infinity").value == -.infinity)
        #expect(parse("NaN").value.isNaN)
    }
}

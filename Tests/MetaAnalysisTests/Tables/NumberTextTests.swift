import Testing

@testable import MetaAnalysis

private func parse(_ text: String) -> NumberText { parseNumber(Array(text.utf8).span) }

@Suite("Numbers in fields")
struct NumberTextTests {
    @Test(
        "are read with every notation of a decimal number",
        arguments: [
            ("0", 0), ("-0", -0.0), ("+1.5", 1.5), ("1.", 1), (".5", 0.5), ("-.5e1", -5), ("1e3", 1000), ("1E+3", 1000),
            ("12e-1", 1.2), ("007", 7), (" 3 ", 3), ("\t3\r\n", 3), ("0e999", 0), ("0.0000", 0),
        ])
    func accepted(text: String, value: Double) {
        #expect(parse(text) == .number(value))
    }

    @Test(
        "are decimal only, also outside tables",
        arguments: ["0x1p3", "0x10", "inf", "-Infinity", "nan", "1_000", "1e5f", "1e", "1d3", "1,000", "१", "1 2", ""])
    func decimalOnly(text: String) {
        #expect(Double(decimal: text) == nil)
        if case .number = parse(text) { Issue.record("a table reads \(text) as a number") }
        #expect(Double(decimal: " -1.5e2") == -150)
    }

    @Test("keep the sign of zero") func signOfZero() throws {
        guard case .number(let zero) = parse("-0.0"), case .number(let small) = parse("-1e-999") else {
            throw MetaAnalysisError(.malformedTable, "not read", remedy: "")
        }
        #expect(zero.sign == .minus && small.sign == .minus && small == 0)
    }

    @Test("are missing when empty, blank or NA", arguments: ["", "  ", "NA", " NA\t"])
    func missing(text: String) {
        #expect(parse(text) == .missing)
    }

    @Test(
        "are correctly rounded where one operation does not suffice",
        arguments: [
            "9007199254740993", "9007199254740992.9999999999", "0.1", "3.141592653589793238462643383279502884197",
            "1.7976931348623157e308", "2.2250738585072011e-308", "4.9406564584124654e-324", "2.4703282292062328e-324",
            "123456789012345678901234567890", "1e23", "8.5e22", "-6.02214076e23", "0.000000000000000000000000000012345",
            "179769313486231570000000000000000000000e270", "1e-400", "17.000000000000000000000000000001",
        ])
    func rounded(text: String) throws {
        #expect(parse(text) == .number(try #require(Double(text))))
    }

    @Test("agree with the standard library on random decimals") func randomDecimals() throws {
        var generator = SeededGenerator(seed: 20)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
            guard value.isFinite else { continue }
            #expect(parse("\(value)") == .number(value))
            let digits = UInt64.random(in: 0...UInt64.max, using: &generator)
            let text = "\(digits)e\(Int.random(in: -40...40, using: &generator))"
            #expect(parse(text) == .number(try #require(Double(text))), "\(text)")
        }
    }

    @Test(
        "are refused in every other notation, with what is wrong",
        arguments: [
            ("1,5", "decimal comma"), ("1,234.5", "comma"), ("1 234", "blank inside"), ("12%", "percent"),
            ("<0.001", "bound"), (">5", "bound"), ("1.2.3", "text where a number belongs"),
            ("0x1A", "text where a number belongs"), ("1e", "text where a number belongs"),
            ("1e+", "text where a number belongs"), ("e5", "text where a number belongs"),
            ("--5", "text where a number belongs"), ("+-5", "text where a number belongs"), ("+", "text"),
            ("5(2)", "text where a number belongs"), ("inf", "not a finite"), ("-Infinity", "not a finite"),
            ("NaN", "not a finite"), ("1e999", "outside the range"), ("-1e400", "outside the range"),
            ("1.7976931348623159e308", "outside the range"), ("n/a", "not a number"), ("na", "not a number"),
            (".", "not a number"), ("-", "not a number"), ("twelve", "text where a number belongs"),
            ("\u{2212}1.5", "U+2212 (minus sign)"), ("\u{2013}1.5", "U+2013 (en dash)"),
            ("1\u{A0}234", "U+00A0 (no-break space)"), ("５", "where a number belongs"), ("1\n2", "\\n"),
        ])
    func refused(text: String, part: String) throws {
        guard case .refused(let message, let remedy) = parse(text) else {
            Issue.record("\(text) was read")
            return
        }
        #expect(message.contains(part), "\(message)")
        #expect(!remedy.isEmpty && !message.contains("\n"))
    }

    @Test("are shown on one line and cut in messages") func shown() {
        #expect(quoted("a\tb\r\nc\u{7}") == "\"a\\tb\\r\\ncU+0007\"")
        #expect(quoted(String(repeating: "x", count: 50)) == "\"" + String(repeating: "x", count: 40) + "…\"")
    }
}

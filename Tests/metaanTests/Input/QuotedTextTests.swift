import Testing

@testable import metaan

@Suite struct QuotedTextTests {
    @Test func commasInQuotesDoNotSeparate() {
        #expect(QuotedText.parts("a=1, \"b, c\"=2,`d,e`") == ["a=1", "\"b, c\"=2", "`d,e`"])
        #expect(QuotedText.parts("a=\"x, y\",b") == ["a=\"x, y\"", "b"])
        #expect(QuotedText.parts("") == [""])
        // Quotes within a name, and those that are never closed, are letters.
        #expect(QuotedText.parts("5\" tube, x") == ["5\" tube", "x"])
        #expect(QuotedText.parts("\"a, b") == ["\"a", "b"])
    }

    @Test func namesLoseTheirQuotes() throws {
        #expect(QuotedText.plain("\"Dose/kg\"") == "Dose/kg")
        #expect(QuotedText.plain("\"a\" b") == "\"a\" b")
        let quoted = try #require(QuotedText.name("`x=y` = 3"))
        #expect(quoted == ("x=y", " = 3"))
        #expect(QuotedText.name("x") == nil)
    }
}

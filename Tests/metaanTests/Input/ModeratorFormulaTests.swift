import MetaAnalysis
import Testing

@testable import metaan

@Suite struct ModeratorFormulaTests {
    private func failure(_ text: String) throws -> String {
        let failure = try #require(throws: CommandFailure.self) { try ModeratorFormula(text) }
        #expect(failure.status == .usage)
        return failure.message
    }

    @Test func termsOfAFormula() throws {
        let formula = try ModeratorFormula("a*b + factor(c, x) + `d e`^2 - 1 + a")
        #expect(
            formula.terms == [
                .number("a"), .number("b"), .interaction([.number("a"), .number("b")]),
                .factor("c", reference: "x"), .number("d e", power: 2),
            ])
        #expect(!formula.hasIntercept)
    }

    /// 2ⁿ − 1 terms are counted before they are made.
    @Test func productsAreCountedFirst() throws {
        func product(_ count: Int) -> String { (0..<count).map { "x\($0)" }.joined(separator: "*") }
        #expect(try ModeratorFormula(product(9)).terms.count == 511)
        for count in [10, 16, 18, 70, 5000] {
            #expect(
                try failure(product(count)).contains("the product of \(count) columns stands for 2^\(count) - 1 terms"))
        }
        #expect(try failure((0..<2000).map { "x\($0)" }.joined(separator: "+")).contains("more than 1000 terms"))
        #expect(try failure(String(repeating: "I(", count: 100_000)).contains("too often"))
    }

    @Test func aNameWithBlanksNeedsQuotes() throws {
        #expect(try failure("mean age").contains("'\"mean age\"'"))
        #expect(try failure("year + mean age + x").contains("'\"mean age\"'"))
        #expect(try !failure("factor(a) b").contains("'\""))
    }
}

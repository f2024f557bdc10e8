import Testing

@testable import MetaAnalysis

@Suite struct ModelColumnsTests {
    /// 100 levels to the power of 5 are 9.5 × 10⁹ columns, which no memory holds: they are counted, not made.
    @Test func columnsAreCountedBeforeTheyAreMade() throws {
        var moderators = Moderators(count: 100)
        let names = (0..<5).map { "f\($0)" }
        for name in names { moderators[name] = .texts((0..<100).map { "l\($0)" }) }
        let error = try #require(throws: MetaAnalysisError.self) {
            try ModelColumns(
                [.interaction(names.map { .factor($0) })], hasIntercept: true, moderators, of: Array(0..<100))
        }
        #expect(error.code == .tooFewStudies && error.message.contains("at least 1000000000 coefficients"))
        // As many columns as studies are allowed.
        let full = try ModelColumns([.factor("f0")], hasIntercept: true, moderators, of: Array(0..<100))
        #expect(full.names.count == 100)
        let bare = try ModelColumns([.factor("f0")], hasIntercept: false, moderators, of: Array(0..<100))
        #expect(bare.names.count == 100)
    }

    /// Levels that Swift would read as numbers, and a table would not, stand in the order of their letters.
    @Test func levelsThatLookLikeNumbers() throws {
        var moderators = Moderators(count: 4)
        moderators["x"] = .texts(["nan", "0x10", "inf", "2"])
        let columns = try ModelColumns([.factor("x")], hasIntercept: true, moderators, of: [0, 1, 2, 3])
        #expect(columns.names == ["intercept", "x: 2", "x: inf", "x: nan"])
    }
}

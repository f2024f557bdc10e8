import Testing

@testable import MetaAnalysis

@Suite struct DistinctNamesTests {
    @Test(
        arguments: [
            ([], 0), (["a"], 1), (["a", "b", "a"], 2), (["", "", "a"], 3), (["é", "e\u{301}", "e"], 2),
            (["Smith 2001", "Smith 2001a", "smith 2001"], 3),
        ] as [([String], Int)])
    func counts(_ names: [String], _ expected: Int) { #expect(DistinctNames.count(names) == expected) }

    @Test func manyNames() {
        let names = (0..<5000).map { "study \($0)" }
        #expect(DistinctNames.count(names) == 5000)
        #expect(DistinctNames.count(names + names) == 5000)
        #expect(DistinctNames.count(names + names.prefix(1)) == 5000)
        // A sequence that does not know its length.
        #expect(DistinctNames.count(sequence(first: 1) { $0 < 999 ? $0 + 1 : nil }.lazy.map { "\($0)" }) == 999)
    }
}

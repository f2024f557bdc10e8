import Testing

@testable import MetaAnalysis

@Suite struct StudySortingTests {
    @Test func numbersAndTexts() {
        #expect(StudySorting(["10", "9", nil, "9"], count: 4, .ascending).positions == [1, 3, 0, 2])
        #expect(StudySorting(["10", "9", nil, "9"], count: 4, .descending).positions == [0, 1, 3, 2])
        // Not decimal numbers, and so texts.
        #expect(StudySorting(["0x9", "10"], count: 2, .ascending).positions == [0, 1])
        #expect(StudySorting(nil, count: 3, .descending).positions == [2, 1, 0])
    }

    @Test func missingAndTiedValuesAreSaid() {
        let notes = StudySorting(["1", nil, "1"], count: 3, .ascending).diagnostics(["a", "b", "c"])
        #expect(notes.map(\.severity) == [.note, .warning] && notes.last?.studies == ["b"])
    }
}

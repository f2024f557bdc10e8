import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite("Table of keys")
struct KeyTableTests {
    private func insert(_ text: String, _ table: inout KeyTable) -> (place: Int, isNew: Bool)? {
        table.insert(Array(text.utf8).span)
    }

    private func place(_ text: String, _ table: KeyTable) -> Int? { table.place(of: Array(text.utf8).span) }

    private func has(_ text: String, at place: Int, _ table: KeyTable) -> Bool {
        table.has(Array(text.utf8).span, at: place)
    }

    @Test("gives every text the place at which it first came") func places() {
        var table = KeyTable()
        let texts = (0..<5000).map { "rs\($0 * 7)" } + ["", "a", "twelve bytes", String(repeating: "x", count: 300)]
        for (index, text) in texts.enumerated() {
            let added = insert(text, &table)
            #expect(added?.place == index && added?.isNew == true)
        }
        #expect(table.count == texts.count)
        for (index, text) in texts.enumerated().reversed() {
            let added = insert(text, &table)
            #expect(added?.place == index && added?.isNew == false)
            #expect(place(text, table) == index)
            #expect(String(decoding: table.text(at: index), as: UTF8.self) == text)
        }
        #expect(place("rs1", table) == nil)
    }

    @Test("tells texts apart that begin or end alike") func similar() {
        var table = KeyTable()
        let texts = [
            "1:1000", "1:10000", "1:1000:A", "1:1000:A:C", "1:1000:A:G", "11:1000:A:G", "1:1000:A:c", "\0", "\0\0",
        ]
        for text in texts { _ = insert(text, &table) }
        #expect(table.count == texts.count)
        #expect(has("1:1000:A", at: 2, table))
        #expect(!has("1:1000:A", at: 3, table))
        #expect(!has("1:1000:A", at: texts.count, table))
    }
}

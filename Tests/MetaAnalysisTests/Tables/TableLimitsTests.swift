import Testing

@testable import MetaAnalysis

/// Small limits in place of those of files.
@Suite("Limits of tables")
struct TableLimitsTests {
    private static func limits(_ change: (inout TableLimits) -> Void) -> TableLimits {
        var limits = TableLimits()
        change(&limits)
        return limits
    }

    private func header(
        _ text: String, isLast: Bool = true, layout: TableHeader.Layout? = nil, _ limits: TableLimits
    ) throws -> TableHeader? {
        try Array(text.utf8).withUnsafeBufferPointer {
            try TableHeader($0, isLast: isLast, name: "t.csv", layout: layout, limits: limits)
        }
    }

    /// Reads the rows in pieces of twice what was left, as the program does.
    private func scan(_ text: String, skipsBadRows: Bool = false, _ limits: TableLimits) throws -> Int {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { bytes in
            let header = try #require(try TableHeader(bytes, isLast: true, name: "t.csv", limits: limits))
            var scanner = RowScanner(header, texts: [0], numbers: [1])
            scanner.skipsBadRows = skipsBadRows
            var rows = ScannedRows(for: scanner, capacity: 4)
            var (start, end, count) = (header.byteCount, header.byteCount, 0)
            while true {
                let consumed = try scanner.scan(
                    UnsafeBufferPointer(rebasing: bytes[start..<end]), isLast: end == bytes.count, into: &rows)
                start += consumed
                count += rows.count
                if consumed > 0 { continue }
                if end == bytes.count { return count }
                end = min(bytes.count, end + max(8, end - start))
            }
        }
    }

    private func error(_ body: () throws -> Void) throws -> MetaAnalysisError {
        try #require(throws: MetaAnalysisError.self, performing: body)
    }

    @Test func bytesAreNamedInRoundUnits() {
        #expect(TableLimits.bytes(1 << 24) == "16 MiB")
        #expect(TableLimits.bytes(1 << 30) == "1 GiB")
        #expect(TableLimits.bytes(3000) == "3000 bytes")
    }

    @Test("of a header that does not end", arguments: ["aaaaaaaaaaaa", "a,b,\"ccccccc\n", "\n\n\n\n\n\n\n\n\n\n\n\n"])
    func longHeader(text: String) throws {
        let limits = Self.limits { $0.rowBytes = 11 }
        let error = try error { _ = try header(text, isLast: false, limits) }
        #expect(error.message == "the header is longer than 11 bytes" && error.location.row == 1)
        #expect(try header(text, isLast: false, TableLimits()) == nil)
    }

    @Test func lengthOfAHeaderThatEnds() throws {
        let limits = Self.limits { $0.rowBytes = 8 }
        #expect(try header("a,b,c,d\n", limits)?.columns == ["a", "b", "c", "d"])
        #expect(throws: MetaAnalysisError.self) { _ = try header("a,b,c,d,e\n", limits) }
    }

    @Test("of columns, between separators and between blanks", arguments: [",", " "])
    func columns(separator: String) throws {
        let limits = Self.limits { $0.columns = 3 }
        let layout: TableHeader.Layout? = separator == " " ? .blanks : nil
        let three = ["a", "b", "c"].joined(separator: separator) + "\n"
        #expect(try header(three, layout: layout, limits)?.columns.count == 3)
        let error = try error { _ = try header("d" + separator + three, layout: layout, limits) }
        #expect(error.message == "the header has 4 columns, more than 3")
        let empty = try self.error { _ = try Table(csv: Array("a,,,,\n1".utf8), name: "t", limits: limits) }
        #expect(empty.message == "the header has 5 columns, more than 3")
    }

    /// A byte that no text has ends the search for the end of the header.
    @Test func bytesThatAreNoText() throws {
        let error = try error { _ = try header("ab\u{0}\u{0}\u{0}", isLast: false, TableLimits()) }
        #expect(error.message.hasPrefix("byte 3 of the file is 0"))
        func isComplete(_ text: String, isLast: Bool) throws -> Bool {
            try Array(text.utf8).withUnsafeBufferPointer {
                try TableHeader.isComplete(in: $0, isLast: isLast, name: "t")
            }
        }
        #expect(throws: MetaAnalysisError.self) { try isComplete("a\u{0}", isLast: false) }
        #expect(try !isComplete("a,b", isLast: false))
        #expect(try isComplete("a,b", isLast: true))
    }

    @Test("of a row, also of quotes that do not close", arguments: ["", "\""])
    func longRow(quote: String) throws {
        let limits = Self.limits { $0.rowBytes = 16 }
        let rows = "A,1\n\(quote)\(String(repeating: "b", count: 100)),1\nC,1\n"
        for skipsBadRows in [false, true] {
            let error = try error { _ = try scan("a,b\n" + rows, skipsBadRows: skipsBadRows, limits) }
            #expect(error.message == "the row is longer than 16 bytes" && error.location.row == 3)
        }
    }

    @Test("of lines without a row", arguments: ["\n", "\r\n", " \n", ",\n"])
    func blankLines(line: String) throws {
        let limits = Self.limits { $0.rowBytes = 64 }
        let few = String(repeating: line, count: 16)
        #expect(try scan("a,b\n\(few)A,1\n\(few)B,2\n\(few)", limits) == 2)
        let error = try error { _ = try scan("a,b\nA,1\n" + String(repeating: few, count: 6), limits) }
        #expect(error.message == "more than 64 bytes of blank lines stand in sequence")
    }

    @Test func rowsAndFieldsOfATable() throws {
        let text = Array("a,b\n1,2\n\n3,4\n5,6\n".utf8)
        #expect(try Table(csv: text, name: "t", limits: Self.limits { $0.tableRows = 3 }).rowCount == 3)
        let rows = try error { _ = try Table(csv: text, name: "t", limits: Self.limits { $0.tableRows = 2 }) }
        #expect(rows.message == "the table has more than 2 rows" && rows.location.row == 5)
        let fields = try error { _ = try Table(csv: text, name: "t", limits: Self.limits { $0.tableFields = 5 }) }
        #expect(fields.message == "the table has more than 5 fields" && fields.location.row == 5)
        #expect(try Table(csv: text, name: "t").rowCount == 3)
    }

    @Test func aLongListOfColumnsIsCutInMessages() throws {
        let names = (0..<100).map { "c\($0)" }
        let table = try Table(csv: [names, names].map { $0.joined(separator: ",") }.joined(separator: "\n"), name: "t")
        let error = try error { _ = try table.numbers(in: "x") }
        #expect(error.remedy.hasSuffix("\"c59\" and 40 more"))
    }

    /// One group, as effects that are reported and as rows that are read as a table.
    @Test("of a group", arguments: ["yi,vi", "xi,ni"])
    func groups(columns: String) throws {
        func run(_ rows: Int, _ limits: TableLimits) throws {
            let rows = (0..<rows).map { _ in "g,2,10\n" }.joined()
            try Array("group,\(columns)\n\(rows)".utf8).withUnsafeBufferPointer { bytes in
                let header = try #require(try TableHeader(bytes, isLast: true, name: "t.csv", limits: limits))
                var run = try GroupedPoolingRun(GroupedPooling(by: "group"), header, writer: GroupWriter(.csv))
                var start = header.byteCount
                while case let count = try run.read(UnsafeBufferPointer(rebasing: bytes[start...]), isLast: true),
                    count > 0
                { start += count }
                try run.finish()
            }
        }
        var limits = TableLimits()
        (limits.groupRows, limits.tableRows) = (4, 4)
        try run(4, limits)
        let error = try error { try run(5, limits) }
        #expect(error.message == "the group \"g\" has more than 4 rows")
        #expect(error.location == .init(file: "t.csv", row: 6, column: "group"))
        guard columns == "xi,ni" else { return }
        limits = TableLimits()
        limits.tableBytes = 30
        let bytes = try self.error { try run(6, limits) }
        #expect(bytes.message == "the group \"g\" has more than 30 bytes")
    }
}

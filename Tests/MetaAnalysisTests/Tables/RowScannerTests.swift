import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// What a scan of a whole text found: for each row its line, all fields as texts, and the columns read as numbers.
private struct Scan: Equatable {
    var lines: [Int] = []
    var texts: [[String?]] = []
    var numbers: [[Double?]] = []
    var rows: [String] = []
    var faults: [String] = []
    var error: String?
}

/// Hands over the text in pieces of a size, keeping back what the scanner did not consume.
private func scan(
    _ text: [UInt8], piece: Int, layout: TableHeader.Layout? = nil, numbers: [Int] = [], filters: [String] = [],
    capacity: Int = 3, skipsBadRows: Bool = false
) -> Scan {
    var result = Scan()
    var held: [UInt8] = []
    var next = 0
    func more() {
        held += text[next..<min(next + piece, text.count)]
        next = min(next + piece, text.count)
    }
    do {
        var found: TableHeader?
        while found == nil {
            let isLast = next == text.count
            found = try held.withUnsafeBufferPointer {
                try TableHeader($0, isLast: isLast, name: "t.csv", layout: layout)
            }
            if found == nil { more() }
        }
        guard let header = found else { return result }
        held.removeFirst(header.byteCount)
        let conditions = try filters.map { try RowFilter($0, for: header.table) }
        var scanner = RowScanner(
            header, texts: Array(header.columns.indices), numbers: numbers, filters: conditions)
        scanner.skipsBadRows = skipsBadRows
        var rows = ScannedRows(for: scanner, capacity: capacity)
        while true {
            let consumed = try held.withUnsafeBufferPointer { bytes in
                let consumed = try scanner.scan(bytes, isLast: next == text.count, into: &rows)
                for row in 0..<rows.count {
                    result.lines.append(rows.line(row))
                    result.rows.append(String(decoding: bytes[rows.bytes(row)], as: UTF8.self))
                    result.texts.append(
                        header.columns.indices.map { column in
                            let field = rows.text(row, column)
                            return field.isMissing(in: bytes) ? nil : field.string(in: bytes)
                        })
                    result.numbers.append(
                        numbers.indices.map { slot in
                            let number = rows.number(row, slot)
                            return number.isNaN ? nil : number
                        })
                }
                result.faults += rows.faults.map(\.description)
                return consumed
            }
            held.removeFirst(consumed)
            if consumed == 0, rows.count == 0 {
                if next == text.count { break }
                more()
            }
        }
    } catch {
        // How many rows were handed over before depends on the pieces.
        result = Scan(error: (error as? MetaAnalysisError)?.description ?? "\(error)")
    }
    return result
}

private func scan(_ text: String, numbers: [Int] = [], skipsBadRows: Bool = false) -> Scan {
    scan(Array(text.utf8), piece: 1 << 20, numbers: numbers, skipsBadRows: skipsBadRows)
}

/// The same by `Table`.
private func table(_ text: [UInt8], numbers: [Int]) -> Scan {
    var result = Scan()
    do {
        let table = try Table(csv: text, name: "t.csv")
        for row in 0..<table.rowCount {
            result.lines.append(table.line(ofRow: row))
            result.texts.append(table.columns.indices.map { table.text(row: row, column: $0) })
            result.numbers.append(try numbers.map { try table.number(row: row, column: $0) })
        }
    } catch {
        result.error = (error as? MetaAnalysisError)?.description ?? "\(error)"
    }
    return result
}

@Suite("Rows scanned block by block")
struct RowScannerTests {
    static let pieces = [1, 2, 3, 5, 7, 8, 13, 64, 1000]

    static let texts = [
        "group,study,yi,vi\na,s1,0.5,1e-2\na,s2,-.25,3\nb,s3,1.7976931348623157e308,0.1234567890123456789\n",
        "\u{FEFF}group,yi\r\n\r\na,1\r\n  \r\n\"b \"\"x\"\", c\", 2 \r\n,\r\nd,NA",
        "g;y\r\"line\rbreak\r\nand\nmore\";1\rNA;2\r",
        "g\ty\nÅsa 田中\t+1.5\n \"q\" \t 2\t\n",
        "g\ty\nÅsa 田中\t+1.5\n \"q\" \t 2\n\t\n\t3",
        "y\n1\n2\n\n3",
        "g,y\n\"quoted\",\"1.5\"\n\"\",\"\"\n\"a\u{0301}\",-0\n",
        "g,y\na,1\nb\n", "g,y\na,1,2\n", "g,y\na,\"1\n", "g,y\na\"b,1\n", "g,y\n\"a\"b,1\n", "g,y\na,1;5\n", "g,y\n",
        "g,g\na,1\n", "g,,y\na,1,2\n", "", "\n \n", "g,y\na,1e999\n", "g,y\na,1e-999\n", "a,b\n1,x\r2,3\r\n",
    ]

    @Test("are those of a table, whatever the pieces", arguments: texts)
    func agreesWithTable(text: String) {
        let bytes = Array(text.utf8)
        let columns = text.hasPrefix("group,study") ? [2, 3] : text.hasPrefix("y") ? [0] : [1]
        var expected = table(bytes, numbers: text.contains("g,,y") ? [] : columns)
        for piece in Self.pieces {
            var found = scan(bytes, piece: piece, numbers: columns)
            found.rows = []
            // A table without rows is refused.
            if expected.error?.contains("no rows") == true { expected.error = nil }
            if expected.error != nil { expected = Scan(error: expected.error) }
            #expect(found == expected, "piece \(piece)")
        }
    }

    @Test("say where bytes are that are no text")
    func bytesThatAreNoText() {
        for bad: [UInt8] in [[0xFF], [0xC3], [0], [0xE2, 0x82], [0xED, 0xA0, 0x80]] {
            let text = Array("g,y\nab,1\nx".utf8) + bad + Array(",2\n".utf8)
            let expected = table(text, numbers: [1]).error
            #expect(expected?.contains("byte 11 of the file") == true)
            for piece in Self.pieces { #expect(scan(text, piece: piece, numbers: [1]).error == expected) }
        }
    }

    @Test("have the bytes of their rows") func bytesOfRows() {
        let text = "g,y\n a,1 \r\n\"b\nc\",2\r\n\nd,3"
        for piece in Self.pieces {
            #expect(scan(Array(text.utf8), piece: piece).rows == ["a,1 ", "\"b\nc\",2", "d,3"])
        }
    }

    @Test("may stand between blanks") func blanks() {
        let text = " MARKER  N\tBETA \n\n rs1 10   0.5\nrs2\t\t20 NA\t\r\n  rs\"3 30 -1e-3"
        for piece in Self.pieces {
            let found = scan(Array(text.utf8), piece: piece, layout: .blanks, numbers: [1, 2])
            #expect(found.error == nil)
            #expect(found.texts.map { $0[0] } == ["rs1", "rs2", "rs\"3"])
            #expect(found.numbers == [[10, 0.5], [20, nil], [30, -1e-3]])
            #expect(found.lines == [3, 4, 5])
        }
        let ragged = scan(Array("A B\n1 2\n 3\n".utf8), piece: 4, layout: .blanks)
        #expect(ragged.error?.hasPrefix("t.csv:3:B: the row has 1 field where the header has 2") == true)
        let more = scan(Array("A B\n1 2 3\n".utf8), piece: 4, layout: .blanks)
        #expect(more.error?.hasPrefix("t.csv:2:3: the row has 3 fields") == true)
    }

    @Test("can be bad and skipped") func badRows() {
        let text = "g,y,z\na,1,1\nb,x,2\nc,3\nd,4,5,6\ne\"f,7,8\n\"g\"h,1,1\ni,9,\"1\n0\"\nj,5,6\n"
        for piece in Self.pieces {
            let found = scan(Array(text.utf8), piece: piece, numbers: [1, 2], skipsBadRows: true)
            #expect(found.error == nil)
            #expect(found.texts.map { $0[0] } == ["a", "b", "i", "j"])
            #expect(found.numbers == [[1, 1], [nil, 2], [9, nil], [5, 6]])
            #expect(found.lines == [2, 3, 8, 10])
            #expect(
                found.faults.map { $0.prefix(9) } == [
                    "t.csv:3:y", "t.csv:4:z", "t.csv:5:4", "t.csv:6:g", "t.csv:7:g", "t.csv:8:z",
                ])
        }
    }

    @Test("can be filtered, and what is left out may hold anything in its numbers") func filters() {
        let text = "g,y,q\na,1,A\nb,oops,B\nc,3.0,\"A\"\"\"\n\"c\",4,NA\n"
        func kept(_ filters: String...) -> [String?] {
            scan(Array(text.utf8), piece: 7, numbers: [1], filters: filters).texts.map { $0[0] }
        }
        #expect(kept("q=A") == ["a"])
        #expect(kept("q=A\"|A") == ["a", "c"])
        #expect(kept("q!=B", "y=3|4") == ["c", "c"])
        #expect(kept("q=NA") == ["c"])
        #expect(scan(Array(text.utf8), piece: 7, numbers: [1], filters: ["q!=A"]).error?.hasPrefix("t.csv:3:y") == true)
    }

    @Test("never crash, and find the same in all pieces, whatever the bytes")
    func mutations() {
        var generator = SeededGenerator(seed: 20_26)
        let alphabet = Array("\",;\t \n\r0123456789.-+eENAx".utf8) + [0xC3, 0xA9, 0xFF, 0]
        for _ in 0..<400 {
            var text = Array((Self.texts.randomElement(using: &generator) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) where !text.isEmpty {
                let place = Int.random(in: 0..<text.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: text.remove(at: place)
                case 1: text.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
                default: text[place] = alphabet.randomElement(using: &generator) ?? 0
                }
            }
            for skips in [false, true] {
                let whole = scan(text, piece: 1 << 20, capacity: 100, skipsBadRows: skips)
                for piece in [1, 3, 8] {
                    #expect(scan(text, piece: piece, skipsBadRows: skips) == whole, "\(text)")
                }
            }
        }
    }
}

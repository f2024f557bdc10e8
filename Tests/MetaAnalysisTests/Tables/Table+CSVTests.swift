import Testing

@testable import MetaAnalysis

@Suite("A table from CSV")
struct TableCSVTests {
    @Test(
        "guesses the separator from the header",
        arguments: [
            ("a,b\n1,2\n", ["a", "b"]), ("a\tb\n1\t2\n", ["a", "b"]), ("a;b\n1;2\n", ["a", "b"]),
            ("a;b,c;d\n1;2;3\n", ["a", "b,c", "d"]), ("\"a;b;c\",d\n1,2\n", ["a;b;c", "d"]), ("a\n1\n", ["a"]),
            ("a,b;c\n1,2\n", ["a", "b;c"]), ("\n\n a \t b\n1\t2\n", ["a", "b"]),
            ("r[,1]\tt[,1]\n1\t2\n", ["r[,1]", "t[,1]"]), ("\"x;\"\";\",d,e\n1,2,3\n", ["x;\";", "d", "e"]),
        ])
    func separator(text: String, columns: [String]) throws {
        #expect(try Table(csv: text, name: "t.csv").columns == columns)
    }

    @Test("takes the separator it is told") func givenSeparator() throws {
        let table = try Table(csv: "a,b;c\n1;2\n", name: "t.csv", separator: .semicolon)
        #expect(table.columns == ["a,b", "c"])
        #expect(table.text(row: 0, column: 0) == "1")
    }

    @Test("reads past a byte order mark") func byteOrderMark() throws {
        let table = try Table(csv: [0xEF, 0xBB, 0xBF] + Array("study,yi\nA,1\n".utf8), name: "t.csv")
        #expect(table.columns == ["study", "yi"])
    }

    @Test("trims names, and reads a line break in one as a blank") func names() throws {
        let table = try Table(csv: "\" study \", \"95%\r\nlower\" \nA,1\n", name: "t.csv")
        #expect(table.columns == ["study", "95% lower"])
        #expect(table.line(ofRow: 0) == 3)
    }

    @Test("skips blank lines and rows of separators, and keeps counting lines") func blankLines() throws {
        let table = try Table(csv: "\na,b\n\n1,2\n , \n3,4\n,\n\n\n", name: "t.csv")
        #expect(try table.texts(in: "a") == ["1", "3"])
        #expect((0..<table.rowCount).map(table.line(ofRow:)) == [4, 6])
    }

    @Test("keeps a row whose fields are NA") func missingRow() throws {
        let table = try Table(csv: "a,b\nNA,NA\n1,\n", name: "t.csv")
        #expect(try table.numbers(in: "a") == [nil, 1])
        #expect(try table.numbers(in: "b") == [nil, nil])
    }

    @Test("holds what was written, whatever the fields, separator and line breaks are") func written() throws {
        var generator = SeededGenerator(seed: 7)
        let characters = Array("ab \"\",;\t\n\r 1é𝛕")
        for _ in 0..<300 {
            let separator = Table.Separator.allCases[Int.random(in: 0..<3, using: &generator)]
            let lineBreak = ["\n", "\r\n", "\r"][Int.random(in: 0..<3, using: &generator)]
            let mark = String(UnicodeScalar(separator.byte))
            let rows = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                ["x"]
                    + (0..<2).map { _ in
                        "z"
                            + String(
                                (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                                    characters[Int.random(in: characters.indices, using: &generator)]
                                })
                    }
            }
            let lines = rows.map { row in
                row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: mark)
            }
            let text = (["a\(mark)b\(mark)c"] + lines).joined(separator: lineBreak)
            let table = try Table(csv: text, name: "t.csv")
            let read = (0..<table.rowCount).map { row in (0..<3).map { table.text(row: row, column: $0) } }
            #expect(read == rows)
        }
    }

    @Test("reads many rows") func large() throws {
        var text = "study,yi,vi\n"
        for index in 0..<100_000 { text += "g\(index),0.\(index),0.0123\n" }
        let table = try Table(csv: text, name: "t.csv")
        #expect(table.rowCount == 100_000)
        #expect(try table.number(row: 99_999, column: 1) == 0.99999)
        #expect(table.line(ofRow: 99_999) == 100_001)
    }
}

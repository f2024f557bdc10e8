import Testing

@testable import MetaAnalysis

@Suite("A table")
struct TableTests {
    let table: Table

    init() throws {
        table = try Table(
            csv: """
                Study,quality,months,Note,note
                Alpha,A,6,"says ""yes"", twice",x
                " Beta ",B,6.0,"two
                lines",NA
                Gamma,A2,12,,"NA"
                Delta,,x,é, y z\u{20}
                """, name: "dir/t.csv")
    }

    @Test("gives texts without quotes, keeping blanks inside them") func texts() throws {
        #expect(try table.texts(in: "Study") == ["Alpha", " Beta ", "Gamma", "Delta"])
        #expect(try table.texts(in: "Note") == ["says \"yes\", twice", "two\nlines", nil, "é"])
        #expect(try table.texts(in: "note") == ["x", nil, nil, "y z"])
    }

    @Test("knows the line of every row") func lines() {
        #expect((0..<table.rowCount).map(table.line(ofRow:)) == [2, 3, 5, 6])
    }

    @Test("finds a column by its name, or ignoring case when one fits") func columns() {
        #expect(table.column(named: "study") == 0)
        #expect(table.column(named: "note") == 4)
        #expect(table.column(named: "Note") == 3)
        #expect(table.column(named: "NOTE") == nil)
        #expect(table.column(named: "absent") == nil)
    }

    @Test("names row and column of a field that is not a number") func badNumber() throws {
        let error = #expect(throws: MetaAnalysisError.self) { try table.numbers(in: "MONTHS") }
        #expect(
            error?.description
                == "dir/t.csv:6:months: \"x\" is text where a number belongs; write a number, or NA for a missing value"
        )
    }

    @Test("lists its columns when one is absent") func absent() throws {
        let error = #expect(throws: MetaAnalysisError.self) { try table.texts(in: "NOTE") }
        #expect(error?.code == .missingColumn)
        #expect(
            error?.description
                == "dir/t.csv: there is no column \"NOTE\"; take one of \"Study\", \"quality\", \"months\", \"Note\", \"note\""
        )
    }

    @Test(
        "keeps the rows that meet a condition",
        arguments: [
            ("quality=A", [2]), ("quality = A|B", [2, 3]), ("quality=A|A2|", [2, 5, 6]), ("quality!=A", [3, 5, 6]),
            ("quality!=NA", [2, 3, 5]), ("months=6", [2, 3]), ("months!=6.00|12", [6]), ("months=x", [6]),
            ("STUDY=Gamma", [5]), ("Note=é", [6]),
        ])
    func filtered(condition: String, lines: [Int]) throws {
        let kept = try table.filtered(condition)
        #expect((0..<kept.rowCount).map(kept.line(ofRow:)) == lines)
    }

    @Test("filters by values given apart, one filter after the other") func filteredTwice() throws {
        let kept = try table.filtered(column: "months", equals: ["6"]).filtered(column: "quality", differsFrom: ["A"])
        #expect(try kept.texts(in: "Study") == [" Beta "])
        #expect(try kept.numbers(in: "months") == [6])
    }

    @Test("filters by a column with an equals sign in its name") func equalsInName() throws {
        let odd = try Table(csv: "p=0,b\n1,x\n2,y\n", name: "t.csv")
        #expect(try odd.filtered("p=0=2").texts(in: "b") == ["y"])
        #expect(try odd.filtered("b=x").rowCount == 1)
    }

    @Test(
        "refuses a filter that cannot be met",
        arguments: [
            ("quality", MetaAnalysisError.Code.invalidSetting, "has no \"=\""),
            ("absent=1", .missingColumn, "no column \"absent\""), ("=1", .missingColumn, "no column \"\""),
            ("quality=Z", .tooFewStudies, "the values there are: \"A\", \"B\", \"A2\", \"NA\""),
            ("months!=6|12|x", .tooFewStudies, "different from \"6\" or \"12\" or \"x\""),
        ])
    func refusedFilter(condition: String, code: MetaAnalysisError.Code, part: String) {
        let error = #expect(throws: MetaAnalysisError.self) { try table.filtered(condition) }
        #expect(error?.code == code)
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
}

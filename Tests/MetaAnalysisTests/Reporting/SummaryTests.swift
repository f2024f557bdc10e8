import MetaAnalysis
import Testing

/// Layout of the writers on a summary made by hand; real results are compared whole in the tests of the command line.
@Suite struct SummaryTests {
    private static let table = Summary.Table(
        columns: [.init("Study", .leading, .cut), .init("Note", .leading, .wrap), .init("Value")],
        rows: [
            .init(["first", "", ""], role: .section),
            .init(["A & B", "short", "1.50"]),
            .init(["田中 2011 with a long name", "a note that goes on", "-12.25"]),
            .init(["Subtotal", "", "0.75"], role: .total),
            .init(["All", "", "0.50"], role: .grandTotal),
        ])

    private static let summary = Summary([
        .heading("A file: outcome"), .paragraph("Words that fill more than one line of a narrow page."),
        .table(table), .list(["first point", "p < 0.001 and a_b"]), .verbatim("rma(yi, vi)\nres"),
    ])

    @Test func textKeepsToTheWidth() {
        let expected = """
            A file: outcome
            ===============

            Words that fill more than one line
            of a narrow page.

            Study         Note           Value
            ----------------------------------
            first
            A & B         short           1.50
            田中 2011 w…  a note that   -12.25
                            goes on
            ----------------------------------
            Subtotal                      0.75
            ----------------------------------
            All                           0.50

            - first point
            - p < 0.001 and a_b

            rma(yi, vi)
            res

            """
        #expect(Self.summary.text(width: 34) == expected)
        #expect(Self.summary.text(width: 34).split(separator: "\n").allSatisfy { $0.displayWidth <= 34 })
    }

    @Test func markdownHasTheSameContentAsTables() {
        let expected = """
            ## A file: outcome

            Words that fill more than one line of a narrow page.

            | Study | Note | Value |
            | :--- | :--- | ---: |
            | **first** |  |  |
            | A & B | short | 1.50 |
            | 田中 2011 with a long name | a note that goes on | -12.25 |
            | **Subtotal** |  | **0.75** |
            | **All** |  | **0.50** |

            - first point
            - p < 0.001 and a\\_b

            ```
            rma(yi, vi)
            res
            ```

            """
        #expect(Self.summary.markdown == expected)
    }

    @Test(arguments: [
        ("a|b", "a\\|b"), ("<script>", "&lt;script>"), ("x &amp; y", "x &amp;amp; y"), ("[x](y)", "\\[x\\](y)"),
        ("a\\b", "a\\\\b"), ("1 < 2 & 3", "1 < 2 & 3"), ("*x*", "\\*x\\*"),
    ])
    func markdownMarksAreText(text: String, expected: String) {
        #expect(Summary([.paragraph(text)]).markdown == expected + "\n")
    }

    @Test func summariesFollowEachOther() {
        let both = Summary([.paragraph("a")]) + Summary([.paragraph("b")])
        #expect(both.text() == "a\n\nb\n")
        #expect(Summary().text() == "")
    }
}

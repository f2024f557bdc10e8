import MetaAnalysisPlots
import Testing

@Suite struct SVGRendererTests {
    private func figure(_ marks: [Mark], title: String = "t", summary: String = "s") -> Figure {
        Figure(width: 100, height: 50, title: title, summary: summary, background: Color("#ffffff"), marks: marks)
    }

    @Test func wholeDocument() {
        let label = Label("A < B", at: Point(1.005, 20), size: 12, anchor: .end, color: Color("#000000"))
        let line = Mark.line(from: Point(0, 0), to: Point(-0.5, 1.25), Stroke(Color("#123456"), dashes: [3, 3]))
        #expect(
            figure([.text(label), line]).svg() == """
                <svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50" role="img" \
                aria-labelledby="figure-title figure-desc" font-family="Helvetica, Arial, &#39;Liberation Sans&#39;, \
                &#39;Nimbus Sans&#39;, sans-serif">
                <title id="figure-title">t</title>
                <desc id="figure-desc">s</desc>
                <rect x="0" y="0" width="100" height="50" fill="#ffffff"/>
                <text x="1" y="20" font-size="12" text-anchor="end" fill="#000000">A &lt; B</text>
                <line x1="0" y1="0" x2="-0.5" y2="1.25" stroke="#123456" stroke-dasharray="3 3"/>
                </svg>

                """)
    }

    @Test func hostileTextStaysText() {
        for text in Labels.hostile + Labels.scripts {
            let label = Label(text, at: Point(1, 20), size: 12, color: Color("#000000"))
            let checker = XMLChecker(
                figure([.text(label), .group([.text(label)], title: text)], title: text, summary: text).svg())
            #expect(checker.failure == nil)
            #expect(Set(checker.elements).isSubset(of: ["svg", "title", "desc", "rect", "text", "g"]))
        }
    }

    @Test func theCheckerFindsFaults() {
        for text in ["<a>", "<a></b>", "<a>&</a>", "<a b=c/>", "<a/><b/>", "x<a/>", "<a>\u{1}</a>", "<a b=\"<\"/>"] {
            #expect(XMLChecker(text).failure != nil, "\(text)")
        }
        #expect(XMLChecker("<a b=\"c\"><d/>&lt;</a>").failure == nil)
    }

    @Test func whatHasNoPlaceIsNotDrawn() {
        let marks: [Mark] = [
            .line(from: Point(.nan, 0), to: Point(1, 1), Stroke(Color("#000000"))),
            .circle(center: Point(.infinity, 0), radius: 1, fill: nil),
        ]
        #expect(XMLChecker(figure(marks).svg()).elements == ["svg", "title", "desc", "rect"])
    }

    @Test func shortenedTextKeepsTheWhole() {
        let label = Label(String(repeating: "long ", count: 30), at: Point(0, 0), size: 12, color: Color("#000000"))
        #expect(label.box.width > 300)
    }

    @Test func stackedFiguresStandBelowEachOther() throws {
        let one = figure([.circle(center: Point(5, 5), radius: 1, fill: nil)])
        let both = try #require(Figure.stacked([one, one], gap: 10))
        #expect(both.height == 110)
        #expect(both.marks[1].bounds?.center == Point(5, 65))
        #expect(Figure.stacked([]) == nil)
    }
}

import Testing

@testable import MetaAnalysisPlots

@Suite struct FigureTests {
    private func figure(_ width: Double, _ title: String) -> Figure {
        let mark = Mark.line(from: Point(0, 0), to: Point(width, 10), Stroke(Color("#000000")))
        return Figure(
            width: width, height: 50, title: title, summary: title + ".", background: Color("#ffffff"), marks: [mark])
    }

    @Test func figuresStandBelowEachOther() throws {
        let whole = try #require(Figure.stacked([figure(100, "one"), figure(200, "two")], gap: 16))
        #expect(whole.width == 200 && whole.height == 116 && whole.marks.count == 2)
        #expect(whole.marks[1].bounds?.y == 66)
        #expect(whole.title == "one and 1 more" && whole.summary == "one. two.")
        #expect(Figure.stacked([]) == nil)
    }

    @Test func narrowFiguresStandInTheMiddle() {
        let wide = figure(100, "one").centered(in: 300)
        #expect(wide.width == 300 && wide.marks[0].bounds?.x == 100 && wide.marks[0].bounds?.right == 200)
        #expect(figure(100, "one").centered(in: 80) == figure(100, "one"))
    }
}

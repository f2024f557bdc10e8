import Testing

@testable import MetaAnalysis

@Suite struct ForestSketchTests {
    private func mark(
        _ estimate: Double?, _ lower: Double, _ upper: Double, _ symbol: ForestSketch.Mark.Symbol = .study
    ) -> ForestSketch.Mark {
        .init(estimate: estimate, interval: ConfidenceInterval(lower: lower, upper: upper), symbol: symbol)
    }

    @Test func intervalsStandOnOneAxis() throws {
        let marks = [mark(0, -10, 10), mark(5, 0, 10), mark(0, -5, 5, .pooled), mark(nil, -10, 10, .prediction)]
        let sketch = try #require(ForestSketch(marks: marks, reference: 0) { "\(Int($0))" })
        #expect(sketch.axis == ConfidenceInterval(lower: -5, upper: 10))
        #expect(sketch.header(width: 16) == "-5   0        10")
        #expect(sketch.line(marks[0], width: 16) == "<────■──────────")
        #expect(sketch.line(marks[1], width: 16) == "     ┼────■─────")
        #expect(sketch.line(marks[2], width: 16) == "─────◆─────     ")
        #expect(sketch.line(marks[3], width: 16) == "<···············")
        #expect(sketch.line(nil, width: 16) == "     │          ")
    }

    /// One wide interval does not squeeze the others.
    @Test func axisReachesAtMostTheSpreadOfTheEstimatesOnEitherSide() throws {
        let marks = [mark(1, -100, 100), mark(2, 1.5, 2.5)]
        let sketch = try #require(ForestSketch(marks: marks, reference: nil) { "\($0)" })
        #expect(sketch.axis == ConfidenceInterval(lower: 0, upper: 3))
        #expect(sketch.line(marks[0], width: 7) == "<─■───>")
        #expect(sketch.reference == nil)
    }

    @Test func oneStudyOnItsReferenceShowsItsInterval() throws {
        let sketch = try #require(ForestSketch(marks: [mark(0, -1, 3)], reference: 0) { "\($0)" })
        #expect(sketch.axis == ConfidenceInterval(lower: -1, upper: 3))
    }

    @Test func nothingToShow() {
        func axis(_ marks: [ForestSketch.Mark], _ reference: Double?) -> ConfidenceInterval? {
            ForestSketch(marks: marks, reference: reference) { "\($0)" }?.axis
        }
        #expect(axis([], nil) == nil)
        #expect(axis([mark(.nan, .nan, .nan)], nil) == nil)
        #expect(axis([mark(2, 2, 2)], nil) == nil)
        #expect(axis([mark(1, -.infinity, .infinity)], 0) == ConfidenceInterval(lower: 0, upper: 1))
    }

    @Test func labelsNeverTouch() throws {
        let marks = [mark(0.1, 0, 0.2), mark(10, 9, 11)]
        let sketch = try #require(ForestSketch(marks: marks, reference: 0) { "\($0)" })
        #expect(sketch.axis == ConfidenceInterval(lower: 0, upper: 11))
        #expect(sketch.header(width: 16) == "0.0         11.0")
        #expect(sketch.header(width: 6) == "0.0   ")
    }
}

import Testing

@testable import MetaAnalysisPlots

@Suite struct BoxTests {
    @Test func theLeastBoxHoldsAllPoints() {
        let box = Box(around: [Point(3, -1), Point(-2, 5), Point(0, 0)])
        #expect(box == Box(x: -2, y: -1, width: 5, height: 6))
        #expect(Box(around: []) == nil)
    }

    @Test(arguments: 0..<3)
    func notANumberIsNotHidden(place: Int) throws {
        var points = [Point(1, 2), Point(3, 4), Point(5, 6)]
        points[place].x = .nan
        var box = try #require(Box(around: points))
        #expect(box.x.isNaN && box.width.isNaN && box.y == 2 && box.height == 4)
        points[place] = Point(3, .nan)
        box = try #require(Box(around: points))
        #expect(box.y.isNaN && box.height.isNaN && !box.x.isNaN)
    }
}

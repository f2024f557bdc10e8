import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct MinimizationTests {
    @Test func aParabolaIsFoundInAFewSteps() {
        let found = minimum(of: { ($0 - 0.3) * ($0 - 0.3) }, in: -1...4)
        #expect(abs(found.argument - 0.3) <= 1e-8)
        #expect(found.value < 1e-16)
        #expect(found.iterations <= 12)
    }

    @Test func aSmoothValley() {
        // x - log x is least at 1, where it is 1.
        let found = minimum(of: { $0 - Double.log($0) }, in: 1e-6...50)
        #expect(abs(found.argument - 1) <= 3e-8)
        #expect(abs(found.value - 1) <= 2.3e-16)
        #expect(found.iterations <= 40)
    }

    @Test func anEndIsFoundExactly() {
        #expect(minimum(of: { $0 }, in: 0...10).argument == 0)
        #expect(minimum(of: { -$0 }, in: 0...10).argument == 10)
        #expect(minimum(of: { _ in 1 }, in: 2...3).value == 1)
    }

    @Test func kinksAndWallsEnd() {
        let kink = minimum(of: { abs($0 - 0.7) }, in: 0...1)
        #expect(abs(kink.argument - 0.7) <= 2e-8)
        let wall = minimum(of: { $0 < 2 ? .nan : $0 * $0 }, in: 0...10)
        #expect(abs(wall.argument - 2) <= 1e-7)
        let flat = minimum(of: { _ in .infinity }, in: 0...1)
        #expect(flat.value == .infinity)
        #expect(max(kink.iterations, wall.iterations, flat.iterations) < 200)
    }

    @Test func aMinimumNearZeroNeedsNoRelativeAccuracy() {
        let found = minimum(of: { $0 * $0 }, in: -1...1)
        #expect(abs(found.argument) <= 1e-8)
        #expect(found.iterations < 100)
    }

    @Test func anEmptyBracketIsItsPoint() {
        #expect(minimum(of: { $0 * $0 }, in: 3...3).argument == 3)
        #expect(minimum(of: { $0 * $0 }, in: 3...3).value == 9)
    }

    /// Of two valleys the deeper one, wherever Brent's method alone would have gone.
    @Test func deeperValleyIsFound() {
        func function(_ x: Double) -> Double {
            min((x - 1) * (x - 1), (x - 7) * (x - 7) * 4 - 0.5)
        }
        let lowest = valley(of: function, in: 0...10, starts: 40)
        #expect(abs(lowest - 7) < 1e-7)
        #expect(valley(of: { $0 }, in: -2...3, starts: 5) == -2)
    }
}

import RealModule
import Testing

@testable import MetaAnalysis

@Suite struct RootFindingTests {
    @Test func smoothFunctionsToMachinePrecision() {
        let squareRoot = root(of: { $0 * $0 - 2 }, in: 0...2)
        #expect(abs(squareRoot.value - 2.0.squareRoot()) <= 2.3e-16)
        #expect(squareRoot.iterations <= 14)
        let logarithm = root(of: { Double.exp($0) - 10 }, in: -5...50)
        #expect(abs(logarithm.value / Double.log(10) - 1) <= 4.5e-16)
        #expect(logarithm.iterations <= 24)
    }

    @Test func toleranceSavesEvaluations() {
        let function: (Double) -> Double = { Double.exp($0) - 10 }
        let rough = root(of: function, in: 0...5, tolerance: 1e-4)
        #expect(abs(rough.value / Double.log(10) - 1) <= 2e-4)
        #expect(rough.iterations < root(of: function, in: 0...5).iterations)
    }

    @Test func aZeroAtAnEndIsFoundAtOnce() {
        #expect(root(of: { $0 }, in: 0...1).value == 0)
        #expect(root(of: { $0 - 1 }, in: 0...1).value == 1)
        #expect(root(of: { $0 }, in: 0...1).iterations == 2)
    }

    @Test func withoutAChangeOfSignTheLowerEndIsReturned() {
        #expect(root(of: { $0 + 1 }, in: 0...1).value == 0)
        #expect(root(of: { $0 - 3 }, in: 0...1).value == 1)
    }

    /// Each of these defeats plain interpolation: flat, steep, discontinuous, at zero, over the whole range.
    static let hardFunctions: [(bracket: ClosedRange<Double>, zero: Double, function: @Sendable (Double) -> Double)] = [
        (-1...10, 0, { $0 * $0 * $0 * $0 * $0 * $0 * $0 * $0 * $0 }),
        (-4...0.1, 0, { $0 }),
        (-1...4, 1, { $0 < 1 ? -1 : 1e300 }),
        (0...1e300, 1e-200, { $0 - 1e-200 }),
        (-.greatestFiniteMagnitude ... .greatestFiniteMagnitude, 3, { $0 - 3 }),
        (0...1, 0.3, { $0 < 0.3 ? -.infinity : .infinity }),
        (0...100, 2, { 1 - Double.exp(500 * ($0 - 2)) }),
    ]

    @Test(arguments: hardFunctions.indices)
    func hardFunctionsEnd(_ index: Int) {
        let (bracket, zero, function) = Self.hardFunctions[index]
        let found = root(of: function, in: bracket)
        #expect(function(found.value) == 0 || abs(found.value - zero) <= 4.5e-16 * zero)
        #expect(found.iterations <= 126)
    }

    @Test func notANumberEndsTheSearch() {
        let found = root(of: { $0 < 0.4 || $0 > 0.6 ? $0 - 0.5 : .nan }, in: 0...1)
        #expect(found.value == 0)
        #expect(root(of: { _ in .nan }, in: 0...1).iterations == 2)
    }
}

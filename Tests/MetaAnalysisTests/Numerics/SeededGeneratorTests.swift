import Testing

@testable import MetaAnalysis

@Suite struct SeededGeneratorTests {
    @Test func aSeedFixesTheSequence() {
        var first = SeededGenerator(seed: 42)
        var second = SeededGenerator(seed: 42)
        var other = SeededGenerator(seed: 43)
        let numbers = (0..<100).map { _ in first.next() }
        #expect(numbers == (0..<100).map { _ in second.next() })
        #expect(numbers != (0..<100).map { _ in other.next() })
    }

    @Test func uniformNumbersHaveTheirMoments() {
        var generator = SeededGenerator(seed: 1)
        let numbers = (0..<100_000).map { _ in generator.nextUniform() }
        let mean = numbers.reduce(0, +) / 1e5
        let square = numbers.reduce(0) { $0 + $1 * $1 } / 1e5
        // Four standard errors.
        #expect(abs(mean - 0.5) < 4 * (1.0 / 12 / 1e5).squareRoot())
        #expect(abs(square - 1.0 / 3) < 4 * (4.0 / 45 / 1e5).squareRoot())
        #expect(numbers.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test func normalNumbersHaveTheirMoments() {
        var generator = SeededGenerator(seed: 2)
        let numbers = (0..<100_000).map { _ in generator.nextNormal() }
        let mean = numbers.reduce(0, +) / 1e5
        let square = numbers.reduce(0) { $0 + $1 * $1 } / 1e5
        let fourth = numbers.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 1e5
        #expect(abs(mean) < 4 * (1 / 1e5).squareRoot())
        #expect(abs(square - 1) < 4 * (2 / 1e5).squareRoot())
        #expect(abs(fourth - 3) < 4 * (96 / 1e5).squareRoot())
    }
}

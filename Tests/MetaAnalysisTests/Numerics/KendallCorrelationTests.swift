import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct KendallCorrelationTests {
    /// Every order of 0, …, n − 1.
    private static func orders(_ count: Int) -> [[Double]] {
        guard count > 0 else { return [[]] }
        return orders(count - 1).flatMap { order in
            (0..<count).map { place in
                var longer = order
                longer.insert(Double(count - 1), at: place)
                return longer
            }
        }
    }

    @Test(arguments: 3...6)
    func exactAgainstEveryOrder(count: Int) {
        let all = Self.orders(count)
        let line = (0..<count).map(Double.init)
        let scores = all.map { KendallCorrelation(line, $0).score }
        for order in all {
            let correlation = KendallCorrelation(line, order)
            let asFar = scores.filter { abs($0) >= abs(correlation.score) }.count
            let expected = Double(asFar) / Double(all.count)
            let found = correlation.exactPValue ?? .nan
            #expect(abs(found - expected) < 1e-14)
        }
        // The variance is that of the score over all orders.
        let variance = scores.reduce(0) { $0 + $1 * $1 } / Double(scores.count)
        #expect(abs(KendallCorrelation(line, line).variance - variance) < 1e-12)
    }

    @Test func tiesAreCounted() {
        let correlation = KendallCorrelation([1, 1, 2, 3], [1, 2, 2, 3])
        // Four concordant pairs, none discordant, one tied in each list.
        #expect(correlation.score == 4)
        #expect(correlation.coefficient == 0.8)
        #expect(correlation.exactPValue == nil)
        #expect(KendallCorrelation([1, 1, 1], [1, 2, 3]).coefficient == nil)
    }

    @Test func aTinyProbabilityKeepsItsDigits() {
        let line = (0..<100).map(Double.init)
        var order = line
        order.swapAt(3, 4)
        // One discordant pair: 2 (1 + 99) / 100!.
        let found = KendallCorrelation(line, order).exactPValue ?? .nan
        let expected = (1...100).reduce(200.0) { $0 / Double($1) }
        #expect(abs(found / expected - 1) < 1e-12)
    }

    /// Numbers that differ in their last digit are tied, those of data are not.
    @Test func roundingDoesNotBreakTies() {
        let third = 1.0 / 3
        let rounded = KendallCorrelation([1, 2, 3, 4], [third, third.nextUp, 0.4, 0.5])
        #expect(rounded.hasTies && rounded.score == 5)
        #expect(!KendallCorrelation([1, 2, 3, 4], [third, third * (1 + 1e-9), 0.4, 0.5]).hasTies)
        // Differences of numbers of size 10⁶ are 0 to their rounding.
        let differences = [1e-10, 0, -1e-10, 2]
        #expect(!KendallCorrelation(differences, [1, 2, 3, 4]).hasTies)
        #expect(KendallCorrelation(differences, [1, 2, 3, 4], sizesOfX: [1e6, 1e6, 1e6, 1e6]).score == 3)
    }
}

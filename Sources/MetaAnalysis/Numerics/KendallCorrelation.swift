/// Kendall's rank correlation τ-b of two lists, with its distribution under independence. O(k²).
///
/// Numbers that differ only by rounding are tied: two variances that are both 1/36 can differ in the last digit.
struct KendallCorrelation: Sendable {
    /// Number of concordant minus discordant pairs.
    let score: Double
    /// √((pairs − tied in x)(pairs − tied in y)), the divisor of the score in τ.
    let greatestScore: Double
    /// Variance of the score, with the correction for ties.
    let variance: Double
    let hasTies: Bool
    private let count: Int

    /// - Parameters:
    ///   - x: at least 3 numbers.
    ///   - y: as many numbers.
    ///   - sizes: size of the numbers from which each of `x` was computed, in its unit, because a difference has their rounding; `nil` for
    ///     the size of `x` itself.
    init(_ x: [Double], _ y: [Double], sizesOfX sizes: [Double]? = nil) {
        precondition(x.count == y.count && x.count > 2, "pairs of numbers")
        let (x, y) = (Self.ranks(x, sizes ?? x), Self.ranks(y, y))
        count = x.count
        var score = 0
        for later in x.indices {
            for earlier in 0..<later {
                let (dx, dy) = (x[later] - x[earlier], y[later] - y[earlier])
                score += (dx > 0 ? 1 : dx < 0 ? -1 : 0) * (dy > 0 ? 1 : dy < 0 ? -1 : 0)
            }
        }
        self.score = Double(score)
        let (tiesX, tiesY) = (Ties(x), Ties(y))
        let n = Double(count)
        let pairs = n * (n - 1) / 2
        greatestScore = ((pairs - tiesX.pairs / 2) * (pairs - tiesY.pairs / 2)).squareRoot()
        hasTies = tiesX.pairs > 0 || tiesY.pairs > 0
        variance =
            (n * (n - 1) * (2 * n + 5) - tiesX.spread - tiesY.spread) / 18
            + tiesX.pairs * tiesY.pairs / (2 * n * (n - 1))
            + tiesX.triples * tiesY.triples / (9 * n * (n - 1) * (n - 2))
    }

    /// Returns ranks from 0 on, equal for neighbors that differ only by rounding.
    private static func ranks(_ values: [Double], _ sizes: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = Array(repeating: 0.0, count: values.count)
        for (previous, index) in zip(order, order.dropFirst()) {
            let isTied = values[index] - values[previous] <= rounding * max(abs(sizes[index]), abs(sizes[previous]))
            ranks[index] = ranks[previous] + (isTied ? 0 : 1)
        }
        return ranks
    }

    /// Relative difference that can be due to rounding in several steps of a computation.
    private static let rounding = 1e-12

    /// τ-b; `nil` if one of the lists is constant.
    var coefficient: Double? { greatestScore > 0 ? score / greatestScore : nil }

    /// Probability of a score at least as far from 0, among the k! orders of k different numbers; `nil` with ties.
    var exactPValue: Double? {
        guard !hasTies else { return nil }
        let pairs = count * (count - 1) / 2
        // The number of discordant pairs on the rarer side is used, because the distribution is symmetric.
        let extreme = (pairs - abs(Int(score))) / 2
        var probabilities = [1.0]
        for length in 2...count {
            // The next number can be inserted in `length` places, which adds 0 to length − 1 discordant pairs.
            let last = min(extreme, length * (length - 1) / 2)
            var next = Array(repeating: 0.0, count: last + 1)
            var window = 0.0
            for discordant in 0...last {
                if discordant < probabilities.count { window += probabilities[discordant] }
                if discordant >= length { window -= probabilities[discordant - length] }
                next[discordant] = window / Double(length)
            }
            probabilities = next
        }
        return min(1, 2 * probabilities.reduce(0, +))
    }

    /// Sums Σ t(t − 1), Σ t(t − 1)(t − 2) and Σ t(t − 1)(2t + 5) over groups of t equal numbers.
    private struct Ties {
        var pairs = 0.0
        var triples = 0.0
        var spread = 0.0

        init(_ values: [Double]) {
            let sorted = values.sorted()
            var start = 0
            while start < sorted.count {
                var end = start + 1
                while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
                let size = Double(end - start)
                pairs += size * (size - 1)
                triples += size * (size - 1) * (size - 2)
                spread += size * (size - 1) * (2 * size + 5)
                start = end
            }
        }
    }
}

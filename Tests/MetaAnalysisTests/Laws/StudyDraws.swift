import RealModule

@testable import MetaAnalysis

/// Random studies of known populations. They are drawn through what is sufficient for their effects (counts, means, sums of squares),
/// not participant by participant, so that a hundred thousand of them take seconds.
struct StudyDraws {
    private var generator: SeededGenerator
    private var counts: [CountDistribution: CumulativeCounts] = [:]

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func normal() -> Double { generator.nextNormal() }
}

// MARK: - Counts

extension StudyDraws {
    mutating func binomial(_ size: Double, _ share: Double) -> Double { count(.binomial(size: size, share: share)) }

    mutating func poisson(_ mean: Double) -> Double { count(.poisson(mean: mean)) }

    /// How many of a sample fall into each of some classes: each cell is binomial given those before it.
    mutating func cells(of size: Double, shares: [Double]) -> [Double] {
        var (left, rest) = (size, 1.0)
        var cells: [Double] = []
        for share in shares.dropLast() {
            let cell = binomial(left, share / rest)
            cells.append(cell)
            left -= cell
            rest -= share
        }
        return cells + [left]
    }

    /// By inversion.
    private mutating func count(_ distribution: CountDistribution) -> Double {
        let table = counts[distribution] ?? CumulativeCounts(distribution)
        counts[distribution] = table
        return table.quantile(generator.nextUniform())
    }
}

private enum CountDistribution: Hashable {
    case binomial(size: Double, share: Double)
    case poisson(mean: Double)
}

/// A distribution of counts as a table of its cumulative probabilities, within nine standard deviations.
private struct CumulativeCounts {
    private let first: Double
    private var cumulative: [Double] = []

    init(_ distribution: CountDistribution) {
        let mean: Double
        let spread: Double
        let largest: Double
        let logFirst: (Double) -> Double
        let ratio: (Double) -> Double
        switch distribution {
        case .binomial(let size, let share):
            (mean, spread, largest) = (size * share, (size * share * (1 - share)).squareRoot(), size)
            logFirst = { count in
                Double.logGamma(size + 1) - .logGamma(count + 1) - .logGamma(size - count + 1)
                    + count * .log(share) + (size - count) * .log(onePlus: -share)
            }
            ratio = { (size - $0) / ($0 + 1) * (share / (1 - share)) }
        case .poisson(let rate):
            (mean, spread, largest) = (rate, rate.squareRoot(), .infinity)
            logFirst = { $0 * .log(rate) - rate - .logGamma($0 + 1) }
            ratio = { rate / ($0 + 1) }
        }
        first = max(0, (mean - 9 * spread).rounded(.down))
        let last = min(largest, (mean + 9 * spread).rounded(.up))
        var probability = Double.exp(logFirst(first))
        var sum = probability
        cumulative.append(sum)
        var count = first
        while count < last {
            probability *= ratio(count)
            sum += probability
            cumulative.append(sum)
            count += 1
        }
    }

    func quantile(_ probability: Double) -> Double {
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] < probability { low = middle + 1 } else { high = middle }
        }
        return first + Double(low)
    }
}

// MARK: - Normal samples

extension StudyDraws {
    /// By the method of Marsaglia and Tsang (2000), ACM Transactions on Mathematical Software 26, 363–372: the cube of a normal number,
    /// accepted nearly always.
    ///
    /// - Parameter degreesOfFreedom: 2 or more.
    mutating func chiSquared(_ degreesOfFreedom: Double) -> Double {
        let shift = degreesOfFreedom / 2 - 1.0 / 3
        let scale = 1 / (9 * shift).squareRoot()
        while true {
            let x = normal()
            let root = 1 + scale * x
            let cube = root * root * root
            guard cube > 0 else { continue }
            if .log(generator.nextUniform()) < x * x / 2 + shift * (1 - cube + .log(cube)) { return 2 * shift * cube }
        }
    }

    mutating func chi(_ degreesOfFreedom: Double) -> Double { chiSquared(degreesOfFreedom).squareRoot() }

    mutating func sample(mean: Double, deviation: Double, size: Double) -> SingleMean {
        SingleMean(
            mean: mean + deviation * normal() / size.squareRoot(),
            deviation: deviation * chi(size - 1) / (size - 1).squareRoot(), size: size)
    }

    /// Two groups of given sizes, each (mean, deviation, size).
    mutating func groups(
        _ treated: (mean: Double, deviation: Double, size: Double),
        _ control: (mean: Double, deviation: Double, size: Double)
    ) -> TwoGroupMeans {
        TwoGroupMeans(
            sample(mean: treated.mean, deviation: treated.deviation, size: treated.size),
            sample(mean: control.mean, deviation: control.deviation, size: control.size))
    }

    mutating func times(
        means: (Double, Double), deviations: (Double, Double), correlation: Double, size: Double
    ) -> PairedMeans {
        let (one, other) = (normal(), normal())
        // The Cholesky factor of the sums of squares and products of two variables of unit variance (Bartlett's decomposition).
        let (left, below, right) = (chi(size - 1), normal(), chi(size - 2))
        let own = (1 - correlation * correlation).squareRoot()
        let (x, y) = (correlation * left + own * below, own * right)
        let second = Double.hypot(x, y)
        return .times(
            firstMean: means.0 + deviations.0 * one / size.squareRoot(),
            firstDeviation: deviations.0 * left / (size - 1).squareRoot(),
            secondMean: means.1 + deviations.1 * (correlation * one + own * other) / size.squareRoot(),
            secondDeviation: deviations.1 * second / (size - 1).squareRoot(), size: size, correlation: x / second)
    }

    /// A regression of an outcome on two predictors, all normal: the semi-partial correlations of the first, of the second beyond the
    /// first, and what is left, the squares of which add up to 1.
    ///
    /// It is the last row of Bartlett's decomposition, scaled to length 1.
    ///
    /// - Parameter correlations: the first two in the population.
    mutating func regression(_ correlations: (Double, Double), size: Double) -> (Double, Double, Double) {
        let (first, second) = correlations
        let own = (1 - first * first - second * second).squareRoot()
        let along = (
            first * chi(size - 1) + second * normal() + own * normal(), second * chi(size - 2) + own * normal(),
            own * chi(size - 3)
        )
        let length = (along.0 * along.0 + along.1 * along.1 + along.2 * along.2).squareRoot()
        return (along.0 / length, along.1 / length, along.2 / length)
    }

    /// Two groups made by cutting the first of two normal variables at a threshold, their means and deviations being those of the second.
    ///
    /// The sum and the sum of squares of thousands of independent values are drawn as normal with their exact moments; what that
    /// neglects changes the variance of an effect by a share of the order 1/n.
    mutating func cut(at threshold: Double, correlation: Double, size: Double) -> TwoGroupMeans {
        let normalDistribution = ReferenceDistribution.normal
        let share = normalDistribution.upperTail(threshold)
        let density = Double.exp(-threshold * threshold / 2) / (2 * .pi).squareRoot()
        let above = binomial(size, share)
        return TwoGroupMeans(
            group(threshold, slope: density / share, correlation: correlation, size: above),
            group(threshold, slope: -density / (1 - share), correlation: correlation, size: size - above))
    }

    private mutating func group(
        _ threshold: Double, slope: Double, correlation: Double, size: Double
    ) -> SingleMean {
        // Moments of a truncated normal variable: m₁ = λ, mₖ = (k − 1)mₖ₋₂ + tᵏ⁻¹λ.
        let m1 = slope
        let m2 = 1 + threshold * slope
        let m3 = 2 * m1 + threshold * threshold * slope
        let m4 = 3 * m2 + threshold * threshold * threshold * slope
        // And of y = ρx + e.
        let (r, rest) = (correlation, 1 - correlation * correlation)
        let mean = r * m1
        let square = r * r * m2 + rest
        let cube = r * r * r * m3 + 3 * r * rest * m1
        let fourth = r * r * r * r * m4 + 6 * r * r * rest * m2 + 3 * rest * rest
        let deviation = (square - mean * mean).squareRoot()
        let slopeOfSquares = (cube - mean * square) / deviation
        let own = (fourth - square * square - slopeOfSquares * slopeOfSquares).squareRoot()
        let (one, other) = (normal() / size.squareRoot(), normal() / size.squareRoot())
        let drawnMean = mean + deviation * one
        let drawnSquare = square + slopeOfSquares * one + own * other
        return SingleMean(
            mean: drawnMean, deviation: ((drawnSquare - drawnMean * drawnMean) * size / (size - 1)).squareRoot(),
            size: size)
    }
}

// MARK: - Times to events

extension StudyDraws {
    /// Of two groups with exponential times to an event: how likely one of the first outlives one of the second, from everybody's times.
    mutating func superiority(hazardRatio: Double, sizes: (first: Double, second: Double)) -> Superiority {
        var (first, second) = sizes
        var longer = 0.0
        while first > 0, second > 0 {
            if isNextOfFirst(first, second, hazardRatio) {
                first -= 1
            } else {
                // All who are left of the first group outlive this one.
                longer += first
                second -= 1
            }
        }
        return Superiority(
            probability: longer / sizes.first / sizes.second, treatedSize: sizes.first, controlSize: sizes.second)
    }

    /// Of two groups with exponential times to an event, followed until so many have had it: the sums of the log-rank test.
    mutating func logRank(hazardRatio: Double, sizes: (first: Double, second: Double), events: Int) -> LogRank {
        var (first, second) = sizes
        var (excess, variance) = (0.0, 0.0)
        for _ in 0..<events {
            let share = first / (first + second)
            variance += share * (1 - share)
            if isNextOfFirst(first, second, hazardRatio) {
                excess += 1 - share
                first -= 1
            } else {
                excess -= share
                second -= 1
            }
        }
        return LogRank(excess: excess, variance: variance)
    }

    /// Whether the next event is one of the first group, from the participants that are left without one.
    private mutating func isNextOfFirst(_ first: Double, _ second: Double, _ hazardRatio: Double) -> Bool {
        generator.nextUniform() * (first * hazardRatio + second) < first * hazardRatio
    }
}

extension TwoGroupMeans {
    fileprivate init(_ treated: SingleMean, _ control: SingleMean) {
        self.init(
            treatedSize: treated.size, treatedMean: treated.mean, treatedDeviation: treated.deviation,
            controlSize: control.size, controlMean: control.mean, controlDeviation: control.deviation)
    }
}

import MetaAnalysisTestSupport
import RealModule
import Testing

@testable import MetaAnalysis

/// The sampling variance of a measure is what its estimates vary by: many studies of one population are drawn, and the variance of their
/// estimates is compared with the mean of the variances they claim.
///
/// 8000 draws know a variance to √(2/8000) = 1.6 %, so 6.5 % is four of these; the same seed gives the same draws. Studies are large,
/// so that approximations of the large sample hold to less than that.
@Suite struct SamplingVarianceLawTests {
    private static let draws = 8000
    private static let band = 0.065

    @Test func tables() throws {
        var random = Draws(seed: 11)
        let (treated, control) = (Counts(binomial: 400, 0.3), Counts(binomial: 500, 0.4))
        let studies = (0..<Self.draws).map { _ in
            TwoByTwoTable(events: random.count(treated), of: 400, versus: random.count(control), of: 500)
        }
        // Groups of given size: the phi coefficients and the correlations that assume it otherwise.
        try expectVariances(
            studies, except: ["RTET", "ZTET", "PETO"], settings: ["PHI": .stratified, "ZPHI": .stratified])
    }

    /// Peto's method is one for effects that are not large.
    @Test func smallEffects() throws {
        var random = Draws(seed: 12)
        let (treated, control) = (Counts(binomial: 400, 0.36), Counts(binomial: 400, 0.38))
        let studies = (0..<Self.draws).map { _ in
            TwoByTwoTable(events: random.count(treated), of: 400, versus: random.count(control), of: 400)
        }
        try expectVariances(studies, only: ["PETO", "OR"])
    }

    @Test func tablesOfOneSample() throws {
        var random = Draws(seed: 13)
        let studies = (0..<Self.draws).map { _ in
            let cells = random.cells(of: 400, shares: [0.2, 0.25, 0.15, 0.4])
            return TwoByTwoTable(
                treatedEvents: cells[0], treatedNonEvents: cells[1], controlEvents: cells[2], controlNonEvents: cells[3]
            )
        }
        try expectVariances(studies, only: ["PHI", "ZPHI", "YUQ", "YUY", "OR"])
    }

    @Test func means() throws {
        var random = Draws(seed: 14)
        let studies = (0..<Self.draws).map { _ in
            let treated = random.sample(mean: 12, deviation: 3, size: 200)
            let control = random.sample(mean: 10, deviation: 3, size: 240)
            return TwoGroupMeans(
                treatedSize: 200, treatedMean: treated.mean, treatedDeviation: treated.deviation, controlSize: 240,
                controlMean: control.mean, controlDeviation: control.deviation)
        }
        // A biserial correlation supposes that one normal quantity was cut in two.
        try expectVariances(
            studies, except: ["RBIS", "ZBIS"], settings: ["RPB": .stratified, "ZPB": .stratified])
    }

    @Test func changes() throws {
        var random = Draws(seed: 15)
        let studies = (0..<Self.draws).map { _ in
            random.pair(means: (12, 10), deviations: (3, 3), correlation: 0.6, size: 200)
        }
        try expectVariances(studies)
    }

    @Test func rates() throws {
        var random = Draws(seed: 16)
        let (treated, control) = (Counts(poisson: 120), Counts(poisson: 200))
        let studies = (0..<Self.draws).map { _ in
            TwoGroupRates(
                treatedEvents: random.count(treated), treatedTime: 300, controlEvents: random.count(control),
                controlTime: 400)
        }
        try expectVariances(studies)
        try expectVariances(studies.map { Rate(events: $0.treatedEvents, time: 300) })
    }

    @Test func pairs() throws {
        var random = Draws(seed: 17)
        let studies = (0..<Self.draws).map { _ in
            let cells = random.cells(of: 400, shares: [0.3, 0.16, 0.14, 0.4])
            return PairedTable(both: cells[0], firstOnly: cells[1], secondOnly: cells[2], neither: cells[3])
        }
        try expectVariances(studies)
        let margins = studies.map { table in
            let (first, second) = (table.both + table.firstOnly, table.both + table.secondOnly)
            let phi =
                (table.both * table.neither - table.firstOnly * table.secondOnly)
                / (first * (400 - first) * second * (400 - second)).squareRoot()
            return PairedMargins(
                firstEvents: first, firstNonEvents: 400 - first, secondEvents: second, secondNonEvents: 400 - second,
                correlation: phi)
        }
        try expectVariances(margins)
    }

    @Test func proportions() throws {
        var random = Draws(seed: 18)
        let counts = Counts(binomial: 400, 0.3)
        try expectVariances((0..<Self.draws).map { _ in Proportion(events: random.count(counts), size: 400) })
    }

    @Test func meansOfOneGroup() throws {
        var random = Draws(seed: 19)
        try expectVariances((0..<Self.draws).map { _ in random.sample(mean: 10, deviation: 3, size: 200) })
    }

    /// Correlations, which with one predictor are partial correlations, whose square is R², which is how much of a regression.
    @Test func correlations() throws {
        var random = Draws(seed: 20)
        let pairs = (0..<Self.draws).map { _ in random.correlation(0.5, size: 300) }
        try expectVariances(pairs.map { Correlation(coefficient: $0, size: 300) })
        try expectVariances(
            pairs.map {
                PartialCorrelation(evidence: .coefficient($0), size: 300, predictors: 1, determination: $0 * $0)
            })
        try expectVariances(pairs.map { Determination(evidence: .coefficient($0 * $0), size: 300, predictors: 1) })
    }

    @Test func genotypes() throws {
        var random = Draws(seed: 21)
        try expectVariances(
            (0..<Self.draws).map { _ in
                let cells = random.cells(of: 400, shares: [0.25, 0.45, 0.3])
                return Genotypes(dominant: cells[0], heterozygous: cells[1], recessive: cells[2])
            })
    }

    private func expectVariances<Outcome: StudyOutcome>(
        _ outcomes: [Outcome], only: Set<String>? = nil, except: Set<String> = [],
        settings: [String: VarianceVariant] = [:]
    ) throws {
        let studies = outcomes.map { Study("drawn", $0) }
        for measure in Outcome.Measure.allCases
        where only?.contains(measure.rawValue) ?? !except.contains(measure.rawValue) {
            let variants = settings[measure.rawValue].map { [$0] } ?? measure.variances.filter { $0 != .stratified }
            for variant in variants {
                let effects = try EffectSizes(studies, measure: measure, settings: EffectSettings(variance: variant))
                #expect(effects.excluded.isEmpty)
                let count = Double(effects.count)
                let mean = effects.effects.reduce(0) { $0 + $1.estimate } / count
                let varied =
                    effects.effects.reduce(0) { $0 + ($1.estimate - mean) * ($1.estimate - mean) } / (count - 1)
                let claimed = effects.effects.reduce(0) { $0 + $1.variance } / count
                #expect(
                    abs(varied / claimed - 1) < Self.band,
                    "\(measure.rawValue) \(variant.rawValue): estimates vary by \(varied / claimed) of what is claimed")
            }
        }
    }
}

/// A distribution of counts as a table, from which to draw by inversion.
private struct Counts {
    var first: Int
    var cumulative: [Double] = []

    init(binomial size: Int, _ share: Double) {
        self.init(mean: Double(size) * share) { count in
            Double.logGamma(Double(size) + 1) - .logGamma(Double(count) + 1) - .logGamma(Double(size - count) + 1)
                + Double(count) * .log(share) + Double(size - count) * .log(1 - share)
        }
    }

    init(poisson mean: Double) {
        self.init(mean: mean) { Double($0) * .log(mean) - mean - .logGamma(Double($0) + 1) }
    }

    private init(mean: Double, logProbability: (Int) -> Double) {
        let spread = 9 * mean.squareRoot()
        first = max(0, Int(mean - spread))
        var sum = 0.0
        for count in first...Int(mean + spread) {
            sum += Double.exp(logProbability(count))
            cumulative.append(sum)
        }
    }
}

private struct Draws {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func count(_ counts: Counts) -> Double {
        let uniform = generator.nextUniform()
        var (low, high) = (0, counts.cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if counts.cumulative[middle] < uniform { low = middle + 1 } else { high = middle }
        }
        return Double(counts.first + low)
    }

    /// How many of a sample fall into each of some classes.
    mutating func cells(of size: Int, shares: [Double]) -> [Double] {
        var cells = Array(repeating: 0.0, count: shares.count)
        for _ in 0..<size {
            var rest = generator.nextUniform()
            var cell = 0
            while cell < shares.count - 1, rest > shares[cell] {
                rest -= shares[cell]
                cell += 1
            }
            cells[cell] += 1
        }
        return cells
    }

    mutating func normal() -> Double { generator.nextNormal() }

    /// A root of a χ² variable.
    mutating func chi(_ degreesOfFreedom: Double) -> Double {
        ReferenceDistribution.chiSquared(degreesOfFreedom: degreesOfFreedom).quantile(generator.nextUniform())
            .squareRoot()
    }

    mutating func sample(mean: Double, deviation: Double, size: Double) -> SingleMean {
        SingleMean(
            mean: mean + deviation * normal() / size.squareRoot(),
            deviation: deviation * chi(size - 1) / (size - 1).squareRoot(), size: size)
    }

    /// The matrix of sums of squares and products of two normal variables of unit variance, by Bartlett's decomposition.
    private mutating func products(_ correlation: Double, size: Double) -> (first: Double, both: Double, second: Double)
    {
        let (left, below, right) = (chi(size - 1), normal(), chi(size - 2))
        let own = (1 - correlation * correlation).squareRoot()
        let (x, y) = (correlation * left + own * below, own * right)
        return (left * left, left * x, x * x + y * y)
    }

    mutating func correlation(_ correlation: Double, size: Double) -> Double {
        let sums = products(correlation, size: size)
        return sums.both / (sums.first * sums.second).squareRoot()
    }

    mutating func pair(
        means: (Double, Double), deviations: (Double, Double), correlation: Double, size: Double
    ) -> PairedMeans {
        let (one, other) = (normal(), normal())
        let sums = products(correlation, size: size)
        let root = size.squareRoot()
        return .times(
            firstMean: means.0 + deviations.0 * one / root,
            firstDeviation: deviations.0 * (sums.first / (size - 1)).squareRoot(),
            secondMean: means.1 + deviations.1
                * (correlation * one + (1 - correlation * correlation).squareRoot() * other) / root,
            secondDeviation: deviations.1 * (sums.second / (size - 1)).squareRoot(), size: size,
            correlation: sums.both / (sums.first * sums.second).squareRoot())
    }
}

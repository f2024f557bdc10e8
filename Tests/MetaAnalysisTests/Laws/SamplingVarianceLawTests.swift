import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

/// The sampling variance of a measure is what its estimates vary by: many studies of one population are drawn, and the variance of their
/// estimates is compared with the mean of the variances they claim.
///
/// 100 000 draws know a variance to √(2/10⁵) = 0.45 %, and 3 % is allowed. Studies are so large that what the approximations of the large
/// sample neglect is below 1 %. The same seed gives the same draws.
@Suite struct SamplingVarianceLawTests {
    private static let band = 0.03

    @Test(arguments: Population.all) func estimatesVaryByWhatTheyClaim(_ population: Population) throws {
        for finding in try population.findings() {
            #expect(
                abs(finding.ratio - 1) < Self.band,
                "\(finding.claim): estimates vary by \(finding.ratio) of what is claimed")
        }
    }

    @Test func everyVarianceIsCompared() {
        let every = OutcomeKind.allCases.filter { $0 != .reported }.flatMap(\.measures).flatMap { measure in
            measure.variances.map { VarianceClaim(measure: measure.code, variant: $0) }
        }
        #expect(Set(Population.all.flatMap(\.claims)) == Set(every))
    }
}

/// One definition of the sampling variance of one measure.
struct VarianceClaim: Hashable, CustomStringConvertible {
    var measure: String
    var variant: VarianceVariant

    var description: String { "\(measure) \(variant.rawValue)" }
}

/// A population that studies are drawn from, and the variances that hold for it.
struct Population: Sendable, CustomTestStringConvertible {
    /// What estimates varied by, over what they claimed.
    struct Finding {
        var claim: VarianceClaim
        var ratio: Double
    }

    private static let draws = 100_000

    let name: String
    let claims: Set<VarianceClaim>
    let findings: @Sendable () throws -> [Finding]

    var testDescription: String { name }

    /// - Parameters:
    ///   - holding: which variances of a measure are those of this population.
    ///   - draw: one study.
    init<Outcome: StudyOutcome>(
        _ name: String, seed: UInt64,
        holding variants: @Sendable @escaping (Outcome.Measure) -> [VarianceVariant] = { $0.variances },
        draw: @Sendable @escaping (inout StudyDraws) -> Outcome
    ) {
        self.name = name
        claims = Set(
            Outcome.Measure.allCases.flatMap { measure in
                variants(measure).map { VarianceClaim(measure: measure.rawValue, variant: $0) }
            })
        findings = {
            var random = StudyDraws(seed: seed)
            let outcomes = Tally((0..<Self.draws).map { _ in draw(&random) })
            return try Outcome.Measure.allCases.flatMap { measure in
                try variants(measure).map { variant in
                    Finding(
                        claim: VarianceClaim(measure: measure.rawValue, variant: variant),
                        ratio: try outcomes.variance(of: measure, variant))
                }
            }
        }
    }
}

/// Outcomes with the number of times they were drawn, in the order in which they came up: an effect is computed once for each.
private struct Tally<Outcome: StudyOutcome> {
    private let all: [Outcome]
    private var distinct: [(outcome: Outcome, count: Double)] = []

    init(_ outcomes: [Outcome]) {
        all = outcomes
        var places: [Outcome: Int] = [:]
        for outcome in outcomes {
            if let place = places[outcome] {
                distinct[place].count += 1
            } else {
                places[outcome] = distinct.count
                distinct.append((outcome, 1))
            }
        }
    }

    /// The variance of the estimates over the mean of the variances claimed.
    func variance(of measure: Outcome.Measure, _ variant: VarianceVariant) throws -> Double {
        let settings = EffectSettings(variance: variant)
        let averages = Outcome.averages(for: measure, settings: settings, over: all)
        var (total, mean, squares, claimed) = (0.0, 0.0, 0.0, 0.0)
        for (outcome, count) in distinct {
            let effect = try outcome.effect(measure, settings: settings, averages: averages)
            total += count
            let distance = effect.estimate - mean
            mean += distance * count / total
            squares += count * distance * (effect.estimate - mean)
            claimed += count * effect.variance
        }
        return squares / (total - 1) / (claimed / total)
    }
}

extension Population {
    static let all: [Population] = [
        tables, similarRisks, crossTables, cutTables, rates, rate, proportion, pairs, margins, genotypes,
        means, proportionalMeans, mixture, cutMeans, singleMean, times, unequalTimes,
        correlation, determination, fixedPredictors, partialCorrelation, reliability, superiority, equalGroups, logRank,
    ]

    // MARK: Counts

    /// Groups of given size: the phi coefficients and the correlations that assume otherwise are compared in `crossTables`.
    private static let tables = Population(
        "tables of two groups", seed: 11,
        holding: { (measure: TwoByTwoTable.Measure) in
            switch measure {
            case .phi, .fisherPhi: [.stratified]
            case .petoOddsRatio, .tetrachoric, .fisherTetrachoric: []
            default: measure.variances
            }
        },
        draw: {
            TwoByTwoTable(events: $0.binomial(2000, 0.3), of: 2000, versus: $0.binomial(2500, 0.4), of: 2500)
        })

    /// Peto's method is one for effects that are not large.
    private static let similarRisks = Population(
        "tables of similar risks", seed: 12,
        holding: { (measure: TwoByTwoTable.Measure) in measure == .petoOddsRatio ? measure.variances : [] },
        draw: {
            TwoByTwoTable(events: $0.binomial(2000, 0.36), of: 2000, versus: $0.binomial(2000, 0.38), of: 2000)
        })

    /// One sample, in which group and event are both left to chance.
    private static let crossTables = Population(
        "tables of one sample", seed: 13,
        holding: { (measure: TwoByTwoTable.Measure) in
            switch measure {
            case .phi, .fisherPhi: [.crossSectional]
            case .yuleQ, .yuleY: measure.variances
            default: []
            }
        },
        draw: { TwoByTwoTable($0.cells(of: 2000, shares: [0.2, 0.25, 0.15, 0.4])) })

    /// Normal variables with a correlation of 0.3, cut at 0.5 and at −0.3.
    private static let cutTables = Population(
        "normal variables cut in two", seed: 14,
        holding: { (measure: TwoByTwoTable.Measure) in
            [.tetrachoric, .fisherTetrachoric].contains(measure) ? measure.variances : []
        },
        draw: {
            TwoByTwoTable(
                $0.cells(
                    of: 2000, shares: [0.230389449605650, 0.078148089120337, 0.387521972583303, 0.303940488690710]))
        })

    private static let rates = Population(
        "rates of two groups", seed: 15,
        draw: {
            TwoGroupRates(
                treatedEvents: $0.poisson(1200), treatedTime: 300, controlEvents: $0.poisson(2000), controlTime: 400)
        })

    private static let rate = Population(
        "rates of one group", seed: 16, draw: { Rate(events: $0.poisson(1200), time: 300) })

    private static let proportion = Population(
        "proportions", seed: 17, draw: { Proportion(events: $0.binomial(2000, 0.3), size: 2000) })

    private static let pairs = Population("matched pairs", seed: 18, draw: { PairedTable(drawnBy: &$0) })

    private static let margins = Population(
        "margins of matched pairs", seed: 19,
        draw: { random in
            let table = PairedTable(drawnBy: &random)
            let (first, second) = (table.both + table.firstOnly, table.both + table.secondOnly)
            let (firstNone, secondNone) = (table.size - first, table.size - second)
            return PairedMargins(
                firstEvents: first, firstNonEvents: firstNone, secondEvents: second, secondNonEvents: secondNone,
                correlation: (table.both * table.neither - table.firstOnly * table.secondOnly)
                    / (first * firstNone * second * secondNone).squareRoot())
        })

    private static let genotypes = Population(
        "genotypes", seed: 20,
        draw: { random in
            let cells = random.cells(of: 2000, shares: [0.25, 0.45, 0.3])
            return Genotypes(dominant: cells[0], heterozygous: cells[1], recessive: cells[2])
        })

    // MARK: Means

    /// Two normal groups with one standard deviation. Averages of coefficients of variation over both groups need one of these
    /// (`proportionalMeans`), correlations with a group left to chance need that (`mixture`), and biserial ones a variable that was cut
    /// (`cutMeans`).
    private static let means = Population(
        "means of two groups", seed: 21,
        holding: { (measure: TwoGroupMeans.Measure) in
            switch measure {
            case .biserial, .fisherBiserial: []
            default: measure.variances.filter { ![.crossSectional, .averagedHomoscedastic].contains($0) }
            }
        },
        draw: { $0.groups((12, 3, 2000), (10, 3, 2400)) })

    /// Two normal groups with one coefficient of variation.
    private static let proportionalMeans = Population(
        "means of two groups with proportional deviations", seed: 23,
        holding: { (measure: TwoGroupMeans.Measure) in
            switch measure {
            case .ratioOfMeans: [.largeSample, .averaged, .averagedHomoscedastic]
            case .meanDifference: [.largeSample]
            case .heteroscedasticStandardizedMeanDifference, .heteroscedasticSingleDeviationMeanDifference,
                .variabilityRatio, .coefficientOfVariationRatio, .normalSuperiority:
                measure.variances
            default: []
            }
        },
        draw: { $0.groups((15, 4.5, 2000), (10, 3, 2400)) })

    /// One sample, in which the group is left to chance.
    private static let mixture = Population(
        "means of two groups of one sample", seed: 24,
        holding: { (measure: TwoGroupMeans.Measure) in
            [.pointBiserial, .fisherPointBiserial].contains(measure) ? [.crossSectional] : []
        },
        draw: {
            let treated = $0.binomial(4000, 0.4)
            return $0.groups((12, 3, treated), (10, 3, 4000 - treated))
        })

    private static let cutMeans = Population(
        "a normal variable cut in two", seed: 25,
        holding: { (measure: TwoGroupMeans.Measure) in
            [.biserial, .fisherBiserial].contains(measure) ? measure.variances : []
        },
        draw: { $0.cut(at: 0.4, correlation: 0.5, size: 4000) })

    private static let singleMean = Population(
        "means of one group", seed: 26, draw: { $0.sample(mean: 10, deviation: 3, size: 2000) })

    private static let times = Population(
        "two times", seed: 27,
        draw: { $0.times(means: (12, 10), deviations: (3, 3), correlation: 0.6, size: 2000) })

    /// Measures that allow another standard deviation at each time.
    private static let unequalTimes = Population(
        "two times with unequal deviations", seed: 28,
        holding: { (measure: PairedMeans.Measure) in
            switch measure {
            case .rawScoreStandardizedMeanChange, .pooledStandardizedMeanChange: []
            default: measure.variances
            }
        },
        draw: { $0.times(means: (14, 10), deviations: (4, 2.5), correlation: 0.6, size: 2000) })

    // MARK: Correlations

    private static let correlation = Population(
        "correlations", seed: 29,
        draw: { Correlation(coefficient: $0.regression((0.5, 0), size: 2000).0, size: 2000) })

    private static let determination = Population(
        "determinations", seed: 30,
        holding: { (measure: Determination.Measure) in [.raw, .fisherZ].contains(measure) ? measure.variances : [] },
        draw: { random in
            let own = random.regression((0.5, 0.3), size: 2000).2
            return Determination(evidence: .coefficient(1 - own * own), size: 2000, predictors: 2)
        })

    /// The sum of squares of the regression over σ² is (√λ + z)² and a χ² variable for the other predictor, with λ = n ρ²/(1 − ρ²).
    private static let fixedPredictors = Population(
        "determinations by fixed predictors", seed: 36,
        holding: { (measure: Determination.Measure) in [.raw, .fisherZ].contains(measure) ? [] : measure.variances },
        draw: { random in
            let (size, share) = (2000.0, 0.6)
            let main = (size * share / (1 - share)).squareRoot() + random.normal()
            let other = random.normal()
            let explained = main * main + other * other
            let residual = random.chiSquared(size - 3)
            return Determination(
                evidence: .coefficient(explained / (explained + residual)), size: size, predictors: 2)
        })

    private static let partialCorrelation = Population(
        "one of two predictors", seed: 31,
        draw: { random in
            let (first, second, own) = random.regression((0.5, 0.3), size: 2000)
            return PartialCorrelation(
                evidence: .statistic(second / own * 1997.squareRoot()), size: 2000, predictors: 2,
                determination: first * first + second * second)
        })

    // MARK: Other

    /// Items of one variance and one correlation among them: analysis of variance tells participants from items, 1 − alpha is the
    /// ratio of the mean squares of residual and participants, and so alpha-hat has (1 − alpha-hat)/(1 − alpha) distributed as F on
    /// (n − 1)(m − 1) and n − 1 degrees of freedom.
    private static let reliability = Population(
        "coefficients alpha", seed: 32,
        draw: { random in
            let (items, size) = (8.0, 2000.0)
            let (within, between) = ((size - 1) * (items - 1), size - 1)
            let ratio = random.chiSquared(within) / within / (random.chiSquared(between) / between)
            return Reliability(alpha: 1 - 0.2 * ratio, items: items, size: size)
        })

    /// Exponential values, for which Hanley and McNeil derive what differs between the groups.
    private static let superiority = Population(
        "probabilities of superiority", seed: 33,
        holding: { (measure: Superiority.Measure) in [.largeSampleSquaredCorrection] },
        draw: { $0.superiority(hazardRatio: 0.5, sizes: (80, 120)) })

    /// With groups of one size Newcombe's variance, which takes their mean, is the same.
    private static let equalGroups = Population(
        "probabilities of superiority in equal groups", seed: 34,
        holding: { (measure: Superiority.Measure) in [.largeSample] },
        draw: { $0.superiority(hazardRatio: 0.5, sizes: (100, 100)) })

    /// Like Peto's, an approximation for hazard ratios that are not far from 1, and for groups that stay of similar size: of 200 participants
    /// who are all followed to the end, estimates vary by 3 % more than they claim.
    private static let logRank = Population(
        "log-rank tests", seed: 35, draw: { $0.logRank(hazardRatio: 0.95, sizes: (1000, 1000), events: 200) })
}

extension TwoByTwoTable {
    fileprivate init(_ cells: [Double]) {
        self.init(
            treatedEvents: cells[0], treatedNonEvents: cells[1], controlEvents: cells[2], controlNonEvents: cells[3])
    }
}

extension PairedTable {
    fileprivate init(drawnBy random: inout StudyDraws) {
        let cells = random.cells(of: 2000, shares: [0.3, 0.16, 0.14, 0.4])
        self.init(both: cells[0], firstOnly: cells[1], secondOnly: cells[2], neither: cells[3])
    }
}

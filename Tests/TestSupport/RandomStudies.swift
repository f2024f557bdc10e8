public import MetaAnalysis

/// Seeded studies of every kind of data.
public enum RandomStudies {
    /// One collection for each kind, of ten studies.
    public static let all: [StudyCollection] = OutcomeKind.allCases.map { collection(of: $0, seed: 7) }

    /// Means and standard deviations of two groups.
    public static func twoGroupMeans(seed: UInt64, count: Int = 10) -> [Study<TwoGroupMeans>] {
        var random = RandomOutcomes(seed: seed)
        return studies(count) { random.means() }
    }

    /// Events and person-time of two groups.
    public static func twoGroupRates(seed: UInt64, count: Int = 10) -> [Study<TwoGroupRates>] {
        var random = RandomOutcomes(seed: seed)
        return studies(count) { random.rates() }
    }

    /// Studies of any kind of data.
    public static func collection(of kind: OutcomeKind, seed: UInt64, count: Int = 10) -> StudyCollection {
        var random = RandomOutcomes(seed: seed)
        switch kind {
        case .twoByTwo: return .twoByTwo(studies(count) { random.table() })
        case .twoGroupMeans: return .twoGroupMeans(twoGroupMeans(seed: seed, count: count))
        case .pairedMeans: return .pairedMeans(studies(count) { random.pairs() })
        case .twoGroupRates: return .twoGroupRates(twoGroupRates(seed: seed, count: count))
        case .pairedTable:
            return .pairedTable(
                studies(count) {
                    PairedTable(
                        both: random.whole(5, 60), firstOnly: random.whole(3, 30), secondOnly: random.whole(3, 30),
                        neither: random.whole(5, 60))
                })
        case .pairedMargins:
            return .pairedMargins(
                studies(count) {
                    let (size, first, second) = (random.whole(40, 90), random.whole(8, 30), random.whole(8, 30))
                    return PairedMargins(
                        firstEvents: first, firstNonEvents: size - first, secondEvents: second,
                        secondNonEvents: size - second, correlation: random.between(0, 0.8))
                })
        case .genotypes:
            return .genotypes(
                studies(count) {
                    Genotypes(
                        dominant: random.whole(9, 80), heterozygous: random.whole(20, 150),
                        recessive: random.whole(9, 80))
                })
        case .singleMean:
            return .singleMean(
                studies(count) {
                    SingleMean(mean: random.between(4, 9), deviation: random.between(1, 3), size: random.whole(5, 90))
                })
        case .proportion:
            return .proportion(
                studies(count) {
                    let size = random.whole(20, 200)
                    return Proportion(events: (size * random.between(0.1, 0.9)).rounded(), size: size)
                })
        case .rate:
            return .rate(
                studies(count) { Rate(events: random.whole(1, 40), time: random.between(50, 900)) })
        case .correlation:
            return .correlation(
                studies(count) { Correlation(coefficient: random.between(-0.6, 0.8), size: random.whole(8, 200)) })
        case .reliability:
            return .reliability(
                studies(count) {
                    Reliability(
                        alpha: random.between(0.4, 0.95), items: random.whole(3, 20), size: random.whole(20, 300))
                })
        case .partialCorrelation:
            return .partialCorrelation(
                studies(count) {
                    PartialCorrelation(
                        evidence: .statistic(random.between(-2, 5)), size: random.whole(40, 300),
                        predictors: random.whole(1, 12), determination: random.between(0.5, 0.8))
                })
        case .determination:
            return .determination(
                studies(count) {
                    Determination(
                        evidence: .coefficient(random.between(0.05, 0.7)), size: random.whole(40, 300),
                        predictors: random.whole(1, 12))
                })
        case .superiority:
            return .superiority(
                studies(count) {
                    Superiority(
                        probability: random.between(0.5, 0.95), treatedSize: random.whole(10, 90),
                        controlSize: random.whole(10, 90))
                })
        case .logRank:
            return .logRank(
                studies(count) { LogRank(excess: random.between(-12, 6), variance: random.between(5, 60)) })
        case .reported:
            return .reported(
                studies(count) {
                    ReportedEffect(estimate: random.between(0.3, 2), precision: .variance(random.between(0.02, 0.5)))
                })
        }
    }

    /// Tables with zeros among their cells, as sparse as those of rare harms.
    public static func sparseTables(seed: UInt64, count: Int = 8) -> [Study<TwoByTwoTable>] {
        var random = RandomOutcomes(seed: seed)
        return studies(count) {
            TwoByTwoTable(
                events: random.whole(0, 3), of: random.whole(20, 60), versus: random.whole(0, 4),
                of: random.whole(20, 60))
        }
    }

    private static func studies<Outcome>(_ count: Int, _ outcome: () -> Outcome) -> [Study<Outcome>] {
        (0..<count).map { Study("study \($0 + 1)", outcome(), row: $0 + 2) }
    }
}

private struct RandomOutcomes {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * generator.nextUniform() }

    mutating func whole(_ low: Double, _ high: Double) -> Double { between(low, high + 1).rounded(.down) }

    mutating func table() -> TwoByTwoTable {
        let (treated, control) = (whole(20, 300), whole(20, 300))
        return TwoByTwoTable(
            events: (treated * between(0.05, 0.5)).rounded(), of: treated,
            versus: (control * between(0.1, 0.6)).rounded(), of: control)
    }

    mutating func means() -> TwoGroupMeans {
        TwoGroupMeans(
            treatedSize: whole(8, 90), treatedMean: between(9, 14), treatedDeviation: between(2, 4),
            controlSize: whole(8, 90), controlMean: between(8, 12), controlDeviation: between(2, 4))
    }

    mutating func pairs() -> PairedMeans {
        .times(
            firstMean: between(9, 14), firstDeviation: between(2, 4), secondMean: between(8, 12),
            secondDeviation: between(2, 4), size: whole(8, 90), correlation: between(0.2, 0.9))
    }

    mutating func rates() -> TwoGroupRates {
        TwoGroupRates(
            treatedEvents: whole(1, 40), treatedTime: between(100, 900), controlEvents: whole(1, 60),
            controlTime: between(100, 900))
    }
}

extension StudyCollection {
    /// The same studies with the two groups exchanged; `nil` for data of one group.
    public var withGroupsExchanged: StudyCollection? {
        switch self {
        case .twoByTwo(let studies):
            .twoByTwo(
                studies.exchanging((\.treatedEvents, \.controlEvents), (\.treatedNonEvents, \.controlNonEvents)))
        case .twoGroupMeans(let studies):
            .twoGroupMeans(
                studies.exchanging(
                    (\.treatedSize, \.controlSize), (\.treatedMean, \.controlMean),
                    (\.treatedDeviation, \.controlDeviation)))
        case .pairedTable(let studies): .pairedTable(studies.exchanging((\.firstOnly, \.secondOnly)))
        case .pairedMargins(let studies):
            .pairedMargins(
                studies.exchanging((\.firstEvents, \.secondEvents), (\.firstNonEvents, \.secondNonEvents)))
        case .pairedMeans(let studies): .pairedMeans(studies.changing { $0 = $0.withTimesExchanged })
        case .twoGroupRates(let studies):
            .twoGroupRates(studies.exchanging((\.treatedEvents, \.controlEvents), (\.treatedTime, \.controlTime)))
        case .superiority(let studies):
            .superiority(
                studies.exchanging((\.treatedSize, \.controlSize)).changing { $0.probability = 1 - $0.probability })
        case .logRank(let studies): .logRank(studies.multiplying(by: -1, \.excess))
        default: nil
        }
    }

    /// The same studies with means and standard deviations in another unit; `nil` for data without a unit.
    public func inUnit(_ unit: Double) -> StudyCollection? {
        switch self {
        case .twoGroupMeans(let studies):
            .twoGroupMeans(
                studies.multiplying(by: unit, \.treatedMean, \.treatedDeviation, \.controlMean, \.controlDeviation))
        case .pairedMeans(let studies): .pairedMeans(studies.changing { $0 = $0.multiplied(values: unit) })
        case .singleMean(let studies): .singleMean(studies.multiplying(by: unit, \.mean, \.deviation))
        default: nil
        }
    }

    /// The same proportions, means and correlations in studies `factor` times as large; `nil` for effects as reported.
    public func enlarged(by factor: Double) -> StudyCollection? {
        switch self {
        case .twoByTwo(let studies):
            .twoByTwo(
                studies.multiplying(
                    by: factor, \.treatedEvents, \.treatedNonEvents, \.controlEvents, \.controlNonEvents))
        case .twoGroupMeans(let studies): .twoGroupMeans(studies.multiplying(by: factor, \.treatedSize, \.controlSize))
        case .pairedMeans(let studies): .pairedMeans(studies.changing { $0 = $0.multiplied(size: factor) })
        case .twoGroupRates(let studies):
            .twoGroupRates(
                studies.multiplying(by: factor, \.treatedEvents, \.treatedTime, \.controlEvents, \.controlTime))
        case .pairedTable(let studies):
            .pairedTable(studies.multiplying(by: factor, \.both, \.firstOnly, \.secondOnly, \.neither))
        case .pairedMargins(let studies):
            .pairedMargins(
                studies.multiplying(
                    by: factor, \.firstEvents, \.firstNonEvents, \.secondEvents, \.secondNonEvents))
        case .singleMean(let studies): .singleMean(studies.multiplying(by: factor, \.size))
        case .proportion(let studies): .proportion(studies.multiplying(by: factor, \.events, \.size))
        case .rate(let studies): .rate(studies.multiplying(by: factor, \.events, \.time))
        case .correlation(let studies): .correlation(studies.multiplying(by: factor, \.size))
        case .reliability(let studies): .reliability(studies.multiplying(by: factor, \.size))
        case .partialCorrelation(let studies):
            .partialCorrelation(
                studies.multiplying(by: factor, \.size).changing { outcome in
                    // A statistic grows with the root of the size.
                    if case .statistic(let t) = outcome.evidence {
                        outcome.evidence = .statistic(t * factor.squareRoot())
                    }
                })
        case .determination(let studies): .determination(studies.multiplying(by: factor, \.size))
        case .superiority(let studies): .superiority(studies.multiplying(by: factor, \.treatedSize, \.controlSize))
        case .genotypes(let studies):
            .genotypes(studies.multiplying(by: factor, \.dominant, \.heterozygous, \.recessive))
        case .logRank(let studies): .logRank(studies.multiplying(by: factor, \.excess, \.variance))
        case .reported, .mixed: nil
        }
    }
}

extension PairedMeans {
    fileprivate var withTimesExchanged: PairedMeans {
        switch self {
        case .times(let firstMean, let firstDeviation, let secondMean, let secondDeviation, let size, let correlation):
            .times(
                firstMean: secondMean, firstDeviation: secondDeviation, secondMean: firstMean,
                secondDeviation: firstDeviation, size: size, correlation: correlation)
        case .change(let mean, let deviation, let size): .change(mean: -mean, deviation: deviation, size: size)
        }
    }

    /// With means and deviations, and the size, that many times as large.
    fileprivate func multiplied(values unit: Double = 1, size factor: Double = 1) -> PairedMeans {
        switch self {
        case .times(let firstMean, let firstDeviation, let secondMean, let secondDeviation, let size, let correlation):
            .times(
                firstMean: firstMean * unit, firstDeviation: firstDeviation * unit, secondMean: secondMean * unit,
                secondDeviation: secondDeviation * unit, size: size * factor, correlation: correlation)
        case .change(let mean, let deviation, let size):
            .change(mean: mean * unit, deviation: deviation * unit, size: size * factor)
        }
    }
}

extension Array {
    fileprivate func changing<Outcome>(_ change: (inout Outcome) -> Void) -> [Study<Outcome>]
    where Element == Study<Outcome> {
        map { study in
            var study = study
            change(&study.outcome)
            return study
        }
    }

    fileprivate func multiplying<Outcome>(
        by factor: Double, _ fields: WritableKeyPath<Outcome, Double>...
    ) -> [Study<Outcome>] where Element == Study<Outcome> {
        changing { outcome in for field in fields { outcome[keyPath: field] *= factor } }
    }

    fileprivate func exchanging<Outcome>(
        _ pairs: (WritableKeyPath<Outcome, Double>, WritableKeyPath<Outcome, Double>)...
    ) -> [Study<Outcome>] where Element == Study<Outcome> {
        changing { outcome in
            for (first, second) in pairs {
                (outcome[keyPath: first], outcome[keyPath: second]) = (
                    outcome[keyPath: second], outcome[keyPath: first]
                )
            }
        }
    }
}

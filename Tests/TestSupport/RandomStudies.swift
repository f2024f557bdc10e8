public import MetaAnalysis

/// Seeded studies of every kind of data.
public enum RandomStudies {
    /// One collection for each kind, of ten studies.
    public static let all: [StudyCollection] = OutcomeKind.allCases.map { collection(of: $0, seed: 7) }

    public static func collection(of kind: OutcomeKind, seed: UInt64, count: Int = 10) -> StudyCollection {
        var random = RandomOutcomes(seed: seed)
        switch kind {
        case .twoByTwo: return .twoByTwo(studies(count) { random.table() })
        case .twoGroupMeans: return .twoGroupMeans(studies(count) { random.means() })
        case .pairedMeans: return .pairedMeans(studies(count) { random.pairs() })
        case .twoGroupRates: return .twoGroupRates(studies(count) { random.rates() })
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
                studies.map {
                    $0.with(
                        TwoByTwoTable(
                            treatedEvents: $0.outcome.controlEvents, treatedNonEvents: $0.outcome.controlNonEvents,
                            controlEvents: $0.outcome.treatedEvents, controlNonEvents: $0.outcome.treatedNonEvents))
                })
        case .twoGroupMeans(let studies):
            .twoGroupMeans(
                studies.map {
                    $0.with(
                        TwoGroupMeans(
                            treatedSize: $0.outcome.controlSize, treatedMean: $0.outcome.controlMean,
                            treatedDeviation: $0.outcome.controlDeviation, controlSize: $0.outcome.treatedSize,
                            controlMean: $0.outcome.treatedMean, controlDeviation: $0.outcome.treatedDeviation))
                })
        case .pairedTable(let studies):
            .pairedTable(
                studies.map {
                    $0.with(
                        PairedTable(
                            both: $0.outcome.both, firstOnly: $0.outcome.secondOnly, secondOnly: $0.outcome.firstOnly,
                            neither: $0.outcome.neither))
                })
        case .pairedMargins(let studies):
            .pairedMargins(
                studies.map {
                    $0.with(
                        PairedMargins(
                            firstEvents: $0.outcome.secondEvents, firstNonEvents: $0.outcome.secondNonEvents,
                            secondEvents: $0.outcome.firstEvents, secondNonEvents: $0.outcome.firstNonEvents,
                            correlation: $0.outcome.correlation))
                })
        case .pairedMeans(let studies):
            .pairedMeans(studies.map { $0.with($0.outcome.withTimesExchanged) })
        case .twoGroupRates(let studies):
            .twoGroupRates(
                studies.map {
                    $0.with(
                        TwoGroupRates(
                            treatedEvents: $0.outcome.controlEvents, treatedTime: $0.outcome.controlTime,
                            controlEvents: $0.outcome.treatedEvents, controlTime: $0.outcome.treatedTime))
                })
        case .superiority(let studies):
            .superiority(
                studies.map {
                    $0.with(
                        Superiority(
                            probability: 1 - $0.outcome.probability, treatedSize: $0.outcome.controlSize,
                            controlSize: $0.outcome.treatedSize))
                })
        case .logRank(let studies):
            .logRank(
                studies.map { $0.with(LogRank(excess: -$0.outcome.excess, variance: $0.outcome.variance)) })
        default: nil
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
}

extension StudyCollection {
    /// The same studies with means and standard deviations in another unit; `nil` for data without a unit.
    public func inUnit(_ unit: Double) -> StudyCollection? {
        switch self {
        case .twoGroupMeans(let studies):
            .twoGroupMeans(
                studies.map { study in
                    var outcome = study.outcome
                    outcome.treatedMean *= unit
                    outcome.treatedDeviation *= unit
                    outcome.controlMean *= unit
                    outcome.controlDeviation *= unit
                    return study.with(outcome)
                })
        case .pairedMeans(let studies):
            .pairedMeans(studies.map { $0.with($0.outcome.inUnit(unit)) })
        case .singleMean(let studies):
            .singleMean(
                studies.map {
                    $0.with(
                        SingleMean(
                            mean: $0.outcome.mean * unit, deviation: $0.outcome.deviation * unit, size: $0.outcome.size)
                    )
                })
        default: nil
        }
    }
}

extension PairedMeans {
    fileprivate func inUnit(_ unit: Double) -> PairedMeans {
        switch self {
        case .times(let firstMean, let firstDeviation, let secondMean, let secondDeviation, let size, let correlation):
            .times(
                firstMean: firstMean * unit, firstDeviation: firstDeviation * unit, secondMean: secondMean * unit,
                secondDeviation: secondDeviation * unit, size: size, correlation: correlation)
        case .change(let mean, let deviation, let size):
            .change(mean: mean * unit, deviation: deviation * unit, size: size)
        }
    }
}

extension StudyCollection {
    /// The same proportions, means and correlations in studies `factor` times as large; `nil` for effects as reported.
    public func enlarged(by factor: Double) -> StudyCollection? {
        switch self {
        case .twoByTwo(let studies):
            .twoByTwo(
                studies.map {
                    $0.with(
                        TwoByTwoTable(
                            treatedEvents: $0.outcome.treatedEvents * factor,
                            treatedNonEvents: $0.outcome.treatedNonEvents * factor,
                            controlEvents: $0.outcome.controlEvents * factor,
                            controlNonEvents: $0.outcome.controlNonEvents * factor))
                })
        case .twoGroupMeans(let studies):
            .twoGroupMeans(
                studies.map { study in
                    var outcome = study.outcome
                    outcome.treatedSize *= factor
                    outcome.controlSize *= factor
                    return study.with(outcome)
                })
        case .pairedMeans(let studies): .pairedMeans(studies.map { $0.with($0.outcome.enlarged(by: factor)) })
        case .twoGroupRates(let studies):
            .twoGroupRates(
                studies.map {
                    $0.with(
                        TwoGroupRates(
                            treatedEvents: $0.outcome.treatedEvents * factor,
                            treatedTime: $0.outcome.treatedTime * factor,
                            controlEvents: $0.outcome.controlEvents * factor,
                            controlTime: $0.outcome.controlTime * factor))
                })
        case .pairedTable(let studies):
            .pairedTable(
                studies.map {
                    $0.with(
                        PairedTable(
                            both: $0.outcome.both * factor, firstOnly: $0.outcome.firstOnly * factor,
                            secondOnly: $0.outcome.secondOnly * factor, neither: $0.outcome.neither * factor))
                })
        case .pairedMargins(let studies):
            .pairedMargins(
                studies.map {
                    $0.with(
                        PairedMargins(
                            firstEvents: $0.outcome.firstEvents * factor,
                            firstNonEvents: $0.outcome.firstNonEvents * factor,
                            secondEvents: $0.outcome.secondEvents * factor,
                            secondNonEvents: $0.outcome.secondNonEvents * factor, correlation: $0.outcome.correlation))
                })
        case .singleMean(let studies):
            .singleMean(
                studies.map {
                    $0.with(
                        SingleMean(
                            mean: $0.outcome.mean, deviation: $0.outcome.deviation, size: $0.outcome.size * factor))
                })
        case .proportion(let studies):
            .proportion(
                studies.map {
                    $0.with(Proportion(events: $0.outcome.events * factor, size: $0.outcome.size * factor))
                })
        case .rate(let studies):
            .rate(studies.map { $0.with(Rate(events: $0.outcome.events * factor, time: $0.outcome.time * factor)) })
        case .correlation(let studies):
            .correlation(
                studies.map {
                    $0.with(Correlation(coefficient: $0.outcome.coefficient, size: $0.outcome.size * factor))
                })
        case .reliability(let studies):
            .reliability(
                studies.map {
                    $0.with(
                        Reliability(
                            alpha: $0.outcome.alpha, items: $0.outcome.items, size: $0.outcome.size * factor))
                })
        case .partialCorrelation(let studies):
            .partialCorrelation(studies.map { $0.with($0.outcome.enlarged(by: factor)) })
        case .determination(let studies):
            .determination(
                studies.map { study in
                    var outcome = study.outcome
                    outcome.size *= factor
                    return study.with(outcome)
                })
        case .superiority(let studies):
            .superiority(
                studies.map {
                    $0.with(
                        Superiority(
                            probability: $0.outcome.probability, treatedSize: $0.outcome.treatedSize * factor,
                            controlSize: $0.outcome.controlSize * factor))
                })
        case .genotypes(let studies):
            .genotypes(
                studies.map {
                    $0.with(
                        Genotypes(
                            dominant: $0.outcome.dominant * factor, heterozygous: $0.outcome.heterozygous * factor,
                            recessive: $0.outcome.recessive * factor))
                })
        case .logRank(let studies):
            .logRank(
                studies.map {
                    $0.with(LogRank(excess: $0.outcome.excess * factor, variance: $0.outcome.variance * factor))
                })
        case .reported, .mixed: nil
        }
    }
}

extension PairedMeans {
    fileprivate func enlarged(by factor: Double) -> PairedMeans {
        switch self {
        case .times(let firstMean, let firstDeviation, let secondMean, let secondDeviation, let size, let correlation):
            .times(
                firstMean: firstMean, firstDeviation: firstDeviation, secondMean: secondMean,
                secondDeviation: secondDeviation, size: size * factor, correlation: correlation)
        case .change(let mean, let deviation, let size):
            .change(mean: mean, deviation: deviation, size: size * factor)
        }
    }
}

extension PartialCorrelation {
    /// A statistic grows with the root of the size.
    fileprivate func enlarged(by factor: Double) -> PartialCorrelation {
        var larger = self
        larger.size *= factor
        if case .statistic(let t) = evidence { larger.evidence = .statistic(t * factor.squareRoot()) }
        return larger
    }
}

extension Study {
    fileprivate func with(_ outcome: Outcome) -> Study {
        var study = self
        study.outcome = outcome
        return study
    }
}

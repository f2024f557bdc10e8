public import MetaAnalysis

/// Every combination of the values at which formulas give way: sizes of 0, 1, 2, 3 and a thousand million, counts at both ends,
/// standard deviations of 0, correlations of 1. Some are data that no study can have.
public enum ExtremeStudies {
    private static let sizes = [0, 1, 2, 3, 1e9]
    private static let means = [-5.0, 0, 5]
    private static let deviations = [0.0, 2]
    private static let correlations = [-1, 0, 0.5, 1]

    /// Studies with numbers at the ends of their ranges.
    public static func collection(of kind: OutcomeKind) -> StudyCollection {
        switch kind {
        case .twoByTwo:
            .twoByTwo(
                studies([[0, 1, 2, 1e9], [0, 1, 3, 1e9], [0, 1, 2, 1e9], [0, 1, 3, 1e9]]) {
                    TwoByTwoTable(
                        treatedEvents: $0[0], treatedNonEvents: $0[1], controlEvents: $0[2], controlNonEvents: $0[3])
                })
        case .twoGroupMeans:
            .twoGroupMeans(
                studies([sizes, means, deviations, sizes, means, deviations]) {
                    TwoGroupMeans(
                        treatedSize: $0[0], treatedMean: $0[1], treatedDeviation: $0[2], controlSize: $0[3],
                        controlMean: $0[4], controlDeviation: $0[5])
                })
        case .pairedMeans:
            .pairedMeans(
                studies([means, deviations, means, deviations, sizes, correlations]) {
                    .times(
                        firstMean: $0[0], firstDeviation: $0[1], secondMean: $0[2], secondDeviation: $0[3], size: $0[4],
                        correlation: $0[5])
                } + studies([means, deviations, sizes]) { .change(mean: $0[0], deviation: $0[1], size: $0[2]) })
        case .twoGroupRates:
            .twoGroupRates(
                studies([[0, 1, 1e9], [0, 1e-6, 1e9], [0, 1, 1e9], [0, 1e-6, 1e9]]) {
                    TwoGroupRates(
                        treatedEvents: $0[0], treatedTime: $0[1], controlEvents: $0[2], controlTime: $0[3])
                })
        case .pairedTable:
            .pairedTable(
                studies(Array(repeating: [0, 1, 3, 1e9], count: 4)) {
                    PairedTable(both: $0[0], firstOnly: $0[1], secondOnly: $0[2], neither: $0[3])
                })
        case .pairedMargins:
            .pairedMargins(
                studies([sizes, [0, 0.5, 1], [0, 0.5, 1], correlations]) {
                    PairedMargins(
                        firstEvents: $0[0] * $0[1], firstNonEvents: $0[0] * (1 - $0[1]), secondEvents: $0[0] * $0[2],
                        secondNonEvents: $0[0] * (1 - $0[2]), correlation: $0[3])
                })
        case .singleMean:
            .singleMean(
                studies([means, deviations, sizes]) { SingleMean(mean: $0[0], deviation: $0[1], size: $0[2]) })
        case .proportion:
            .proportion(studies([[0, 1, 2, 1e9], sizes]) { Proportion(events: $0[0], size: $0[1]) })
        case .rate: .rate(studies([[0, 1, 1e9], [0, 1e-6, 1, 1e9]]) { Rate(events: $0[0], time: $0[1]) })
        case .correlation:
            .correlation(
                studies([correlations + [-1 + 1e-15, 1 - 1e-15, 1e-300], sizes + [4, 5, 6]]) {
                    Correlation(coefficient: $0[0], size: $0[1])
                })
        case .reliability:
            .reliability(
                studies([[-1e9, -5, 0, 0.9, 1 - 1e-15, 1], [1, 2, 1e9], sizes]) {
                    Reliability(alpha: $0[0], items: $0[1], size: $0[2])
                })
        case .genotypes:
            .genotypes(
                studies(Array(repeating: [0, 1, 1e9], count: 3)) {
                    Genotypes(dominant: $0[0], heterozygous: $0[1], recessive: $0[2])
                })
        case .partialCorrelation:
            .partialCorrelation(
                [nil, 0, 0.5, 1].flatMap { (determination: Double?) in
                    studies([sizes + [4, 5], [1, 2, 1e9], [-1e9, -1, 0, 0.5, 1, 1e9]]) { values in
                        PartialCorrelation(
                            evidence: .statistic(values[2]), size: values[0], predictors: values[1],
                            determination: determination)
                    }
                        + studies([sizes + [4, 5], [1, 2, 1e9], [-1, -1e-300, 0, 1e-9, 1]]) { values in
                            PartialCorrelation(
                                evidence: .pValue(values[2]), size: values[0], predictors: values[1],
                                determination: determination)
                        }
                        + studies([sizes + [4, 5], [1, 2, 1e9], correlations]) { values in
                            PartialCorrelation(
                                evidence: .coefficient(values[2]), size: values[0], predictors: values[1],
                                determination: determination)
                        }
                })
        case .determination:
            .determination(
                studies([sizes + [4, 5], [1, 2, 1e9], [0, 1e-9, 0.5, 1]]) {
                    Determination(evidence: .coefficient($0[2]), size: $0[0], predictors: $0[1])
                }
                    + studies([sizes + [4, 5], [1, 2, 1e9], [0, 1e-9, 1, 1e9]]) {
                        Determination(evidence: .statistic($0[2]), size: $0[0], predictors: $0[1])
                    }
                    + studies([sizes + [4, 5], [1, 2, 1e9], [0, 1e-9, 0.5, 1]]) {
                        Determination(evidence: .pValue($0[2]), size: $0[0], predictors: $0[1])
                    })
        case .superiority:
            .superiority(
                studies([[0, 1e-9, 0.5, 1 - 1e-15, 1], sizes, sizes]) {
                    Superiority(probability: $0[0], treatedSize: $0[1], controlSize: $0[2])
                })
        case .logRank:
            .logRank(
                studies([[-1e9, -1, 0, 1e-9, 1e9], [0, 1e-9, 1, 1e9]]) { LogRank(excess: $0[0], variance: $0[1]) })
        case .reported:
            .reported(
                studies([[-1e9, -1, 0, 1e-9, 1, 1e9], [0, 1e-9, 1e9]]) {
                    ReportedEffect(estimate: $0[0], precision: .variance($0[1]))
                }
                    + studies([[-1e9, -1, 0, 1e-9, 1, 1e9], [0, 1e-9, 1e9]]) {
                        ReportedEffect(estimate: $0[0], precision: .standardError($0[1]))
                    }
                    + studies([[1, 1e9], [-1, 0, 1e-9, 1], [1, 2e9]]) {
                        ReportedEffect(
                            estimate: $0[0], precision: .interval(lower: $0[1], upper: $0[2], level: 0.95))
                    })
        }
    }

    /// A study for every combination, named by its values.
    private static func studies<Outcome>(_ values: [[Double]], _ outcome: ([Double]) -> Outcome) -> [Study<Outcome>] {
        values.reduce([[]]) { combinations, next in combinations.flatMap { one in next.map { one + [$0] } } }
            .map { Study("\($0)", outcome($0)) }
    }
}

/// Studies of one kind of data that is known only at run time, as a reader of tables returns them. Some of them may report the effect
/// alone.
///
/// ```swift
/// let effects = try studies.effectSizes(measureCode: "RR")
/// ```
public enum StudyCollection: Hashable, Sendable, Codable {
    /// Events of two groups.
    case twoByTwo([Study<TwoByTwoTable>])
    /// Means of two groups.
    case twoGroupMeans([Study<TwoGroupMeans>])
    /// Means of one group at two times, or their change.
    case pairedMeans([Study<PairedMeans>])
    /// Events in the person-time of two groups.
    case twoGroupRates([Study<TwoGroupRates>])
    /// Events of matched pairs.
    case pairedTable([Study<PairedTable>])
    /// Total numbers of events of matched pairs, with their correlation.
    case pairedMargins([Study<PairedMargins>])
    /// Means of one group.
    case singleMean([Study<SingleMean>])
    /// Events of one group.
    case proportion([Study<Proportion>])
    /// Events in the person-time of one group.
    case rate([Study<Rate>])
    /// Correlations.
    case correlation([Study<Correlation>])
    /// Reliability coefficients alpha.
    case reliability([Study<Reliability>])
    /// Predictors of regressions, one for each study.
    case partialCorrelation([Study<PartialCorrelation>])
    /// Coefficients of determination R².
    case determination([Study<Determination>])
    /// Probabilities of superiority, or areas under curves.
    case superiority([Study<Superiority>])
    /// Genotypes of one group.
    case genotypes([Study<Genotypes>])
    /// Sums of log-rank tests.
    case logRank([Study<LogRank>])
    /// Effects as the studies report them.
    case reported([Study<ReportedEffect>])
    /// Studies of one kind, together with studies that report the effect alone.
    indirect case mixed(MixedStudies)

    /// Kind of data; for mixed studies, the kind of those whose effects are computed.
    public var kind: OutcomeKind {
        switch self {
        case .twoByTwo: .twoByTwo
        case .twoGroupMeans: .twoGroupMeans
        case .pairedMeans: .pairedMeans
        case .twoGroupRates: .twoGroupRates
        case .pairedTable: .pairedTable
        case .pairedMargins: .pairedMargins
        case .singleMean: .singleMean
        case .proportion: .proportion
        case .rate: .rate
        case .correlation: .correlation
        case .reliability: .reliability
        case .partialCorrelation: .partialCorrelation
        case .determination: .determination
        case .superiority: .superiority
        case .genotypes: .genotypes
        case .logRank: .logRank
        case .reported: .reported
        case .mixed(let studies): studies.computed.kind
        }
    }

    /// Computes the effects under the measure of this code.
    ///
    /// - Parameters:
    ///   - measureCode: code of the measure, in upper or lower case ("rr"); `nil` means the default measure of the kind.
    ///   - settings: continuity correction, variance variant, bias correction.
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`, naming the codes that this kind offers) for a code that this kind of data
    ///   does not have, and whatever `EffectSizes.init(_:measure:settings:)` throws.
    public func effectSizes(
        measureCode: String? = nil, settings: EffectSettings = EffectSettings()
    ) throws -> EffectSizes {
        try list.effectSizes(measureCode: measureCode, settings: settings)
    }

    /// Returns the line of the file from which the study was read; `nil` if it was not read from a file.
    public func row(at index: Int) -> Int? { list.row(at: index) }

    /// Returns whether the study has no events, or events only, in both groups.
    func isDoubleZero(at index: Int) -> Bool { list.isDoubleZero(at: index) }

    /// Whether a study reports a confidence interval instead of a variance or standard error.
    package var reportsIntervals: Bool {
        switch self {
        case .reported(let studies):
            studies.contains { if case .interval = $0.outcome.precision { true } else { false } }
        case .mixed(let studies): StudyCollection.reported(studies.reported).reportsIntervals
        default: false
        }
    }

    /// Returns the number of participants of the study (person-time of a rate); `nil` if the data do not include it.
    package func sampleSize(at index: Int) -> Double? { list.sampleSize(at: index) }

    private var list: any StudyList {
        switch self {
        case .twoByTwo(let studies): studies
        case .twoGroupMeans(let studies): studies
        case .pairedMeans(let studies): studies
        case .twoGroupRates(let studies): studies
        case .pairedTable(let studies): studies
        case .pairedMargins(let studies): studies
        case .singleMean(let studies): studies
        case .proportion(let studies): studies
        case .rate(let studies): studies
        case .correlation(let studies): studies
        case .reliability(let studies): studies
        case .partialCorrelation(let studies): studies
        case .determination(let studies): studies
        case .superiority(let studies): studies
        case .genotypes(let studies): studies
        case .logRank(let studies): studies
        case .reported(let studies): studies
        case .mixed(let studies): studies
        }
    }
}

extension StudyCollection {
    /// Number of studies. A study with several rows counts once for each row.
    public var count: Int { list.count }
    /// Returns the label of the study at this position.
    public func label(at index: Int) -> String { list.label(at: index) }
    /// Returns the subgroup of the study at this position; `nil` if it has none.
    public func group(at index: Int) -> String? { list.group(at: index) }
    /// Returns the identity of the study; `nil` if its label identifies it.
    func identity(at index: Int) -> String? { list.identity(at: index) }
    /// Number of different studies; smaller than `count` if a study has several rows.
    var studyCount: Int { DistinctNames.count((0..<count).lazy.map { identity(at: $0) ?? label(at: $0) }) }
    /// Whether effects and their intervals look like ratios that were not log-transformed.
    var lookLikeRatios: Bool {
        switch self {
        case .reported(let studies): studies.lookUntransformed(.log)
        case .mixed(let studies): studies.reported.lookUntransformed(.log)
        default: false
        }
    }

    /// Returns the studies at these positions, in the order given.
    public func subset(_ indices: [Int]) -> StudyCollection {
        switch self {
        case .twoByTwo(let studies): .twoByTwo(indices.map { studies[$0] })
        case .twoGroupMeans(let studies): .twoGroupMeans(indices.map { studies[$0] })
        case .pairedMeans(let studies): .pairedMeans(indices.map { studies[$0] })
        case .twoGroupRates(let studies): .twoGroupRates(indices.map { studies[$0] })
        case .pairedTable(let studies): .pairedTable(indices.map { studies[$0] })
        case .pairedMargins(let studies): .pairedMargins(indices.map { studies[$0] })
        case .singleMean(let studies): .singleMean(indices.map { studies[$0] })
        case .proportion(let studies): .proportion(indices.map { studies[$0] })
        case .rate(let studies): .rate(indices.map { studies[$0] })
        case .correlation(let studies): .correlation(indices.map { studies[$0] })
        case .reliability(let studies): .reliability(indices.map { studies[$0] })
        case .partialCorrelation(let studies): .partialCorrelation(indices.map { studies[$0] })
        case .determination(let studies): .determination(indices.map { studies[$0] })
        case .superiority(let studies): .superiority(indices.map { studies[$0] })
        case .genotypes(let studies): .genotypes(indices.map { studies[$0] })
        case .logRank(let studies): .logRank(indices.map { studies[$0] })
        case .reported(let studies): .reported(indices.map { studies[$0] })
        case .mixed(let studies): .mixed(studies.subset(indices))
        }
    }
}

/// The properties of studies that do not depend on their kind.
private protocol StudyList {
    var count: Int { get }
    func label(at index: Int) -> String
    func group(at index: Int) -> String?
    func identity(at index: Int) -> String?
    func row(at index: Int) -> Int?
    func isDoubleZero(at index: Int) -> Bool
    func sampleSize(at index: Int) -> Double?
    func effectSizes(measureCode: String?, settings: EffectSettings) throws -> EffectSizes
}

/// A study of any kind, so that a list of studies can be recognized.
private protocol AnyStudy {
    associatedtype Outcome: StudyOutcome
    var asStudy: Study<Outcome> { get }
}

extension Study: AnyStudy {
    fileprivate var asStudy: Study<Outcome> { self }
}

extension Array: StudyList where Element: AnyStudy {
    fileprivate func label(at index: Int) -> String { self[index].asStudy.label }
    fileprivate func group(at index: Int) -> String? { self[index].asStudy.group }
    fileprivate func identity(at index: Int) -> String? { self[index].asStudy.identity }
    fileprivate func row(at index: Int) -> Int? { self[index].asStudy.row }
    fileprivate func isDoubleZero(at index: Int) -> Bool { self[index].asStudy.outcome.isDoubleZero }
    fileprivate func sampleSize(at index: Int) -> Double? { self[index].asStudy.outcome.sampleSize }

    fileprivate func effectSizes(measureCode: String?, settings: EffectSettings) throws -> EffectSizes {
        try EffectSizes(
            map(\.asStudy), measure: Element.Outcome.measure(code: measureCode), settings: settings)
    }
}

extension MixedStudies: StudyList {
    fileprivate func label(at index: Int) -> String { at(index) { $0.label(at: $1) } }
    fileprivate func group(at index: Int) -> String? { at(index) { $0.group(at: $1) } }
    fileprivate func identity(at index: Int) -> String? { at(index) { $0.identity(at: $1) } }
    fileprivate func row(at index: Int) -> Int? { at(index) { $0.row(at: $1) } }
    fileprivate func isDoubleZero(at index: Int) -> Bool { at(index) { $0.isDoubleZero(at: $1) } }
    fileprivate func sampleSize(at index: Int) -> Double? { at(index) { $0.sampleSize(at: $1) } }

    private func at<Value>(_ index: Int, _ value: (StudyCollection, Int) -> Value) -> Value {
        switch places[index] {
        case .computed(let index): value(computed, index)
        case .reported(let index): value(.reported(reported), index)
        }
    }
}

extension TwoByTwoTable {
    /// Wraps studies of this kind as `.twoByTwo`.
    public static func collection(_ studies: [Study<TwoByTwoTable>]) -> StudyCollection { .twoByTwo(studies) }
}

extension TwoGroupMeans {
    /// Wraps studies of this kind as `.twoGroupMeans`.
    public static func collection(_ studies: [Study<TwoGroupMeans>]) -> StudyCollection { .twoGroupMeans(studies) }
}

extension PairedMeans {
    /// Wraps studies of this kind as `.pairedMeans`.
    public static func collection(_ studies: [Study<PairedMeans>]) -> StudyCollection { .pairedMeans(studies) }
}

extension TwoGroupRates {
    /// Wraps studies of this kind as `.twoGroupRates`.
    public static func collection(_ studies: [Study<TwoGroupRates>]) -> StudyCollection { .twoGroupRates(studies) }
}

extension SingleMean {
    /// Wraps studies of this kind as `.singleMean`.
    public static func collection(_ studies: [Study<SingleMean>]) -> StudyCollection { .singleMean(studies) }
}

extension Proportion {
    /// Wraps studies of this kind as `.proportion`.
    public static func collection(_ studies: [Study<Proportion>]) -> StudyCollection { .proportion(studies) }
}

extension Rate {
    /// Wraps studies of this kind as `.rate`.
    public static func collection(_ studies: [Study<Rate>]) -> StudyCollection { .rate(studies) }
}

extension Correlation {
    /// Wraps studies of this kind as `.correlation`.
    public static func collection(_ studies: [Study<Correlation>]) -> StudyCollection { .correlation(studies) }
}

extension Reliability {
    /// Wraps studies of this kind as `.reliability`.
    public static func collection(_ studies: [Study<Reliability>]) -> StudyCollection { .reliability(studies) }
}

extension ReportedEffect {
    /// Wraps studies of this kind as `.reported`.
    public static func collection(_ studies: [Study<ReportedEffect>]) -> StudyCollection { .reported(studies) }
}

extension PairedTable {
    /// Wraps studies of this kind as `.pairedTable`.
    public static func collection(_ studies: [Study<PairedTable>]) -> StudyCollection { .pairedTable(studies) }
}

extension PairedMargins {
    /// Wraps studies of this kind as `.pairedMargins`.
    public static func collection(_ studies: [Study<PairedMargins>]) -> StudyCollection { .pairedMargins(studies) }
}

extension Genotypes {
    /// Wraps studies of this kind as `.genotypes`.
    public static func collection(_ studies: [Study<Genotypes>]) -> StudyCollection { .genotypes(studies) }
}

extension PartialCorrelation {
    /// Wraps studies of this kind as `.partialCorrelation`.
    public static func collection(_ studies: [Study<PartialCorrelation>]) -> StudyCollection {
        .partialCorrelation(studies)
    }
}

extension Determination {
    /// Wraps studies of this kind as `.determination`.
    public static func collection(_ studies: [Study<Determination>]) -> StudyCollection { .determination(studies) }
}

extension Superiority {
    /// Wraps studies of this kind as `.superiority`.
    public static func collection(_ studies: [Study<Superiority>]) -> StudyCollection { .superiority(studies) }
}

extension LogRank {
    /// Wraps studies of this kind as `.logRank`.
    public static func collection(_ studies: [Study<LogRank>]) -> StudyCollection { .logRank(studies) }
}

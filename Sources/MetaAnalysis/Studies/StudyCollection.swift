/// Studies of one kind of data, whichever it is: what a reader of tables hands over when the kind is found at run time. Some of them
/// may report the effect alone.
///
/// ```swift
/// let effects = try studies.effectSizes(measureCode: "RR")
/// ```
public enum StudyCollection: Hashable, Sendable, Codable {
    case twoByTwo([Study<TwoByTwoTable>])
    case twoGroupMeans([Study<TwoGroupMeans>])
    case pairedMeans([Study<PairedMeans>])
    case twoGroupRates([Study<TwoGroupRates>])
    case pairedTable([Study<PairedTable>])
    case pairedMargins([Study<PairedMargins>])
    case singleMean([Study<SingleMean>])
    case proportion([Study<Proportion>])
    case rate([Study<Rate>])
    case correlation([Study<Correlation>])
    case reliability([Study<Reliability>])
    case partialCorrelation([Study<PartialCorrelation>])
    case determination([Study<Determination>])
    case superiority([Study<Superiority>])
    case genotypes([Study<Genotypes>])
    case logRank([Study<LogRank>])
    case reported([Study<ReportedEffect>])
    /// Of one kind, but for those that report the effect alone.
    indirect case mixed(MixedStudies)

    /// The kind of data; of mixed studies, that of the ones whose effects are computed.
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

    /// The effects under the measure of this code.
    ///
    /// - Parameters:
    ///   - measureCode: the field's code in any case ("rr"); `nil` takes the default measure of the kind.
    ///   - settings: continuity correction, variance variant, bias correction.
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`, naming the codes the kind offers) for a code that this kind
    ///   of data cannot give, and whatever `EffectSizes.init(_:measure:settings:)` throws.
    public func effectSizes(
        measureCode: String? = nil, settings: EffectSettings = EffectSettings()
    ) throws -> EffectSizes {
        try list.effectSizes(measureCode: measureCode, settings: settings)
    }

    /// Line of the file the study was read from.
    public func row(at index: Int) -> Int? { list.row(at: index) }

    /// Whether the study saw no event, or events only, in both groups.
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

    /// Participants of the study (person-time of a rate); `nil` where the kind of data does not say it.
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
    public var count: Int { list.count }
    public func label(at index: Int) -> String { list.label(at: index) }
    public func group(at index: Int) -> String? { list.group(at: index) }
    /// Which study it is, where its label does not say it.
    func identity(at index: Int) -> String? { list.identity(at: index) }
    /// How many studies these are; fewer than rows where a study has several.
    var studyCount: Int { EffectSizes.studyCount((0..<count).lazy.map { identity(at: $0) ?? label(at: $0) }) }
    /// Whether effects with their intervals look like ratios without their logarithms.
    var lookLikeRatios: Bool {
        switch self {
        case .reported(let studies): studies.lookUntransformed(.log)
        case .mixed(let studies): studies.reported.lookUntransformed(.log)
        default: false
        }
    }

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

/// What can be asked of studies without knowing their kind.
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

/// A study of any kind, so that a list of studies can be recognised.
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
    public static func collection(_ studies: [Study<TwoByTwoTable>]) -> StudyCollection { .twoByTwo(studies) }
}

extension TwoGroupMeans {
    public static func collection(_ studies: [Study<TwoGroupMeans>]) -> StudyCollection { .twoGroupMeans(studies) }
}

extension PairedMeans {
    public static func collection(_ studies: [Study<PairedMeans>]) -> StudyCollection { .pairedMeans(studies) }
}

extension TwoGroupRates {
    public static func collection(_ studies: [Study<TwoGroupRates>]) -> StudyCollection { .twoGroupRates(studies) }
}

extension SingleMean {
    public static func collection(_ studies: [Study<SingleMean>]) -> StudyCollection { .singleMean(studies) }
}

extension Proportion {
    public static func collection(_ studies: [Study<Proportion>]) -> StudyCollection { .proportion(studies) }
}

extension Rate {
    public static func collection(_ studies: [Study<Rate>]) -> StudyCollection { .rate(studies) }
}

extension Correlation {
    public static func collection(_ studies: [Study<Correlation>]) -> StudyCollection { .correlation(studies) }
}

extension Reliability {
    public static func collection(_ studies: [Study<Reliability>]) -> StudyCollection { .reliability(studies) }
}

extension ReportedEffect {
    public static func collection(_ studies: [Study<ReportedEffect>]) -> StudyCollection { .reported(studies) }
}

extension PairedTable {
    public static func collection(_ studies: [Study<PairedTable>]) -> StudyCollection { .pairedTable(studies) }
}

extension PairedMargins {
    public static func collection(_ studies: [Study<PairedMargins>]) -> StudyCollection { .pairedMargins(studies) }
}

extension Genotypes {
    public static func collection(_ studies: [Study<Genotypes>]) -> StudyCollection { .genotypes(studies) }
}

extension PartialCorrelation {
    public static func collection(_ studies: [Study<PartialCorrelation>]) -> StudyCollection {
        .partialCorrelation(studies)
    }
}

extension Determination {
    public static func collection(_ studies: [Study<Determination>]) -> StudyCollection { .determination(studies) }
}

extension Superiority {
    public static func collection(_ studies: [Study<Superiority>]) -> StudyCollection { .superiority(studies) }
}

extension LogRank {
    public static func collection(_ studies: [Study<LogRank>]) -> StudyCollection { .logRank(studies) }
}

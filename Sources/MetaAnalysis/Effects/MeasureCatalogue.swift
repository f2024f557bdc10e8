/// What there is to know of an effect measure: the entry that help texts, reports and tests read.
public struct MeasureDescription: Hashable, Sendable, Codable {
    /// The field's code ("RR").
    public var code: String
    /// Full name in English, lower case ("log risk ratio").
    public var title: String
    /// The kind of data it is computed from.
    public var kind: OutcomeKind
    /// Scale on which estimates are stored.
    public var scale: EffectScale
    /// Estimate (y) and sampling variance (v) as formulas in plain text.
    public var definition: String
    /// Author, year and DOI of the definition.
    public var source: String
    /// What the definition gives for `OutcomeKind.example`, to ten digits; computed apart from this library.
    public var example: EffectEstimate
    /// Definitions of the sampling variance that can be asked for, the default first.
    public var variances: [VarianceVariant]
    /// Whether a small-sample bias correction is part of the definition and can be switched off.
    public var hasBiasCorrection: Bool
    /// The estimate with the bias correction as first published, where the definition has another one now: see
    /// `EffectSettings.usesOriginalCorrection`.
    public var originalCorrection: String?
    /// Whether `ContinuityCorrection` is applied.
    public var usesContinuityCorrection: Bool
    /// Roles that this measure needs where others of its kind do not.
    var needs: [Role] = []

    init(
        _ code: String, _ kind: OutcomeKind, title: String, scale: EffectScale, definition: String, source: String,
        example: (estimate: Double, variance: Double), variances: [VarianceVariant] = [.largeSample],
        hasBiasCorrection: Bool = false, originalCorrection: String? = nil,
        usesContinuityCorrection: Bool = false, needs: [Role] = []
    ) {
        self.code = code
        self.kind = kind
        self.title = title
        self.scale = scale
        self.definition = definition
        self.source = source
        self.example = EffectEstimate(estimate: example.estimate, variance: example.variance)
        self.variances = variances
        self.hasBiasCorrection = hasBiasCorrection
        self.originalCorrection = originalCorrection
        self.usesContinuityCorrection = usesContinuityCorrection
        self.needs = needs
    }
}

extension MeasureDescription {
    // Roles follow from the kind.
    private enum CodingKeys: String, CodingKey {
        case code, title, kind, scale, definition, source, example, variances, hasBiasCorrection,
            originalCorrection,
            usesContinuityCorrection
    }

    /// Every measure of every kind of data, in the order of `OutcomeKind.allCases`.
    public static let all: [MeasureDescription] = OutcomeKind.allCases.flatMap(\.measures)

    /// Every code once: a hazard ratio is computed from two kinds of data.
    public static let codes: [String] = {
        var seen: Set<String> = []
        return all.map(\.code).filter { seen.insert($0).inserted }
    }()

    /// The measure of this code, ignoring case; of the first kind of data that has it.
    public static func find(_ code: String) -> MeasureDescription? {
        let wanted = code.uppercased()
        return all.first { $0.code == wanted }
    }
}

extension MeasureDescription {
    /// The sets of column roles that give this measure, without those that only add to another: any one of them suffices.
    public var roles: [[Role]] {
        layouts.filter { roles in !layouts.contains { Set($0).isStrictSubset(of: roles) } }
    }

    /// The sets of roles of the kind that hold what this measure needs.
    var layouts: [[Role]] {
        switch kind {
        case .reported: reportedRoles
        case .twoGroupMeans where !TwoGroupMeans.Measure.ofStandardizedDifference.map(\.rawValue).contains(code):
            kind.roles.filter { !$0.contains(.ti) }
        default: kind.roles.filter { Set($0).isSuperset(of: needs) }
        }
    }

    /// Numbers by role, for which `example` says what this measure gives.
    public var inputs: KeyValuePairs<Role, Double> {
        kind == .reported && scale == .log ? [.ratio: 0.75, .ciLow: 0.6, .ciHigh: 0.9375] : kind.example
    }

    /// Whether exchanging the two groups turns the sign: not where one group's standard deviation is the unit, nor for a
    /// probability. Others are no contrasts of treatments that a network could put together.
    var changesSignWithGroups: Bool {
        !["SMD1", "SMD1H", "CLESN", "SMCR", "SMCRH", "CLESCN", "CLES", "AUC"].contains(code)
    }
}

extension OutcomeKind {
    /// The effects that can be computed from this kind of data.
    public var measures: [MeasureDescription] { outcomeType.measureDescriptions }

    /// Code of the measure taken when none is asked for.
    public var defaultMeasure: String { outcomeType.defaultMeasureCode }

    /// None of this kind.
    var noStudies: StudyCollection {
        func none<Outcome: StudyOutcome>(_: Outcome.Type) -> StudyCollection { Outcome.collection([]) }
        return none(outcomeType)
    }

    var outcomeType: any TabulatedOutcome.Type {
        switch self {
        case .twoByTwo: TwoByTwoTable.self
        case .twoGroupMeans: TwoGroupMeans.self
        case .pairedMeans: PairedMeans.self
        case .twoGroupRates: TwoGroupRates.self
        case .pairedTable: PairedTable.self
        case .pairedMargins: PairedMargins.self
        case .singleMean: SingleMean.self
        case .proportion: Proportion.self
        case .rate: Rate.self
        case .correlation: Correlation.self
        case .reliability: Reliability.self
        case .partialCorrelation: PartialCorrelation.self
        case .determination: Determination.self
        case .superiority: Superiority.self
        case .genotypes: Genotypes.self
        case .logRank: LogRank.self
        case .reported: ReportedEffect.self
        }
    }
}

extension StudyOutcome {
    fileprivate static var measureDescriptions: [MeasureDescription] { Measure.allCases.map(\.details) }
    fileprivate static var defaultMeasureCode: String { defaultMeasure.rawValue }

    /// The measure of this code, ignoring case; `nil` takes the default.
    ///
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) naming the codes this kind of data offers.
    static func measure(code: String?) throws -> Measure {
        guard let code else { return defaultMeasure }
        if let measure = Measure(rawValue: code.uppercased()) { return measure }
        let offered = Measure.allCases.map(\.rawValue).joined(separator: ", ")
        let kind = defaultMeasure.details.kind.title
        let known = MeasureDescription.find(code)
        throw MetaAnalysisError(
            .unsupportedCombination,
            known.map { "\($0.code) is computed from another kind of data (\($0.kind.title)) than the \(kind) given" }
                ?? "there is no measure \(code)",
            remedy: "take one of \(offered)")
    }
}

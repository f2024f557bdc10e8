/// Catalogue entry of an effect measure, from which help texts, reports and tests take their information.
public struct MeasureDescription: Hashable, Sendable, Codable {
    /// Code of the measure ("RR").
    public var code: String
    /// Full name in English, in lower case ("log risk ratio").
    public var title: String
    /// Kind of data from which the measure is computed.
    public var kind: OutcomeKind
    /// Scale on which estimates are stored and pooled.
    public var scale: EffectScale
    /// Estimate (y) and sampling variance (v) as formulas in plain text.
    public var definition: String
    /// Authors, year and DOI of the definition.
    public var source: String
    /// Effect that the definition gives for `OutcomeKind.example`, to ten digits; computed independently of this library.
    public var example: EffectEstimate
    /// Available definitions of the sampling variance, the default first.
    public var variances: [VarianceVariant]
    /// Whether the definition includes a small-sample bias correction, which can be switched off.
    public var hasBiasCorrection: Bool
    /// Formula of the estimate with the bias correction as first published; `nil` if the correction has not changed. See
    /// `EffectSettings.usesOriginalCorrection`.
    public var originalCorrection: String?
    /// Whether a `ContinuityCorrection` is applied to zero cells.
    public var usesContinuityCorrection: Bool
    /// Roles that this measure needs although other measures of its kind do not.
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
    // Roles are left out because they follow from the kind.
    private enum CodingKeys: String, CodingKey {
        case code, title, kind, scale, definition, source, example, variances, hasBiasCorrection,
            originalCorrection,
            usesContinuityCorrection
    }

    /// All measures of all kinds of data, in the order of `OutcomeKind.allCases`.
    public static let all: [MeasureDescription] = OutcomeKind.allCases.flatMap(\.measures)

    /// All codes, each once: a hazard ratio is computed from two kinds of data.
    public static let codes: [String] = {
        var seen: Set<String> = []
        return all.map(\.code).filter { seen.insert($0).inserted }
    }()

    /// Returns the measure of this code, ignoring case; `nil` if there is none. If several kinds of data have the code, the first is taken.
    public static func find(_ code: String) -> MeasureDescription? {
        byCode[code] ?? byCode[code.uppercased()]
    }

    private static let byCode = Dictionary(all.map { ($0.code, $0) }) { first, _ in first }
}

extension MeasureDescription {
    /// The sets of column roles that give this measure; any one of them is sufficient. Sets that only add a role to another set are left
    /// out.
    public var roles: [[Role]] {
        layouts.filter { roles in !layouts.contains { Set($0).isStrictSubset(of: roles) } }
    }

    /// The sets of roles of the kind that contain what this measure needs.
    var layouts: [[Role]] {
        switch kind {
        case .reported: reportedRoles
        case .twoGroupMeans where !TwoGroupMeans.Measure.ofStandardizedDifference.map(\.rawValue).contains(code):
            kind.roles.filter { !$0.contains(.ti) }
        default: kind.roles.filter { Set($0).isSuperset(of: needs) }
        }
    }

    /// Example numbers by role; `example` is the effect for them.
    public var inputs: KeyValuePairs<Role, Double> {
        kind == .reported && scale == .log ? [.ratio: 0.75, .ciLow: 0.6, .ciHigh: 0.9375] : kind.example
    }

    /// Whether exchanging the two groups changes the sign of the effect. It does not if the standard deviation of one group is the unit, or
    /// if the effect is a probability. Such measures are not contrasts of treatments and cannot form a network.
    var changesSignWithGroups: Bool {
        !["SMD1", "SMD1H", "CLESN", "SMCR", "SMCRH", "CLESCN", "CLES", "AUC"].contains(code)
    }
}

extension OutcomeKind {
    /// All effects that can be computed from this kind of data.
    public var measures: [MeasureDescription] { outcomeType.measureDescriptions }

    /// Code of the measure that is used if none is given.
    public var defaultMeasure: String { outcomeType.defaultMeasureCode }

    /// A collection of this kind without studies.
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

    /// Returns the measure of this code, ignoring case; `nil` means the default measure.
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

import MetaAnalysis

/// A part that cannot be pooled, with the keys of one that can: every number is `null`, and a diagnostic gives the reason.
struct NotEstimableRecord: Encodable {
    private var outcome: String?
    private var group: String?
    private var k: Int
    private var scale: EffectScale
    private var estimate: Double?
    private var standardError: Double?
    private var statistic: Double?
    private var degreesOfFreedom: Double?
    private var pValue: Double?
    private var confidenceInterval: ConfidenceInterval?
    private var predictionInterval: ConfidenceInterval?
    private var truncatedInterval: ConfidenceInterval?
    private var backTransformed: BackTransformed?
    private var heterogeneity: Heterogeneity?
    private var fit: FitStatistics?
    private var studies: [PooledStudy]
    private var excluded: [ExcludedStudy]
    private var tests: [HypothesisTest] = []
    private var diagnostics: [Diagnostic]
    private var settings: PoolingSettings?

    init(_ part: NotEstimablePart) {
        outcome = part.outcome
        group = part.group
        k = part.k
        scale = part.scale
        studies = part.studies
        excluded = part.excluded
        diagnostics = part.diagnostics
    }
}

extension NotEstimablePart {
    /// Fields of its row in CSV.
    var fields: [String: DelimitedText.Field] {
        [
            "outcome": .text(outcome), "group": .text(group), "type": .text("pooled"), "label": .text("not estimable"),
            "k": .text(String(k)), "reason": .text(reason.message),
        ]
    }

    /// Outcome and group, as far as they are known.
    var name: String { [outcome, group].compactMap(\.self).joined(separator: ", ") }
}

extension Reading {
    /// Returns the result of a step for one outcome. If there are several outcomes or groups, one that cannot be pooled is returned with
    /// the reason instead of ending the run.
    ///
    /// - Parameter sizes: effects of the outcome, or of a group of it.
    func part<Found>(
        _ data: StudyData, _ sizes: EffectSizes, group: String? = nil, _ step: () throws -> Found
    ) throws -> PartResult<Found> {
        try located(in: data) {
            guard outcomes.count > 1 || group != nil else { return .found(try step()) }
            return try PartResult(of: sizes, outcome: data.outcome, group: group, step)
        }
    }

    /// Checks that at least one part can be pooled.
    ///
    /// - Throws: `CommandFailure` that names every outcome with its reason, if none can be pooled.
    func requireOne<Found>(of parts: [PartResult<Found>]) throws {
        let failed = parts.compactMap(\.notEstimable)
        guard failed.count == parts.count, let first = failed.first else { return }
        let reasons = failed.map { "\"\($0.name)\": \($0.reason.message)" }.joined(separator: "; ")
        throw CommandFailure(
            ExitStatus(first.reason.code), "\(file): no outcome can be pooled: \(reasons); \(first.reason.remedy)")
    }
}

/// Part of an analysis, a subgroup or an outcome, whose studies cannot be pooled: none has events, for example, or all were
/// left out.
///
/// It is kept beside the parts that were pooled, so that one part does not end the analysis of the others.
public struct NotEstimablePart: Hashable, Sendable, Codable {
    /// Name of the outcome, if a file has several; set by the caller.
    public var outcome: String?
    /// Name of the subgroup; `nil` outside a subgroup analysis.
    public var group: String?
    /// Number of studies that were to be pooled.
    public var k: Int
    /// Number of studies that these effects come from; less than `k` if a study gives several.
    public var studyCount: Int
    /// Code of the measure, such as "OR".
    public var measure: String
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// Studies of the part, each with weight 0.
    public var studies: [PooledStudy]
    /// Studies without an effect, each with the reason.
    public var excluded: [ExcludedStudy]
    /// Error that pooling the part gave.
    public var reason: MetaAnalysisError
    /// Diagnostics of the effects, then a warning with the reason.
    public var diagnostics: [Diagnostic]

    /// Creates the record of a part that cannot be pooled.
    ///
    /// - Parameters:
    ///   - effects: effects of the part's studies.
    ///   - outcome: name of the outcome, if a file has several.
    ///   - group: name of the subgroup.
    ///   - reason: the error that pooling them gave.
    public init(_ effects: EffectSizes, outcome: String? = nil, group: String? = nil, reason: MetaAnalysisError) {
        self.outcome = outcome
        self.group = group
        measure = effects.measure
        scale = effects.scale
        studies = effects.unweightedStudies
        k = studies.count
        studyCount = effects.source?.studyCount ?? effects.studyCount
        excluded = effects.excluded
        self.reason = reason
        // Nothing was pooled, so notes on corrected counts do not apply.
        diagnostics =
            effects.diagnostics.filter { $0.code != .continuityCorrection && $0.code != .rareEvents }
            + [Diagnostic(.warning, .notEstimable, "not estimable: " + reason.message)]
    }
}

/// Result for one part of the studies: a value, or the reason why there is none.
public enum PartResult<Found> {
    /// The part was analyzed, with this result.
    case found(Found)
    /// The part could not be pooled; the record gives the reason.
    case notEstimable(NotEstimablePart)

    /// Result of the part; `nil` if the part could not be pooled.
    public var found: Found? {
        if case .found(let found) = self { found } else { nil }
    }

    /// Record of a part that could not be pooled; `nil` if there is a result.
    public var notEstimable: NotEstimablePart? {
        if case .notEstimable(let part) = self { part } else { nil }
    }
}

extension PartResult: Equatable where Found: Equatable {}
extension PartResult: Hashable where Found: Hashable {}
extension PartResult: Sendable where Found: Sendable {}
extension PartResult: Encodable where Found: Encodable {}
extension PartResult: Decodable where Found: Decodable {}

extension PartResult {
    /// Runs a step on the studies of one part.
    ///
    /// - Throws: errors of the step that concern settings or data as a whole; errors of this part alone become `.notEstimable`.
    package init(
        of effects: EffectSizes, outcome: String? = nil, group: String? = nil, _ step: () throws -> Found
    ) throws {
        do {
            self = .found(try step())
        } catch let error as MetaAnalysisError where error.isOfOnePart {
            self = .notEstimable(NotEstimablePart(effects, outcome: outcome, group: group, reason: error))
        }
    }
}

extension MetaAnalysisError {
    /// Whether the error concerns the studies of one part and others may still be analyzed.
    package var isOfOnePart: Bool {
        switch code {
        case .tooFewStudies, .notEstimable, .notConverged, .numericalOverflow, .singularDesign: true
        default: false
        }
    }
}

extension EffectSizes {
    /// Every study of the source, or every effect without a source, with weight 0.
    fileprivate var unweightedStudies: [PooledStudy] {
        guard let source else {
            return effects.map {
                PooledStudy(label: $0.label, row: $0.row, estimate: $0.estimate, variance: $0.variance, weight: 0)
            }
        }
        let own = effectsBySource
        let left = Set(excluded.compactMap(\.row))
        return (0..<source.count).compactMap { index in
            // `excluded` lists this study already.
            if own[index] == nil, let row = source.row(at: index), left.contains(row) { return nil }
            // The continuity correction alone determines the effect of a double-zero study, so it is not shown.
            let effect = source.isDoubleZero(at: index) ? nil : own[index]
            return PooledStudy(
                label: source.label(at: index), row: source.row(at: index), estimate: effect?.estimate,
                variance: effect?.variance, weight: 0)
        }
    }
}

/// Studies that belong together, a subgroup or an outcome, and cannot be pooled: none has events, or all were left out.
///
/// It stands beside the parts that were pooled, so that one part does not end the analysis of the others.
public struct NotEstimablePart: Hashable, Sendable, Codable {
    /// Which of several outcomes of one file; set by the caller.
    public var outcome: String?
    /// Which subgroup.
    public var group: String?
    /// Number of studies that there were to pool.
    public var k: Int
    /// How many studies these effects are of; fewer than `k` where a study gives several.
    public var studyCount: Int
    /// Code of the measure.
    public var measure: String
    public var scale: EffectScale
    /// With the weight 0.
    public var studies: [PooledStudy]
    public var excluded: [ExcludedStudy]
    public var reason: MetaAnalysisError
    /// The reason, and what was said of the studies before.
    public var diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - effects: of its studies.
    ///   - reason: thrown when they were pooled.
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
        // Nothing was corrected, as nothing was pooled.
        diagnostics =
            effects.diagnostics.filter { $0.code != .continuityCorrection && $0.code != .rareEvents }
            + [Diagnostic(.warning, .notEstimable, "not estimable: " + reason.message)]
    }
}

/// What became of one part of the studies.
public enum PartResult<Found> {
    case found(Found)
    case notEstimable(NotEstimablePart)

    public var found: Found? {
        if case .found(let found) = self { found } else { nil }
    }

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
    /// What a step finds for the studies of one part.
    ///
    /// - Throws: what the step throws of settings or of data that no study can have: these are no matter of one part.
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
    /// Whether the studies at hand do not determine what was asked for, while others may.
    package var isOfOnePart: Bool {
        switch code {
        case .tooFewStudies, .notEstimable, .notConverged, .numericalOverflow, .singularDesign: true
        default: false
        }
    }
}

extension EffectSizes {
    /// Every study of the source, or every effect without one, before it is pooled.
    fileprivate var unweightedStudies: [PooledStudy] {
        guard let source else {
            return effects.map {
                PooledStudy(label: $0.label, row: $0.row, estimate: $0.estimate, variance: $0.variance, weight: 0)
            }
        }
        let own = effectsBySource
        let left = Set(excluded.compactMap(\.row))
        return (0..<source.count).compactMap { index in
            // A study that was left out is told there.
            if own[index] == nil, let row = source.row(at: index), left.contains(row) { return nil }
            // What a correction makes of a study without events says nothing.
            let effect = source.isDoubleZero(at: index) ? nil : own[index]
            return PooledStudy(
                label: source.label(at: index), row: source.row(at: index), estimate: effect?.estimate,
                variance: effect?.variance, weight: 0)
        }
    }
}

/// Cumulative meta-analysis: the pooled effect as studies are added one by one, by date or in another order.
///
/// In the order of publication it answers "when was the effect known?", in the order of precision "do the imprecise studies
/// change it?". The intervals are not adjusted for repeated analyses.
///
/// ```swift
/// let additions = try RandomEffects().cumulative(effects, orderedBy: years).additions
/// ```
public struct CumulativeAnalysis: Hashable, Sendable, Codable {
    /// One result for each study added, in the order chosen; the last is the fit of all studies.
    public var additions: [Addition]
    /// Direction of the order.
    public var order: StudyOrder
    /// Notes on ties and missing values in the order, and on additions without a result.
    public var diagnostics: [Diagnostic]

    /// Pooled effect after one more study is added.
    public struct Addition: Hashable, Sendable {
        /// Label of the study added.
        public var added: String
        /// Line of the file that the study was read from; `nil` for data from elsewhere.
        public var row: Int?
        /// Value that the study was ordered by; `nil` in the order of the input and for a missing value.
        public var value: String?
        /// Pooled effect of this study and those before it.
        public var fit: SubsetFit
    }
}

/// Direction in which studies are ordered by a value.
public enum StudyOrder: String, Hashable, Sendable, Codable, CaseIterable {
    /// From the least value to the greatest; without values the order of the input.
    case ascending
    /// From the greatest value to the least; without values the reverse of the input.
    case descending
}

extension PoolingModel {
    /// Pools the first study, the first two, and so on.
    ///
    /// Each result is what `fit` gives for these studies. The complexity is that of `leaveOneOut(_:)`.
    /// R: `cumul(rma(yi, vi), order=year)`.
    ///
    /// - Parameters:
    ///   - values: one value for each study of `effects.source` or, without a source, for each effect; `nil` uses the order of
    ///     the input, or its reverse if `order` is `.descending`. Values are ordered as numbers if all are numbers, and as
    ///     texts otherwise. Equal values keep the order of the input, and studies without a value come last.
    ///   - order: from the least value to the greatest, or the reverse.
    /// - Throws: the errors of `fit` for all studies, and `MetaAnalysisError` (`.invalidSetting`) unless there is one value for
    ///   each study.
    ///
    /// Source: Lau, Schmid & Chalmers (1995), Journal of Clinical Epidemiology 48, doi:10.1016/0895-4356(94)00106-z.
    public func cumulative(
        _ effects: EffectSizes, orderedBy values: [String?]? = nil, _ order: StudyOrder = .ascending
    ) throws -> CumulativeAnalysis {
        let whole = try fit(effects)
        let parts = StudyParts(effects, of: whole)
        let expected = effects.source?.count ?? effects.count
        if let values, values.count != expected {
            throw MetaAnalysisError(
                .invalidSetting, "there are \(values.count) values to order \(expected) studies by",
                remedy: "give one value for each study")
        }
        let keys = (0..<parts.count).map { values?[parts.position(of: $0)] }
        let sorting = StudySorting(values == nil ? nil : keys, count: parts.count, order)
        let labels = sorting.positions.map { whole.studies[$0] }
        let fits = additions(to: effects, whole, order: sorting.positions)
        let additions = sorting.positions.indices.map { index in
            CumulativeAnalysis.Addition(
                added: labels[index].label, row: labels[index].row, value: keys[sorting.positions[index]] ?? nil,
                fit: fits[index])
        }
        var notes = sorting.diagnostics(whole.studies.map(\.label))
        notes += Diagnostic.collected(additions.map { ($0.added, $0.fit) }, "up to this study ")
        return CumulativeAnalysis(additions: additions, order: order, diagnostics: notes)
    }
}

extension CumulativeAnalysis.Addition: Codable {
    private enum CodingKeys: String, CodingKey { case added, row, value }

    /// Decodes the study and the fit from one object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        added = try container.decode(String.self, forKey: .added)
        row = try container.decodeIfPresent(Int.self, forKey: .row)
        value = try container.decodeIfPresent(String.self, forKey: .value)
        fit = try SubsetFit(from: decoder)
    }

    /// Encodes the study and the fit as one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(added, forKey: .added)
        try container.encodeIfPresent(row, forKey: .row)
        try container.encodeIfPresent(value, forKey: .value)
        try fit.encode(to: encoder)
    }
}

/// The pooled effect as studies come in one by one, by date or in another order.
///
/// Answers "when was it known?" in the order of publication, and "do the imprecise studies move it?" in that of precision. The
/// intervals are not adjusted for looking again and again.
///
/// ```swift
/// let additions = try RandomEffects().cumulative(effects, orderedBy: years).additions
/// ```
public struct CumulativeAnalysis: Hashable, Sendable, Codable {
    /// One for each study, in the order asked for; the last is the fit of all.
    public var additions: [Addition]
    public var order: StudyOrder
    public var diagnostics: [Diagnostic]

    /// What is known once one more study is there.
    public struct Addition: Hashable, Sendable {
        /// Label of the study that comes in.
        public var added: String
        /// Line of the file it was read from.
        public var row: Int?
        /// What it was ordered by.
        public var value: String?
        public var fit: SubsetFit
    }
}

/// Which way studies are ordered by a value.
public enum StudyOrder: String, Hashable, Sendable, Codable, CaseIterable {
    case ascending
    case descending
}

extension PoolingModel {
    /// Pools the first study, the first two, and so on.
    ///
    /// Every record is what `fit` gives for these studies. Complexity as for `leaveOneOut(_:)`. R: `cumul(rma(yi, vi), order=year)`.
    ///
    /// - Parameters:
    ///   - values: one for each study of `effects.source` or, without a source, for each effect; `nil` keeps the order of the input.
    ///     They are ordered as numbers where all are numbers, else as texts; equal ones keep the order of the input, and studies without
    ///     a value come last.
    ///   - order: from the least value on, or from the greatest.
    /// - Throws: what `fit` throws for all studies, and `MetaAnalysisError` (`.invalidSetting`) for values that are not one for each
    ///   study.
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

    /// Reads the study and the fit from one object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        added = try container.decode(String.self, forKey: .added)
        row = try container.decodeIfPresent(Int.self, forKey: .row)
        value = try container.decodeIfPresent(String.self, forKey: .value)
        fit = try SubsetFit(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(added, forKey: .added)
        try container.encodeIfPresent(row, forKey: .row)
        try container.encodeIfPresent(value, forKey: .value)
        try fit.encode(to: encoder)
    }
}

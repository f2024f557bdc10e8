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
        public var fit: PartialFit
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
        let sorting = Sorting(values == nil ? nil : keys, count: parts.count, order)
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

/// Studies in the order of their values.
private struct Sorting {
    var positions: [Int]
    private var missing: [Int] = []
    private var hasTies = false

    init(_ values: [String?]?, count: Int, _ order: StudyOrder) {
        positions = Array(0..<count)
        guard let values else {
            if order == .descending { positions.reverse() }
            return
        }
        let present = positions.filter { values[$0] != nil }
        missing = positions.filter { values[$0] == nil }
        let numbers = values.map { $0.flatMap(Self.number) }
        let areNumbers = present.allSatisfy { numbers[$0] != nil }
        func precedes(_ left: Int, _ right: Int) -> Bool {
            if areNumbers { return (numbers[left] ?? 0) < (numbers[right] ?? 0) }
            // By Unicode scalars, the same on every system.
            return (values[left] ?? "").unicodeScalars.lexicographicallyPrecedes((values[right] ?? "").unicodeScalars)
        }
        // The sort of the library is stable, which its documentation does not promise: positions decide.
        positions =
            present.sorted { left, right in
                let (first, second) = order == .ascending ? (left, right) : (right, left)
                if precedes(first, second) { return true }
                if precedes(second, first) { return false }
                return left < right
            } + missing
        hasTies = zip(positions, positions.dropFirst()).contains { left, right in
            values[left] != nil && values[right] != nil && !precedes(left, right) && !precedes(right, left)
        }
    }

    private static func number(_ text: String) -> Double? { Double(decimal: text) }

    func diagnostics(_ labels: [String]) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if hasTies {
            notes.append(
                Diagnostic(
                    .note, .tiedOrder, "studies with the same value to be ordered by keep the order of the input"))
        }
        if !missing.isEmpty {
            notes.append(
                Diagnostic(
                    .warning, .tiedOrder, "without a value to be ordered by, and therefore last",
                    studies: missing.map { labels[$0] }))
        }
        return notes
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
        fit = try PartialFit(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(added, forKey: .added)
        try container.encodeIfPresent(row, forKey: .row)
        try container.encodeIfPresent(value, forKey: .value)
        try fit.encode(to: encoder)
    }
}

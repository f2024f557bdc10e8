/// Leave-one-out analysis: the pooled effect without each study in turn.
///
/// Answers "does the conclusion depend on one study?". Read it with `InfluenceAnalysis`, which measures the changes.
///
/// ```swift
/// let omissions = try RandomEffects().leaveOneOut(effects).omissions
/// ```
public struct LeaveOneOut: Hashable, Sendable, Codable {
    /// One result for each study left out, in the order of the pooled studies.
    public var omissions: [Omission]
    /// Reasons why studies without a result have none, each with the studies left out.
    public var diagnostics: [Diagnostic]

    /// Pooled effect without one study.
    public struct Omission: Hashable, Sendable {
        /// Label of the study left out.
        public var omitted: String
        /// Line of the file that the study was read from; `nil` for data from elsewhere.
        public var row: Int?
        /// Pooled effect of the other studies.
        public var fit: SubsetFit
    }
}

extension PoolingModel {
    /// Pools the studies without each in turn.
    ///
    /// Each result is what `fit` gives for the other studies. Under a common effect all k averages together take O(k). A closed
    /// form of τ² takes O(1) for each omission, and its average one pass over the other studies; an iterative estimator is run
    /// for each omission. Models of counts are refitted. R: `leave1out(rma(yi, vi))`.
    ///
    /// - Throws: the errors of `fit` for all studies. If the other studies cannot be pooled, the result has no numbers but a
    ///   reason.
    ///
    /// Source: Viechtbauer & Cheung (2010), Research Synthesis Methods 1, doi:10.1002/jrsm.11.
    public func leaveOneOut(_ effects: EffectSizes) throws -> LeaveOneOut {
        let whole = try fit(effects)
        let omissions = zip(whole.studies, omissions(from: effects, whole)).map { study, fit in
            LeaveOneOut.Omission(omitted: study.label, row: study.row, fit: fit.record)
        }
        return LeaveOneOut(
            omissions: omissions,
            diagnostics: Diagnostic.collected(omissions.map { ($0.omitted, $0.fit) }, "without this study "))
    }
}

extension Diagnostic {
    /// Collects the reasons why parts have no numbers, each once with the studies concerned.
    static func collected(_ parts: [(label: String, fit: SubsetFit)], _ place: String) -> [Diagnostic] {
        var collected: [Diagnostic] = []
        for part in parts where part.fit.estimate == nil {
            for reason in part.fit.diagnostics {
                let message = place + reason.message
                if let index = collected.firstIndex(where: { $0.message == message }) {
                    collected[index].studies.append(part.label)
                } else {
                    collected.append(Diagnostic(reason.severity, reason.code, message, studies: [part.label]))
                }
            }
        }
        return collected
    }
}

extension LeaveOneOut.Omission: Codable {
    private enum CodingKeys: String, CodingKey { case omitted, row }

    /// Decodes the study and its fit from one object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        omitted = try container.decode(String.self, forKey: .omitted)
        row = try container.decodeIfPresent(Int.self, forKey: .row)
        fit = try SubsetFit(from: decoder)
    }

    /// Encodes the study and its fit as one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(omitted, forKey: .omitted)
        try container.encodeIfPresent(row, forKey: .row)
        try fit.encode(to: encoder)
    }
}

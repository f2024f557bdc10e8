/// The pooled effect without each study in turn.
///
/// Answers "does the conclusion hang on one study?". Read it with `InfluenceAnalysis`, which measures the changes.
///
/// ```swift
/// let omissions = try RandomEffects().leaveOneOut(effects).omissions
/// ```
public struct LeaveOneOut: Hashable, Sendable, Codable {
    /// One for each study, in the order of the pooled studies.
    public var omissions: [Omission]
    public var diagnostics: [Diagnostic]

    /// What is left without one study.
    public struct Omission: Hashable, Sendable {
        /// Label of the study left out.
        public var omitted: String
        /// Line of the file it was read from.
        public var row: Int?
        public var fit: SubsetFit
    }
}

extension PoolingModel {
    /// Pools the studies without each in turn.
    ///
    /// Every record is what `fit` gives for the other studies. Averages with weights and τ² take O(k) for all k fits under a common
    /// effect; closed forms of τ² are found in O(1) for each part and the average in one pass over it; estimators that search do so on
    /// each part. Models of counts are refitted. R: `leave1out(rma(yi, vi))`.
    ///
    /// - Throws: what `fit` throws for all studies; a part that cannot be pooled is a record without numbers and with the reason.
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
    /// Why parts have no numbers, each reason once with the studies it concerns.
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

    /// Reads the study and its fit from one object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        omitted = try container.decode(String.self, forKey: .omitted)
        row = try container.decodeIfPresent(Int.self, forKey: .row)
        fit = try SubsetFit(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(omitted, forKey: .omitted)
        try container.encodeIfPresent(row, forKey: .row)
        try fit.encode(to: encoder)
    }
}

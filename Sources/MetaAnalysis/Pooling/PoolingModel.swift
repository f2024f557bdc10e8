/// Method of pooling effects. Leave-one-out, cumulative and subgroup analyses work with any conforming type.
public protocol PoolingModel: Sendable {
    /// Pools the effects of all studies.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` when there is no study to pool.
    func fit(_ effects: EffectSizes) throws -> PooledEffect

    /// Pools each subgroup by itself and tests whether their effects are equal.
    func subgroups(_ effects: EffectSizes) throws -> SubgroupAnalysis
}

extension EffectSizes {
    /// Error of a model without studies, with the reasons why the first few were left out.
    var nothingToPool: MetaAnalysisError {
        guard let first = excluded.first else {
            return MetaAnalysisError(
                .tooFewStudies, "no study gives an effect", remedy: "add at least one row of data")
        }
        let shown = excluded.prefix(3).map { "\(quoted($0.label)): \($0.reason)" }
        let rest = excluded.count > shown.count ? "; and \(excluded.count - shown.count) more" : ""
        return MetaAnalysisError(
            .tooFewStudies, "no study gives an effect (\(shown.joined(separator: "; "))\(rest))",
            remedy: "choose a measure or a correction that these data allow",
            location: MetaAnalysisError.Location(row: first.row))
    }
}

/// What was asked of one set of studies to see how far the pooled effect depends on single ones.
public struct SensitivityAnalysis: Hashable, Sendable, Codable {
    /// The fit of all studies.
    public var pooled: PooledEffect
    public var leaveOneOut: LeaveOneOut?
    public var cumulative: CumulativeAnalysis?
    public var influence: InfluenceAnalysis?
    public var baujat: BaujatCoordinates?
    public var subsets: SubsetAnalysis?

    public init(_ pooled: PooledEffect) { self.pooled = pooled }

    /// Those of all parts.
    public var diagnostics: [Diagnostic] {
        var all = pooled.diagnostics
        for part in [
            leaveOneOut?.diagnostics, cumulative?.diagnostics, influence?.diagnostics, baujat?.diagnostics,
            subsets?.diagnostics,
        ] {
            for diagnostic in part ?? [] where !all.contains(diagnostic) { all.append(diagnostic) }
        }
        return all
    }
}

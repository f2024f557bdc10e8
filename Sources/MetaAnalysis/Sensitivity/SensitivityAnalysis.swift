/// Sensitivity analyses of one set of studies, which show the dependence of the pooled effect on single studies.
public struct SensitivityAnalysis: Hashable, Sendable, Codable {
    /// Fit of all studies.
    public var pooled: PooledEffect
    /// Leave-one-out analysis; `nil` if it was not run.
    public var leaveOneOut: LeaveOneOut?
    /// Cumulative analysis; `nil` if it was not run.
    public var cumulative: CumulativeAnalysis?
    /// Influence analysis; `nil` if it was not run.
    public var influence: InfluenceAnalysis?
    /// Coordinates of the Baujat plot; `nil` if they were not computed.
    public var baujat: BaujatCoordinates?
    /// Fits of subsets (GOSH); `nil` if they were not run.
    public var subsets: SubsetAnalysis?

    /// Creates the record of a fit, without any further analysis.
    public init(_ pooled: PooledEffect) { self.pooled = pooled }

    /// Diagnostics of the fit and of all analyses, each once.
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

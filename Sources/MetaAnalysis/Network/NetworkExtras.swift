/// Further results on one network; each is `nil` unless it was requested.
public struct NetworkExtras: Hashable, Sendable, Codable {
    /// Effects of the components of treatments.
    public var components: ComponentFit?
    /// Network meta-regression on a covariate.
    public var regression: NetworkMetaRegressionFit?
    /// Effects of every pair of treatments once at each requested value of the covariate.
    public var regressionEffects: [NetworkRegressionEffect]?
    /// Networks of the subgroups of studies.
    public var subgroups: NetworkSubgroups?
    /// Network without each of its studies in turn.
    public var leaveOneOut: NetworkLeaveOneOut?
    /// Contributions of direct comparisons and studies to network estimates.
    public var contributions: ContributionMatrix?
    /// Cochran's Q by design.
    public var designDecomposition: DesignDecomposition?
    /// Numbers of a net heat plot.
    public var netHeat: NetHeat?
    /// Directness and breadth of the evidence.
    public var evidenceStructure: EvidenceStructure?

    /// Creates an empty record, in which every result is `nil`.
    public init() {}

    /// Diagnostics of all results.
    package var diagnostics: [Diagnostic] {
        var all: [Diagnostic] = []
        all += components?.diagnostics ?? []
        all += regression?.diagnostics ?? []
        all += subgroups?.diagnostics ?? []
        all += leaveOneOut?.diagnostics ?? []
        all += contributions?.diagnostics ?? []
        all += designDecomposition?.diagnostics ?? []
        all += netHeat?.diagnostics ?? []
        return all
    }
}

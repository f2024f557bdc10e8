/// Further results on one network, each `nil` where it was not asked for.
public struct NetworkExtras: Hashable, Sendable, Codable {
    public var components: ComponentFit?
    public var regression: NetworkMetaRegressionFit?
    /// Every pair of treatments once at each value of the covariate that was asked for.
    public var regressionEffects: [NetworkRegressionEffect]?
    public var subgroups: NetworkSubgroups?
    public var leaveOneOut: NetworkLeaveOneOut?
    public var contributions: ContributionMatrix?
    public var designDecomposition: DesignDecomposition?
    public var netHeat: NetHeat?
    public var evidenceStructure: EvidenceStructure?

    public init() {}

    /// What each of them has to say.
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

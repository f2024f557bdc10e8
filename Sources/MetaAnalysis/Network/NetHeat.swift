/// How detaching each design changes the inconsistency of every other: the numbers of a net heat plot.
///
/// A column whose entries equal the diagonal dissolves all inconsistency of the network: its design is the one that
/// disagrees. A negative entry means that the column's design supported the row's. It locates what a test has found; alone
/// it is a weak signal, because direct and indirect evidence enter it with weights that depend on the shape of the network
/// (Freeman et al. 2019, doi:10.1002/sim.8383). How much each design contributes to each estimate, the squares of the plot,
/// is in `DesignHatMatrix`.
///
/// ```swift
/// let heat = try NetHeat(network)
/// heat.changes[row][column]     // of designs[row] when designs[column] is detached
/// ```
///
/// With Q_d = (θ_d − θ)ᵀ L_d (θ_d − θ) and Q_d(c) the same around the effects of the network without design c, changes are
/// Q_d − Q_d(c), and Q_d on the diagonal. A column adds up to what detaching its design takes from Q between designs. A
/// design of several arms has one row and one column; R's plot splits it into contrasts. Only designs are listed of which
/// others know a contrast. D of them in O(D² a² + n³).
///
/// R: `netmeta::netheat(net)` draws it, and gives no numbers.
///
/// Source: Krahn, Binder & König (2013), BMC Medical Research Methodology 13, doi:10.1186/1471-2288-13-35.
public struct NetHeat: Hashable, Sendable, Codable {
    /// Names of the rows and columns, in the order of `TreatmentNetwork.designs`.
    public var designs: [String]
    /// D × D, on the scale of Q: rows are the designs that change, columns those that are detached.
    public var changes: [[Double]]
    /// Between-study variance in the weights, on the squared analysis scale.
    public var tauSquared: Double
    public var diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - tauSquared: between-study variance in the weights, at least 0; `NetworkFit.tauSquaredWithinDesigns`
    ///     gives the plot of the fit's model.
    /// - Throws: `MetaAnalysisError` (`.disconnectedNetwork`) for a network that falls apart, `.invalidSetting` for a negative τ².
    public init(_ network: TreatmentNetwork, tauSquared: Double = 0) throws {
        try DesignDecomposition.check(tauSquared)
        let fit = try DesignLevelFit(moderating: network, at: tauSquared)
        let detached = fit.designs.indices.map { fit.detaching($0) }
        let listed = detached.indices.filter { detached[$0].sharedContrasts > 0 }
        let before = listed.map { fit.designs[$0].distance(from: fit.effects) }
        var changes = Array(repeating: Array(repeating: 0.0, count: listed.count), count: listed.count)
        for (column, design) in listed.enumerated() {
            for (row, other) in listed.enumerated() {
                let after = other == design ? 0 : fit.designs[other].distance(from: detached[design].effects)
                changes[row][column] = before[row] - after
            }
        }
        designs = listed.map { fit.names[$0] }
        self.changes = changes
        self.tauSquared = tauSquared
        diagnostics = []
        if listed.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .note, .notEstimable,
                    "there is no inconsistency to locate: no treatments are compared in more than one way"))
        }
    }
}

extension NetworkFit {
    /// The between-study variance for the weights of a net heat plot: that of the design-by-treatment model under random effects, as τ²
    /// between designs would hide what they disagree on; 0 under a common effect.
    public var tauSquaredWithinDesigns: Double {
        settings.model == "random" ? inconsistency.designByTreatment?.tauSquared ?? 0 : 0
    }
}

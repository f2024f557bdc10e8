/// The change of the inconsistency of every design when another is detached: the numbers of a net heat plot.
///
/// A column whose entries equal the diagonal removes all inconsistency of the network: its design is the one that disagrees. A negative
/// entry means that the column's design supported the row's. The plot locates inconsistency that a test has found. Alone it is a weak
/// signal, because direct and indirect evidence have weights in it that depend on the shape of the network (Freeman et al. 2019,
/// doi:10.1002/sim.8383). `DesignHatMatrix` has the contribution of each design to each estimate, the squares of the plot.
///
/// ```swift
/// let heat = try NetHeat(network)
/// heat.changes[row][column]     // of designs[row] when designs[column] is detached
/// ```
///
/// With Q_d = (θ_d − θ)ᵀ L_d (θ_d − θ) and Q_d(c) the same around the effects of the network without design c, changes are Q_d − Q_d(c),
/// and Q_d on the diagonal. The sum of a column is the decrease of Q between designs when its design is detached. A design of several arms
/// has one row and one column; R's plot splits it into contrasts. Only designs with a contrast that others determine too are listed. D of
/// them in O(D² a² + n³).
///
/// R: `netmeta::netheat(net)` draws it, and gives no numbers.
///
/// Source: Krahn, Binder & König (2013), BMC Medical Research Methodology 13, doi:10.1186/1471-2288-13-35.
public struct NetHeat: Hashable, Sendable, Codable {
    /// Names of the D designs in rows and columns, in the order of `TreatmentNetwork.designs`.
    public var designs: [String]
    /// Changes, D × D, on the scale of Q: rows are the designs that change, columns those that are detached.
    public var changes: [[Double]]
    /// Between-study variance in the weights, on the squared analysis scale.
    public var tauSquared: Double
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]

    /// Computes the changes for every pair of designs.
    ///
    /// - Parameters:
    ///   - tauSquared: between-study variance in the weights, at least 0; `NetworkFit.tauSquaredWithinDesigns` gives the plot of the
    ///     fit's model.
    /// - Throws: `MetaAnalysisError` (`.disconnectedNetwork`) for a disconnected network, `.invalidSetting` for a negative τ².
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
    /// Between-study variance for the weights of a net heat plot. Under random effects it is that of the design-by-treatment model, because
    /// τ² of the fit would hide the disagreement between designs; 0 under a common effect.
    public var tauSquaredWithinDesigns: Double {
        settings.model == .random ? inconsistency.designByTreatment?.tauSquared ?? 0 : 0
    }
}

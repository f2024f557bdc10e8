/// The contribution of each design to the inconsistency of a network: Cochran's Q of each design, within it and between it and the others.
///
/// If `Inconsistency` finds that designs disagree, this shows where. One deviating design inflates the contributions of its neighbors too,
/// so read `afterDetaching`: the design whose detachment leaves little Q deserves attention. It explores many designs at once, so that no
/// single small p-value is evidence by itself.
///
/// ```swift
/// let decomposition = try DesignDecomposition(network)
/// decomposition.designs.min { ($0.afterDetaching?.q ?? .infinity) < ($1.afterDetaching?.q ?? .infinity) }
/// ```
///
/// Notation as for `Inconsistency`: within a design Σ_s (θ_s − θ_d)ᵀ L_s (θ_s − θ_d), and its contribution to the disagreement between
/// designs (θ_d − θ)ᵀ L_d (θ_d − θ). Detaching a design gives it effects of its own, so that the others alone determine those of the
/// network. The remaining Q between designs loses as many degrees of freedom as the design has contrasts that the others determine too. D
/// designs in O(D² a² + n³).
///
/// R: `netmeta::decomp.design(net)`, its `Q.het.design` and `Q.inc.detach`. R leaves out a design if the network is disconnected without
/// it; here such a design is detached from the rest that the others still link.
///
/// Source: Krahn, Binder & König (2013), BMC Medical Research Methodology 13, doi:10.1186/1471-2288-13-35.
public struct DesignDecomposition: Hashable, Sendable, Codable {
    /// One design of the network.
    public struct Design: Hashable, Sendable, Codable {
        /// Name of the design: its treatments with colons between them, "A:B:C".
        public var name: String
        /// Number of studies of the design.
        public var studies: Int
        /// Cochran's Q of the studies of the design around their common effects.
        public var withinDesign: InconsistencyTest
        /// Contribution of the design to Q between designs.
        public var contribution: Double
        /// Q between designs when this one has effects of its own; `nil` where no other design determines any of its contrasts.
        public var afterDetaching: InconsistencyTest?
    }

    /// Designs in the order of `TreatmentNetwork.designs`.
    public var designs: [Design]
    /// Between-study variance in the weights, on the squared analysis scale.
    public var tauSquared: Double
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]

    /// Decomposes Cochran's Q by design.
    ///
    /// - Parameters:
    ///   - tauSquared: between-study variance in the weights, at least 0; 0 splits Q under common effects, and
    ///     `Inconsistency.designByTreatment.tauSquared` the test under random effects.
    /// - Throws: `MetaAnalysisError` (`.disconnectedNetwork`) for a disconnected network, `.invalidSetting` for a negative τ².
    public init(_ network: TreatmentNetwork, tauSquared: Double = 0) throws {
        try Self.check(tauSquared)
        let fit = try DesignLevelFit(moderating: network, at: tauSquared)
        designs = fit.designs.indices.map { index in
            let design = fit.designs[index]
            let detached = fit.detaching(index)
            let degrees = fit.degreesOfFreedom - detached.sharedContrasts
            var left = 0.0
            if degrees > 0, detached.sharedContrasts > 0 {
                for other in fit.designs.indices where other != index {
                    left += fit.designs[other].distance(from: detached.effects)
                }
            }
            return Design(
                name: fit.names[index], studies: design.studies.count,
                withinDesign: InconsistencyTest(
                    q: design.q, degreesOfFreedom: design.degreesOfFreedom, tauSquared: tauSquared),
                contribution: design.distance(from: fit.effects),
                afterDetaching: detached.sharedContrasts > 0
                    ? InconsistencyTest(
                        q: left, degreesOfFreedom: degrees, tauSquared: tauSquared) : nil)
        }
        self.tauSquared = tauSquared
        let alone = designs.filter { $0.afterDetaching == nil }.map(\.name)
        diagnostics = []
        if !alone.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .note, .notEstimable,
                    "detaching \(alone.joined(separator: ", ")) would change nothing: no other design, nor any chain of them,"
                        + " compares the same treatments"))
        }
    }

    static func check(_ tauSquared: Double) throws {
        guard tauSquared >= 0, tauSquared.isFinite else {
            throw MetaAnalysisError(
                .invalidSetting, "the between-study variance is \(tauSquared)",
                remedy: "give a number that is 0 or more")
        }
    }
}

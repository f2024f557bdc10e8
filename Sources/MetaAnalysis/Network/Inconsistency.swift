/// Whether the direct and indirect evidence of a network agree: Cochran's Q split by design, and the design-by-treatment test.
///
/// A design is the set of treatments that a study compares. Studies of one design can differ only by heterogeneity; disagreement between
/// designs beyond that is inconsistency. `betweenDesigns` tests it with sampling variances alone, `designByTreatment` allows for
/// heterogeneity within designs. A high p-value of either does not prove consistency: both have little power if there are few loops. If no
/// treatments are compared in more than one way (a star network), neither can be estimated, and `diagnostics` says so.
///
/// ```swift
/// let fit = try NetworkMetaAnalysis().fit(network)
/// fit.inconsistency.designByTreatment.pValue
/// ```
///
/// With θ_s, L_s the effects and weighted Laplacian of study s at τ² = 0, θ_d those pooled over design d, θ those of the
/// network: Q_total = Σ_s (θ_s − θ)ᵀ L_s (θ_s − θ) = Σ_d Σ_s∈d (θ_s − θ_d)ᵀ L_s (θ_s − θ_d) + Σ_d (θ_d − θ)ᵀ L_d (θ_d − θ),
/// within plus between designs, against χ² with Σ (a − 1) − (n − 1), Σ_d (k_d − 1)(a_d − 1) and
/// Σ_d (a_d − 1) − (n − 1) degrees of freedom (a arms, k_d studies of a design, n treatments). The full
/// design-by-treatment interaction model gives each design effects of its own, with one τ² for all, estimated by the
/// method of moments from Q within designs; its Wald test of all interactions is Q between designs with weights at that τ².
///
/// R: `netmeta::decomp.design(net)`, its `Q.decomp` and `Q.inc.random`.
///
/// Source: Higgins et al. (2012), Research Synthesis Methods 3, doi:10.1002/jrsm.1044; Jackson et al. (2014), Statistics in
/// Medicine 33, doi:10.1002/sim.6188; for τ² Jackson, White & Riley (2012), Statistics in Medicine 31, doi:10.1002/sim.5453.
public struct Inconsistency: Hashable, Sendable, Codable {
    /// Cochran's Q of all studies around the network's common effects.
    public var total: InconsistencyTest
    /// Cochran's Q of studies around the common effects of their design: heterogeneity.
    public var withinDesigns: InconsistencyTest
    /// Cochran's Q of designs around the network's common effects: inconsistency without allowance for heterogeneity.
    public var betweenDesigns: InconsistencyTest
    /// Wald test of all design-by-treatment interactions under random effects, at its own `tauSquared`; `nil` without degrees of freedom
    /// between designs, and where no design has two studies to estimate τ² from.
    public var designByTreatment: InconsistencyTest?
}

/// A test of a weighted sum of squares against χ².
public struct InconsistencyTest: Hashable, Sendable, Codable {
    /// Sum of squares Q; 0 without degrees of freedom.
    public var q: Double
    /// Degrees of freedom of χ², a whole number.
    public var degreesOfFreedom: Double
    /// p-value of Q against χ²; `nil` without degrees of freedom.
    public var pValue: Double?
    /// Between-study variance in the weights, on the squared analysis scale; 0 under common effects.
    public var tauSquared: Double

    init(q: Double, degreesOfFreedom: Int, tauSquared: Double = 0) {
        self.q = q
        self.degreesOfFreedom = Double(degreesOfFreedom)
        self.tauSquared = tauSquared
        pValue =
            degreesOfFreedom > 0
            ? ReferenceDistribution.chiSquared(degreesOfFreedom: Double(degreesOfFreedom)).upperTail(q) : nil
    }
}

extension Inconsistency {
    /// O(Σ a³ + n³) for studies of a arms and n treatments.
    ///
    /// - Parameters:
    ///   - contrasts: of `network`.
    ///   - unit: by which effects were divided.
    /// - Throws: `MetaAnalysisError` (`.disconnectedNetwork`) for treatments that no chain of studies links.
    init(_ contrasts: OrthogonalContrasts, network: TreatmentNetwork, unit: Double = 1) throws {
        let designs = network.designs
        let common = try DesignLevelFit(network, contrasts, designs: designs, at: 0)
        let qWithin = common.designs.reduce(contrasts.inconsistencyQ) { $0 + $1.q }
        let degreesWithin = common.designs.reduce(0) { $0 + $1.degreesOfFreedom }
        let degreesBetween = common.degreesOfFreedom
        let qBetween = common.qBetweenDesigns
        total = InconsistencyTest(q: qWithin + qBetween, degreesOfFreedom: degreesWithin + degreesBetween)
        withinDesigns = InconsistencyTest(q: qWithin, degreesOfFreedom: degreesWithin)
        betweenDesigns = InconsistencyTest(q: qBetween, degreesOfFreedom: degreesBetween)
        if degreesBetween > 0, let tauSquared = Self.tauSquaredWithinDesigns(common.designs) {
            let random =
                tauSquared == 0
                ? common : try DesignLevelFit(network, contrasts, designs: designs, at: tauSquared)
            designByTreatment = InconsistencyTest(
                q: random.qBetweenDesigns, degreesOfFreedom: degreesBetween, tauSquared: tauSquared * unit * unit)
        } else {
            designByTreatment = nil
        }
    }

    /// The method of moments in the model where every design has its own effects.
    ///
    /// - Returns: `nil` when no design has two studies.
    static func tauSquaredWithinDesigns(_ designs: [DesignEvidence]) -> Double? {
        let degrees = designs.reduce(0) { $0 + $1.degreesOfFreedom }
        guard degrees > 0 else { return nil }
        let excess = designs.reduce(-Double(degrees)) { $0 + $1.q }
        return max(0, excess / designs.reduce(0) { $0 + $1.trace })
    }

    /// Why a part of the record could not be estimated.
    var diagnostics: [Diagnostic] {
        if betweenDesigns.degreesOfFreedom == 0 {
            // Without any degrees of freedom there is more to say, and the fit says it.
            guard total.degreesOfFreedom > 0 else { return [] }
            return [
                Diagnostic(
                    .note, .notEstimable,
                    "inconsistency between designs is not estimable: no treatments are compared in more than one way"
                        + " (there is no closed loop of different designs)")
            ]
        }
        guard designByTreatment == nil else { return [] }
        return [
            Diagnostic(
                .note, .notEstimable,
                "the design-by-treatment test is not estimable: no design has two studies, so that heterogeneity cannot be"
                    + " told from inconsistency")
        ]
    }
}

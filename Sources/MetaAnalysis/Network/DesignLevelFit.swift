/// The regression of the network on its pooled designs, the second of two stages, with the effect of each design on it.
///
/// With L_d, θ_d from `DesignEvidence`, L = Σ L_d over the treatments, and θ = L⁺ Σ L_d θ_d equals the effects of the network in one stage.
/// Shapes: n treatments, a arms of a design.
///
/// Source: Krahn, Binder & König (2013), BMC Medical Research Methodology 13, doi:10.1186/1471-2288-13-35.
struct DesignLevelFit: Sendable {
    let names: [String]
    let designs: [DesignEvidence]
    /// Treatment effects θ, which sum to 0.
    let effects: [Double]
    /// Covariance L⁺ of `effects`, n × n.
    let covariance: Matrix
    /// Approximate ratio of the greatest to the least positive eigenvalue of L.
    private let condition: Double
    /// Factor by which effects were divided beforehand.
    private(set) var factor = 1.0

    /// Fits effects that are first divided by a power of two, so that no square overflows or vanishes.
    init(moderating network: TreatmentNetwork, at tauSquared: Double) throws {
        let (moderate, factor) = network.moderate
        try self.init(moderate, OrthogonalContrasts(moderate), at: tauSquared / factor / factor)
        self.factor = factor
    }

    /// Fits the network. O(Σ a³ + n³).
    ///
    /// - Parameter designs: designs of the network, if the caller has them.
    /// - Throws: `MetaAnalysisError` (`.disconnectedNetwork`) for treatments that no chain of studies links, `.singularDesign` when they
    ///   are disconnected numerically.
    init(
        _ network: TreatmentNetwork, _ contrasts: OrthogonalContrasts, designs: [NetworkDesign]? = nil,
        at tauSquared: Double
    ) throws {
        try network.requireConnected()
        let designs = designs ?? network.designs
        let evidence = designs.map { DesignEvidence($0, of: network, contrasts, at: tauSquared) }
        do {
            let whole = try DesignPart(of: evidence, around: 0, count: network.treatments.count)
            effects = whole.effects
            covariance = whole.covariance
        } catch {
            throw MetaAnalysisError(
                .singularDesign,
                "variances that differ by many orders of magnitude leave parts of the network unlinked",
                remedy: "check the standard errors")
        }
        names = designs.map(\.name)
        self.designs = evidence
        var greatestVariance = 0.0
        for index in effects.indices { greatestVariance = max(greatestVariance, covariance[index, index]) }
        var greatestWeight = 0.0
        for design in evidence {
            for arm in design.arms.indices { greatestWeight = max(greatestWeight, design.laplacian[arm, arm]) }
        }
        condition = greatestVariance * greatestWeight
    }

    /// Cochran's Q between designs; 0 without degrees of freedom.
    var qBetweenDesigns: Double {
        degreesOfFreedom > 0 ? designs.reduce(0) { $0 + $1.distance(from: effects) } : 0
    }

    /// Degrees of freedom between designs, Σ_d (a_d − 1) − (n − 1): the number of comparisons of designs beyond those a connected network
    /// needs.
    var degreesOfFreedom: Int { designs.reduce(1 - effects.count) { $0 + $1.arms.count - 1 } }
}

// MARK: - Detaching a design

extension DesignLevelFit {
    /// The network when one design has effects of its own.
    struct Detached {
        /// Effects of the treatments from the other designs only; they have no meaning between treatments that only this design links.
        var effects: [Double]
        /// Number of the design's a − 1 contrasts that the other designs determine too.
        var sharedContrasts: Int
    }

    /// Detaches a design. O(a³ + n a) after a search through all designs for the connections of the others. O(n³) where the design
    /// outweighs the others so much that their part is lost in rounding.
    func detaching(_ design: Int) -> Detached {
        let evidence = designs[design]
        let parts = ConnectedParts(of: designs, omitting: design, count: effects.count)
        let shared = evidence.arms.count - parts.count
        guard shared > 0 else { return Detached(effects: effects, sharedContrasts: 0) }
        guard let removal = removal(of: evidence, sharedContrasts: shared) else {
            return Detached(effects: effectsOfOthers(design), sharedContrasts: shared)
        }
        let shift = removal * evidence.deviation(from: effects)
        var detached = effects
        for treatment in detached.indices {
            for (row, arm) in evidence.arms.enumerated() {
                detached[treatment] -= covariance[treatment, arm] * shift[row]
            }
        }
        return Detached(effects: detached, sharedContrasts: shared)
    }

    /// Returns K, a × a: θ without the design is θ − L⁺ K (θ_d − θ), with the covariance L⁺ + L⁺ K L⁺.
    ///
    /// The covariance of the design's distance from the network is L_d⁺ − L⁺ on its arms. In terms of the square root S of L_d this is
    /// M = I − S L⁺ S. Its eigenvalues, between 0 and 1, are the part of the other designs; an eigenvalue of 0 belongs to a contrast that
    /// only this design determines. K = S M⁺ S.
    ///
    /// - Parameter sharedContrasts: number of nonzero eigenvalues of M, 1 or more.
    /// - Returns: `nil` where rounding of L⁺ exceeds M.
    func removal(of evidence: DesignEvidence, sharedContrasts: Int) -> Matrix? {
        let arms = evidence.arms
        let own = SymmetricEigen(evidence.laplacian)
        guard let root = own?.matrix(rank: arms.count - 1, { max(0, $0).squareRoot() }) else { return nil }
        var ownCovariance = Matrix(rows: arms.count, columns: arms.count)
        for (row, arm) in arms.enumerated() {
            for (column, other) in arms.enumerated() { ownCovariance[row, column] = covariance[arm, other] }
        }
        var added = root * ownCovariance * root
        for row in arms.indices {
            for column in arms.indices {
                added[row, column] = (row == column ? 1 : 0) - 1 / Double(arms.count) - added[row, column]
            }
        }
        guard let eigen = SymmetricEigen(added) else { return nil }
        let least = eigen.values[arms.count - sharedContrasts]
        guard least > Self.leastAddition, least > Self.leastAddition * 1e-3 * condition else { return nil }
        let inverse = eigen.matrix(rank: sharedContrasts) { 1 / $0 }
        return root * inverse * root
    }

    /// Least eigenvalue for this method, greater for an ill-conditioned network; below it the other designs are fitted again.
    private static let leastAddition = 1e-2

    /// Returns effects of the treatments from all designs but one, where each connected part is centered at 0.
    private func effectsOfOthers(_ design: Int) -> [Double] {
        let others = designs.indices.filter { $0 != design }.map { designs[$0] }
        var result = effects
        var isDone = Array(repeating: false, count: effects.count)
        for treatment in effects.indices where !isDone[treatment] {
            // A part that is disconnected numerically keeps the effects of the whole network.
            guard let part = try? DesignPart(of: others, around: treatment, count: effects.count) else { continue }
            for (member, effect) in zip(part.treatments, part.effects) {
                result[member] = effect
                isDone[member] = true
            }
        }
        return result
    }
}

extension SymmetricEigen {
    /// Returns Σ f(λ) u uᵀ over the greatest eigenvalues.
    fileprivate func matrix(rank: Int, _ function: (Double) -> Double) -> Matrix {
        var result = Matrix(rows: values.count, columns: values.count)
        for index in values.indices.suffix(rank) {
            let scale = function(values[index])
            for row in values.indices {
                for column in values.indices {
                    result[row, column] += scale * vectors[row, index] * vectors[column, index]
                }
            }
        }
        return result
    }
}

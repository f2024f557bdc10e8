/// The network as a regression of its pooled designs: the second of two stages, with what each design does to it.
///
/// With L_d, θ_d those of `DesignEvidence`, L = Σ L_d over the treatments and θ = L⁺ Σ L_d θ_d the same effects as those of
/// the network in one stage. Shapes: n treatments, a arms of a design.
///
/// Source: Krahn, Binder & König (2013), BMC Medical Research Methodology 13, doi:10.1186/1471-2288-13-35.
struct DesignLevelFit: Sendable {
    let names: [String]
    let designs: [DesignEvidence]
    /// Treatment effects θ, adding up to 0.
    let effects: [Double]
    /// L⁺, the covariance of `effects`, n × n.
    let covariance: Matrix
    /// By what effects were divided beforehand.
    private(set) var factor = 1.0

    /// Of effects brought near 1 first, so that no square overflows or vanishes.
    init(moderating network: TreatmentNetwork, at tauSquared: Double) throws {
        let (moderate, factor) = network.moderate
        try self.init(moderate, OrthogonalContrasts(moderate), at: tauSquared / factor / factor)
        self.factor = factor
    }

    /// O(Σ a³ + n³).
    ///
    /// - Parameter designs: those of the network, where the caller has them.
    /// - Throws: `MetaAnalysisError` (`.disconnectedNetwork`) for treatments that no chain of studies links,
    ///   `.singularDesign` when they fall apart numerically.
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
    }

    /// (θ_d − θ)ᵀ L_d (θ_d − θ) of each design.
    func contributions(around effects: [Double]) -> [Double] {
        designs.map { max(0, $0.laplacian.quadraticForm($0.deviation(from: effects))) }
    }

    /// What designs disagree on; 0 where they cannot.
    var qBetweenDesigns: Double { degreesOfFreedom > 0 ? contributions(around: effects).reduce(0, +) : 0 }

    /// Σ_d (a_d − 1) − (n − 1): the comparisons of designs that the network could have done without.
    var degreesOfFreedom: Int { designs.reduce(1 - effects.count) { $0 + $1.arms.count - 1 } }
}

// MARK: - Detaching a design

extension DesignLevelFit {
    /// The network when one design has effects of its own.
    struct Detached {
        /// Of the treatments, from the other designs only; meaningless between treatments that only this design links.
        var effects: [Double]
        /// How many of the design's a − 1 contrasts the other designs know too.
        var sharedContrasts: Int
    }

    /// O(a³ + n a) after a search through all designs for how the others hang together; O(n³) where the design outweighs them
    /// so far that what they add is lost in it.
    ///
    /// The covariance of the design's distance from the network is L_d⁺ − L⁺ on its arms. Seen through the square root S
    /// of L_d this is M = I − S L⁺ S, whose eigenvalues, between 0 and 1, are what the other designs add; those that are 0
    /// belong to contrasts that only this design knows. θ without the design is θ − L⁺ S M⁺ S (θ_d − θ).
    func detaching(_ design: Int) -> Detached {
        let evidence = designs[design]
        let arms = evidence.arms
        let parts = componentCount(without: design)
        let shared = arms.count - parts
        guard shared > 0, let eigen = SymmetricEigen(evidence.laplacian) else {
            return Detached(effects: effects, sharedContrasts: 0)
        }
        let root = eigen.squareRoot
        var covarianceOfArms = Matrix(rows: arms.count, columns: arms.count)
        for (row, arm) in arms.enumerated() {
            for (column, other) in arms.enumerated() { covarianceOfArms[row, column] = covariance[arm, other] }
        }
        var information = root * covarianceOfArms * root
        for row in arms.indices {
            for column in arms.indices {
                information[row, column] =
                    (row == column ? 1 : 0) - 1 / Double(arms.count) - information[row, column]
            }
        }
        guard let added = SymmetricEigen(information) else { return Detached(effects: effects, sharedContrasts: 0) }
        // Rounding in L⁺ on the scale of L against what the other designs add.
        let least = added.values[arms.count - shared]
        guard least > Self.leastAddition, least > Self.leastAddition * 1e-3 * condition else {
            return Detached(effects: effectsOfOthers(design), sharedContrasts: shared)
        }
        let standardized = root * evidence.deviation(from: effects)
        var solution = Array(repeating: 0.0, count: arms.count)
        for index in arms.indices.suffix(shared) {
            var product = 0.0
            for row in arms.indices { product += added.vectors[row, index] * standardized[row] }
            for row in arms.indices { solution[row] += added.vectors[row, index] * product / added.values[index] }
        }
        let shift = root * solution
        var detached = effects
        for treatment in detached.indices {
            for (row, arm) in arms.enumerated() { detached[treatment] -= covariance[treatment, arm] * shift[row] }
        }
        return Detached(effects: detached, sharedContrasts: shared)
    }

    /// Below this eigenvalue, more for an ill-conditioned network, the others are fitted anew.
    private static let leastAddition = 1e-3

    /// About the greatest over the least positive eigenvalue of L.
    private var condition: Double {
        var greatestVariance = 0.0
        for index in effects.indices { greatestVariance = max(greatestVariance, covariance[index, index]) }
        var greatestWeight = 0.0
        for design in designs {
            for arm in design.arms.indices { greatestWeight = max(greatestWeight, design.laplacian[arm, arm]) }
        }
        return greatestVariance * greatestWeight
    }

    /// Effects of the treatments from all designs but one, each connected part centred on its own.
    private func effectsOfOthers(_ design: Int) -> [Double] {
        let others = designs.indices.filter { $0 != design }.map { designs[$0] }
        var result = effects
        var isDone = Array(repeating: false, count: effects.count)
        for treatment in effects.indices where !isDone[treatment] {
            // A part that falls apart numerically keeps the effects of the whole network.
            guard let part = try? DesignPart(of: others, around: treatment, count: effects.count) else { continue }
            for (member, effect) in zip(part.treatments, part.effects) {
                result[member] = effect
                isDone[member] = true
            }
        }
        return result
    }

    /// Into how many connected parts the treatments fall without a design.
    private func componentCount(without design: Int) -> Int {
        var parents = Array(effects.indices)
        func root(of treatment: Int) -> Int {
            var current = treatment
            while parents[current] != current {
                parents[current] = parents[parents[current]]
                current = parents[current]
            }
            return current
        }
        var count = effects.count
        for (index, other) in designs.enumerated() where index != design {
            for arm in other.arms.dropFirst() {
                let (first, second) = (root(of: other.arms[0]), root(of: arm))
                if first != second {
                    parents[second] = first
                    count -= 1
                }
            }
        }
        return count
    }
}

extension SymmetricEigen {
    /// The symmetric square root of a positive semi-definite matrix.
    fileprivate var squareRoot: Matrix {
        var root = Matrix(rows: values.count, columns: values.count)
        for (index, value) in values.enumerated() where value > 0 {
            let scale = value.squareRoot()
            for row in values.indices {
                for column in values.indices {
                    root[row, column] += scale * vectors[row, index] * vectors[column, index]
                }
            }
        }
        return root
    }
}

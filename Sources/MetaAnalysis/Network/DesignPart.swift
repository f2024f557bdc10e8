/// Connected designs, fitted by themselves: θ = L⁺ Σ L_d θ_d over the treatments they link.
///
/// Shapes: m treatments of the part, out of the n of the network.
struct DesignPart: Sendable {
    /// Positions of the m treatments in the network, ascending.
    let treatments: [Int]
    /// Effects of the treatments, which sum to 0.
    let effects: [Double]
    /// Covariance L⁺ of the effects, m × m.
    let covariance: Matrix
    /// Position in the part of each treatment of the network; `nil` for those outside.
    private let positions: [Int?]

    /// Fits the part that contains a treatment. O(m³) and a search through the designs.
    ///
    /// - Parameter count: number n of treatments.
    /// - Throws: `NotPositiveDefinite` when the part is disconnected numerically.
    init(of designs: [DesignEvidence], around treatment: Int, count: Int) throws(NotPositiveDefinite) {
        let linked = Self.linked(designs, to: treatment, count: count)
        var positions = Array(repeating: nil as Int?, count: count)
        for (position, member) in linked.treatments.enumerated() { positions[member] = position }
        treatments = linked.treatments
        self.positions = positions
        let size = treatments.count
        guard size > 1 else {
            effects = [0]
            covariance = Matrix(rows: 1, columns: 1)
            return
        }
        var laplacian = Matrix(rows: size, columns: size)
        for design in linked.designs {
            for (row, arm) in design.arms.enumerated() {
                let place = positions[arm] ?? 0
                for (column, other) in design.arms.enumerated() {
                    laplacian[place, positions[other] ?? 0] += design.laplacian[row, column]
                }
            }
        }
        covariance = try LaplacianInverse(laplacian).matrix
        /// Returns Σ_d L_d (θ_d − θ).
        func products(around effects: [Double]) -> [Double] {
            var products = Array(repeating: 0.0, count: size)
            for design in linked.designs {
                for (column, arm) in design.arms.enumerated() {
                    let residual = design.effects[column] - effects[positions[arm] ?? 0]
                    for (row, other) in design.arms.enumerated() {
                        products[positions[other] ?? 0] += design.laplacian[row, column] * residual
                    }
                }
            }
            return products
        }
        let first = covariance * products(around: Array(repeating: 0, count: size))
        // A second solution removes most of the rounding error.
        let rest = covariance * products(around: first)
        effects = zip(first, rest).map { $0 + $1 }
    }

    /// Returns the effect of one treatment of the network minus that of another, and its variance; `nil` for a treatment outside.
    func difference(_ first: Int, _ second: Int) -> (estimate: Double, variance: Double)? {
        guard let first = positions[first], let second = positions[second] else { return nil }
        let variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
        return (effects[first] - effects[second], max(0, variance))
    }

    /// Finds the designs that a chain links to a treatment, and the treatments they compare, ascending.
    private static func linked(
        _ designs: [DesignEvidence], to treatment: Int, count: Int
    ) -> (designs: [DesignEvidence], treatments: [Int]) {
        var isReached = Array(repeating: false, count: count)
        isReached[treatment] = true
        var waiting = designs
        var found: [DesignEvidence] = []
        while true {
            var left: [DesignEvidence] = []
            for design in waiting {
                if design.arms.contains(where: { isReached[$0] }) {
                    for arm in design.arms { isReached[arm] = true }
                    found.append(design)
                } else {
                    left.append(design)
                }
            }
            if left.count == waiting.count { break }
            waiting = left
        }
        return (found, isReached.indices.filter { isReached[$0] })
    }
}

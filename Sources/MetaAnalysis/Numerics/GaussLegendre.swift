internal import RealModule

/// Nodes and weights of the Gauss–Legendre rule on [0, 1]: ∫₀¹ f = Σ w f(x), exact for polynomials of degree 2m − 1.
///
/// The nodes are zeros of the Legendre polynomial of degree m, by Newton's method and the three-term recurrence. O(m²).
struct GaussLegendre: Sendable {
    let nodes: [Double]
    let weights: [Double]

    /// - Parameter count: m, at least 1.
    init(count: Int) {
        precondition(count > 0, "a rule has at least one node")
        var nodes = Array(repeating: 0.5, count: count)
        var weights = Array(repeating: 1.0, count: count)
        let m = Double(count)
        for index in 0..<(count + 1) / 2 {
            var z = Double.cos(.pi * (Double(index) + 0.75) / (m + 0.5))
            var slope = 1.0
            // The start is so close that four steps reach full precision; additional steps do no harm.
            for _ in 0..<6 {
                var value = 1.0
                var before = 0.0
                for degree in 1...count {
                    let k = Double(degree)
                    (before, value) = (value, ((2 * k - 1) * z * value - (k - 1) * before) / k)
                }
                slope = m * (z * value - before) / (z * z - 1)
                z -= value / slope
            }
            let weight = 1 / ((1 - z * z) * slope * slope)
            nodes[index] = (1 - z) / 2
            nodes[count - 1 - index] = (1 + z) / 2
            weights[index] = weight
            weights[count - 1 - index] = weight
        }
        self.nodes = nodes
        self.weights = weights
    }
}

/// Weighted regression on contrasts, as far as it goes without the inverse of their Laplacian, which would cost twice as much
/// as all the rest.
///
/// With P as in `WeightedLeastSquares`, this gives the forms yᵀPy, yᵀPPy and yᵀPPPy, but no trace of P and no standard error.
struct ContrastSolution: Sendable {
    private let rows: ContrastRows
    private let weights: [Double]
    /// Of the weighted Laplacian of the n levels.
    let factor: LaplacianFactor?
    /// n of them, adding up to 0.
    let coefficients: [Double]
    /// y − ŷ.
    let residuals: [Double]

    /// - Throws: `NotPositiveDefinite` when the levels fall apart.
    init(_ responses: [Double], on rows: ContrastRows, weights: [Double]) throws(NotPositiveDefinite) {
        precondition(rows.count == responses.count, "one row for each response")
        self.rows = rows
        self.weights = weights
        let factor = try LaplacianFactor(rows.gram(weights))
        coefficients = Self.coefficients(responses, on: rows, weights: weights) { factor.solution(of: $0) }
        residuals = rows.residuals(responses, coefficients)
        self.factor = factor
    }

    /// L⁺Xᵀ W y.
    ///
    /// - Parameter solution: L⁺z of a z.
    static func coefficients(
        _ responses: [Double], on rows: ContrastRows, weights: [Double], _ solution: ([Double]) -> [Double]
    ) -> [Double] {
        let first = solution(rows.transposedProduct(products(weights, responses)))
        // What rounding left of the residuals' own products is solved for once more.
        let rest = differences(responses, rows.times(first))
        let second = solution(rows.transposedProduct(products(weights, rest)))
        return first.indices.map { first[$0] + second[$0] }
    }

    /// Where weights leave the range of numbers there is nothing to solve: every number is NaN.
    init(unsolvable rows: ContrastRows, weights: [Double]) {
        self.rows = rows
        self.weights = weights
        factor = nil
        coefficients = Array(repeating: .nan, count: rows.levelCount)
        residuals = Array(repeating: .nan, count: rows.count)
    }

    /// yᵀPy.
    var residualSumOfSquares: Double {
        var sum = 0.0
        for index in residuals.indices { sum += weights[index] * residuals[index] * residuals[index] }
        return sum
    }

    /// yᵀPPy.
    var squaredWeightResidualSum: Double {
        var sum = 0.0
        for index in residuals.indices {
            let weighted = weights[index] * residuals[index]
            sum += weighted * weighted
        }
        return sum
    }

    /// yᵀPPPy: what is left of Py after regressing it on the contrasts with the same weights.
    var cubedQuadraticForm: Double {
        guard let factor else { return .nan }
        let projected = Self.products(weights, residuals)
        var sum = 0.0
        for index in projected.indices { sum += weights[index] * projected[index] * projected[index] }
        let products = rows.transposedProduct(Self.products(weights, projected))
        let explained = factor.solution(of: products)
        for index in products.indices { sum -= products[index] * explained[index] }
        return sum
    }

    private static func products(_ left: [Double], _ right: [Double]) -> [Double] {
        left.indices.map { left[$0] * right[$0] }
    }

    private static func differences(_ left: [Double], _ right: [Double]) -> [Double] {
        left.indices.map { left[$0] - right[$0] }
    }
}

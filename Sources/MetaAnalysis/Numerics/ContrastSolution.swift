/// A weighted regression on contrasts without the inverse of their Laplacian, which would cost twice as much as everything else.
///
/// With P as in `WeightedLeastSquares`, it gives the forms yᵀPy, yᵀPPy and yᵀPPPy, but no trace of P and no standard error.
struct ContrastSolution: Sendable {
    private let rows: ContrastRows
    private let weights: [Double]
    /// Factor of the weighted Laplacian of the n levels; `nil` if it could not be computed.
    let factor: LaplacianFactor?
    /// Coefficients of the n levels, with sum 0.
    let coefficients: [Double]
    /// y − ŷ.
    let residuals: [Double]

    /// - Throws: `NotPositiveDefinite` if the levels are not connected.
    init(_ responses: [Double], on rows: ContrastRows, weights: [Double]) throws(NotPositiveDefinite) {
        precondition(rows.count == responses.count, "one row for each response")
        self.rows = rows
        self.weights = weights
        let factor = try LaplacianFactor(rows.gram(weights))
        coefficients = Self.coefficients(responses, on: rows, weights: weights) { factor.solution(of: $0) }
        residuals = rows.residuals(responses, coefficients)
        self.factor = factor
    }

    /// Returns L⁺Xᵀ W y.
    ///
    /// - Parameter solution: function that returns L⁺z for a z.
    static func coefficients(
        _ responses: [Double], on rows: ContrastRows, weights: [Double], _ solution: ([Double]) -> [Double]
    ) -> [Double] {
        let first = solution(rows.transposedProduct(products(weights, responses)))
        // One step of iterative refinement: it solves for what rounding left in the products of the residuals.
        let rest = differences(responses, rows.times(first))
        let second = solution(rows.transposedProduct(products(weights, rest)))
        return first.indices.map { first[$0] + second[$0] }
    }

    /// Makes a solution whose numbers are all NaN, for weights that overflow or vanish.
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

    /// yᵀPPPy: the weighted residual sum of squares of Py from its regression on the contrasts with the same weights.
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

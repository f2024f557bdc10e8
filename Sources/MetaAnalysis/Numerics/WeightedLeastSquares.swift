internal import RealModule

/// A weighted regression of responses on a design, with the traces of its projection.
///
/// With W = diag(w), `P = W − W X (XᵀWX)⁻¹ XᵀW`. Everything is computed from p × p matrices in O(k p²); the k × k matrix P is never formed.
/// Shapes: k responses and weights, p columns. For contrasts of n levels, the inverse is the pseudo-inverse of the n × n Laplacian XᵀWX,
/// and the coefficients are those with sum 0.
struct WeightedLeastSquares: Sendable {
    let design: Design
    let weights: [Double]
    /// Coefficients (XᵀWX)⁻¹Xᵀ W y, p of them.
    let coefficients: [Double]
    /// (XᵀWX)⁻¹, p × p; for groups, the diagonal of this diagonal matrix as one column.
    let inverseGram: Matrix
    /// log det XᵀWX; for contrasts, of XᵀWX without the row and column of any one level.
    let logDeterminant: Double

    /// - Throws: `NotPositiveDefinite` if the columns are linearly dependent.
    init(_ responses: [Double], on design: Design, weights: [Double]) throws(NotPositiveDefinite) {
        precondition(responses.count == weights.count, "one weight for each response")
        self.design = design
        self.weights = weights
        switch design {
        case .intercept:
            // Distances are from the response of greatest weight, so equal responses have exactly their own value as mean.
            var heaviest = 0
            for index in weights.indices where weights[index] > weights[heaviest] { heaviest = index }
            let anchor = responses[heaviest]
            var total = 0.0
            var product = 0.0
            for index in weights.indices {
                total += weights[index]
                product += weights[index] * (responses[index] - anchor)
            }
            coefficients = [anchor + product / total]
            inverseGram = Matrix(rows: 1, columns: 1, elements: [1 / total])
            logDeterminant = .log(total)
        case .groups(let membership, let count):
            precondition(membership.count == responses.count, "one group for each response")
            let totals = Self.sums(weights, by: membership, count)
            if let empty = totals.firstIndex(where: { !($0 > 0) }) { throw NotPositiveDefinite(column: empty) }
            // As for the mean, distances are from one of the group's own responses.
            var anchors = Array(repeating: 0.0, count: count)
            for (response, group) in zip(responses, membership) { anchors[group] = response }
            let products = responses.indices.map { weights[$0] * (responses[$0] - anchors[membership[$0]]) }
            let shifts = Self.sums(products, by: membership, count)
            coefficients = (0..<count).map { anchors[$0] + shifts[$0] / totals[$0] }
            inverseGram = Matrix(rows: count, columns: 1, elements: totals.map { 1 / $0 })
            logDeterminant = totals.reduce(0) { $0 + .log($1) }
        case .columns(let matrix):
            precondition(matrix.rows == responses.count, "one row for each response")
            let factor = try CholeskyFactor(Self.gram(matrix, weights))
            inverseGram = factor.inverse
            logDeterminant = factor.logDeterminant
            coefficients = inverseGram * Self.products(matrix, weights, responses)
        case .contrasts(let rows):
            precondition(rows.count == responses.count, "one row for each response")
            let factor = try LaplacianFactor(rows.gram(weights))
            let inverse = factor.inverse
            inverseGram = inverse
            logDeterminant = factor.logDeterminant
            // The inverse is exactly symmetric, so two levels have exactly opposite coefficients.
            coefficients = ContrastSolution.coefficients(responses, on: rows, weights: weights) { inverse * $0 }
        }
    }

    /// Makes a fit whose numbers are all NaN, for weights that overflow or vanish.
    init(unsolvable design: Design, weights: [Double]) {
        self.design = design
        self.weights = weights
        let shape: (rows: Int, columns: Int)
        switch design {
        case .groups(_, let count): shape = (count, 1)
        case .contrasts(let rows): shape = (rows.levelCount, rows.levelCount)
        case .intercept, .columns: shape = (design.columnCount, design.columnCount)
        }
        coefficients = Array(repeating: .nan, count: shape.rows)
        inverseGram = Matrix(
            rows: shape.rows, columns: shape.columns,
            elements: Array(repeating: .nan, count: shape.rows * shape.columns))
        logDeterminant = .nan
    }

    /// Returns the fitted value of response `index`.
    func fitted(_ index: Int) -> Double {
        switch design {
        case .intercept: return coefficients[0]
        case .groups(let membership, _): return coefficients[membership[index]]
        case .columns(let matrix): return matrix.product(ofRow: index, coefficients)
        case .contrasts(let rows): return rows.product(index, coefficients)
        }
    }

    /// Returns the residuals y − ŷ.
    func residuals(_ responses: [Double]) -> [Double] {
        if case .contrasts(let rows) = design { return rows.residuals(responses, coefficients) }
        if case .intercept = design {
            let mean = coefficients[0]
            return responses.map { $0 - mean }
        }
        if case .columns(let matrix) = design {
            return responses.indices.map { responses[$0] - matrix.product(ofRow: $0, coefficients) }
        }
        return responses.indices.map { responses[$0] - fitted($0) }
    }

    /// Returns the sum over the responses of a term of weight and residual, without allocation if residuals are cheap.
    private func sum(_ responses: [Double], _ term: (_ weight: Double, _ residual: Double) -> Double) -> Double {
        var sum = 0.0
        switch design {
        case .contrasts(let rows):
            for (weight, residual) in zip(weights, rows.residuals(responses, coefficients)) {
                sum += term(weight, residual)
            }
        case .intercept:
            let mean = coefficients[0]
            for index in responses.indices { sum += term(weights[index], responses[index] - mean) }
        case .groups:
            for index in responses.indices { sum += term(weights[index], responses[index] - fitted(index)) }
        case .columns(let matrix):
            for index in responses.indices {
                sum += term(weights[index], responses[index] - matrix.product(ofRow: index, coefficients))
            }
        }
        return sum
    }

    /// Returns Σ w (y − ŷ)² = yᵀPy.
    func residualSumOfSquares(_ responses: [Double]) -> Double { sum(responses) { $0 * $1 * $1 } }

    /// Returns whether responses lie exactly on the fit: no residual exceeds rounding.
    func fitsExactly(_ responses: [Double]) -> Bool {
        let rounding = Self.rounding(responses)
        return residuals(responses).allSatisfy { abs($0) <= rounding }
    }

    /// Returns the coefficients of responses that lie exactly on the fit, for columns of about mean square 1; a coefficient that is only
    /// rounding is 0.
    func exactCoefficients(_ responses: [Double]) -> [Double] {
        let rounding = Self.rounding(responses)
        return coefficients.map { abs($0) <= rounding ? 0 : $0 }
    }

    /// Returns the greatest difference between fitted values and responses that can be due to rounding.
    static func rounding(_ responses: [Double]) -> Double {
        64 * .ulpOfOne * responses.reduce(0) { max($0, abs($1)) }
    }

    /// Returns Σ w² (y − ŷ)² = yᵀPPy.
    func squaredWeightResidualSum(_ responses: [Double]) -> Double {
        sum(responses) { weight, residual in
            let weighted = weight * residual
            return weighted * weighted
        }
    }

    /// Returns yᵀPPPy, the weighted residual sum of squares of Py from its regression on the design with the same weights.
    func cubedQuadraticForm(_ responses: [Double]) -> Double {
        let projected = zip(weights, residuals(responses)).map { $0 * $1 }
        var sum = 0.0
        for index in projected.indices { sum += weights[index] * projected[index] * projected[index] }
        let products = weightedProducts(projected)
        let explained = solution(of: products)
        for index in products.indices { sum -= products[index] * explained[index] }
        return sum
    }

    /// Returns (XᵀWX)⁻¹z.
    private func solution(of products: [Double]) -> [Double] {
        guard case .groups = design else { return inverseGram * products }
        return zip(inverseGram.elements, products).map { $0 * $1 }
    }

    /// Returns the sum of the values of each group.
    private static func sums(_ values: [Double], by membership: [Int], _ count: Int) -> [Double] {
        var sums = Array(repeating: 0.0, count: count)
        for (value, group) in zip(values, membership) { sums[group] += value }
        return sums
    }

    /// Returns XᵀWz.
    private func weightedProducts(_ values: [Double]) -> [Double] {
        switch design {
        case .intercept:
            var sum = 0.0
            for index in values.indices { sum += weights[index] * values[index] }
            return [sum]
        case .groups(let membership, let count):
            return Self.sums(zip(weights, values).map { $0 * $1 }, by: membership, count)
        case .columns(let matrix): return Self.products(matrix, weights, values)
        case .contrasts(let rows): return rows.transposedProduct(zip(weights, values).map { $0 * $1 })
        }
    }

    private static func products(_ matrix: Matrix, _ weights: [Double], _ values: [Double]) -> [Double] {
        var products = Array(repeating: 0.0, count: matrix.columns)
        for row in 0..<matrix.rows {
            let weighted = weights[row] * values[row]
            matrix.elements.withUnsafeBufferPointer { elements in
                products.withUnsafeMutableBufferPointer { products in
                    let start = row * products.count
                    for column in 0..<products.count { products[column] += weighted * elements[start + column] }
                }
            }
        }
        return products
    }

    /// Returns tr(PS) and tr(PSPS) for the diagonal matrix S = diag(s): the mean and half the variance of yᵀPy if y has variances s.
    ///
    /// - Parameter variances: s, k of them; `nil` means ones.
    func projectionTraces(_ variances: [Double]? = nil) -> (first: Double, second: Double) {
        switch design {
        case .intercept: return interceptTraces(variances)
        case .groups(let membership, let count):
            let (first, second, once, twice) = weightPowers(variances)
            let ratios = solution(of: Self.sums(once, by: membership, count))
            let twiceRatios = solution(of: Self.sums(twice, by: membership, count))
            let squares = ratios.reduce(0) { $0 + $1 * $1 }
            return (first - ratios.reduce(0, +), second - 2 * twiceRatios.reduce(0, +) + squares)
        case .columns(let matrix):
            let (first, second, once, twice) = weightPowers(variances)
            let onceGram = inverseGram * Self.gram(matrix, once)
            let twiceGram = inverseGram * Self.gram(matrix, twice)
            var firstTrace = 0.0
            var secondTrace = 0.0
            for index in 0..<matrix.columns {
                firstTrace += onceGram[index, index]
                secondTrace += twiceGram[index, index]
            }
            return (first - firstTrace, second - 2 * secondTrace + onceGram.traceOfProduct(with: onceGram))
        case .contrasts(let rows):
            let (first, second, once, twice) = weightPowers(variances)
            var firstTrace = 0.0
            var secondTrace = 0.0
            for (row, form) in rows.quadraticForms(inverseGram).enumerated() {
                firstTrace += once[row] * form
                secondTrace += twice[row] * form
            }
            let onceGram = rows.gram(once) * inverseGram
            let difference = second - 2 * secondTrace + onceGram.traceOfProduct(with: onceGram)
            // Sums that cancel to so little have no correct digit.
            return (first - firstTrace, difference > 1e-13 * second ? difference : second == 0 ? 0 : .nan)
        }
    }

    /// Returns the same from scalar sums, without allocation. The first is computed from products of two studies, because Σ ws − Σ w²s / Σ
    /// w would lose the digits of light studies beside a heavy one.
    private func interceptTraces(_ variances: [Double]?) -> (first: Double, second: Double) {
        var (sum, weightedSum, pairs) = (0.0, 0.0, 0.0)
        var (second, once, twice) = (0.0, 0.0, 0.0)
        for index in weights.indices {
            let weighted = weights[index] * (variances?[index] ?? 1)
            pairs += weighted * sum + weights[index] * weightedSum
            sum += weights[index]
            weightedSum += weighted
            second += weighted * weighted
            once += weights[index] * weighted
            twice += weights[index] * weighted * weighted
        }
        let ratio = once * inverseGram[0, 0]
        return (pairs * inverseGram[0, 0], second - 2 * twice * inverseGram[0, 0] + ratio * ratio)
    }

    /// Returns Σ ws and Σ (ws)², and the lists of w²s and w³s².
    private func weightPowers(
        _ variances: [Double]?
    ) -> (first: Double, second: Double, once: [Double], twice: [Double]) {
        var first = 0.0
        var second = 0.0
        var once = weights
        var twice = weights
        for index in weights.indices {
            let weighted = weights[index] * (variances?[index] ?? 1)
            first += weighted
            second += weighted * weighted
            once[index] = weights[index] * weighted
            twice[index] = weights[index] * weighted * weighted
        }
        return (first, second, once, twice)
    }

    /// Returns tr(PS) alone, without the second trace, which is costly for a design of many columns.
    func projectionTrace(_ variances: [Double]? = nil) -> Double {
        guard case .contrasts(let rows) = design else { return projectionTraces(variances).first }
        var trace = 0.0
        for (row, form) in rows.quadraticForms(inverseGram).enumerated() {
            trace += weights[row] * (variances?[row] ?? 1) * (1 - weights[row] * form)
        }
        return trace
    }

    /// Greatest variance inflation of a coefficient: its variance over the variance it would have without the other columns. Rounding grows
    /// by the same factor.
    var greatestInflation: Double {
        var squares = Array(repeating: 0.0, count: inverseGram.rows)
        switch design {
        case .intercept, .groups: return 1
        case .columns(let matrix):
            for row in 0..<matrix.rows {
                for column in 0..<matrix.columns {
                    squares[column] += weights[row] * matrix[row, column] * matrix[row, column]
                }
            }
        case .contrasts(let rows):
            for row in 0..<rows.count {
                for entry in rows.range(of: row) {
                    squares[rows.levels[entry]] += weights[row] * rows.values[entry] * rows.values[entry]
                }
            }
        }
        return squares.indices.reduce(1) { max($0, squares[$1] * inverseGram[$1, $1]) }
    }

    /// Returns (XᵀWX)⁻¹ Xᵀ W S W X (XᵀWX)⁻¹, the covariance of the coefficients if the responses have variances s.
    func covariance(variances: [Double]) -> Matrix {
        var meat = weights
        for index in weights.indices { meat[index] = weights[index] * weights[index] * variances[index] }
        switch design {
        case .intercept:
            let inverse = inverseGram[0, 0]
            return Matrix(rows: 1, columns: 1, elements: [meat.reduce(0, +) * inverse * inverse])
        case .groups(let membership, let count):
            var covariance = Matrix(rows: count, columns: count)
            let diagonal = solution(of: solution(of: Self.sums(meat, by: membership, count)))
            for (index, value) in diagonal.enumerated() { covariance[index, index] = value }
            return covariance
        case .columns(let matrix):
            return inverseGram * Self.gram(matrix, meat) * inverseGram
        case .contrasts(let rows):
            return inverseGram * (rows.gram(meat) * inverseGram)
        }
    }

    /// Returns XᵀWX.
    ///
    /// Blocks of rows are transposed to columns, and all pairs of columns are multiplied while the block is in the cache.
    static func gram(_ matrix: Matrix, _ weights: [Double]) -> Matrix {
        let width = matrix.columns
        var gram = Matrix(rows: width, columns: width)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: (width + 1) * blockLength) { block in
            matrix.elements.withUnsafeBufferPointer { elements in
                for start in stride(from: 0, to: matrix.rows, by: blockLength) {
                    let rows = min(blockLength, matrix.rows - start)
                    // The length is in whole vectors; the rest of the last vector has weight 0.
                    let length = (rows + 3) / 4 * 4
                    for row in 0..<length { block[width * blockLength + row] = row < rows ? weights[start + row] : 0 }
                    for column in 0..<width {
                        let target = column * blockLength
                        var source = start * width + column
                        for row in 0..<rows {
                            block[target + row] = elements[source]
                            source += width
                        }
                        for row in rows..<length { block[target + row] = 0 }
                    }
                    for left in 0..<width {
                        for right in 0...left { gram[left, right] += products(block, left, right, width, length) }
                    }
                }
            }
        }
        for left in 0..<width {
            for right in 0..<left { gram[right, left] = gram[left, right] }
        }
        return gram
    }

    private static let blockLength = 256

    private static func products(
        _ block: UnsafeMutableBufferPointer<Double>, _ left: Int, _ right: Int, _ width: Int, _ length: Int
    ) -> Double {
        guard let start = block.baseAddress else { return 0 }
        func load(_ column: Int, _ row: Int) -> SIMD4<Double> {
            UnsafeRawPointer(start + column * blockLength + row).loadUnaligned(as: SIMD4<Double>.self)
        }
        var sum = SIMD4<Double>.zero
        for row in stride(from: 0, to: length, by: 4) { sum += load(width, row) * load(left, row) * load(right, row) }
        return sum.sum()
    }
}

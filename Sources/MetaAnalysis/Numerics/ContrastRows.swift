internal import RealModule

/// Sparse rows that each sum to 0: contrasts of n levels, of which only differences are estimable.
///
/// Entries are stored row by row in `levels` and `values`; row r has those from `ends[r - 1]` up to `ends[r]`. A study of a arms is a − 1
/// rows of a entries, so the cost of a sum over all rows is proportional to the number of entries.
struct ContrastRows: Hashable, Sendable {
    /// Number of levels n, the columns of the design.
    let levelCount: Int
    private(set) var ends: [Int] = []
    private(set) var levels: [Int] = []
    private(set) var values: [Double] = []

    init(levelCount: Int) { self.levelCount = levelCount }

    var count: Int { ends.count }

    /// - Parameter values: one for each of `levels`, with sum 0.
    mutating func append(levels: [Int], values: [Double]) {
        precondition(levels.count == values.count, "one value for each level")
        self.levels += levels
        self.values += values
        ends.append(self.levels.count)
    }

    func range(of row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

    /// Returns xᵀz for the row x.
    func product(_ row: Int, _ vector: [Double]) -> Double {
        var sum = 0.0
        for entry in range(of: row) { sum += values[entry] * vector[levels[entry]] }
        return sum
    }

    /// Returns y − Xz. A residual that is only rounding is set to 0, so responses that agree exactly have no residuals.
    ///
    /// - Parameter vector: z, which is computed from all responses and has the rounding of the largest of them.
    func residuals(_ responses: [Double], _ vector: [Double]) -> [Double] {
        var start = 0
        return ends.indices.map { row in
            var fitted = 0.0
            var size = abs(responses[row])
            for entry in start..<ends[row] {
                let term = values[entry] * vector[levels[entry]]
                fitted += term
                size += abs(term)
            }
            start = ends[row]
            let residual = responses[row] - fitted
            return abs(residual) <= 8 * .ulpOfOne * size ? 0 : residual
        }
    }

    /// Returns Xz.
    func times(_ vector: [Double]) -> [Double] {
        var start = 0
        return ends.map { end in
            var sum = 0.0
            for entry in start..<end { sum += values[entry] * vector[levels[entry]] }
            start = end
            return sum
        }
    }

    /// Returns xᵀAx for every row x and a symmetric A.
    func quadraticForms(_ matrix: Matrix) -> [Double] {
        var start = 0
        return ends.map { end in
            var sum = 0.0
            for left in start..<end {
                var inner = 0.0
                for right in start..<end { inner += values[right] * matrix[levels[left], levels[right]] }
                sum += values[left] * inner
            }
            start = end
            return sum
        }
    }

    /// Returns Xᵀz.
    func transposedProduct(_ vector: [Double]) -> [Double] {
        var product = Array(repeating: 0.0, count: levelCount)
        var start = 0
        for row in ends.indices {
            let end = ends[row]
            for entry in start..<end { product[levels[entry]] += values[entry] * vector[row] }
            start = end
        }
        return product
    }

    /// Returns XᵀWX, the weighted Laplacian of the levels.
    func gram(_ weights: [Double]) -> Matrix {
        var gram = Matrix(rows: levelCount, columns: levelCount)
        var start = 0
        for row in ends.indices {
            let end = ends[row]
            for left in start..<end {
                let weighted = weights[row] * values[left]
                gram[levels[left], levels[left]] += weighted * values[left]
                for right in (left + 1)..<end {
                    let product = weighted * values[right]
                    gram[levels[left], levels[right]] += product
                    gram[levels[right], levels[left]] += product
                }
            }
            start = end
        }
        return gram
    }

    /// Returns the product of X with a matrix of one row for each level.
    func times(_ matrix: Matrix) -> Matrix {
        precondition(matrix.rows == levelCount, "one row for each level")
        var product = Matrix(rows: count, columns: matrix.columns)
        for row in 0..<count {
            for entry in range(of: row) {
                for column in 0..<matrix.columns {
                    product[row, column] += values[entry] * matrix[levels[entry], column]
                }
            }
        }
        return product
    }
}

/// The triangular factor of a weighted Laplacian with connected levels, which solves systems with the Laplacian and inverts it.
///
/// L + s·11ᵀ/n is regular for any s > 0, and its inverse is L⁺ + 11ᵀ/(sn). A value s of the size of the eigenvalues of L keeps the sum well
/// conditioned.
///
/// Source: Rücker (2012), Research Synthesis Methods 3, doi:10.1002/jrsm.1058.
struct LaplacianFactor: Sendable {
    private let factor: CholeskyFactor
    /// n · s.
    private let lift: Double
    /// log det of L without the row and column of any one level.
    let logDeterminant: Double
    /// - Throws: `NotPositiveDefinite` if the levels are not connected.
    init(_ laplacian: Matrix) throws(NotPositiveDefinite) {
        let count = laplacian.rows
        let n = Double(count)
        var trace = 0.0
        for index in 0..<count { trace += laplacian[index, index] }
        guard trace > 0, trace.isFinite else { throw NotPositiveDefinite(column: 0) }
        let size = trace / n
        var lifted = laplacian
        for index in lifted.elements.indices { lifted.elements[index] += size / n }
        factor = try CholeskyFactor(lifted)
        lift = size * n
        logDeterminant = factor.logDeterminant - .log(size) - .log(n)
    }

    /// Returns L⁺z, for a z with sum 0.
    func solution(of vector: [Double]) -> [Double] { factor.solution(of: vector) }

    /// L⁺, n × n; each row has sum 0.
    var inverse: Matrix {
        var inverse = factor.inverse
        let rest = 1 / lift
        for index in inverse.elements.indices { inverse.elements[index] -= rest }
        return inverse
    }
}

/// The pseudo-inverse and determinant of a weighted Laplacian with connected levels.
struct LaplacianInverse: Sendable {
    /// L⁺, n × n; each row has sum 0.
    let matrix: Matrix
    /// log det of L without the row and column of any one level.
    let logDeterminant: Double

    /// - Throws: `NotPositiveDefinite` if the levels are not connected.
    init(_ laplacian: Matrix) throws(NotPositiveDefinite) {
        let factor = try LaplacianFactor(laplacian)
        matrix = factor.inverse
        logDeterminant = factor.logDeterminant
    }
}

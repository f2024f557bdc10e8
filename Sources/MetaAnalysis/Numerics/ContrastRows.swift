internal import RealModule

/// Rows of few entries that each add up to 0: contrasts of n levels, of which only differences can be found.
///
/// Entries stand row by row in `levels` and `values`; row r holds those from `ends[r - 1]` up to `ends[r]`. A study of a
/// arms is a − 1 rows of a entries, so that sums over all rows cost as much as the data are long.
struct ContrastRows: Hashable, Sendable {
    /// Number of levels n, the columns of the design.
    let levelCount: Int
    private(set) var ends: [Int] = []
    private(set) var levels: [Int] = []
    private(set) var values: [Double] = []

    init(levelCount: Int) { self.levelCount = levelCount }

    var count: Int { ends.count }

    /// - Parameter values: one for each of `levels`, adding up to 0.
    mutating func append(levels: [Int], values: [Double]) {
        precondition(levels.count == values.count, "one value for each level")
        self.levels += levels
        self.values += values
        ends.append(self.levels.count)
    }

    func range(of row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

    /// xᵀz for the row x.
    func product(_ row: Int, _ vector: [Double]) -> Double {
        var sum = 0.0
        for entry in range(of: row) { sum += values[entry] * vector[levels[entry]] }
        return sum
    }

    /// xᵀAx for the row x and a symmetric A.
    func quadraticForm(_ row: Int, _ matrix: Matrix) -> Double {
        var sum = 0.0
        for left in range(of: row) {
            var inner = 0.0
            for right in range(of: row) { inner += values[right] * matrix[levels[left], levels[right]] }
            sum += values[left] * inner
        }
        return sum
    }

    /// Xᵀz.
    func transposedProduct(_ vector: [Double]) -> [Double] {
        var product = Array(repeating: 0.0, count: levelCount)
        for row in 0..<count {
            for entry in range(of: row) { product[levels[entry]] += values[entry] * vector[row] }
        }
        return product
    }

    /// XᵀWX, the weighted Laplacian of the levels.
    func gram(_ weights: [Double]) -> Matrix {
        var gram = Matrix(rows: levelCount, columns: levelCount)
        for row in 0..<count {
            for left in range(of: row) {
                let weighted = weights[row] * values[left]
                for right in range(of: row) { gram[levels[left], levels[right]] += weighted * values[right] }
            }
        }
        return gram
    }

    /// X times a matrix of one row for each level.
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

/// Pseudo-inverse and determinant of a weighted Laplacian whose levels are all connected.
struct LaplacianInverse: Sendable {
    /// L⁺, n × n, each row adding up to 0.
    let matrix: Matrix
    /// log det of L without the row and column of any one level.
    let logDeterminant: Double
    /// Mean eigenvalue of L times the greatest variance of a level: about 1 over the share of a weight that sums still show.
    let condition: Double

    /// The inverse of L + s·11ᵀ/n is L⁺ + 11ᵀ/(sn), for any s > 0; s of the size of the eigenvalues of L keeps the sum well
    /// conditioned.
    ///
    /// Source: Rücker (2012), Research Synthesis Methods 3, doi:10.1002/jrsm.1058.
    ///
    /// - Throws: `NotPositiveDefinite` when the levels fall apart.
    init(_ laplacian: Matrix) throws(NotPositiveDefinite) {
        let count = laplacian.rows
        let n = Double(count)
        var trace = 0.0
        for index in 0..<count { trace += laplacian[index, index] }
        guard trace > 0, trace.isFinite else { throw NotPositiveDefinite(column: 0) }
        let size = trace / n
        var lifted = laplacian
        for index in lifted.elements.indices { lifted.elements[index] += size / n }
        let factor = try CholeskyFactor(lifted)
        var inverse = factor.inverse
        for index in inverse.elements.indices { inverse.elements[index] -= 1 / (size * n) }
        matrix = inverse
        condition = size * (0..<count).reduce(0) { max($0, inverse[$1, $1]) }
        logDeterminant = factor.logDeterminant - .log(size) - .log(n)
    }
}

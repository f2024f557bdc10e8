internal import CLAPACKE
internal import RealModule

/// A symmetric matrix is not positive definite; the error has the column at which the factorization failed.
struct NotPositiveDefinite: Error {
    /// Counted from 0.
    var column: Int
}

/// Triangular factor of a symmetric positive definite matrix, by LAPACK's `dpotrf`.
struct CholeskyFactor: Sendable {
    /// Lower triangle in row-major order. LAPACK reads it as the upper triangle in column-major order, so no transposition is needed.
    /// Elements above the diagonal have no meaning.
    private var factor: Matrix

    /// - Parameter matrix: symmetric; only its lower triangle is read.
    init(_ matrix: Matrix) throws(NotPositiveDefinite) {
        precondition(matrix.rows == matrix.columns, "a Cholesky factor needs a square matrix")
        factor = matrix
        let order = Int32(matrix.rows)
        let info = factor.elements.withUnsafeMutableBufferPointer {
            LAPACKE_dpotrf(LAPACK_COL_MAJOR, 0x55, order, $0.baseAddress, order)
        }
        guard info == 0 else { throw NotPositiveDefinite(column: max(0, Int(info) - 1)) }
    }

    /// Logarithm of the determinant of the factored matrix.
    var logDeterminant: Double {
        var sum = 0.0
        for index in 0..<factor.rows { sum += .log(factor[index, index]) }
        return 2 * sum
    }

    /// Returns x of Ax = b for the factored A, by `dpotrs`, without the inverse, which costs as much as two factorizations.
    func solution(of vector: [Double]) -> [Double] {
        precondition(vector.count == factor.rows, "shapes do not fit")
        var solution = vector
        let order = Int32(factor.rows)
        _ = factor.elements.withUnsafeBufferPointer { elements in
            solution.withUnsafeMutableBufferPointer {
                LAPACKE_dpotrs(LAPACK_COL_MAJOR, 0x55, order, 1, elements.baseAddress, order, $0.baseAddress, order)
            }
        }
        return solution
    }

    /// Inverse of the factored matrix, by `dpotri`.
    var inverse: Matrix {
        var inverse = factor
        let order = Int32(factor.rows)
        _ = inverse.elements.withUnsafeMutableBufferPointer {
            LAPACKE_dpotri(LAPACK_COL_MAJOR, 0x55, order, $0.baseAddress, order)
        }
        for row in 0..<inverse.rows {
            for column in (row + 1)..<max(row + 1, inverse.columns) { inverse[row, column] = inverse[column, row] }
        }
        return inverse
    }
}

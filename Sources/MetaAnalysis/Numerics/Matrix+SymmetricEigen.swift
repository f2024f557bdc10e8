internal import CLAPACKE

/// Eigenvalues and eigenvectors of a symmetric matrix, by LAPACK's `dsyev`.
struct SymmetricEigen: Sendable {
    /// Eigenvalues in ascending order.
    let values: [Double]
    /// Orthonormal eigenvectors; column j belongs to value j.
    let vectors: Matrix

    /// - Parameter matrix: symmetric and finite; only its lower triangle is read.
    /// - Returns: `nil` if the iteration does not converge, as for a matrix that is not finite.
    init?(_ matrix: Matrix) {
        precondition(matrix.rows == matrix.columns, "eigenvalues need a square matrix")
        guard matrix.elements.allSatisfy(\.isFinite) else { return nil }
        var vectors = matrix
        var values = Array(repeating: 0.0, count: matrix.rows)
        let order = Int32(matrix.rows)
        let info = vectors.elements.withUnsafeMutableBufferPointer { elements in
            values.withUnsafeMutableBufferPointer {
                LAPACKE_dsyev(LAPACK_ROW_MAJOR, 0x56, 0x4C, order, elements.baseAddress, order, $0.baseAddress)
            }
        }
        guard info == 0 else { return nil }
        self.values = values
        self.vectors = vectors
    }
}

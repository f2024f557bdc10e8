/// The linear combinations of coefficients that a design determines: the row space of its columns.
///
/// A design of p columns and rank r determines cᵀβ only for c in the space spanned by its rows. With an orthonormal basis V of that space
/// (p × r), the columns XV have full rank, and β = Vγ is the coefficient vector of least norm, as the Moore–Penrose inverse gives it. It is
/// computed from the p × p Gram matrix in O(p³).
struct EstimableSpace: Hashable, Sendable {
    /// V, p × r; the identity if all coefficients are estimable.
    let basis: Matrix

    /// Share of the greatest eigenvalue below which an eigenvalue is rounding: p² times the machine precision is less, for p up to several
    /// hundred.
    private static let negligible = 1e-11

    /// - Parameter gram: XᵀX or any other matrix whose range is the row space of X; columns of comparable size.
    init(gram: Matrix) {
        let count = gram.columns
        guard let eigen = SymmetricEigen(gram), let greatest = eigen.values.last, greatest > 0 else {
            basis = Matrix(rows: count, columns: 0)
            return
        }
        let kept = eigen.values.indices.filter { eigen.values[$0] > Self.negligible * greatest }
        var basis = Matrix(rows: count, columns: kept.count)
        for row in 0..<count {
            for (column, source) in kept.enumerated() {
                basis[row, column] = kept.count == count ? (row == column ? 1 : 0) : eigen.vectors[row, source]
            }
        }
        self.basis = basis
    }

    /// - Parameter columns: X, with columns of comparable size.
    init(of columns: Matrix) {
        self.init(gram: WeightedLeastSquares.gram(columns, Array(repeating: 1, count: columns.rows)))
    }

    /// - Parameter vectors: one or more orthonormal vectors of p numbers.
    init(vectors: [[Double]]) {
        var basis = Matrix(rows: vectors[0].count, columns: vectors.count)
        for (column, vector) in vectors.enumerated() {
            for (row, value) in vector.enumerated() { basis[row, column] = value }
        }
        self.basis = basis
    }

    var columnCount: Int { basis.rows }
    var rank: Int { basis.columns }
    var isFull: Bool { rank == columnCount }

    /// Returns the part of c outside the space; it is 0, apart from rounding, if cᵀβ is estimable.
    func remainder(_ combination: [Double]) -> [Double] {
        guard !isFull else { return Array(repeating: 0, count: columnCount) }
        var rest = combination
        for column in 0..<rank {
            var share = 0.0
            for row in 0..<columnCount { share += basis[row, column] * combination[row] }
            for row in 0..<columnCount { rest[row] -= share * basis[row, column] }
        }
        return rest
    }

    /// Returns whether cᵀβ is estimable.
    func contains(_ combination: [Double]) -> Bool {
        Self.isNegligible(remainder(combination), of: combination)
    }

    /// Returns whether a remainder is only rounding, compared with its combination.
    static func isNegligible(_ remainder: [Double], of combination: [Double]) -> Bool {
        func square(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 } }
        return square(remainder) <= 1e-12 * square(combination)
    }
}

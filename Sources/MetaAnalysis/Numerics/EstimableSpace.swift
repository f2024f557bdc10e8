/// Which linear combinations of coefficients a design determines: the row space of its columns.
///
/// A design of p columns and rank r fixes cᵀβ only for c in the space that its rows span. With an orthonormal basis V of that
/// space (p × r), the columns XV have full rank, and β = Vγ is the coefficient vector of least norm, as the Moore–Penrose
/// inverse gives it. Found from the p × p Gram matrix in O(p³).
struct EstimableSpace: Hashable, Sendable {
    /// V, p × r; the identity when every coefficient can be found.
    let basis: Matrix

    /// Eigenvalues up to this share of the greatest are rounding: p² of the least spacing of numbers stays below it up to
    /// p of some hundreds.
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

    /// - Parameter columns: X, of comparable size.
    init(of columns: Matrix) {
        self.init(gram: WeightedLeastSquares.gram(columns, Array(repeating: 1, count: columns.rows)))
    }

    /// - Parameter vectors: orthonormal, one or more, each of p numbers.
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

    /// What of c lies outside the space: 0 but for rounding when cᵀβ can be found.
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

    /// Whether cᵀβ can be found.
    func contains(_ combination: [Double]) -> Bool {
        Self.isNegligible(remainder(combination), of: combination)
    }

    /// Whether a remainder is rounding against the combination that it was left of.
    static func isNegligible(_ remainder: [Double], of combination: [Double]) -> Bool {
        func square(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 } }
        return square(remainder) <= 1e-12 * square(combination)
    }
}

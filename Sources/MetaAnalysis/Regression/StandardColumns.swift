/// Columns standardized to mean 0 (if there is an intercept) and mean square 1, with the transformation back. A regression is
/// solved in them, so that the units of the moderators do not matter.
///
/// X̃ = XA for a p × p matrix A, so that β = Aγ and cov β = A cov γ Aᵀ.
struct StandardColumns {
    /// X̃, k × p.
    let matrix: Matrix
    private let means: [Double]
    private let spreads: [Double]
    private let hasIntercept: Bool

    /// Standardizes the columns.
    ///
    /// - Parameters:
    ///   - original: the matrix X, of finite numbers.
    ///   - names: names of the columns, for messages.
    /// - Throws: `MetaAnalysisError`: `.singularDesign` for a column that is linearly dependent on those before it,
    ///   `.invalidOutcome` for values whose spread is out of range.
    init(_ original: Matrix, names: [String], hasIntercept: Bool) throws {
        let (count, width) = (original.rows, original.columns)
        var columns: [[Double]] = []
        var means = Array(repeating: 0.0, count: width)
        var spreads = Array(repeating: 1.0, count: width)
        for column in 0..<width {
            if column == 0, hasIntercept {
                columns.append(Array(repeating: 1, count: count))
                continue
            }
            var values = original.column(column)
            let greatest = values.reduce(0) { max($0, abs($1)) }
            guard greatest > 0, greatest.isFinite else {
                throw Self.dependent(
                    names[column], greatest > 0 ? "is outside the range of numbers" : "is 0 for every study")
            }
            // Scaled near 1, so that no sum overflows, by a power of two, which adds no rounding error.
            let unit = Double(sign: .plus, exponent: max(-1000, min(1000, Int(greatest.exponent))), significand: 1)
            let down = 1 / unit
            var mean = 0.0
            if hasIntercept {
                for value in values { mean += value * down }
                mean /= Double(count)
            }
            var squares = 0.0
            for row in values.indices {
                values[row] = values[row] * down - mean
                squares += values[row] * values[row]
            }
            let spread = (squares / Double(count)).squareRoot()
            guard spread > Self.negligible * max(abs(mean), spread) else {
                throw Self.dependent(names[column], "is the same for every study")
            }
            guard Self.moderateSpreads.contains(spread * unit) else {
                throw MetaAnalysisError(
                    .invalidOutcome, "the column \(quoted(names[column])) has values of about \((spread * unit).plain)",
                    remedy: "give it in units in which they are nearer to 1")
            }
            let inverse = 1 / spread
            for row in values.indices { values[row] *= inverse }
            columns.append(values)
            means[column] = mean * unit
            spreads[column] = spread * unit
        }
        matrix = Matrix(columns: columns, rows: count)
        self.means = means
        self.spreads = spreads
        self.hasIntercept = hasIntercept
        if !Self.areIndependent(matrix) { try Self.requireIndependent(columns, names) }
    }

    /// Spreads of columns for which the variances of coefficients stay within the range of numbers.
    private static let moderateSpreads = 1e-100...1e100

    /// Relative size below which the part of a column outside the columns before it counts as 0, so that the column is
    /// dependent.
    private static let negligible = 1e-9

    /// Returns whether every column is clearly independent of those before it, from products of columns alone; `false` in case
    /// of doubt.
    private static func areIndependent(_ matrix: Matrix) -> Bool {
        let count = Double(matrix.rows)
        var gram = WeightedLeastSquares.gram(matrix, Array(repeating: 1 / count, count: matrix.rows))
        for index in 0..<gram.rows { gram[index, index] -= 1e-4 }
        return (try? CholeskyFactor(gram)) != nil
    }

    /// Checks the columns in their order, by the Gram–Schmidt process.
    ///
    /// - Throws: `MetaAnalysisError` (`.singularDesign`) that names a linearly dependent column.
    private static func requireIndependent(_ columns: [[Double]], _ names: [String]) throws {
        var basis: [[Double]] = []
        // Column j as a combination of the basis, to find the columns that a dependent one consists of.
        var shares: [[Double]] = []
        for column in columns.indices {
            var rest = columns[column]
            let size = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
            var own = Array(repeating: 0.0, count: column + 1)
            // Orthogonalizing twice is enough.
            for _ in 0..<2 {
                for (index, direction) in basis.enumerated() {
                    var share = 0.0
                    for row in rest.indices { share += direction[row] * rest[row] }
                    for row in rest.indices { rest[row] -= share * direction[row] }
                    own[index] += share
                }
            }
            let left = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard left > negligible * size, basis.count < rest.count else {
                // Back substitution for the columns that it consists of.
                var weights = own
                var made: [String] = []
                for index in stride(from: column - 1, through: 0, by: -1) {
                    let weight = weights[index] / shares[index][index]
                    for below in 0..<index { weights[below] -= weight * shares[index][below] }
                    if abs(weight) > 1e-6 { made.insert(names[index], at: 0) }
                }
                throw dependent(names[column], "depends linearly on " + made.map(quoted).joined(separator: ", "))
            }
            own[column] = left
            shares.append(own)
            basis.append(rest.map { $0 / left })
        }
    }

    private static func dependent(_ name: String, _ why: String) -> MetaAnalysisError {
        MetaAnalysisError(
            .singularDesign, "the column \(quoted(name)) \(why)", remedy: "leave it, or one of those, out of the model")
    }

    /// Converts the weights of a linear form: β ↦ cᵀβ is (Aᵀc)ᵀγ.
    func standardized(_ row: [Double]) -> [Double] {
        var result = row
        for column in row.indices where column > 0 || !hasIntercept {
            let shift = hasIntercept ? row[0] * means[column] : 0
            result[column] = (row[column] - shift) / spreads[column]
        }
        return result
    }

    /// Computes β = Aγ.
    func original(_ coefficients: [Double]) -> [Double] {
        var result = coefficients
        for column in coefficients.indices where column > 0 || !hasIntercept {
            result[column] = coefficients[column] / spreads[column]
            if hasIntercept { result[0] -= result[column] * means[column] }
        }
        return result
    }

    /// Computes γ = A⁻¹β.
    func inverse(of coefficients: [Double]) -> [Double] {
        var result = coefficients
        for column in coefficients.indices where column > 0 || !hasIntercept {
            result[column] = coefficients[column] * spreads[column]
            if hasIntercept { result[0] += coefficients[column] * means[column] }
        }
        return result
    }

    /// Computes A C Aᵀ.
    func original(_ covariance: Matrix) -> Matrix {
        let width = covariance.columns
        var half = Matrix(rows: width, columns: width)
        for column in 0..<width {
            let transformed = original((0..<width).map { covariance[$0, column] })
            for row in 0..<width { half[row, column] = transformed[row] }
        }
        var result = Matrix(rows: width, columns: width)
        for row in 0..<width {
            let transformed = original((0..<width).map { half[row, $0] })
            for column in 0..<width { result[row, column] = transformed[column] }
        }
        // Makes the matrix symmetric to the last bit.
        for row in 0..<width {
            for column in 0..<row { result[column, row] = result[row, column] }
        }
        return result
    }
}

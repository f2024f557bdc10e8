/// The sums Σ wᵐ z zᵀ, m = 1, 2, 3, of z = (x, y) at weights w = 1 / (v + τ²): all that an estimator of τ² needs of a regression, in p × p
/// matrices.
///
/// Shapes: k responses y in p columns x.
struct WeightedGrams: Sendable {
    private enum Source {
        case columns(GramColumns)
        case series(GramSeries)
    }

    private let source: Source
    /// p.
    private let width: Int

    /// - Parameter responses: responses, preferably close to 0, because their sums of squares are computed.
    init(_ matrix: Matrix, responses: [Double], variances: [Double]) {
        width = matrix.columns
        if let series = GramSeries(matrix, responses: responses, variances: variances) {
            source = .series(series)
        } else {
            source = .columns(GramColumns(matrix, responses: responses, variances: variances))
        }
    }

    private func sums(at tauSquared: Double, isComplete: Bool) -> Sums {
        switch source {
        case .columns(let columns): columns.sums(at: tauSquared, isComplete: isComplete)
        case .series(let series): series.sums(at: tauSquared)
        }
    }

    /// The lower triangles of Σ wᵐ z zᵀ for m = 1, 2, 3, row by row with the response as the last row, and Σ w, Σ w².
    struct Sums {
        var first: [Double]
        var second: [Double]
        /// Third sum; zeros if it was not requested.
        var third: [Double]
        var weights = 0.0
        var squaredWeights = 0.0

        /// - Parameter pairs: (p + 1)(p + 2) / 2.
        init(pairs: Int) {
            first = Array(repeating: 0, count: pairs)
            second = first
            third = first
        }
    }
}

extension WeightedGrams {
    /// The sums as matrices of columns, vectors of columns with the response, and the response's own.
    struct Moments {
        var gram: Matrix
        var cross: [Double]
        var square: Double

        init(_ sums: [Double], width: Int) {
            gram = Matrix(rows: width, columns: width)
            cross = Array(sums[(width * (width + 1) / 2)..<(width * (width + 3) / 2)])
            square = sums[width * (width + 3) / 2]
            var pair = 0
            for left in 0..<width {
                for right in 0...left {
                    gram[left, right] = sums[pair]
                    gram[right, left] = sums[pair]
                    pair += 1
                }
            }
        }

        /// Returns Σ w (y − xᵀγ)².
        func residualSquares(_ coefficients: [Double]) -> Double {
            let crossed = zip(cross, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
            return square - 2 * crossed + gram.form(coefficients)
        }
    }

    /// Returns the numbers that estimators of τ² need from the fit.
    ///
    /// - Returns: `nil` if sums cancel too much or the system cannot be solved; residuals must then be computed one by one.
    func profile(at tauSquared: Double) -> VarianceComponentModel.Profile? {
        let sums = sums(at: tauSquared, isComplete: true)
        guard let (inverse, coefficients, form) = solved(sums) else { return nil }
        let second = Moments(sums.second, width: width)
        let third = Moments(sums.third, width: width)
        let squared = second.residualSquares(coefficients)
        let moved = second.gram * coefficients
        let rest = zip(second.cross, moved).map { $0 - $1 }
        let cubed = third.residualSquares(coefficients) - inverse.form(rest)
        let once = inverse * second.gram
        guard squared > Self.leastShare * second.square, cubed > Self.leastShare * third.square else {
            return nil
        }
        return VarianceComponentModel.Profile(
            quadraticForm: form, squaredQuadraticForm: squared, cubedQuadraticForm: cubed,
            traceP: sums.weights - inverse.traceOfProduct(with: second.gram),
            tracePP: sums.squaredWeights - 2 * inverse.traceOfProduct(with: third.gram)
                + once.traceOfProduct(with: once),
            sumOfWeights: sums.weights, sumOfSquaredWeights: sums.squaredWeights)
    }

    /// Returns yᵀPy and yᵀPPy only; `nil` as for `profile`.
    func quadraticForms(at tauSquared: Double) -> QuadraticForms<Double>? {
        let sums = sums(at: tauSquared, isComplete: false)
        guard let (_, coefficients, form) = solved(sums) else { return nil }
        let second = Moments(sums.second, width: width)
        let squared = second.residualSquares(coefficients)
        guard squared > Self.leastShare * second.square else { return nil }
        return QuadraticForms(form: form, squared: squared)
    }

    /// Share of a sum of squares that must remain after subtraction; below it too many digits are lost.
    private static let leastShare = 0.03

    private func solved(_ sums: Sums) -> (inverse: Matrix, coefficients: [Double], form: Double)? {
        let first = Moments(sums.first, width: width)
        guard let factor = try? CholeskyFactor(first.gram) else { return nil }
        let inverse = factor.inverse
        let coefficients = inverse * first.cross
        let form = first.square - zip(first.cross, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        guard form > Self.leastShare * first.square else { return nil }
        return (inverse, coefficients, form)
    }
}

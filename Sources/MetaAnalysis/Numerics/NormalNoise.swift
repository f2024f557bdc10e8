internal import RealModule

/// A decomposition of jointly normal variables, of which only differences matter, into independent noise and a rest.
///
/// X = noise + rest, with noise of variances D that are as large as the covariance allows: Σ log D is greatest. For a network of
/// treatments, D exceeds half the conditional variance of a treatment given all the others, because the eigenvalues of a normalized
/// Laplacian do not exceed 2. Given the rest, the variables are independent, which makes their order tractable.
///
/// D maximizes Σ log D + ε log det(V − D) over the differences V, by Newton's method for ε = 1, 0.1, 0.01, 0.001. This is a concave problem
/// with one solution, whatever the order of the variables. O(n³) for each of some 20 steps.
struct NormalNoise: Sendable {
    /// D, one for each variable.
    let variances: [Double]

    /// - Parameter covariance: n × n, of n ≥ 2 variables whose differences have a positive definite covariance.
    init(_ covariance: Matrix) throws(NotPositiveDefinite) {
        let n = covariance.rows
        // Differences from the variable that is nearest to all others lose the fewest digits.
        let spreads = (0..<n).map { row in
            (0..<n).reduce(Double(n) * covariance[row, row]) { $0 - 2 * covariance[row, $1] }
        }
        let base = spreads.indices.min { spreads[$0] < spreads[$1] } ?? 0
        let order = [base] + (0..<n).filter { $0 != base }
        var differences = Matrix(rows: n - 1, columns: n - 1)
        for (row, first) in order.dropFirst().enumerated() {
            for (column, second) in order.dropFirst().enumerated() {
                differences[row, column] =
                    covariance[base, base] - covariance[base, second] - covariance[first, base]
                    + covariance[first, second]
            }
        }
        let solution = try NoiseProblem(differences: differences).solution()
        var variances = Array(repeating: 0.0, count: n)
        for (position, variable) in order.enumerated() { variances[variable] = solution[position] }
        self.variances = variances
    }
}

/// The noise of n variables in terms of the n − 1 differences of the first from each of the others.
private struct NoiseProblem {
    let differences: Matrix
    private var count: Int { differences.rows + 1 }

    init(differences: Matrix) { self.differences = differences }

    func solution() throws(NotPositiveDefinite) -> [Double] {
        let precision = extended(try CholeskyFactor(differences).inverse)
        var variances = (0..<count).map { 0.45 / precision[$0, $0] }
        while value(variances, barrier: 1) == nil {
            variances = variances.map { $0 / 2 }
            guard variances.contains(where: { $0 > 0 }) else { throw NotPositiveDefinite(column: 0) }
        }
        for barrier in [1, 0.1, 0.01, 0.001] { try climb(&variances, barrier: barrier) }
        return variances
    }

    /// Returns Σ log D + ε log det(V − D), or nil if it is not defined.
    private func value(_ variances: [Double], barrier: Double) -> Double? {
        guard let factor = try? CholeskyFactor(rest(variances)) else { return nil }
        return variances.reduce(0) { $0 + .log($1) } + barrier * factor.logDeterminant
    }

    /// Returns V minus the noise of the differences; the first variable contributes to each.
    private func rest(_ variances: [Double]) -> Matrix {
        var rest = differences
        for row in 0..<rest.rows {
            for column in 0..<rest.columns { rest[row, column] -= variances[0] }
            rest[row, row] -= variances[row + 1]
        }
        return rest
    }

    /// Returns a quadratic form in the differences as a form in the n variables; apart from signs, its rows and columns sum to 0.
    private func extended(_ form: Matrix) -> Matrix {
        var extended = Matrix(rows: count, columns: count)
        for row in 1..<count {
            for column in 1..<count {
                let value = form[row - 1, column - 1]
                extended[row, column] = value
                extended[0, column] += value
                extended[row, 0] += value
                extended[0, 0] += value
            }
        }
        return extended
    }

    private func climb(_ variances: inout [Double], barrier: Double) throws(NotPositiveDefinite) {
        guard var current = value(variances, barrier: barrier) else { throw NotPositiveDefinite(column: 0) }
        for _ in 0..<50 {
            // The step is in units of the variances themselves, so that their sizes do not matter.
            let inverse = extended(try CholeskyFactor(rest(variances)).inverse)
            var curvature = Matrix(rows: count, columns: count)
            var slope = Array(repeating: 1.0, count: count)
            for row in 0..<count {
                for column in 0..<count {
                    let element = inverse[row, column]
                    curvature[row, column] = barrier * variances[row] * variances[column] * element * element
                }
                curvature[row, row] += 1
                slope[row] -= barrier * variances[row] * inverse[row, row]
            }
            let step = try CholeskyFactor(curvature).inverse * slope
            let decrement = zip(slope, step).reduce(0) { $0 + $1.0 * $1.1 }
            var length = 1.0
            var isHigher = false
            while length > 1e-8 && !isHigher {
                let trial = zip(variances, step).map { $0 * (1 + length * $1) }
                if trial.allSatisfy({ $0 > 0 }), let next = value(trial, barrier: barrier),
                    next >= current + 0.1 * length * decrement || decrement < 1e-10
                {
                    (variances, current, isHigher) = (trial, next, true)
                } else {
                    length /= 2
                }
            }
            if decrement < 1e-20 || !isHigher { return }
        }
    }
}

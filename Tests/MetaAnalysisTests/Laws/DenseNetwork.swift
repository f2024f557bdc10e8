import RealModule

@testable import MetaAnalysis

/// Generalized least squares as a textbook has it, to hold the library against: the contrasts of every study with its first
/// arm, their full covariance, plain Gaussian elimination. O(N³) for N contrasts.
struct DenseNetwork {
    /// N contrasts, arm minus first arm of its study.
    let responses: [Double]
    /// N × (n − 1): effects of all treatments versus the first of the network.
    let design: [[Double]]
    /// Sampling covariance, N × N.
    let sampling: [[Double]]
    /// What τ² is multiplied with: 1 on the diagonal and ½ within a study.
    let between: [[Double]]

    init(_ network: TreatmentNetwork) {
        var responses: [Double] = []
        var design: [[Double]] = []
        var blocks: [[[Double]]] = []
        for study in network.studies {
            func variance(_ first: Int, _ second: Int) -> Double {
                study.pairs.first { $0.first == min(first, second) && $0.second == max(first, second) }?.variance ?? 0
            }
            let base = study.arms[0]
            let others = Array(study.arms.dropFirst())
            for arm in others {
                // Pairs are first − second and the base comes first.
                responses.append(-(study.pairs.first { $0.first == base && $0.second == arm }?.estimate ?? .nan))
                var row = Array(repeating: 0.0, count: network.treatments.count - 1)
                if arm > 0 { row[arm - 1] += 1 }
                if base > 0 { row[base - 1] -= 1 }
                design.append(row)
            }
            blocks.append(
                others.map { left in
                    others.map { right in
                        0.5 * (variance(base, left) + variance(base, right) - variance(left, right))
                    }
                })
        }
        let count = responses.count
        var sampling = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        var between = sampling
        var start = 0
        for block in blocks {
            for row in block.indices {
                for column in block.indices {
                    sampling[start + row][start + column] = block[row][column]
                    between[start + row][start + column] = row == column ? 1 : 0.5
                }
            }
            start += block.count
        }
        self.responses = responses
        self.design = design
        self.sampling = sampling
        self.between = between
    }
}

extension DenseNetwork {
    struct Fit {
        /// Versus the first treatment, whose own effect of 0 stands first: n of them.
        var estimates: [Double]
        /// n × n, row and column of the first treatment 0.
        var covariance: [[Double]]
        /// rᵀV⁻¹r.
        var quadraticForm: Double
        var logLikelihood: Double
        /// Up to a constant that depends on the design only.
        var restrictedLogLikelihood: Double

        func effect(_ first: Int, _ second: Int) -> Double { estimates[first] - estimates[second] }

        func variance(_ first: Int, _ second: Int) -> Double {
            covariance[first][first] + covariance[second][second] - 2 * covariance[first][second]
        }
    }

    func fit(at tauSquared: Double) -> Fit {
        let n = responses.count
        let p = design[0].count
        let total = (0..<n).map { row in (0..<n).map { sampling[row][$0] + tauSquared * between[row][$0] } }
        // V⁻¹ (X, y).
        let solved = gaussianElimination(total, (0..<n).map { design[$0] + [responses[$0]] })
        let gram = (0..<p).map { left in
            (0..<p).map { right in (0..<n).reduce(0) { $0 + design[$1][left] * solved.solution[$1][right] } }
        }
        let products = (0..<p).map { left in
            [(0..<n).reduce(0) { $0 + design[$1][left] * solved.solution[$1][p] }]
                + (0..<p).map { $0 == left ? 1 : 0 }
        }
        let inner = gaussianElimination(gram, products)
        let coefficients = inner.solution.map { $0[0] }
        let residuals = (0..<n).map { row in
            (0..<p).reduce(responses[row]) { $0 - design[row][$1] * coefficients[$1] }
        }
        let weighted = gaussianElimination(total, residuals.map { [$0] }).solution
        let form = (0..<n).reduce(0) { $0 + residuals[$1] * weighted[$1][0] }
        let log2Pi = Double.log(2 * .pi)
        return Fit(
            estimates: [0] + coefficients,
            covariance: [Array(repeating: 0, count: p + 1)] + inner.solution.map { [0] + $0.dropFirst() },
            quadraticForm: form,
            logLikelihood: -0.5 * (Double(n) * log2Pi + solved.logDeterminant + form),
            restrictedLogLikelihood: -0.5
                * (Double(n - p) * log2Pi + solved.logDeterminant + inner.logDeterminant + form))
    }

    /// (Q − df) / tr(P B) with P = V⁻¹ − V⁻¹X(XᵀV⁻¹X)⁻¹XᵀV⁻¹ and B what τ² is multiplied with: DerSimonian–Laird for networks.
    var momentEstimate: Double {
        let n = responses.count
        let p = design[0].count
        let inverse = gaussianElimination(
            sampling, (0..<n).map { row in (0..<n).map { $0 == row ? 1 : 0 } }
        ).solution
        let solved = (0..<n).map { row in
            (0..<p).map { column in (0..<n).reduce(0) { $0 + inverse[row][$1] * design[$1][column] } }
        }
        let covariance = fit(at: 0).covariance.dropFirst().map { Array($0.dropFirst()) }
        var trace = 0.0
        for row in 0..<n {
            for column in 0..<n {
                var projected = inverse[row][column]
                for left in 0..<p {
                    for right in 0..<p {
                        projected -= solved[row][left] * covariance[left][right] * solved[column][right]
                    }
                }
                trace += projected * between[column][row]
            }
        }
        return max(0, (fit(at: 0).quadraticForm - Double(n - p)) / trace)
    }
}

/// A⁻¹B and log det A of a positive definite A, with partial pivoting.
private func gaussianElimination(
    _ matrix: [[Double]], _ right: [[Double]]
) -> (solution: [[Double]], logDeterminant: Double) {
    var left = matrix
    var right = right
    var logDeterminant = 0.0
    for step in left.indices {
        let pivot = left.indices.dropFirst(step).max { abs(left[$0][step]) < abs(left[$1][step]) } ?? step
        left.swapAt(step, pivot)
        right.swapAt(step, pivot)
        logDeterminant += .log(abs(left[step][step]))
        for row in left.indices where row != step {
            let factor = left[row][step] / left[step][step]
            guard factor != 0 else { continue }
            for column in left.indices.dropFirst(step) { left[row][column] -= factor * left[step][column] }
            for column in right[row].indices { right[row][column] -= factor * right[step][column] }
        }
    }
    for row in left.indices { right[row] = right[row].map { $0 / left[row][row] } }
    return (right, logDeterminant)
}

internal import RealModule

/// Profile (restricted) log-likelihood of y ~ N(Xβ, diag(v + exp(Zα))), at the best β for each α, with its derivatives by α.
///
/// k responses, p columns of X, q of Z: O(k (p² + q p²)) for each α, and no k × k matrix. With P = W − WXMX'W every product in
/// the second derivatives is a sum over studies or a trace of p × p matrices.
struct ScaleLikelihood {
    private let model: VarianceComponentModel
    /// X, k × p.
    private let location: Matrix
    /// Z, k × q.
    private let scale: Matrix
    private let isRestricted: Bool
    private let logDeterminantOfDesign: Double

    init(_ model: VarianceComponentModel, location: Matrix, scale: Matrix, isRestricted: Bool) {
        self.model = model
        self.location = location
        self.scale = scale
        self.isRestricted = isRestricted
        let ones = Array(repeating: 1.0, count: model.count)
        logDeterminantOfDesign = model.leastSquares(weights: ones).logDeterminant
    }

    /// Computes exp(Zα) for every study.
    func tauSquared(_ alpha: [Double]) -> [Double] {
        (scale * alpha).map { .exp(min($0, Self.greatestExponent)) }
    }

    private static let greatestExponent = 600.0

    func leastSquares(_ alpha: [Double]) -> WeightedLeastSquares {
        model.leastSquares(weights: zip(model.variances, tauSquared(alpha)).map { 1 / ($0 + $1) })
    }

    /// Computes the log-likelihood at α.
    ///
    /// - Returns: −∞ when the log-likelihood is not finite.
    func value(_ alpha: [Double]) -> Double { value(leastSquares(alpha)) }

    private func value(_ fit: WeightedLeastSquares) -> Double {
        var logWeights = 0.0
        for weight in fit.weights { logWeights += .log(weight) }
        let dimensions = isRestricted ? model.residualDegreesOfFreedom : Double(model.count)
        let own = isRestricted ? fit.logDeterminant - logDeterminantOfDesign : 0
        let value =
            -0.5 * (dimensions * .log(2 * .pi) - logWeights + own + fit.residualSumOfSquares(model.responses))
        return value.isFinite ? value : -.infinity
    }

    /// Computes the value and its derivatives at one α.
    func expanded(_ alpha: [Double]) -> SecondOrder {
        let tauSquared = tauSquared(alpha)
        let fit = leastSquares(alpha)
        let (count, width) = (model.count, scale.columns)
        let weights = fit.weights
        let bread = fit.inverseGram
        let projected = zip(weights, fit.residuals(model.responses)).map { $0 * $1 }
        var gradient = Array(repeating: 0.0, count: width)
        var hessian = Matrix(rows: width, columns: width)
        // Σ τ²z w² x x' and X'W(τ²z Py) for every column of Z.
        var meats = Array(repeating: Matrix(rows: location.columns, columns: location.columns), count: width)
        var crosses = Array(repeating: Array(repeating: 0.0, count: location.columns), count: width)
        for index in 0..<count {
            let (weight, tau) = (weights[index], tauSquared[index])
            let row = location.row(index)
            let leverage = isRestricted ? bread.form(row) : 0
            let diagonal = weight - weight * weight * leverage
            let slope = 0.5 * (projected[index] * projected[index] - diagonal) * tau
            let trace =
                0.5 * weight * weight * (1 - 2 * weight * leverage) - weight * projected[index] * projected[index]
            for left in 0..<width {
                let moved = tau * scale[index, left]
                gradient[left] += slope * scale[index, left]
                for right in 0...left {
                    hessian[left, right] += (slope + trace * tau * tau) * scale[index, left] * scale[index, right]
                }
                let once = weight * moved * projected[index]
                for one in row.indices {
                    crosses[left][one] += once * row[one]
                    guard isRestricted else { continue }
                    let twice = weight * weight * moved * row[one]
                    for other in 0...one { meats[left][one, other] += twice * row[other] }
                }
            }
        }
        let halves = meats.map { meat in
            var full = meat
            for one in 0..<full.rows { for other in 0..<one { full[other, one] = full[one, other] } }
            return bread * full
        }
        for left in 0..<width {
            for right in 0...left {
                let explained = zip(crosses[left], bread * crosses[right]).reduce(0) { $0 + $1.0 * $1.1 }
                let squares = isRestricted ? 0.5 * halves[left].traceOfProduct(with: halves[right]) : 0
                hessian[left, right] += explained + squares
                hessian[right, left] = hessian[left, right]
            }
        }
        return SecondOrder(value: value(fit), gradient: gradient, hessian: hessian)
    }

    // MARK: Search

    /// Result of one search for a maximum.
    struct Summit {
        var alpha: [Double]
        var value: Double
        var hessian: Matrix
        var iterations: Int
        /// Whether the search converged to a point at which the likelihood decreases in all directions.
        var isMaximum: Bool
    }

    /// Searches for a maximum from one start.
    func climb(from start: [Double]) -> Summit {
        let width = start.count
        let found = maximum(
            of: { alpha, needsDerivatives in
                if needsDerivatives { return expanded(alpha) }
                return SecondOrder(value: value(alpha), gradient: [], hessian: Matrix(rows: 0, columns: 0))
            }, from: start, in: Array(repeating: -Self.farthest...Self.farthest, count: width),
            reach: Array(repeating: Self.reach, count: width))
        let alpha = found?.argument ?? start
        let here = expanded(alpha)
        let flattest = SymmetricEigen(here.hessian)?.values.last ?? .infinity
        return Summit(
            alpha: alpha, value: here.value, hessian: here.hessian, iterations: found?.iterations ?? 0,
            isMaximum: found?.isConverged == true && flattest < -1e-6
                && alpha.allSatisfy { abs($0) < Self.farthest })
    }

    /// Greatest length of a first step in standardized columns, in units of log τ² of a typical study.
    private static let reach = 4.0
    /// Bound of |α|, beyond which τ² is negligible beside any sampling variance.
    private static let farthest = 80.0
}

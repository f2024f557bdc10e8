internal import RealModule

/// The (restricted) log-likelihood of y ~ N(Xβ, diag(v + exp(Zα))) at the best β for each α, with its derivatives by α.
///
/// k responses, p columns of X, q of Z: O(k (p² + q p²)) for each α, and no k × k matrix: with P = W − WXMX'W every product that the
/// second derivatives need is a sum over studies and a trace of p × p matrices.
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

    /// exp(Zα) of every study.
    func tauSquared(_ alpha: [Double]) -> [Double] {
        (scale * alpha).map { .exp(min($0, Self.greatestExponent)) }
    }

    private static let greatestExponent = 600.0

    func leastSquares(_ alpha: [Double]) -> WeightedLeastSquares {
        model.leastSquares(weights: zip(model.variances, tauSquared(alpha)).map { 1 / ($0 + $1) })
    }

    /// The value and its derivatives at one α.
    struct Reading {
        var value: Double
        var gradient: [Double]
        var hessian: Matrix
    }

    /// - Returns: −∞ where nothing can be solved.
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

    func reading(_ alpha: [Double]) -> Reading {
        let tauSquared = tauSquared(alpha)
        let fit = leastSquares(alpha)
        let (count, width) = (model.count, scale.columns)
        let weights = fit.weights
        let bread = fit.inverseGram
        let projected = zip(weights, fit.residuals(model.responses)).map { $0 * $1 }
        var gradient = Array(repeating: 0.0, count: width)
        var hessian = Matrix(rows: width, columns: width)
        // Σ τ²z w² x x' and X'W(τ²z Py) of every column of Z.
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
        return Reading(value: value(fit), gradient: gradient, hessian: hessian)
    }

    // MARK: Search

    /// What a climb came to.
    struct Summit {
        var alpha: [Double]
        var reading: Reading
        var iterations: Int
        /// Whether the slope is 0 and curved downwards in all directions.
        var isMaximum: Bool
    }

    /// Newton's method from a start, its steps bent uphill and halved until the likelihood rises.
    func climb(from start: [Double]) -> Summit {
        var alpha = start
        var reading = reading(alpha)
        for iteration in 1...Self.mostIterations {
            let step = Self.step(reading)
            let length = step.reduce(0) { max($0, abs($1)) }
            guard length.isFinite else {
                return Summit(alpha: alpha, reading: reading, iterations: iteration, isMaximum: false)
            }
            var share = min(1, Self.greatestStep / max(length, .leastNormalMagnitude))
            var next = alpha
            var value = -Double.infinity
            while true {
                next = zip(alpha, step).map { $0 + share * $1 }
                value = self.value(next)
                if value >= reading.value || share * length < Self.leastStep { break }
                share *= 0.5
            }
            guard value >= reading.value else {
                return Summit(
                    alpha: alpha, reading: reading, iterations: iteration, isMaximum: Self.isMaximum(reading))
            }
            alpha = next
            reading = self.reading(alpha)
            if share * length < Self.leastStep {
                return Summit(
                    alpha: alpha, reading: reading, iterations: iteration, isMaximum: Self.isMaximum(reading))
            }
            // Past this τ² is 0 beside any sampling variance.
            if alpha.contains(where: { abs($0) > Self.farthest }) { break }
        }
        return Summit(alpha: alpha, reading: reading, iterations: Self.mostIterations, isMaximum: false)
    }

    private static let mostIterations = 200
    /// In standard columns: log τ² of a typical study.
    private static let greatestStep = 4.0
    private static let leastStep = 1e-11
    private static let farthest = 80.0

    /// −H⁻¹g, with eigenvalues of the wrong sign turned and tiny ones raised.
    private static func step(_ reading: Reading) -> [Double] {
        guard let eigen = SymmetricEigen(reading.hessian) else { return reading.gradient.map { _ in .nan } }
        let greatest = eigen.values.reduce(0) { max($0, abs($1)) }
        var step = Array(repeating: 0.0, count: reading.gradient.count)
        for (index, value) in eigen.values.enumerated() {
            let direction = eigen.vectors.column(index)
            let slope = zip(direction, reading.gradient).reduce(0) { $0 + $1.0 * $1.1 }
            let curvature = max(abs(value), 1e-12 * greatest, .leastNormalMagnitude)
            for place in step.indices { step[place] += direction[place] * slope / curvature }
        }
        return step
    }

    private static func isMaximum(_ reading: Reading) -> Bool {
        guard let eigen = SymmetricEigen(reading.hessian), let flattest = eigen.values.last, flattest < -1e-6 else {
            return false
        }
        return reading.gradient.allSatisfy { abs($0) < 1e-4 * (1 + abs(reading.value)) }
    }
}

internal import RealModule

/// The likelihood of the Copas selection model for given chances of publication, with its first and second derivatives.
///
/// The parameters are the mean μ, the correlation ρ, τ² and, optionally, the slope β of effects on their standard errors. Effects y have
/// standard errors s; u = γ₀ + γ₁/s, λ = φ(u)/Φ(u), σ² = s²/(1 − ρ² λ (u + λ)): s² estimates the variance of published effects, σ² that of
/// all. q = σ² + τ², d = q − ρ²σ², log L = Σ log φ((y − μ − βs)/√q)/√q − log Φ(u) + log Φ(v) with v = u √(q/d) + ρσ (y − μ − βs)/√(qd). k
/// effects, O(k).
struct CopasLikelihood {
    /// Values of the four parameters.
    struct Point: Equatable {
        var mean: Double
        var correlation: Double
        var tauSquared: Double
        var slope = 0.0

        subscript(index: Int) -> Double {
            get {
                switch index {
                case 0: mean
                case 1: correlation
                case 2: tauSquared
                default: slope
                }
            }
            set {
                switch index {
                case 0: mean = newValue
                case 1: correlation = newValue
                case 2: tauSquared = newValue
                default: slope = newValue
                }
            }
        }
    }

    /// Value, gradient and lower triangle of the Hessian of the log-likelihood, in the order of `Point`.
    struct Expansion {
        var value = 0.0
        var gradient = SIMD4<Double>.zero
        var hessian = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)

        /// The element of the Hessian in `row` and `column` ≤ `row`.
        func hessian(_ row: Int, _ column: Int) -> Double {
            let (first, second) = (max(row, column), min(row, column))
            switch first {
            case 0: return hessian.0[second]
            case 1: return hessian.1[second]
            case 2: return hessian.2[second]
            default: return hessian.3[second]
            }
        }
    }

    private let responses: [Double]
    let errors: [Double]
    /// Argument u of the chance of publication, for each study.
    private let propensities: [Double]
    /// Factor λ (u + λ) by which selection shrinks a variance for ρ = 1, for each study.
    private let shrinkage: [Double]
    private let logPublished: Double

    init(_ responses: [Double], errors: [Double], gamma0: Double, gamma1: Double) {
        self.responses = responses
        self.errors = errors
        propensities = errors.map { gamma0 + gamma1 / $0 }
        shrinkage = propensities.map { u in
            let ratio = NormalTail.hazard(-u)
            return min(max(0, ratio * (u + ratio)), 1)
        }
        logPublished = propensities.reduce(0) { $0 + NormalTail.logUpper(-$1) }
    }

    /// Creates the likelihood without selection: random effects.
    init(unselected responses: [Double], errors: [Double]) {
        self.responses = responses
        self.errors = errors
        propensities = Array(repeating: Self.certain, count: errors.count)
        shrinkage = Array(repeating: 0, count: errors.count)
        logPublished = 0
    }

    /// Value of u so large that Φ(u) is 1 whatever is added to it.
    private static let certain = 1e9

    var count: Int { responses.count }

    /// Expected number of unpublished studies: Σ (1 − p)/p.
    var unpublished: Double {
        propensities.reduce(0) { sum, u in
            sum + ReferenceDistribution.normal.upperTail(u) / ReferenceDistribution.normal.lowerTail(u)
        }
    }

    func expanded(at point: Point) -> Expansion {
        var result = Expansion()
        var first = SIMD4<Double>.zero
        let rho = point.correlation
        var (mm, mb, bb) = (0.0, 0.0, 0.0)
        var (mr, mt, rr, rt, tt, br, bt) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for index in responses.indices {
            let s = errors[index]
            let w = responses[index] - point.mean - point.slope * s
            let (u, a) = (propensities[index], shrinkage[index])
            // Names of derivatives with respect to ρ end in R, with respect to τ² in T.
            let denominator = 1 / (1 - a * rho * rho)
            let variance = s * s * denominator
            let varianceR = variance * 2 * a * rho * denominator
            let varianceRR = variance * 2 * a * denominator * (1 + 4 * a * rho * rho * denominator)
            let q = variance + point.tauSquared
            let d = q - rho * rho * variance
            let dR = varianceR - 2 * rho * variance - rho * rho * varianceR
            let dRR = varianceRR - 2 * variance - 4 * rho * varianceR - rho * rho * varianceRR
            let (qi, di) = (1 / q, 1 / d)
            let (qr, dr) = (varianceR * qi, dR * di)
            let (qrr, drr) = (varianceRR * qi - qr * qr, dRR * di - dr * dr)
            let (qrt, drt) = (-qr * qi, -dr * di)
            let (qtt, dtt) = (-qi * qi, -di * di)
            // v = A + Bw with A = u √(q/d) and B = ρσ/√(qd).
            let A = u * (q * di).squareRoot()
            let (AlR, AlT) = (0.5 * (qr - dr), 0.5 * (qi - di))
            let sigma = variance.squareRoot()
            let sigmaR = 0.5 * varianceR / sigma
            let sigmaRR = 0.5 * varianceRR / sigma - sigmaR * sigmaR / sigma
            let c = rho * sigma
            let cR = sigma + rho * sigmaR
            let cRR = 2 * sigmaR + rho * sigmaRR
            let e = (qi * di).squareRoot()
            let (elR, elT) = (-0.5 * (qr + dr), -0.5 * (qi + di))
            let eR = e * elR
            let eT = e * elT
            let eRR = e * (elR * elR - 0.5 * (qrr + drr))
            let eRT = e * (elR * elT - 0.5 * (qrt + drt))
            let eTT = e * (elT * elT - 0.5 * (qtt + dtt))
            let B = c * e
            let (BR, BT) = (cR * e + c * eR, c * eT)
            let v = A + B * w
            let vR = A * AlR + BR * w
            let vT = A * AlT + BT * w
            let vRR = A * (AlR * AlR + 0.5 * (qrr - drr)) + (cRR * e + 2 * cR * eR + c * eRR) * w
            let vRT = A * (AlR * AlT + 0.5 * (qrt - drt)) + (cR * eT + c * eRT) * w
            let vTT = A * (AlT * AlT + 0.5 * (qtt - dtt)) + c * eTT * w
            let tail = Self.tail(v)
            let (m, n) = (tail.slope, tail.curvature)
            let squared = w * w * qi
            result.value += 0.5 * .log(qi) - 0.5 * squared - NormalTail.halfLogTwoPi + tail.value
            let lw = -w * qi + m * B
            let lww = -qi + n * B * B
            let lwr = w * qi * qr + m * BR + n * B * vR
            let lwt = w * qi * qi + m * BT + n * B * vT
            first += SIMD4(
                -lw, 0.5 * qr * (squared - 1) + m * vR, 0.5 * qi * (squared - 1) + m * vT, -lw * s)
            mm += lww
            mb += lww * s
            bb += lww * s * s
            mr -= lwr
            mt -= lwt
            br -= lwr * s
            bt -= lwt * s
            rr += 0.5 * qrr * (squared - 1) - 0.5 * squared * qr * qr + m * vRR + n * vR * vR
            rt += 0.5 * qrt * (squared - 1) - 0.5 * squared * qr * qi + m * vRT + n * vR * vT
            tt += 0.5 * qtt * (squared - 1) - 0.5 * squared * qi * qi + m * vTT + n * vT * vT
        }
        result.value -= logPublished
        result.gradient = first
        result.hessian = (
            SIMD4(mm, 0, 0, 0), SIMD4(mr, rr, 0, 0), SIMD4(mt, rt, tt, 0), SIMD4(mb, br, bt, bb)
        )
        return result
    }

    /// log Φ with its first two derivatives.
    @inline(__always)
    private static func tail(_ v: Double) -> (value: Double, slope: Double, curvature: Double) {
        if v > 40 { return (0, 0, 0) }
        let slope = NormalTail.hazard(-v)
        return (NormalTail.logUpper(-v), slope, -slope * (v + slope))
    }
}

// MARK: - Maximum likelihood

extension CopasLikelihood {
    struct Maximum {
        var point: Point
        var logLikelihood: Double
        /// Standard error of μ, from the curvature in the parameters that are not at a bound; `nil` where the curvature is not that of a
        /// maximum.
        var standardError: Double?
    }

    /// Climbs from `start` to a maximum, in steps of at most 0.2 in ρ.
    ///
    /// The likelihood may rise again toward ρ = ±1, where it assumes that no effect lies beyond a bound. Such a maximum is returned only if
    /// the climb ends there.
    func climb(from start: Point, correlations: ClosedRange<Double>, withSlope: Bool = false) -> Maximum {
        let size = withSlope ? 4 : 3
        let typical = errors.reduce(0) { $0 + $1 * $1 } / Double(count)
        let units = [typical.squareRoot(), 1, typical, 1]
        var point = start
        var here = expanded(at: point)
        var damping = 1e-3
        var polish = 0
        for _ in 0..<Self.greatestSteps {
            let free = Self.free(point, here, correlations, size)
            guard let step = Self.step(here, free, units, damping: damping) else {
                damping = max(4 * damping, 1e-3)
                if damping > 1e12 { break }
                continue
            }
            let next = Self.moved(point, by: step, free, correlations)
            if next == point { break }
            let gain = free.reduce(0) { $0 + here.gradient[$1] * step[$1] }
            let there = expanded(at: next)
            if gain < Self.negligible, there.value > here.value - 1e-9 {
                (point, here) = (next, there)
                polish += 1
                damping = 0
                if polish > 2 { break }
                continue
            }
            if there.value > here.value {
                (point, here) = (next, there)
                damping = damping < 1e-9 ? 0 : damping / 8
            } else {
                damping = max(8 * damping, 1e-6)
                if damping > 1e12 { break }
            }
        }
        let free = Self.free(point, here, correlations, size)
        return Maximum(
            point: point, logLikelihood: here.value, standardError: Self.standardError(here, free, units))
    }

    private static let greatestSteps = 200
    private static let negligible = 1e-11
    /// Least slope in ρ that moves a correlation off its bound; rounding cannot produce it. Where all studies have the same chance of
    /// publication, the slope at ρ = 0 is 0, or rounding error of either sign.
    private static let negligibleSlope = 1e-9
    private static let greatestCorrelationStep = 0.2

    /// Returns the parameters that no bound holds in place.
    private static func free(
        _ point: Point, _ here: Expansion, _ correlations: ClosedRange<Double>, _ size: Int
    ) -> [Int] {
        (0..<size).filter { index in
            let slope = here.gradient[index]
            switch index {
            case 1:
                if correlations.lowerBound == correlations.upperBound { return false }
                if point.correlation <= correlations.lowerBound { return slope > negligibleSlope }
                if point.correlation >= correlations.upperBound { return slope < -negligibleSlope }
                return true
            case 2: return point.tauSquared > 0 || slope > 0
            default: return true
            }
        }
    }

    private static func moved(
        _ point: Point, by step: SIMD4<Double>, _ free: [Int], _ correlations: ClosedRange<Double>
    ) -> Point {
        let share = min(1, greatestCorrelationStep / max(abs(step[1]), greatestCorrelationStep))
        var next = point
        for index in free { next[index] += share * step[index] }
        next.correlation = min(max(next.correlation, correlations.lowerBound), correlations.upperBound)
        next.tauSquared = max(0, next.tauSquared)
        return next
    }

    /// Solves (−H + κD) δ = g over the free parameters; `nil` where that matrix is not positive definite.
    private static func step(
        _ here: Expansion, _ free: [Int], _ units: [Double], damping: Double
    ) -> SIMD4<Double>? {
        guard
            let factor = SmallCholesky(
                free.count,
                { row, column in
                    let (i, j) = (free[row], free[column])
                    let scale = units[i] * units[j]
                    let own = -here.hessian(i, j) * scale
                    return row == column ? own + damping * (abs(own) + 1) : own
                })
        else { return nil }
        var step = SIMD4<Double>.zero
        let solution = factor.solve(free.map { here.gradient[$0] * units[$0] })
        for (position, index) in free.enumerated() { step[index] = solution[position] * units[index] }
        return step
    }

    private static func standardError(_ here: Expansion, _ free: [Int], _ units: [Double]) -> Double? {
        // A correlation that the data do not determine has no curvature and is left out.
        for kept in [free, free.filter { $0 != 1 }] {
            guard
                let factor = SmallCholesky(
                    kept.count,
                    { row, column in
                        -here.hessian(kept[row], kept[column]) * units[kept[row]] * units[kept[column]]
                    }), factor.leastPivot > 1e-12 * factor.greatestPivot
            else { continue }
            var unit = Array(repeating: 0.0, count: kept.count)
            unit[0] = 1
            let error = factor.solve(unit)[0].squareRoot() * units[0]
            if error.isFinite { return error }
        }
        return nil
    }
}

/// Cholesky factor of a matrix of up to four rows.
private struct SmallCholesky {
    private var factor: [Double]
    private let size: Int
    private(set) var leastPivot = Double.infinity
    private(set) var greatestPivot = 0.0

    init?(_ size: Int, _ element: (Int, Int) -> Double) {
        self.size = size
        factor = Array(repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0...row {
                var sum = element(row, column)
                for k in 0..<column { sum -= factor[row * size + k] * factor[column * size + k] }
                if row == column {
                    guard sum > 0, sum.isFinite else { return nil }
                    factor[row * size + row] = sum.squareRoot()
                    leastPivot = min(leastPivot, sum)
                    greatestPivot = max(greatestPivot, sum)
                } else {
                    factor[row * size + column] = sum / factor[column * size + column]
                }
            }
        }
    }

    func solve(_ right: [Double]) -> [Double] {
        var x = right
        for row in 0..<size {
            for k in 0..<row { x[row] -= factor[row * size + k] * x[k] }
            x[row] /= factor[row * size + row]
        }
        for row in (0..<size).reversed() {
            for k in (row + 1)..<max(row + 1, size) { x[row] -= factor[k * size + row] * x[k] }
            x[row] /= factor[row * size + row]
        }
        return x
    }
}

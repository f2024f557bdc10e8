internal import RealModule

/// The distribution of (Z + δ)/√(X/ν) with Z standard normal and X chi-squared with ν degrees of freedom: that of a scaled standardized
/// mean difference when the true difference is not 0.
///
/// Given the standard deviation s = √(X/ν) the tail is normal, so P(T > x) is the integral over v = log s of 2aᵃe⁻ᵃ/Γ(a) · exp(−a(s² − 1 −
/// 2v)) · Φ̄(xs − δ), a = ν/2. There is no cancellation, the integrand has one peak, and the trapezoidal rule converges exponentially. Both
/// tails therefore keep their relative accuracy, however small they are.
struct NoncentralTDistribution: Hashable, Sendable {
    /// Degrees of freedom ν > 0, which may be infinite; for other values every function gives NaN.
    var degreesOfFreedom: Double
    /// Noncentrality δ, finite.
    var noncentrality: Double

    /// P(T ≤ x).
    func lowerTail(_ x: Double) -> Double {
        NoncentralTDistribution(degreesOfFreedom: degreesOfFreedom, noncentrality: -noncentrality).upperTail(-x)
    }

    /// P(T > x).
    func upperTail(_ x: Double) -> Double {
        guard degreesOfFreedom > 0, noncentrality.isFinite, !x.isNaN else { return .nan }
        if x.isInfinite { return x > 0 ? 0 : 1 }
        if x == 0 || degreesOfFreedom == .infinity {
            return ReferenceDistribution.normal.upperTail(x - noncentrality)
        }
        if noncentrality == 0 { return ReferenceDistribution.studentT(degreesOfFreedom: degreesOfFreedom).upperTail(x) }
        let integral = NoncentralTIntegral(x: x, degreesOfFreedom: degreesOfFreedom, noncentrality: noncentrality)
        return min(max(integral.value, 0), 1)
    }

    /// Returns the x with P(T ≤ x) = `probability`.
    func quantile(_ probability: Double) -> Double {
        -NoncentralTDistribution(degreesOfFreedom: degreesOfFreedom, noncentrality: -noncentrality)
            .upperQuantile(probability)
    }

    /// Returns the x with P(T > x) = `probability`.
    func upperQuantile(_ probability: Double) -> Double {
        guard degreesOfFreedom > 0, noncentrality.isFinite, probability >= 0, probability <= 1 else { return .nan }
        if probability == 0 { return .infinity }
        if probability == 1 { return -.infinity }
        if degreesOfFreedom == .infinity {
            return noncentrality + ReferenceDistribution.normal.upperQuantile(probability)
        }
        // The smaller tail is solved for, because it is sensitive to small changes of x.
        let excess: (Double) -> Double =
            probability <= 0.5
            ? { .log(upperTail($0) / probability) } : { -.log(lowerTail($0) / (1 - probability)) }
        var step = 1.0
        while excess(noncentrality + step) > 0 && step < 1e300 { step *= 2 }
        let high = noncentrality + step
        step = 1
        while excess(noncentrality - step) < 0 && step < 1e300 { step *= 2 }
        return root(of: excess, in: (noncentrality - step)...high).value
    }
}

/// The integral for one upper tail.
private struct NoncentralTIntegral {
    let x: Double
    let noncentrality: Double
    /// Half the degrees of freedom.
    let a: Double
    /// log s at the peak of the integrand, and the width of the peak.
    private var peak: Double
    private var width: Double

    init(x: Double, degreesOfFreedom: Double, noncentrality: Double) {
        self.x = x
        self.noncentrality = noncentrality
        let a = degreesOfFreedom / 2
        self.a = a

        // The logarithm of the integrand is concave in s. Its slope is −2a(s − 1/s) − x h(xs − δ), with the normal hazard h.
        var low = -745.0
        var high = 60.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let s = Double.exp(middle)
            let slope = 2 * a * (1 / s - s) - x * Self.hazard(x * s - noncentrality)
            if slope > 0 { low = middle } else { high = middle }
        }
        peak = (low + high) / 2
        let s = Double.exp(peak)
        let z = x * s - noncentrality
        let hazard = Self.hazard(z)
        width = 1 / .sqrt(2 * a * (s * s + 1) + s * s * x * x * max(0, hazard * (hazard - z)))
    }

    var value: Double {
        // The integrand grows beyond a quarter of π above and below the real line, whatever the width of the peak.
        var step = min(width / 2, 0.25)
        var sum = sumOfIntegrand(step: step, offset: 0)
        guard sum > 0 else { return 0 }
        for _ in 0..<12 {
            let refined = (sum + sumOfIntegrand(step: step, offset: 0.5)) / 2
            let change = abs(refined - sum)
            sum = refined
            step /= 2
            if change <= 1e-9 * refined { break }
        }
        return normalisation * sum
    }

    private func sumOfIntegrand(step: Double, offset: Double) -> Double {
        var sum = 0.0
        for direction in [1.0, -1.0] {
            for index in (direction > 0 || offset > 0 ? 0 : 1)..<20_000 {
                let term = integrand(peak + direction * (Double(index) + offset) * step)
                sum += term
                if term <= 1e-19 * sum { break }
            }
        }
        return sum * step
    }

    private func integrand(_ v: Double) -> Double {
        .exp(-a * (.expMinusOne(2 * v) - 2 * v))
            * ReferenceDistribution.normal.upperTail(x * .exp(v) - noncentrality)
    }

    /// 2aᵃe⁻ᵃ/Γ(a); by Stirling's series for large a, for which the factors would cancel.
    private var normalisation: Double {
        guard a > 16 else { return 2 * .exp(-a) * .pow(a, a) / .gamma(a) }
        let r = 1 / (a * a)
        let remainder = (1 / 12.0 - r * (1 / 360.0 - r * (1 / 1260.0 - r * (1 / 1680.0 - r / 1188)))) / a
        return .sqrt(2 * a / .pi) * .exp(-remainder)
    }

    /// Density over upper tail of the standard normal distribution.
    private static func hazard(_ z: Double) -> Double {
        if z > 30 { return z + 1 / z - 2 / (z * z * z) }
        return .exp(-z * z / 2) / .sqrt(2 * .pi) / ReferenceDistribution.normal.upperTail(z)
    }
}

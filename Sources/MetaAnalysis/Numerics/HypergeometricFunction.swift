internal import RealModule

/// Gauss's hypergeometric function ₂F₁(a, b; c; z) without the first two terms of its series: the part beyond 1 + (ab/c)z, for the two
/// pairs a = b = ½ and a = b = 1, with 0 ≤ z ≤ 1.
///
/// Without its first terms it keeps its relative accuracy where the function is nearly 1 (small z, large c). The series is used if it
/// converges fast. Near z = 1 with small c, an integral over the real line is used; its integrand is analytic in a strip, so the
/// trapezoidal rule converges exponentially.
///
/// Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 15.1.1 (series) and 15.3.1 (integral).
enum HypergeometricFunction {
    /// a = b = ½.
    case halves
    /// a = b = 1.
    case ones

    /// - Parameters:
    ///   - c: third parameter; at least 3/2 for `halves` and 5/2 for `ones`.
    ///   - z: argument, from 0 to 1.
    ///   - complement: 1 − z, given separately because it cannot be computed accurately from a z near 1.
    func beyondFirstTerms(_ c: Double, _ z: Double, complement: Double) -> Double {
        if z <= 0.8 || c >= 10 { return series(c, z) }
        switch self {
        case .halves: return Self.halvesByIntegral(c, complement) - 1 - z / (4 * c)
        case .ones: return Self.onesByIntegral(c, complement) - 1 - z / c
        }
    }

    private func series(_ c: Double, _ z: Double) -> Double {
        let a = self == .halves ? 0.5 : 1
        var term = a * a / c * z
        var sum = 0.0
        var k = 1.0
        repeat {
            term *= (a + k) * (a + k) / ((c + k) * (k + 1)) * z
            sum += term
            k += 1
        } while term * k > 1e-16 * sum
        return sum
    }

    /// ∫ cosh^(2−2c) x (1 + (1 − z) sinh² x)^(−½) dx over ∫ cosh^(1−2c) x dx.
    private static func halvesByIntegral(_ c: Double, _ complement: Double) -> Double {
        let step = 0.125
        var numerator = 0.5
        var denominator = 0.5
        var x = step
        while true {
            let sinh = Double.sinh(x)
            let cosh = Double.cosh(x)
            let decay = Double.pow(cosh, 1 - 2 * c)
            let term = decay * cosh / (1 + complement * sinh * sinh).squareRoot()
            numerator += term
            denominator += decay
            if term <= 1e-18 * numerator && decay <= 1e-18 * denominator { return numerator / denominator }
            x += step
        }
    }

    /// (c − 1) ∫ (1 + eᵛ)^(1−c) eᵛ / (1 + (1 − z) eᵛ) dv.
    private static func onesByIntegral(_ c: Double, _ complement: Double) -> Double {
        let step = 0.25
        func integrand(_ v: Double) -> Double {
            let e = Double.exp(v)
            return Double.exp((1 - c) * Double.log(onePlus: e)) * e / (1 + complement * e)
        }
        var sum = integrand(0)
        for direction in [step, -step] {
            var v = direction
            while true {
                let term = integrand(v)
                sum += term
                if term <= 1e-18 * sum { break }
                v += direction
            }
        }
        return (c - 1) * step * sum
    }
}

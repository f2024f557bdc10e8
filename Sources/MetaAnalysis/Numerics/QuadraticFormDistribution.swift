internal import RealModule

/// The distribution of a positive quadratic form in normal variables: of Q = Σ λⱼ χ²₁ with independent terms.
///
/// Cochran's Q with fixed weights has such a distribution when the studies differ, which gives the exact confidence interval of τ² by
/// Jackson et al. (2014, doi:10.1186/1471-2288-14-103). The tail that is not near 1 is an integral of exp(K(z) − qz)/z, where K is the
/// cumulant generating function. The path of integration passes through the saddle point and bends into the half plane in which the
/// integrand decays (the path of Lugannani and Rice 1980, doi:10.2307/1426607, followed numerically). On it the trapezoidal rule converges
/// exponentially, for any spread of the λⱼ and any q. The relative error is about 1e-13 or the effect of one rounding of q, whichever is
/// larger; see `docs/accuracy.md`. A tail costs O(k) for each of some 50 to 500 points; no matrix is formed.
struct QuadraticFormDistribution: Sendable {
    private enum Kind {
        /// A coefficient or weight that is negative or not finite.
        case invalid
        /// Q is always 0.
        case zero
        /// All λⱼ equal.
        case chiSquared(ReferenceDistribution, scale: Double)
        case general(QuadraticFormCumulants)
    }

    private let kind: Kind

    /// Makes the distribution of Σ `coefficients`[j] χ²₁ with coefficients of at least 0; a negative one makes every tail NaN.
    init(coefficients: [Double]) {
        guard coefficients.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            kind = .invalid
            return
        }
        let positive = coefficients.filter { $0 > 0 }
        kind = Self.kind(
            coefficients: positive, count: positive.count, cumulants: QuadraticFormCumulants(coefficients: positive))
    }

    /// Makes the distribution of Σ aᵢ(yᵢ − ȳ)² with ȳ = Σ aᵢyᵢ/Σ aᵢ, for independent normal yᵢ with a common mean.
    ///
    /// - Parameters:
    ///   - weights: aᵢ, at least 0; a negative one makes every tail NaN.
    ///   - variances: variances of the yᵢ, at least 0, one for each weight.
    init(weights: [Double], variances: [Double]) {
        precondition(weights.count == variances.count, "as many variances as weights")
        guard (weights + variances).allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            kind = .invalid
            return
        }
        let terms = zip(weights, variances).filter { $0.0 > 0 }.map { (weight: $0.0, coefficient: $0.0 * $0.1) }
        guard terms.count > 1 else {
            kind = .zero
            return
        }
        kind = Self.kind(
            coefficients: terms.map(\.coefficient), count: terms.count - 1,
            cumulants: QuadraticFormCumulants(centered: terms))
    }

    /// P(Q > q).
    func upperTail(_ q: Double) -> Double {
        switch kind {
        case .invalid: .nan
        case .zero: q.isNaN ? .nan : q < 0 ? 1 : 0
        case .chiSquared(let distribution, let scale): distribution.upperTail(q / scale)
        case .general(let cumulants): cumulants.tails(q).upper
        }
    }

    /// P(Q ≤ q).
    func lowerTail(_ q: Double) -> Double {
        switch kind {
        case .invalid: .nan
        case .zero: q.isNaN ? .nan : q < 0 ? 0 : 1
        case .chiSquared(let distribution, let scale): distribution.lowerTail(q / scale)
        case .general(let cumulants): cumulants.tails(q).lower
        }
    }

    /// Recognizes forms without spread: coefficients that are equal apart from the rounding of their products.
    private static func kind(
        coefficients: [Double], count: Int, cumulants: @autoclosure () -> QuadraticFormCumulants
    ) -> Kind {
        guard let least = coefficients.min(), let greatest = coefficients.max(), greatest > 0 else { return .zero }
        if greatest - least <= 2 * .ulpOfOne * greatest {
            return .chiSquared(.chiSquared(degreesOfFreedom: Double(count)), scale: least + (greatest - least) / 2)
        }
        return .general(cumulants())
    }
}

/// The cumulant generating function K(z) = −½ log det(I − 2zM) of a quadratic form and its tails.
///
/// A plain form has det = Π(1 − 2zdᵢ). The centered form has M = D − uuᵀ with dᵢ = aᵢsᵢ, uᵢ = aᵢ√sᵢ and Σaᵢ = 1, so det = Π(1 − 2zdᵢ) · Σ
/// aᵢ/(1 − 2zdᵢ). With the factor of the greatest coefficient d multiplied into the sum, this is the product of the other factors with B(z)
/// = a + (1 − 2zd) S(z), where S runs over the smaller coefficients. In that form nothing is singular between 0 and 1/(2λ) for the greatest
/// eigenvalue λ; at 1/(2λ), B or a factor becomes zero.
private struct QuadraticFormCumulants: Sendable {
    /// The dᵢ of the product; for a centered form, first those of S, then the repetitions of the greatest.
    private(set) var factors: [Double]
    /// The aᵢ of S, for the first elements of `factors`; empty for a plain form, which has no B.
    private(set) var weights: [Double]
    /// d and a of B.
    private(set) var greatest: (coefficient: Double, weight: Double)
    private var mean: Double
    /// Lower bound of λ.
    private var leastGreatestEigenvalue: Double

    init(coefficients: [Double]) {
        factors = coefficients
        weights = []
        greatest = (0, 1)
        mean = coefficients.reduce(0, +)
        leastGreatestEigenvalue = coefficients.max() ?? 0
    }

    init(centered terms: [(weight: Double, coefficient: Double)]) {
        let total = terms.reduce(0) { $0 + $1.weight }
        let largest = terms.map(\.coefficient).max() ?? 0
        let smaller = terms.filter { $0.coefficient < largest }
        let ties = terms.filter { $0.coefficient == largest }
        factors = smaller.map(\.coefficient) + ties.dropFirst().map(\.coefficient)
        weights = smaller.map { $0.weight / total }
        greatest = (largest, ties.reduce(0) { $0 + $1.weight } / total)
        mean = terms.reduce(0) { $0 + $1.coefficient * (1 - $1.weight / total) }
        // The greatest eigenvalue is at least the second coefficient and at least any diagonal element.
        leastGreatestEigenvalue = max(factors.max() ?? 0, largest * weights.reduce(0, +))
    }

    func tails(_ q: Double) -> (lower: Double, upper: Double) {
        if q.isNaN { return (.nan, .nan) }
        if q <= 0 { return (0, 1) }
        if q == .infinity { return (1, 0) }
        let form = divided(by: q)
        // The upper tail beyond the mean is at least 0.3, and the lower tail at least 0.5, so either complement is safe.
        if form.mean < 1 {
            let upper = SaddlePointIntegral(form, through: form.positiveSaddlePoint()).value
            return (1 - upper, upper)
        }
        let lower = SaddlePointIntegral(form, through: form.negativeSaddlePoint()).value
        return (lower, 1 - lower)
    }

    /// Returns the form Q/q, whose tails beyond 1 are needed.
    private func divided(by q: Double) -> Self {
        func quotient(_ value: Double) -> Double { min(value / q, 1e300) }
        var form = self
        form.factors = factors.map(quotient)
        form.greatest.coefficient = quotient(greatest.coefficient)
        form.mean = mean / q
        form.leastGreatestEigenvalue = quotient(leastGreatestEigenvalue)
        return form
    }

    /// Returns the minimizer of K(z) − z − log z on 0 < z < 1/(2λ).
    func positiveSaddlePoint() -> Double {
        let limit = 1 / (2 * leastGreatestEigenvalue)
        return root(
            of: { z in
                guard let slope = derivatives(at: z)?.first else { return .infinity }
                return z * (slope - 1) - 1
            }, in: 0...limit, tolerance: 1e-9
        ).value
    }

    /// Returns the minimizer of K(z) − z − log(−z) on z < 0. There −zK′(z) is at most half the number of eigenvalues.
    func negativeSaddlePoint() -> Double {
        let limit = Double(factors.count + 3) / 2
        return -root(
            of: { y in y * (1 - (derivatives(at: -y)?.first ?? 0)) - 1 }, in: 0...limit, tolerance: 1e-9
        ).value
    }

    /// Returns K′, K″ and K‴ at a real point, or nil at and beyond 1/(2λ).
    func derivatives(at z: Double) -> (first: Double, second: Double, third: Double)? {
        var first = 0.0
        var second = 0.0
        var third = 0.0
        // This tuple holds S and its derivatives.
        var sum = (0.0, 0.0, 0.0, 0.0)
        for index in factors.indices {
            let factor = 1 - 2 * z * factors[index]
            guard factor > 0 else { return nil }
            let ratio = factors[index] / factor
            first += ratio
            second += 2 * ratio * ratio
            third += 8 * ratio * ratio * ratio
            if index < weights.count {
                let term = weights[index] / factor
                sum.0 += term
                sum.1 += 2 * term * ratio
                sum.2 += 8 * term * ratio * ratio
                sum.3 += 48 * term * ratio * ratio * ratio
            }
        }
        let factor = 1 - 2 * z * greatest.coefficient
        let bracket = greatest.weight + factor * sum.0
        guard bracket > 0 else { return nil }
        let slope = (factor * sum.1 - 2 * greatest.coefficient * sum.0) / bracket
        let curvature = (factor * sum.2 - 4 * greatest.coefficient * sum.1) / bracket
        let thirdOfBracket = (factor * sum.3 - 6 * greatest.coefficient * sum.2) / bracket
        return (
            first - slope / 2,
            second - (curvature - slope * slope) / 2,
            third - (thirdOfBracket - 3 * curvature * slope + 2 * slope * slope * slope) / 2
        )
    }
}

/// The tail of Q beyond 1 on the side of a saddle point: (1/2πi) ∫ exp(K(z) − z)/|z| dz.
///
/// The path is the hyperbola z(u) = z₀ + x(u) + iu with x = (√(1 + κ²u²) − 1)/κ. At z₀ it has the curvature κ = K‴/(3K″) of steepest
/// descent; far away it rises at 45°, where no part of the integrand grows.
private struct SaddlePointIntegral {
    private let saddlePoint: Double
    /// 2dᵢ/(1 − 2z₀dᵢ): rate of change of a factor in units of its value at the saddle point.
    private let rates: [Double]
    /// aᵢ/(1 − 2z₀dᵢ).
    private let terms: [Double]
    /// 1 − 2zd at the saddle point and its derivative, times −1.
    private let greatestFactor: (value: Double, rate: Double)
    private let greatestWeight: Double
    private let bracket: Double
    private let curvature: Double
    private let width: Double
    private let height: Double

    init(_ form: QuadraticFormCumulants, through saddlePoint: Double) {
        self.saddlePoint = saddlePoint
        rates = form.factors.map { 2 * $0 / (1 - 2 * saddlePoint * $0) }
        terms = zip(form.weights, form.factors).map { $0 / (1 - 2 * saddlePoint * $1) }
        greatestFactor = (1 - 2 * saddlePoint * form.greatest.coefficient, 2 * form.greatest.coefficient)
        greatestWeight = form.greatest.weight
        bracket = greatestWeight + greatestFactor.value * terms.reduce(0, +)

        var determinant = ComplexProduct()
        for coefficient in form.factors { determinant.multiply(by: 1 - 2 * saddlePoint * coefficient, 0) }
        determinant.multiply(by: bracket, 0)
        // Beyond 10¹⁵ λ, rounding leaves no saddle point, or puts it at 1/(2λ), where the bracket is 0.
        height =
            saddlePoint != 0 && bracket > 0
            ? .exp(-determinant.logarithm.real / 2 - saddlePoint) / abs(saddlePoint) : 0

        let derivatives = form.derivatives(at: saddlePoint) ?? (0, 0, 0)
        let ratio = derivatives.third / (3 * derivatives.second)
        curvature = ratio.isFinite ? max(0, ratio) : 0
        width = 1 / .sqrt(max(0, derivatives.second) + 1 / (saddlePoint * saddlePoint))
    }

    /// Integral by the trapezoidal rule. Its step is halved until two results agree to 1e-9; the error of the last is then about the square
    /// of that, because each halving squares the error.
    var value: Double {
        guard height > 0 else { return 0 }
        var step = 0.4 * width
        var sum = sumOfIntegrand(step: step, offset: 0)
        for _ in 0..<12 {
            let refined = (sum + sumOfIntegrand(step: step, offset: 0.5)) / 2
            let change = abs(refined - sum)
            sum = refined
            step /= 2
            if change <= 1e-9 * abs(refined) { break }
        }
        return min(max(height * sum / .pi, 0), 1)
    }

    /// Returns the sum at points (0 + offset) step, (1 + offset) step, … until they are negligible.
    private func sumOfIntegrand(step: Double, offset: Double) -> Double {
        var sum = offset == 0 ? 0.5 : 0
        var negligible = 0
        for index in (offset == 0 ? 1 : 0)..<20_000 {
            let (real, size) = integrand((Double(index) + offset) * step)
            sum += real
            negligible = size <= 1e-18 * abs(sum) ? negligible + 1 : 0
            if negligible == 2 { break }
        }
        return sum * step
    }

    /// Returns the real part and the size of exp(K(z) − z)/z · dz/(i du) at u > 0, relative to u = 0.
    private func integrand(_ u: Double) -> (real: Double, size: Double) {
        let root = Double.sqrt(1 + curvature * u * curvature * u)
        let x = curvature * u * u / (1 + root)
        let slope = curvature * u / root

        var determinant = ComplexProduct()
        var sum = (real: 0.0, imaginary: 0.0)
        for index in rates.indices {
            let real = 1 - x * rates[index]
            let imaginary = -u * rates[index]
            determinant.multiply(by: real, imaginary)
            if index < terms.count {
                let scale = terms[index] / (real * real + imaginary * imaginary)
                sum.real += scale * real
                sum.imaginary -= scale * imaginary
            }
        }
        let real = greatestFactor.value - x * greatestFactor.rate
        let imaginary = -u * greatestFactor.rate
        let bracketReal = greatestWeight + (real * sum.real - imaginary * sum.imaginary)
        let bracketImaginary = real * sum.imaginary + imaginary * sum.real

        let logarithm = determinant.logarithm
        let poleReal = 1 + x / saddlePoint
        let poleImaginary = u / saddlePoint
        let bracketLogarithm = Double.log(.hypot(bracketReal, bracketImaginary) / bracket)
        let bracketAngle = Double.atan2(y: bracketImaginary, x: bracketReal)
        let size =
            Double.exp(-(logarithm.real + bracketLogarithm) / 2 - x) / .hypot(poleReal, poleImaginary)
        let angle =
            -(logarithm.imaginary + bracketAngle) / 2 - u - Double.atan2(y: poleImaginary, x: poleReal)
        return (size * (Double.cos(angle) + slope * Double.sin(angle)), size)
    }
}

/// A product of complex factors in the lower half plane whose logarithm is the sum of the logarithms of the factors; its size and the
/// number of its turns around 0 are stored separately.
private struct ComplexProduct {
    private var real = 1.0
    private var imaginary = 0.0
    private var exponent = 0
    private var turns = 0
    private var pending = 0

    /// The factor must be a positive number or have a negative imaginary part.
    @inline(__always)
    mutating func multiply(by factorReal: Double, _ factorImaginary: Double) {
        let product = real * factorReal - imaginary * factorImaginary
        let crossed = real * factorImaginary + imaginary * factorReal
        // A factor turns by less than half a turn clockwise, so the negative axis can be crossed only from below to above.
        if imaginary < 0 && crossed >= 0 { turns += 1 }
        (real, imaginary) = (product, crossed)
        pending += 1
        if pending == 16 { normalise() }
    }

    private mutating func normalise() {
        pending = 0
        let size = max(abs(real), abs(imaginary))
        guard size.isNormal else { return }
        let scale = Int(size.exponent)
        exponent += scale
        real = Double(sign: .plus, exponent: -scale, significand: real)
        imaginary = Double(sign: .plus, exponent: -scale, significand: imaginary)
    }

    var logarithm: (real: Double, imaginary: Double) {
        (
            Double.log(.hypot(real, imaginary)) + Double(exponent) * .log(2),
            Double.atan2(y: imaginary, x: real) - 2 * .pi * Double(turns)
        )
    }
}

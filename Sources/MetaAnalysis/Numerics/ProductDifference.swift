/// The difference a·b − c·d of counts or times, accurate even if the products are nearly equal, when rounding them first would leave few
/// digits.
///
/// The method is Kahan's algorithm: a fused multiply-add recovers the rounding error of one product, so the difference has a relative error
/// of at most 2⁻⁵². The power of two is stored separately, so products outside the range of numbers do no harm.
///
/// Source: Jeannerod, Louvet & Muller (2013), Mathematics of Computation 82, doi:10.1090/S0025-5718-2013-02679-8.
struct ProductDifference {
    /// The difference is `value` · 2^`exponent`.
    private let value: Double
    private let exponent: Int

    /// - Parameters: Finite numbers.
    init(_ a: Double, _ b: Double, minus c: Double, _ d: Double) {
        let (first, second) = (Product(a, b), Product(c, d))
        exponent = max(first?.exponent ?? .min, second?.exponent ?? .min)
        let (one, other) = (first?.scaled(to: exponent) ?? (0, 0), second?.scaled(to: exponent) ?? (0, 0))
        let rounded = other.0 * other.1
        let missed = rounded.addingProduct(-other.0, other.1)
        value = (-rounded).addingProduct(one.0, one.1) + missed
    }

    /// Returns the difference divided by `p`·`q`, which are finite and not 0.
    func quotient(by p: Double, _ q: Double) -> Double {
        guard value != 0 else { return 0 }
        let divided = value / (p.significand * q.significand)
        return Double(sign: .plus, exponent: exponent - p.exponent - q.exponent, significand: divided)
            * Double(signOf: p, magnitudeOf: 1) * Double(signOf: q, magnitudeOf: 1)
    }
}

/// Two factors with their powers of two stored separately; `nil` for a product of 0.
private struct Product {
    let factors: (Double, Double)
    let exponent: Int

    init?(_ a: Double, _ b: Double) {
        guard a != 0, b != 0 else { return nil }
        factors = (Double(signOf: a, magnitudeOf: a.significand), Double(signOf: b, magnitudeOf: b.significand))
        exponent = a.exponent + b.exponent
    }

    /// Returns the factors of the product divided by 2^`other`, which is at least its own exponent.
    func scaled(to other: Int) -> (Double, Double) {
        (Double(sign: .plus, exponent: exponent - other, significand: factors.0), factors.1)
    }
}

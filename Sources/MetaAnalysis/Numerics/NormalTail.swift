internal import RealModule

/// Logarithms of upper tails Q(z) of the normal distribution, accurate even if Q itself underflows.
enum NormalTail {
    /// log Q(z).
    static func logUpper(_ z: Double) -> Double {
        if z < asymptotic { return .log(ReferenceDistribution.normal.upperTail(z)) }
        return -0.5 * z * z + logScaledUpper(z)
    }

    /// Returns log Q(z) + z²/2, which remains moderate for large z.
    static func logScaledUpper(_ z: Double) -> Double {
        z < asymptotic ? logUpper(z) + 0.5 * z * z : -halfLogTwoPi - .log(inverseMills(z))
    }

    /// Returns log Q(a) − log Q(b) without the loss of digits in a difference of large logarithms.
    static func logRatio(_ a: Double, _ b: Double) -> Double {
        guard min(a, b) >= asymptotic else { return logUpper(a) - logUpper(b) }
        return -0.5 * (a - b) * (a + b) + .log(inverseMills(b) / inverseMills(a))
    }

    /// φ(z) / Q(z), the slope of −log Q.
    static func hazard(_ z: Double) -> Double {
        if z >= asymptotic { return inverseMills(z) }
        return .exp(-0.5 * z * z - halfLogTwoPi) / ReferenceDistribution.normal.upperTail(z)
    }

    private static let asymptotic = 25.0
    static let halfLogTwoPi = 0.5 * Double.log(2 * .pi)

    /// φ/Q by Laplace's continued fraction z + 1/(z + 2/(z + 3/(z + …))), which beyond z = 25 is exact after 20 terms.
    private static func inverseMills(_ z: Double) -> Double {
        var value = z
        for term in stride(from: 20.0, through: 1, by: -1) { value = z + term / value }
        return value
    }
}

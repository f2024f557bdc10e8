internal import RealModule

/// The tetrachoric correlation: that of two normal variables which, each divided at a threshold, give the proportions of a two-by-two
/// table.
///
/// With thresholds h and k from the margins, ∫ exp(−(h² + k² − 2hk cos u) / (2 sin² u)) du / 2π from 0 to arccos r equals the smaller
/// proportion off the diagonal, where a/b is at least c/d. The angle is found on panels that double in width from 0, each integrated by a
/// Gauss–Legendre rule, so that correlations near 1 and proportions of rare events keep their digits. The error of r is about 1e-13. A
/// correlation up to ½ is found from 0 on instead, where the integral is the amount by which a/n exceeds the product of its margins; a
/// correlation near 0 then keeps its digits too. The derivatives of r with respect to the proportions give its variance.
///
/// Source: Pearson (1900), Philosophical Transactions A 195, doi:10.1098/rsta.1900.0022; the integral over the angle as in Kirk (1973),
/// Psychometrika 38, doi:10.1007/BF02291118.
struct TetrachoricCorrelation {
    /// Correlation r, in (−1, 1).
    let value: Double
    /// 1 − r².
    let complement: Double
    /// Large-sample variance of r.
    let variance: Double

    /// Makes the correlation from positive counts a, b, c, d by rows; `nil` if it cannot be distinguished from ±1.
    init?(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
        let size = a + b + c + d
        let excess = ProductDifference(a, d, minus: b, c).quotient(by: size, size)
        // Exchanging the rows changes the sign.
        let sign = excess >= 0 ? 1.0 : -1.0
        let cells = sign > 0 ? [a, b, c, d] : [c, d, a, b]
        let shares = cells.map { $0 / size }
        let h = Self.threshold(shares[0] + shares[1], shares[2] + shares[3])
        let k = Self.threshold(shares[0] + shares[2], shares[1] + shares[3])
        guard h.isFinite, k.isFinite else { return nil }
        let near = Self.complementaryAngle(h, k, excess: abs(excess))
        guard let angle = near.map({ .pi / 2 - $0 }) ?? Self.angle(h, k, share: min(shares[1], shares[2])) else {
            return nil
        }

        let sine = Double.sin(angle)
        let half = Double.sin(angle / 2)
        let normal = ReferenceDistribution.normal
        // k − rh without cancellation for r near 1.
        let byRow = normal.lowerTail((k - h + 2 * h * half * half) / sine)
        let byColumn = normal.lowerTail((h - k + 2 * k * half * half) / sine)
        let slopes = [1 - byRow - byColumn, -byRow, -byColumn, 0]
        let mean = zip(shares, slopes).reduce(0) { $0 + $1.0 * $1.1 }
        let spread = zip(shares, slopes).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
        let density = Self.density(h, k, angle) / (2 * .pi * sine)
        value = sign * (near.map { .sin($0) } ?? .cos(angle))
        complement = sine * sine
        variance = spread / size / density / density
    }

    /// Returns the normal quantile of a proportion, computed from the smaller of it and its complement.
    private static func threshold(_ share: Double, _ complement: Double) -> Double {
        share <= complement
            ? ReferenceDistribution.normal.quantile(share) : ReferenceDistribution.normal.upperQuantile(complement)
    }

    private static func density(_ h: Double, _ k: Double, _ angle: Double) -> Double {
        let sine = Double.sin(angle)
        let half = Double.sin(angle / 2)
        return .exp(-((h - k) * (h - k) + 4 * h * k * half * half) / (2 * sine * sine))
    }

    /// Returns arcsin r for an r of at most ½: the angle at which the integral from π/2 down equals 2π times the excess of the first
    /// proportion over that of independent variables; `nil` for a greater r. It keeps the digits of correlations near 0.
    private static func complementaryAngle(_ h: Double, _ k: Double, excess: Double) -> Double? {
        guard excess > 0 else { return 0 }
        let target = 2 * .pi * excess
        func surplus(_ angle: Double) -> Double {
            zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * density(h, k, .pi / 2 - angle * $1.0) } * angle
                - target
        }
        let upper = Double.pi / 6
        guard surplus(upper) >= 0 else { return nil }
        // Halving brings the bracket to the scale of the angle.
        var bracket = 0...upper
        while bracket.upperBound > 0, surplus(bracket.upperBound / 2) > 0 { bracket = 0...bracket.upperBound / 2 }
        return root(of: surplus, in: bracket).value
    }

    /// Returns arccos r in (0, π/2]: the angle at which the integral from 0 equals 2π times the smaller proportion off the diagonal.
    private static func angle(_ h: Double, _ k: Double, share: Double) -> Double? {
        func integral(_ from: Double, _ to: Double) -> Double {
            zip(rule.nodes, rule.weights).reduce(0) { sum, point in
                sum + point.1 * density(h, k, from + (to - from) * point.0)
            } * (to - from)
        }
        let target = 2 * .pi * share
        var lower = Double.pi / 2 * 0x1p-80
        var below = 0.0
        for panel in 0..<80 {
            let upper = 2 * lower
            let next = below + integral(lower, upper)
            if next >= target {
                guard panel > 0 else { return nil }
                return root(of: { below + integral(lower, $0) - target }, in: lower...upper).value
            }
            (lower, below) = (upper, next)
        }
        return .pi / 2
    }

    private static let rule = GaussLegendre(count: 24)
}

internal import RealModule

/// Correlations between a quantity and membership in one of two groups.
extension MeasureDescription {
    static let pointBiserial = MeasureDescription(
        "RPB", .twoGroupMeans, title: "point-biserial correlation", scale: .identity,
        definition: """
            y = d / sqrt(d^2 + h) with d = (m1 - m2) / s, s the pooled standard deviation, n = n1 + n2, m = n - 2, \
            h = m/n1 + m/n2; ST, groups of given size: v = h^2 (1/n1 + 1/n2 + d^2 / (2 n)) / (d^2 + h)^3; \
            CS, participants sampled without regard to group: \
            v = (1 - y^2)^2 (1 - 3/2 y^2 + n^2 y^2 / (4 n1 n2)) / n
            """,
        source: "Tate (1954), doi:10.1214/aoms/1177728730", example: (-0.1758098486, 0.002992006104),
        variances: [.stratified, .crossSectional])

    static let fisherPointBiserial = MeasureDescription(
        "ZPB", .twoGroupMeans, title: "point-biserial correlation, Fisher's r-to-z transformed", scale: .fisherZ,
        definition: """
            y = atanh(r) with r the point-biserial correlation; v = v(r) / (1 - r^2)^2 with v(r) as for RPB
            """,
        source: "Tate (1954), doi:10.1214/aoms/1177728730", example: (-0.1776555762, 0.003185909587),
        variances: [.stratified, .crossSectional])

    static let biserial = MeasureDescription(
        "RBIS", .twoGroupMeans, title: "biserial correlation", scale: .identity,
        definition: """
            y = r sqrt(p q) / f with r as for RPB, p = n1 / n, q = 1 - p, z the upper normal quantile of p, f the normal \
            density at z; v = (p q / f^2 - (3/2 + (1 - p z / f) (1 + q z / f)) y^2 + y^4) / (n - 1), \
            y held within -1 and 1
            """,
        source: "Soper (1914), doi:10.1093/biomet/10.2-3.384; Jacobs & Viechtbauer (2017), doi:10.1002/jrsm.1218",
        example: (-0.2203456189, 0.004683168046))

    static let fisherBiserial = MeasureDescription(
        "ZBIS", .twoGroupMeans, title: "biserial correlation, Fisher's r-to-z transformed", scale: .fisherZ,
        definition: "y = atanh(b), v = v(b) / (1 - b^2)^2 with the biserial correlation b and its variance",
        source: "Soper (1914), doi:10.1093/biomet/10.2-3.384; Jacobs & Viechtbauer (2017), doi:10.1002/jrsm.1218",
        example: (-0.2240193358, 0.005173325467))
}

extension TwoGroupMeans {
    func pointBiserial(_ variant: VarianceVariant, transformed: Bool) throws(Exclusion) -> EffectEstimate {
        let difference = try cohensDifference()
        let reciprocals = degreesOfFreedom / treatedSize + degreesOfFreedom / controlSize
        // d/√h, whose inverse hyperbolic sine is Fisher's z of the correlation.
        let ratio = difference.estimate / reciprocals.squareRoot()
        let complement = 1 / (1 + ratio * ratio)
        let correlation = ratio * complement.squareRoot()
        let variance: Double
        if variant == .crossSectional {
            let size = treatedSize + controlSize
            let shares = treatedSize / size * (controlSize / size)
            variance = (1 - 1.5 * correlation * correlation + correlation * correlation / (4 * shares)) / size
        } else {
            variance = difference.variance / reciprocals * complement
        }
        return transformed
            ? EffectEstimate(estimate: .asinh(ratio), variance: variance)
            : EffectEstimate(estimate: correlation, variance: variance * complement * complement)
    }

    func biserial(transformed: Bool) throws(Exclusion) -> EffectEstimate {
        let size = treatedSize + controlSize
        let (p, q) = (treatedSize / size, controlSize / size)
        let normal = ReferenceDistribution.normal
        let threshold = p <= q ? normal.upperQuantile(p) : normal.quantile(q)
        let density = .exp(-threshold * threshold / 2) / (2 * .pi).squareRoot()
        let factor = (p * q).squareRoot() / density
        let correlation = factor * (try pointBiserial(.stratified, transformed: false)).estimate
        let held = min(max(correlation, -1), 1)
        let square = held * held
        let skew = (1 - p * threshold / density) * (1 + q * threshold / density)
        let variance = (factor * factor - (1.5 + skew) * square + square * square) / (size - 1)
        guard variance > 0 else { throw Exclusion("the biserial correlation has no positive sampling variance") }
        guard transformed else { return EffectEstimate(estimate: correlation, variance: variance) }
        guard abs(correlation) < 1 else {
            throw Exclusion("a biserial correlation of 1 or beyond has no finite Fisher z")
        }
        let complement = (1 - correlation) * (1 + correlation)
        return EffectEstimate(estimate: .atanh(correlation), variance: variance / complement / complement)
    }
}

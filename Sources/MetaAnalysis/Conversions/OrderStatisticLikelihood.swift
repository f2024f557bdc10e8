internal import RealModule

/// The joint density of order statistics of a sample that is normal after a power transformation.
///
/// With ranks r and z = (f(x) − μ)/σ, its logarithm is the sum of ln φ(z) − ln σ + (λ − 1) ln x over the order statistics, and of (r' − r −
/// 1) ln(Φ(z') − Φ(z)) over the gaps between neighbors and at both ends.
struct OrderStatisticLikelihood {
    /// Order statistics in units of the median.
    private let values: [Double]
    /// Number of observations in each gap, including the two ends.
    private let gaps: [Double]

    init(_ summary: QuantileSummary, _ scenario: QuantileSummary.Scenario) {
        let n = summary.size
        var lower: [Double] = []
        if scenario != .quartiles { lower.append(1) }
        if scenario != .range { lower.append((n + 3) / 4) }
        let ranks = lower + [(n + 1) / 2] + lower.reversed().map { n + 1 - $0 }
        values = summary.values.map { $0 / summary.median }
        gaps = zip([0] + ranks, ranks + [n + 1]).map { max(0, $1 - $0 - 1) }
    }

    func logarithm(power: Double, location: Double, scale: Double) -> Double {
        let transformed = values.map { PowerNormal.transformed($0, power: power) }
        let jacobian = values.reduce(0) { $0 + (power - 1) * Double.log($1) }
        return jacobian + logarithm(transformed, slope: location / scale, precision: 1 / scale)
    }

    /// Returns the location and scale that maximize the likelihood for a power.
    ///
    /// The likelihood is log-concave in location/scale and 1/scale, so nested searches find its only maximum.
    func mostLikely(
        power: Double, near start: (location: Double, scale: Double)
    ) -> (location: Double, scale: Double) {
        let transformed = values.map { PowerNormal.transformed($0, power: power) }
        func slope(_ precision: Double) -> Double {
            let middle = precision * start.location
            return minimum(
                of: { -logarithm(transformed, slope: $0, precision: precision) }, in: (middle - 8)...(middle + 8)
            ).argument
        }
        let first = 1 / start.scale
        let precision = minimum(
            of: { -logarithm(transformed, slope: slope($0), precision: $0) }, in: (first / 10)...(first * 10)
        ).argument
        return (slope(precision) / precision, 1 / precision)
    }

    private func logarithm(_ transformed: [Double], slope: Double, precision: Double) -> Double {
        let z = transformed.map { precision * $0 - slope }
        var sum = Double(z.count) * Double.log(precision)
        for value in z { sum -= value * value / 2 }
        let edges = [-Double.infinity] + z + [.infinity]
        for (gap, (low, high)) in zip(gaps, zip(edges, edges.dropFirst())) where gap > 0 {
            sum += gap * Double.log(Self.probability(low, high))
        }
        return sum
    }

    /// Returns Φ(high) − Φ(low), computed from the tails in which both are small.
    private static func probability(_ low: Double, _ high: Double) -> Double {
        let normal = ReferenceDistribution.normal
        return low > 0
            ? normal.upperTail(low) - (high == .infinity ? 0 : normal.upperTail(high))
            : normal.lowerTail(high) - (low == -.infinity ? 0 : normal.lowerTail(low))
    }
}

/// Tests and intervals of linear combinations of coefficients.
struct CombinationInference: Hashable, Sendable {
    let reference: ReferenceDistribution
    /// Two-sided, at the level of the analysis.
    let quantile: Double

    /// - Parameter degreesOfFreedom: of t; `nil` for the normal distribution.
    init(degreesOfFreedom: Double?, level: Double) {
        reference = degreesOfFreedom.map { .studentT(degreesOfFreedom: $0) } ?? .normal
        quantile = reference.twoSidedQuantile(level: level)
    }

    /// One combination with what is to be said of it.
    struct Estimate: Hashable, Sendable {
        var estimate: Double
        var standardError: Double
        /// `nil` when the standard error is 0.
        var statistic: Double?
        var pValue: Double?
        var confidenceInterval: ConfidenceInterval
    }

    func estimate(_ estimate: Double, variance: Double) -> Estimate {
        let error = max(0, variance).squareRoot()
        let statistic = error > 0 ? estimate / error : nil
        return Estimate(
            estimate: estimate, standardError: error, statistic: statistic,
            pValue: statistic.map(reference.twoSidedPValue),
            confidenceInterval: ConfidenceInterval(around: estimate, halfWidth: quantile * error))
    }

    /// cᵀβ, of which most weights may be 0: O(entries²).
    func estimate(_ weights: [Double], _ coefficients: [Double], _ covariance: Matrix) -> Estimate {
        let used = weights.indices.filter { weights[$0] != 0 }
        var value = 0.0
        var variance = 0.0
        for row in used {
            value += weights[row] * coefficients[row]
            for column in used { variance += weights[row] * weights[column] * covariance[row, column] }
        }
        return estimate(value, variance: variance)
    }
}

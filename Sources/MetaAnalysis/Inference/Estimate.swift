/// An estimate with its standard error, test and confidence interval, all on the analysis scale.
public struct Estimate: Hashable, Sendable, Codable {
    /// Value of the estimate.
    public var estimate: Double
    /// Standard error, as the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double
    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double?
    /// Degrees of freedom of the t distribution of the statistic; `nil` for the normal distribution.
    public var degreesOfFreedom: Double?
    /// Two-sided p-value against 0; `nil` when the standard error is 0.
    public var pValue: Double?
    /// Confidence interval at the level of the analysis.
    public var confidenceInterval: ConfidenceInterval

    /// Creates an estimate from its parts, none of which is computed from the others.
    public init(
        estimate: Double, standardError: Double, statistic: Double?, degreesOfFreedom: Double?, pValue: Double?,
        confidenceInterval: ConfidenceInterval
    ) {
        self.estimate = estimate
        self.standardError = standardError
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        self.pValue = pValue
        self.confidenceInterval = confidenceInterval
    }
}

extension Estimate {
    /// Returns the estimate multiplied by `factor`; a positive factor does not change the test.
    func rescaled(by factor: Double) -> Estimate {
        guard factor != 1 else { return self }
        var result = self
        result.estimate *= factor
        result.standardError *= factor
        result.confidenceInterval = confidenceInterval.rescaled(by: factor)
        return result
    }
}

/// Reference distribution for the estimates of one model, with its quantile at the level of the analysis.
struct ContrastInference: Hashable, Sendable {
    /// Degrees of freedom of t; `nil` for the normal distribution.
    let degreesOfFreedom: Double?
    let reference: ReferenceDistribution
    /// Two-sided quantile. Computing it takes most of the time of a small analysis.
    let quantile: Double

    init(degreesOfFreedom: Double?, level: Double) {
        self.degreesOfFreedom = degreesOfFreedom
        reference = degreesOfFreedom.map { .studentT(degreesOfFreedom: $0) } ?? .normal
        quantile = reference.twoSidedQuantile(level: level)
    }

    func estimate(_ estimate: Double, variance: Double) -> Estimate {
        self.estimate(estimate, standardError: max(0, variance).squareRoot())
    }

    func estimate(_ estimate: Double, standardError error: Double) -> Estimate {
        let statistic = error > 0 ? estimate / error : nil
        return Estimate(
            estimate: estimate, standardError: error, statistic: statistic, degreesOfFreedom: degreesOfFreedom,
            pValue: statistic.map(reference.twoSidedPValue),
            confidenceInterval: ConfidenceInterval(around: estimate, halfWidth: quantile * error))
    }

    /// Estimates cᵀβ, in O(entries²) of the weights that are not 0.
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

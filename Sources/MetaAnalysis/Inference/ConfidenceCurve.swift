/// Confidence intervals of one estimate at all levels at once: its two-sided p-value against every possible effect.
public struct ConfidenceCurve: Hashable, Sendable, Codable {
    /// Estimate, on the analysis scale.
    public var estimate: Double
    /// Standard error of the estimate, above 0.
    public var standardError: Double
    /// Degrees of freedom of the t distribution; `nil` for the normal distribution.
    public var degreesOfFreedom: Double?

    /// Creates the curve of an estimate. Nothing is checked: without a positive standard error every p-value is NaN.
    public init(estimate: Double, standardError: Double, degreesOfFreedom: Double? = nil) {
        self.estimate = estimate
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// Returns the two-sided p-value against an effect on the analysis scale: 1 at the estimate, NaN when the standard error is
    /// not above 0.
    public func pValue(against effect: Double) -> Double {
        guard standardError > 0 else { return .nan }
        let distribution = degreesOfFreedom.map { ReferenceDistribution.studentT(degreesOfFreedom: $0) } ?? .normal
        return distribution.twoSidedPValue((estimate - effect) / standardError)
    }
}

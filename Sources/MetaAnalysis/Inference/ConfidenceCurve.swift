/// All confidence intervals of one estimate at once: its two-sided p-value against every effect it could have been.
public struct ConfidenceCurve: Hashable, Sendable, Codable {
    public var estimate: Double
    /// Above 0.
    public var standardError: Double
    /// Of the t distribution; `nil` for the normal one.
    public var degreesOfFreedom: Double?

    public init(estimate: Double, standardError: Double, degreesOfFreedom: Double? = nil) {
        self.estimate = estimate
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The two-sided p-value against an effect on the analysis scale; 1 at the estimate, NaN where the standard error is not
    /// above 0.
    public func pValue(against effect: Double) -> Double {
        guard standardError > 0 else { return .nan }
        let distribution = degreesOfFreedom.map { ReferenceDistribution.studentT(degreesOfFreedom: $0) } ?? .normal
        return distribution.twoSidedPValue((estimate - effect) / standardError)
    }
}

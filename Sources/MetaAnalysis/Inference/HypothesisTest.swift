/// Result of a named test: its statistic and p-value.
public struct HypothesisTest: Hashable, Sendable, Codable {
    /// Stable name that a program can compare, such as "cochran-mantel-haenszel".
    public var name: String
    /// Test statistic: χ², t, F or z; `nil` when it cannot be computed.
    public var statistic: Double?
    /// Degrees of freedom of χ² or t, or of the numerator of F; `nil` for a normal statistic.
    public var degreesOfFreedom: Double?
    /// Degrees of freedom of the denominator of F; `nil` otherwise.
    public var denominatorDegreesOfFreedom: Double?
    /// p-value; `nil` when the test cannot be made (no degrees of freedom, no events).
    public var pValue: Double?

    /// Creates a result from its parts, none of which is computed from the others.
    public init(
        name: String, statistic: Double?, degreesOfFreedom: Double? = nil,
        denominatorDegreesOfFreedom: Double? = nil, pValue: Double?
    ) {
        self.name = name
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        self.denominatorDegreesOfFreedom = denominatorDegreesOfFreedom
        self.pValue = pValue
    }
}

extension HypothesisTest {
    /// Computes twice the gain of one log-likelihood over another; 0 when the gain is within rounding error.
    static func likelihoodRatioStatistic(_ greater: Double, over less: Double) -> Double {
        let gain = greater - less
        return gain > 64 * .ulpOfOne * max(1, abs(greater)) ? 2 * gain : 0
    }
}

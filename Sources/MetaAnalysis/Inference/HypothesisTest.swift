/// A named test with its statistic and p-value.
public struct HypothesisTest: Hashable, Sendable, Codable {
    /// One word a program can test ("cochran-mantel-haenszel").
    public var name: String
    public var statistic: Double?
    /// Of the χ² or t distribution, or the numerator's of F; `nil` for a normal statistic.
    public var degreesOfFreedom: Double?
    /// Of F; `nil` otherwise.
    public var denominatorDegreesOfFreedom: Double?
    /// `nil` when the test cannot be made (no degrees of freedom, no events).
    public var pValue: Double?

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
    /// Twice the gain of one log-likelihood over another; 0 where it is rounding.
    static func likelihoodRatioStatistic(_ greater: Double, over less: Double) -> Double {
        let gain = greater - less
        return gain > 64 * .ulpOfOne * max(1, abs(greater)) ? 2 * gain : 0
    }
}

/// Student's t test of a mean against a fixed value, with its interval: the test of a mean change in one group.
///
/// ```swift
/// let change = try OneSampleTest().test(SingleMean(mean: 10.8, deviation: 15.5, size: 31))
/// ```
///
/// For a change, mean and deviation are those of the differences within participants, which makes it the paired t test.
/// Without a control group it cannot tell the effect of a treatment from what would have happened anyway.
///
/// R: `t.test(x, mu = nullMean, conf.level = level)` on data with this mean, deviation and size.
public struct OneSampleTest: Hashable, Sendable, Codable {
    /// The mean under the null hypothesis.
    public var nullMean: Double
    /// Of the interval, in (0, 1).
    public var level: Double

    public init(nullMean: Double = 0, level: Double = 0.95) {
        self.nullMean = nullMean
        self.level = level
    }

    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for a level outside (0, 1), `.invalidOutcome` for a group that
    ///   has no standard error (fewer than two participants, a deviation that is not positive). O(1).
    public func test(_ group: SingleMean) throws -> OneSampleResult {
        try ConfidenceInterval.check(level: level)
        guard group.size >= 2, group.deviation > 0, group.mean.isFinite, group.deviation.isFinite, group.size.isFinite
        else {
            throw MetaAnalysisError(
                .invalidOutcome,
                "a mean of \(group.mean) with standard deviation \(group.deviation) in \(group.size) participants has no"
                    + " standard error",
                remedy: "give a positive standard deviation and at least two participants")
        }
        let standardError = group.deviation / group.size.squareRoot()
        let statistic = (group.mean - nullMean) / standardError
        let distribution = ReferenceDistribution.studentT(degreesOfFreedom: group.size - 1)
        return OneSampleResult(
            mean: group.mean, standardError: standardError, statistic: statistic, degreesOfFreedom: group.size - 1,
            pValue: distribution.twoSidedPValue(statistic),
            confidenceInterval: ConfidenceInterval(
                around: group.mean, halfWidth: distribution.twoSidedQuantile(level: level) * standardError))
    }
}

/// A mean with its interval and the test of it against a fixed value.
public struct OneSampleResult: Hashable, Sendable, Codable {
    public var mean: Double
    public var standardError: Double
    public var statistic: Double
    public var degreesOfFreedom: Double
    /// Two-sided.
    public var pValue: Double
    public var confidenceInterval: ConfidenceInterval
}

/// Student's t test of a mean against a fixed value, with its confidence interval: for example of a mean change in one group.
///
/// ```swift
/// let change = try OneSampleTest().test(SingleMean(mean: 10.8, deviation: 15.5, size: 31))
/// ```
///
/// For a change, give the mean and standard deviation of the differences within participants: the test is then the paired t
/// test. Without a control group it cannot tell the effect of a treatment from what would have happened anyway.
///
/// R: `t.test(x, mu = nullMean, conf.level = level)` on data with this mean, standard deviation and size.
public struct OneSampleTest: Hashable, Sendable, Codable {
    /// Mean under the null hypothesis; by default 0.
    public var nullMean: Double
    /// Confidence level, in (0, 1); by default 0.95.
    public var level: Double

    /// Creates the test, by default against 0 with a 95% interval. `test` checks the level.
    public init(nullMean: Double = 0, level: Double = 0.95) {
        self.nullMean = nullMean
        self.level = level
    }

    /// Tests the mean of a group, in O(1).
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for a level outside (0, 1), `.invalidOutcome` for a group without a
    ///   standard error (fewer than two participants, or a standard deviation that is not positive).
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

/// Mean with its confidence interval and its test against a fixed value.
public struct OneSampleResult: Hashable, Sendable, Codable {
    /// Mean of the group, in its own units.
    public var mean: Double
    /// Standard error of the mean: standard deviation over √n.
    public var standardError: Double
    /// t statistic: mean minus null mean, over the standard error.
    public var statistic: Double
    /// Degrees of freedom, n − 1.
    public var degreesOfFreedom: Double
    /// Two-sided p-value, from the t distribution.
    public var pValue: Double
    /// Confidence interval of the mean, from the t distribution.
    public var confidenceInterval: ConfidenceInterval
}

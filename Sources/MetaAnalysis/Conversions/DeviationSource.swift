/// A reported statistic from which the standard deviation of one or two groups is computed.
///
/// Confidence intervals and tests of means are assumed to use the t distribution, with n − 1 degrees of freedom for one group and n₁ + n₂ −
/// 2 for the difference of two groups. For a difference, the result is the pooled standard deviation. Source: Higgins et al. (2019),
/// chapter 6.5.2, doi:10.1002/9781119536604.
public enum DeviationSource: Hashable, Sendable, Codable {
    /// Standard error of a mean: sd = se √n.
    case standardError(Double, size: Double)
    /// Confidence interval of a mean.
    case interval(lower: Double, upper: Double, level: Double, size: Double)
    /// Standard error of a difference of means: sd = se / √(1/n₁ + 1/n₂).
    case differenceError(Double, firstSize: Double, secondSize: Double)
    /// Confidence interval of a difference of means.
    case differenceInterval(lower: Double, upper: Double, level: Double, firstSize: Double, secondSize: Double)
    /// Difference of means with the t statistic of its test.
    case statistic(difference: Double, t: Double, firstSize: Double, secondSize: Double)
    /// Difference of means with the two-sided p-value of its t test.
    case pValue(difference: Double, p: Double, firstSize: Double, secondSize: Double)

    /// Computes the standard deviation.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidOutcome`, with the role at fault (`se`, `ci_low`, `t`, …) as `column` of its location, for
    ///   an impossible number, groups that are too small, or a test that does not determine the standard deviation; `.numericalOverflow`.
    public func deviation() throws -> Double {
        let result: Double
        switch self {
        case .standardError(let error, let size):
            try OutcomeValue(error, "se", "standard error").requirePositive()
            try OutcomeValue(size, "n", "number of participants").require(atLeast: 1, atMost: .infinity)
            result = error * size.squareRoot()
        case .interval(let lower, let upper, let level, let size):
            try OutcomeValue(size, "n", "number of participants").require(atLeast: 2, atMost: .infinity)
            let t = ReferenceDistribution.studentT(degreesOfFreedom: size - 1).twoSidedQuantile(level: level)
            result = try Self.halfWidth(lower, upper) / t * size.squareRoot()
        case .differenceError(let error, let first, let second):
            try OutcomeValue(error, "se", "standard error").requirePositive()
            result = error * (try Self.sizeFactor(first, second))
        case .differenceInterval(let lower, let upper, let level, let first, let second):
            let factor = try Self.sizeFactor(first, second)
            let t = Self.test(first, second).twoSidedQuantile(level: level)
            result = try Self.halfWidth(lower, upper) / t * factor
        case .statistic(let difference, let t, let first, let second):
            try Self.requireDifference(difference)
            try OutcomeValue(t, "t", "t statistic").requireFinite()
            guard t != 0 else {
                throw MetaAnalysisError.invalidOutcome(
                    "the t statistic is 0 where the difference of the means is \(difference.plain)",
                    remedy: "give the statistic with more digits, or another source of the standard deviation",
                    role: "t")
            }
            result = abs(difference / t) * (try Self.sizeFactor(first, second))
        case .pValue(let difference, let p, let first, let second):
            try Self.requireDifference(difference)
            try OutcomeValue(p, "p", "p-value").requirePositive()
            guard p < 1 else {
                throw MetaAnalysisError.invalidOutcome(
                    "the p-value is \(p.plain), from which no standard deviation follows",
                    remedy: "give a p-value between 0 and 1", role: "p")
            }
            let factor = try Self.sizeFactor(first, second)
            result = abs(difference) / Self.test(first, second).upperQuantile(p / 2) * factor
        }
        guard result.isFinite else {
            throw MetaAnalysisError(
                .numericalOverflow, "the standard deviation is outside the range of numbers",
                remedy: "give the data in other units")
        }
        return result
    }

    private static func halfWidth(_ lower: Double, _ upper: Double) throws -> Double {
        try OutcomeValue.requireInterval(lower, upper)
        return upper / 2 - lower / 2
    }

    private static func requireDifference(_ difference: Double) throws {
        try OutcomeValue(difference, "difference", "difference of the means").requireFinite()
        guard difference != 0 else {
            throw MetaAnalysisError.invalidOutcome(
                "the difference of the means is 0, from which with a test no standard deviation follows",
                remedy: "give a standard error or a confidence interval", role: "difference")
        }
    }

    private static func sizeFactor(_ first: Double, _ second: Double) throws -> Double {
        try OutcomeValue(first, "n1i", "number of participants in the first group").require(
            atLeast: 1, atMost: .infinity)
        try OutcomeValue(second, "n2i", "number of participants in the second group")
            .require(atLeast: 1, atMost: .infinity)
        guard first + second > 2 else {
            throw MetaAnalysisError.invalidOutcome(
                "one participant in each group is too few for a standard deviation", remedy: "check the sizes",
                role: "n1i")
        }
        return 1 / (1 / first + 1 / second).squareRoot()
    }

    private static func test(_ first: Double, _ second: Double) -> ReferenceDistribution {
        .studentT(degreesOfFreedom: first + second - 2)
    }
}

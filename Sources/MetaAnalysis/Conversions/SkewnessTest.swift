internal import RealModule

/// Test of whether quantiles are too asymmetric for normal data, at the level 0.05.
///
/// For n participants, T₁ = |min + max − 2 median| / (max − min) and T₂ = |q1 + q3 − 2 median| / (q3 − q1):
/// - S1: T₁ against 1/ln(n + 9) + 2.5/(n + 1);
/// - S2: T₂ against 2.65/√n − 6/n²;
/// - S3: max(2.65 ln(0.6 n)/√n · T₁, T₂) against 3/√n − 40/n³.
///
/// The critical values are approximations for 5 participants or more; 4 to 5 of 100 samples of normal data exceed them. R:
/// `metafor::conv.fivenum(test=TRUE)`. Source: Shi et al. (2023), doi:10.1177/09622802231172043.
public struct SkewnessTest: Hashable, Sendable, Codable {
    /// Test statistic of the scenario, at least 0.
    public var statistic: Double
    /// Critical value at the level 0.05.
    public var criticalValue: Double
    /// Whether the longer tail is that of large values.
    public var isRightTailed: Bool

    /// Whether the statistic exceeds its critical value.
    public var isSkewed: Bool { statistic > criticalValue }

    /// Tests the quantiles of a sample.
    ///
    /// - Returns: `nil` for fewer than 5 participants, if neither the range nor the quartiles are complete, and if the median and both
    ///   quantiles of a pair are equal.
    public init?(_ summary: QuantileSummary) {
        guard let scenario = summary.scenario, summary.size >= 5 else { return nil }
        let n = summary.size
        let asymmetries = summary.pairs.map { Self.asymmetry($0, about: summary.median) }
        guard asymmetries.allSatisfy(\.isFinite) else { return nil }
        var leading = asymmetries[0]
        switch scenario {
        case .range:
            statistic = abs(asymmetries[0])
            criticalValue = 1 / Double.log(n + 9) + 2.5 / (n + 1)
        case .quartiles:
            statistic = abs(asymmetries[0])
            criticalValue = 2.65 / n.squareRoot() - 6 / (n * n)
        case .fiveNumbers:
            let outer = 2.65 * Double.log(0.6 * n) / n.squareRoot() * abs(asymmetries[0])
            if abs(asymmetries[1]) > outer { leading = asymmetries[1] }
            statistic = max(outer, abs(asymmetries[1]))
            criticalValue = 3 / n.squareRoot() - 40 / (n * n * n)
        }
        isRightTailed = leading > 0
    }

    /// Returns (lower + upper − 2 median) / (upper − lower), from −1 to 1, by differences that neither overflow nor cancel.
    private static func asymmetry(_ pair: (lower: Double, upper: Double), about median: Double) -> Double {
        let above = pair.upper / 2 - median / 2
        let below = median / 2 - pair.lower / 2
        return (above - below) / (above + below)
    }
}

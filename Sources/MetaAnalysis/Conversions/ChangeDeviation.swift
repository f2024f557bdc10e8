/// Standard deviation of a change, from the standard deviations before and after and their correlation.
///
/// sd² = sd₁² + sd₂² − 2 r sd₁ sd₂. Source: Higgins et al. (2019), chapter 6.5.2.8, doi:10.1002/9781119536604.
public enum ChangeDeviation {
    /// Returns the standard deviation of the change.
    ///
    /// - Parameters:
    ///   - baseline: standard deviation before, at least 0. Role `sd_baseline`.
    ///   - final: standard deviation after, at least 0. Role `sd_final`.
    ///   - correlation: correlation of the values before and after, from −1 to 1. Role `r`.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for a number out of its range.
    public static func deviation(baseline: Double, final: Double, correlation: Double) throws -> Double {
        try check(baseline, final)
        try OutcomeValue(correlation, "r", "correlation").require(atLeast: -1, atMost: 1)
        let scale = max(baseline, final)
        guard scale > 0 else { return 0 }
        let (a, b) = (baseline / scale, final / scale)
        // (a − b)² + 2 (1 − r) a b equals the formula but does not cancel for r near 1.
        return scale * ((a - b) * (a - b) + 2 * (1 - correlation) * a * b).squareRoot()
    }

    /// Returns the correlation that gives this standard deviation of the change.
    ///
    /// - Parameters:
    ///   - baseline: standard deviation before, greater than 0. Role `sd_baseline`.
    ///   - final: standard deviation after, greater than 0. Role `sd_final`.
    ///   - change: standard deviation of the change, at least 0. Role `sd_change`.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) if no correlation gives it.
    public static func correlation(baseline: Double, final: Double, change: Double) throws -> Double {
        try check(baseline, final)
        try OutcomeValue(change, "sd_change", "standard deviation of the change").requireFiniteAndNotNegative()
        guard baseline > 0, final > 0 else {
            throw MetaAnalysisError.invalidOutcome(
                "a standard deviation of 0 leaves no correlation", remedy: "check the standard deviations",
                role: baseline > 0 ? "sd_final" : "sd_baseline")
        }
        let scale = max(baseline, final)
        let (a, b, c) = (baseline / scale, final / scale, change / scale)
        let correlation = ((a - b) * (a - b) - c * c) / (2 * a * b) + 1
        guard abs(correlation) <= 1 + 1e-12 else {
            throw MetaAnalysisError.invalidOutcome(
                "standard deviations of \(baseline.plain) before, \(final.plain) after and \(change.plain) of the change cannot "
                    + "stand together (the correlation would be \(NumberFormat.significant(correlation, digits: 3)))",
                remedy: "check whether one of them is a standard error", role: "sd_change")
        }
        return min(max(correlation, -1), 1)
    }

    private static func check(_ baseline: Double, _ final: Double) throws {
        try OutcomeValue(baseline, "sd_baseline", "standard deviation before").requireFiniteAndNotNegative()
        try OutcomeValue(final, "sd_final", "standard deviation after").requireFiniteAndNotNegative()
    }
}

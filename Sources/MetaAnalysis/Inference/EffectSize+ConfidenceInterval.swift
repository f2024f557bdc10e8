extension EffectSize {
    /// Computes the confidence interval of the study alone, from the normal distribution, on the analysis scale.
    /// R: `summary(escalc(…))`.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a level outside (0, 1).
    public func confidenceInterval(level: Double = 0.95) throws -> ConfidenceInterval {
        try ConfidenceInterval.check(level: level)
        return ConfidenceInterval(
            around: estimate, halfWidth: ConfidenceInterval.halfWidth(ofStandardError: standardError, level: level))
    }
}

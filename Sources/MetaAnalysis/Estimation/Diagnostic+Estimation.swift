extension Diagnostic {
    static func narrower(thanCommonEffect: Bool) -> Diagnostic {
        Diagnostic(
            .warning, .narrowerThanWald,
            "the Hartung–Knapp interval is narrower than the Wald interval"
                + (thanCommonEffect ? ", and than that of a common effect" : "")
                + ", as the effects happen to lie close"
                + " together for their standard errors and the between-study variance; the interval"
                + " hartung-knapp-truncated is never narrower than the one by t")
    }

    static func equalEffects(_ severity: Severity) -> Diagnostic {
        Diagnostic(
            severity, .notEstimable,
            "all effects are equal, so that the Hartung–Knapp standard error is 0 and there is no test and no interval")
    }

    /// Returns diagnostics on standard errors of several effects that share one Hartung–Knapp factor.
    ///
    /// - Parameter degreesOfFreedom: degrees of freedom of the t distribution of their intervals.
    static func hartungKnapp(scale: Double, degreesOfFreedom: Double, level: Double) -> [Diagnostic] {
        if scale == 0 {
            return [
                Diagnostic(
                    .warning, .notEstimable,
                    "all effects agree exactly, so that the Hartung–Knapp standard error is 0 and there is no test")
            ]
        }
        guard isNarrower(scale: scale, degreesOfFreedom: degreesOfFreedom, level: level) else { return [] }
        return [
            Diagnostic(
                .warning, .narrowerThanWald,
                "the Hartung–Knapp intervals are narrower than Wald intervals, as the effects happen to lie close to the"
                    + " model for their standard errors and the between-study variance; the intervals"
                    + " hartung-knapp-truncated are never narrower than those by t")
        ]
    }

    /// Returns whether t quantile times scaled standard error is less than normal quantile times standard error.
    private static func isNarrower(scale: Double, degreesOfFreedom: Double, level: Double) -> Bool {
        guard scale < 1, degreesOfFreedom > 0 else { return false }
        let reference = ReferenceDistribution.studentT(degreesOfFreedom: degreesOfFreedom)
        return scale * reference.twoSidedQuantile(level: level)
            < ReferenceDistribution.normal.twoSidedQuantile(level: level)
    }
}

internal import RealModule

/// Computation of the standard error of an effect from the confidence interval or test that a study reports with it.
///
/// Intervals and tests are assumed to use the normal distribution, on the logarithmic scale for ratios. R: `metafor::conv.wald`. Source:
/// Higgins et al. (2019), chapters 6.3.1 and 6.3.2, doi:10.1002/9781119536604.
public struct WaldConversion: Hashable, Sendable, Codable {
    /// Scale to which the estimate and its interval are transformed; one that needs no sample size.
    public var scale: EffectScale

    /// Makes a conversion on this scale.
    public init(scale: EffectScale) { self.scale = scale }

    /// Makes a conversion of a difference or, with `isRatio`, of a ratio.
    ///
    /// - Parameter isRatio: whether the estimate and its interval are ratios, whose logarithm is analyzed.
    public init(isRatio: Bool = false) { self.init(scale: isRatio ? .log : .identity) }

    private var isTransformed: Bool { scale != .identity }

    /// The reported precision of an estimate.
    public enum Precision: Hashable, Sendable, Codable {
        /// Confidence interval, on the scale of the estimate.
        case interval(lower: Double, upper: Double, level: Double)
        /// Two-sided p-value of no effect: of a difference of 0 or a ratio of 1.
        case pValue(Double)
        /// z statistic of the test of no effect.
        case statistic(Double)
        /// Standard error, on the analysis scale.
        case standardError(Double)
    }

    /// The effect on the analysis scale, with diagnostics.
    public struct Result: Hashable, Sendable, Codable {
        /// Estimate and sampling variance on the analysis scale.
        public var effect: EffectEstimate
        /// A warning if the interval is asymmetric, or if the estimate and its test statistic have opposite signs.
        public var diagnostics: [Diagnostic]
    }

    /// Computes the effect and its sampling variance on the analysis scale.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidOutcome`, with the role at fault (`estimate`, `ci_low`, `p`, …) as `column` of its location;
    ///   `.numericalOverflow`.
    public func convert(estimate: Double, _ precision: Precision) throws -> Result {
        let value = try analyzed(estimate, "estimate", "estimate")
        var diagnostics: [Diagnostic] = []
        let error: Double
        switch precision {
        case .interval(let lower, let upper, let level):
            let low = try analyzed(lower, "ci_low", "lower end of the confidence interval")
            let high = try analyzed(upper, "ci_high", "upper end of the confidence interval")
            // The bounds are compared as given, not their logarithms.
            try OutcomeValue.requireInterval(lower, upper)
            error = (high / 2 - low / 2) / ReferenceDistribution.normal.twoSidedQuantile(level: level)
            guard value >= low, value <= high else {
                throw MetaAnalysisError.invalidOutcome(
                    "the estimate \(estimate.plain) lies outside its confidence interval from \(lower.plain) to \(upper.plain)",
                    remedy: isTransformed ? "check the numbers" : "check the numbers, and whether they are ratios",
                    role: "estimate")
            }
            // Rounding moves a bound by up to half a digit. Except for tiny effects, that is less than a twentieth of the width.
            let shift = abs((value - low) / 2 - (high - value) / 2) / (high - low)
            if shift > 0.05 {
                let percent = NumberFormat.fixed(100 * shift, decimals: 0)
                diagnostics.append(
                    Diagnostic(
                        .warning, .asymmetricInterval,
                        "the estimate \(estimate.plain) lies \(percent)% of the width of its interval away from the middle "
                            + scaleWords))
            }
        case .pValue(let p):
            try OutcomeValue(p, "p", "p-value").requirePositive()
            guard p < 1, value != 0 else { throw saysNothing(estimate, "p-value", p, role: "p") }
            error = abs(value) / ReferenceDistribution.normal.upperQuantile(p / 2)
        case .statistic(let z):
            try OutcomeValue(z, "z", "test statistic").requireFinite()
            guard z != 0, value != 0 else { throw saysNothing(estimate, "test statistic", z, role: "z") }
            error = abs(value / z)
            if (z < 0) != (value < 0) {
                diagnostics.append(
                    Diagnostic(
                        .warning, .doubtfulNumbers,
                        "the estimate \(estimate.plain)\(isTransformed ? ", as it is transformed," : "") and the test statistic z \(z.plain) have"
                            + " opposite signs; check the direction of the effect"))
            }
        case .standardError(let reported):
            try OutcomeValue(reported, "se", "standard error").requirePositive()
            error = reported
        }
        guard error > 0, (error * error).isFinite, error * error >= EffectEstimate.leastVariance else {
            throw MetaAnalysisError(
                .numericalOverflow, "the standard error is outside the range of numbers",
                remedy: "give the effect in other units")
        }
        return Result(effect: EffectEstimate(estimate: value, variance: error * error), diagnostics: diagnostics)
    }

    private func analyzed(_ value: Double, _ role: String, _ name: String) throws -> Double {
        if scale == .log { try OutcomeValue(value, role, name + " of a ratio").requirePositive() }
        let value = OutcomeValue(value, role, name)
        try value.requireFinite()
        guard let result = scale.transformed(value.value) else {
            throw value.impossible(remedy: "give a number that the \(scale.rawValue) scale has a value for")
        }
        return result
    }

    private var scaleWords: String {
        switch scale {
        case .identity: "of it; a ratio has the role ratio"
        case .log: "on the logarithmic scale"
        default: "on the \(scale.rawValue) scale"
        }
    }

    private func saysNothing(_ estimate: Double, _ name: String, _ value: Double, role: String) -> MetaAnalysisError {
        MetaAnalysisError.invalidOutcome(
            "from the \(name) \(value.plain) beside the estimate \(estimate.plain) no standard error follows",
            remedy: "give a confidence interval, or more digits", role: role)
    }
}

internal import RealModule

/// Conversion of a relative effect at a known baseline risk: the risk with treatment, the risk difference and the number needed to treat.
///
/// With the baseline risk p, the risk with treatment is p RR for a risk ratio, p OR/(1 − p + p OR) for an odds ratio, p + RD for a risk
/// difference, and 1 − (1 − p)^HR for a hazard ratio under proportional hazards. The number needed to treat is 1 over the size of the risk
/// difference. Source: Higgins et al. (2019), chapters 6.4.1 and 15.4, doi:10.1002/9781119536604.
public struct AbsoluteEffect: Hashable, Sendable, Codable {
    /// The form of the relative effect.
    public enum Measure: String, Hashable, Sendable, Codable, CaseIterable {
        /// Risk ratio.
        case riskRatio = "RR"
        /// Odds ratio.
        case oddsRatio = "OR"
        /// Risk difference.
        case riskDifference = "RD"
        /// Hazard ratio; assumes proportional hazards.
        case hazardRatio = "HR"
    }

    /// Form of the relative effect.
    public var measure: Measure
    /// Risk of the event without treatment, greater than 0 and less than 1. Role `risk`.
    public var baselineRisk: Double

    /// Makes a conversion at this baseline risk, which `apply(_:interval:)` checks.
    public init(measure: Measure, baselineRisk: Double) {
        self.measure = measure
        self.baselineRisk = baselineRisk
    }

    /// The absolute effect of a treatment.
    public struct Result: Hashable, Sendable, Codable {
        /// Risk of the event with treatment.
        public var risk: Double
        /// Risk difference: `risk` minus the baseline risk.
        public var difference: Double
        /// Confidence interval of the risk difference; `nil` if the effect has none.
        public var differenceInterval: ConfidenceInterval?
        /// Number needed to treat, 1/|difference|; `nil` for a difference of 0.
        public var numberNeeded: Double?
        /// Confidence interval of the number needed to treat. `nil` without an interval, and if the interval of the difference contains 0,
        /// because the number then passes through infinity.
        public var numberNeededInterval: ConfidenceInterval?
        /// A note if the interval of the number needed to treat passes through infinity.
        public var diagnostics: [Diagnostic]
    }

    /// Computes the absolute effect.
    ///
    /// - Parameters:
    ///   - effect: relative effect; a ratio itself, not its logarithm. Its role is the code of the measure in lower case.
    ///   - interval: confidence interval of the effect, on the same scale.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`), with the role at fault as `column` of its location: a baseline risk that is not
    ///   between 0 and 1, an impossible effect, a risk with treatment that is not between 0 and 1, or an effect outside its interval.
    public func apply(_ effect: Double, interval: (lower: Double, upper: Double)? = nil) throws -> Result {
        try OutcomeValue(baselineRisk, "risk", "baseline risk").requirePositive()
        guard baselineRisk < 1 else {
            throw MetaAnalysisError.invalidOutcome(
                "the baseline risk is \(baselineRisk.plain)",
                remedy: "give a number between 0 and 1\(baselineRisk > 1 ? ", such as \(baselineRisk / 100)" : "")",
                role: "risk")
        }
        let name = measure.rawValue.lowercased()
        let difference = try difference(effect, role: name)
        var result = Result(
            risk: baselineRisk + difference, difference: difference,
            numberNeeded: difference == 0 ? nil : 1 / abs(difference), diagnostics: [])
        guard let interval else { return result }
        guard interval.lower <= effect, effect <= interval.upper else {
            throw MetaAnalysisError.invalidOutcome(
                "the effect \(effect.plain) lies outside its interval from \(interval.lower.plain) to \(interval.upper.plain)",
                remedy: "check the numbers", role: name)
        }
        let lower = try self.difference(interval.lower, role: "ci_low")
        let upper = try self.difference(interval.upper, role: "ci_high")
        result.differenceInterval = ConfidenceInterval(lower: lower, upper: upper)
        if lower > 0 || upper < 0 {
            let sizes = [abs(lower), abs(upper)]
            result.numberNeededInterval = ConfidenceInterval(
                lower: 1 / max(sizes[0], sizes[1]), upper: 1 / min(sizes[0], sizes[1]))
        } else {
            func needed(_ difference: Double) -> String {
                difference == 0 ? "infinity" : NumberFormat.significant(1 / abs(difference), digits: 3)
            }
            result.diagnostics.append(
                Diagnostic(
                    .note, .notEstimable,
                    "the interval of the risk difference holds 0, so that of the number needed to treat runs from \(needed(lower)) for "
                        + "one event fewer through infinity to \(needed(upper)) for one event more"))
        }
        return result
    }

    private func difference(_ effect: Double, role: String) throws -> Double {
        let p = baselineRisk
        let value: Double
        switch measure {
        case .riskDifference:
            try OutcomeValue(effect, role, "risk difference").require(atLeast: -1, atMost: 1)
            value = effect
        case .riskRatio:
            try OutcomeValue(effect, role, "risk ratio").requireFiniteAndNotNegative()
            value = p * (effect - 1)
        case .oddsRatio:
            try OutcomeValue(effect, role, "odds ratio").requireFiniteAndNotNegative()
            value = p * (1 - p) * (effect - 1) / (1 - p + p * effect)
        case .hazardRatio:
            try OutcomeValue(effect, role, "hazard ratio").requireFiniteAndNotNegative()
            let survival = Double.log(onePlus: -p)
            value = -(1 - p) * Double.expMinusOne(survival * (effect - 1))
        }
        guard p + value >= -1e-15, p + value <= 1 + 1e-15 else {
            throw MetaAnalysisError.invalidOutcome(
                "\(effect.plain) takes the baseline risk \(p.plain) to \(NumberFormat.significant(p + value, digits: 4))",
                remedy: "give a baseline risk that the effect was seen at, or an odds ratio", role: role)
        }
        return value
    }
}

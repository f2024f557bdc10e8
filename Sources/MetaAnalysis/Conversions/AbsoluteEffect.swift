internal import RealModule

/// What a relative effect means for people whose risk without treatment is known: the risk with treatment, the difference, and how many
/// must be treated for one of them to have the event, or not to have it, because of it.
///
/// With the baseline risk p: RR gives the risk p RR, OR gives p OR/(1 − p + p OR), RD gives p + RD, and a hazard ratio under
/// proportional hazards 1 − (1 − p)^HR. The number needed to treat is 1 over the size of the risk difference. Source: Higgins et al.
/// (2019), chapters 6.4.1 and 15.4, doi:10.1002/9781119536604.
public struct AbsoluteEffect: Hashable, Sendable, Codable {
    /// How the effect is expressed.
    public enum Measure: String, Hashable, Sendable, Codable, CaseIterable {
        case riskRatio = "RR"
        case oddsRatio = "OR"
        case riskDifference = "RD"
        case hazardRatio = "HR"
    }

    public var measure: Measure
    /// Between 0 and 1. Role `risk`.
    public var baselineRisk: Double

    public init(measure: Measure, baselineRisk: Double) {
        self.measure = measure
        self.baselineRisk = baselineRisk
    }

    public struct Result: Hashable, Sendable, Codable {
        /// Of the event with treatment.
        public var risk: Double
        /// `risk` less the baseline risk.
        public var difference: Double
        /// Of the difference; `nil` when the effect came without one.
        public var differenceInterval: ConfidenceInterval?
        /// 1/|difference|; `nil` for no difference.
        public var numberNeeded: Double?
        /// `nil` without an interval, and where the interval of the difference holds 0, so that the number runs through infinity.
        public var numberNeededInterval: ConfidenceInterval?
        public var diagnostics: [Diagnostic]
    }

    /// - Parameters:
    ///   - effect: a ratio itself, not its logarithm. Role by the code of the measure in lower case.
    ///   - interval: of the effect.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`), its location's `column` holding the role at fault: a risk outside 0 to 1, an
    ///   effect that no risk has or that takes the risk out of 0 to 1.
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

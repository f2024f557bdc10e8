internal import RealModule

/// An effect that a study reports, with its precision in the form it was reported.
public struct ReportedEffect: Hashable, Sendable, Codable {
    /// What the report says of the precision.
    public enum Precision: Hashable, Sendable, Codable {
        /// Sampling variance; role `vi`. Of the logarithm, for a ratio.
        case variance(Double)
        /// Standard error; role `sei`. Of the logarithm, for a ratio.
        case standardError(Double)
        /// Two-sided interval by the normal distribution; roles `ci_low ci_high`. Of the ratio itself, for a ratio.
        case interval(lower: Double, upper: Double, level: Double)
    }

    /// On the analysis scale (a log ratio as a logarithm), role `yi`; or the ratio itself.
    public var estimate: Double
    public var precision: Precision
    /// Whether the estimate, and an interval, are the ratio itself, whose logarithm is taken: role `ratio`. A hazard ratio (`HR`) always is.
    public var isRatio: Bool
    /// How many took part, where it is known: some tests of small-study effects ask for it, pooling does not. Role `ni`.
    public var participants: Double?

    public init(estimate: Double, precision: Precision, isRatio: Bool = false, participants: Double? = nil) {
        self.estimate = estimate
        self.precision = precision
        self.isRatio = isRatio
        self.participants = participants
    }
}

extension ReportedEffect {
    /// Scales on which an effect is reported.
    public enum Measure: String, EffectMeasure {
        case generic = "GEN"
        case hazardRatio = "HR"

        public var details: MeasureDescription {
            switch self {
            case .generic:
                MeasureDescription(
                    rawValue, .reported, title: "effect as reported", scale: .identity,
                    definition: """
                        y as given; v as given, or se^2, or ((upper - lower) / (2 z))^2 \
                        with z the normal quantile of the interval's level
                        """,
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.75, 0.007412955294))
            case .hazardRatio:
                MeasureDescription(
                    rawValue, .reported, title: "log hazard ratio", scale: .log,
                    definition: """
                        y = ln(HR); v = ((ln(upper) - ln(lower)) / (2 z))^2 with z the normal quantile of the \
                        interval's level, or the variance or squared standard error of ln(HR)
                        """,
                    source: "Tierney et al. (2007), doi:10.1186/1745-6215-8-16", example: (-0.2876820725, 0.01296201438)
                )
            }
        }
    }
}

extension ReportedEffect: StudyOutcome {
    public static let defaultMeasure = Measure.generic

    public var sampleSize: Double? { participants }

    /// By how much of the interval's width a rounded estimate may lie outside it.
    private static let roundingShare = 0.01

    public func validate() throws {
        guard !isRatio else { return try validateRatio() }
        try value.requireFinite()
        if case .interval(let lower, let upper, let level) = precision {
            try Self.validateInterval(lower, upper, level)
            try requireInside(lower, estimate, upper)
        } else {
            try validateError()
        }
    }

    public func validate(for measure: Measure) throws {
        if measure == .hazardRatio { try validateRatio("hazard ratio") } else { try validate() }
    }

    private func validateRatio(_ name: String = "ratio") throws {
        let remedy =
            "give the ratio itself, greater than 0, or \(isRatio ? "its logarithm as yi" : "take GEN for a logarithm")"
        try OutcomeValue(estimate, isRatio ? "ratio" : "yi", name).require(above: 0, remedy: remedy)
        guard case .interval(let lower, let upper, let level) = precision else { return try validateError() }
        try OutcomeValue(lower, "ci_low", "lower bound of the interval of a \(name)").require(above: 0, remedy: remedy)
        try Self.validateInterval(lower, upper, level)
        try requireInside(.log(lower), .log(estimate), .log(upper))
    }

    private func validateError() throws {
        switch precision {
        case .variance(let variance): try OutcomeValue(variance, "vi", "sampling variance").requirePositive()
        case .standardError(let error): try OutcomeValue(error, "sei", "standard error").requirePositive()
        case .interval: break
        }
    }

    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        let isLogarithmic = isRatio || measure == .hazardRatio
        let variance: Double
        switch precision {
        case .variance(let given):
            variance = given
        case .standardError(let error):
            variance = error * error
        case .interval(let lower, let upper, let level):
            let width = isLogarithmic ? Double.log(upper / lower) : upper - lower
            let error = width / (2 * ReferenceDistribution.normal.twoSidedQuantile(level: level))
            variance = error * error
        }
        return EffectEstimate(estimate: isLogarithmic ? .log(estimate) : estimate, variance: variance)
    }

    private var value: OutcomeValue { OutcomeValue(estimate, isRatio ? "ratio" : "yi", "effect") }

    private static func validateInterval(_ lower: Double, _ upper: Double, _ level: Double) throws {
        try OutcomeValue.requireInterval(lower, upper)
        guard level > 0, level < 1 else {
            throw MetaAnalysisError.invalidOutcome(
                "the level of the interval is \(level.plain)", remedy: "give a level between 0 and 1, such as 0.95",
                role: "ci_low")
        }
    }

    private func requireInside(_ lower: Double, _ estimate: Double, _ upper: Double) throws {
        let slack = Self.roundingShare * (upper - lower)
        guard estimate >= lower - slack, estimate <= upper + slack else {
            throw value.impossible(remedy: "give an estimate inside its interval, both on the same scale")
        }
    }
}

extension OutcomeValue {
    fileprivate func require(above bound: Double, remedy: String) throws {
        try requireFinite()
        guard value > bound else { throw impossible(remedy: remedy) }
    }
}

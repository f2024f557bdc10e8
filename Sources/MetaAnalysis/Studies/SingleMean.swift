internal import RealModule

/// Mean, standard deviation and size of one group.
public struct SingleMean: Hashable, Sendable, Codable {
    /// Mean of the group. Role `mi`.
    public var mean: Double
    /// Standard deviation of the group, at least 0. Role `sdi`.
    public var deviation: Double
    /// Number of participants. Role `ni`.
    public var size: Double

    /// Makes a mean without checking its range; `validate()` does.
    public init(mean: Double, deviation: Double, size: Double) {
        self.mean = mean
        self.deviation = deviation
        self.size = size
    }

    /// Coefficient of variation: standard deviation divided by mean.
    var coefficientOfVariation: Double { deviation / mean }
}

extension SingleMean {
    /// Effects computed from the mean and standard deviation of one group.
    public enum Measure: String, EffectMeasure {
        /// Mean itself (`MN`).
        case mean = "MN"
        /// Log mean (`MNLN`).
        case logMean = "MNLN"
        /// Standardized mean: mean divided by the standard deviation (`SMN`).
        case standardizedMean = "SMN"
        /// Log standard deviation (`SDLN`).
        case logDeviation = "SDLN"
        /// Log coefficient of variation (`CVLN`).
        case logCoefficientOfVariation = "CVLN"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .mean:
                MeasureDescription(
                    rawValue, .singleMean, title: "mean", scale: .identity,
                    definition: "y = m; v = sd^2 / n",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (12.0, 0.64))
            case .logMean:
                MeasureDescription(
                    rawValue, .singleMean, title: "log mean", scale: .log,
                    definition: "y = ln(m); v = sd^2 / (n m^2)",
                    source: "Nakagawa et al. (2015), doi:10.1111/2041-210x.12309", example: (2.48490665, 0.004444444444)
                )
            case .standardizedMean:
                MeasureDescription(
                    rawValue, .singleMean, title: "standardized mean", scale: .identity,
                    definition: """
                        y = J m / sd with J as for SMD on n - 1 degrees of freedom (1 when uncorrected); \
                        v = 1/n + y^2 / (2 n)
                        """,
                    source: "Hedges (1981), doi:10.3102/10769986006002107", example: (2.9050957, 0.2087916206),
                    hasBiasCorrection: true)
            case .logDeviation:
                MeasureDescription(
                    rawValue, .singleMean, title: "log standard deviation", scale: .log,
                    definition: """
                        y = ln(sd) + 1/(2 (n - 1)) (the logarithm alone when uncorrected); v = 1/(2 (n - 1))
                        """,
                    source: """
                        Raudenbush & Bryk (1987), doi:10.3102/10769986012003241; \
                        Nakagawa et al. (2015), doi:10.1111/2041-210x.12309
                        """, example: (1.407127694, 0.02083333333), hasBiasCorrection: true)
            case .logCoefficientOfVariation:
                MeasureDescription(
                    rawValue, .singleMean, title: "log coefficient of variation", scale: .log,
                    definition: """
                        y = ln(sd / m) + 1/(2 (n - 1)) (the logarithm alone when uncorrected); \
                        v = 1/(2 (n - 1)) + sd^2 / (n m^2)
                        """,
                    source: "Nakagawa et al. (2015), doi:10.1111/2041-210x.12309",
                    example: (-1.077778955, 0.02527777778), hasBiasCorrection: true)
            }
        }
    }
}

extension SingleMean: StudyOutcome {
    /// Mean (`MN`).
    public static let defaultMeasure = Measure.mean

    /// Number of participants.
    public var sampleSize: Double? { size }

    /// Checks that the mean is finite and that standard deviation and number of participants are finite and not negative.
    public func validate() throws {
        try validate(roles: (mean: "mi", deviation: "sdi"), group: "")
        try OutcomeValue(size, "ni", "number of participants").requireFiniteAndNotNegative()
    }

    /// Checks the mean and the standard deviation; the size is checked apart, because two times of one group share it.
    ///
    /// - Parameters:
    ///   - roles: roles of the two numbers, for messages.
    ///   - group: end of a name ("mean of the treated group"); empty for the only group.
    func validate(roles: (mean: String, deviation: String), group: String) throws {
        try OutcomeValue(mean, roles.mean, "mean\(group)").requireFinite()
        try OutcomeValue(deviation, roles.deviation, "standard deviation\(group)").requireFiniteAndNotNegative()
    }

    /// Computes the effect; a group without participants or with a standard deviation of 0 gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard size > 0 else { throw Exclusion("no participants") }
        guard deviation > 0 else {
            throw Exclusion("the standard deviation is 0, so the mean has no sampling variance")
        }
        switch measure {
        case .mean:
            return EffectEstimate(estimate: mean, variance: deviation * deviation / size)
        case .logMean:
            guard mean > 0 else { throw Exclusion("a mean that is not positive has no logarithm") }
            let variation = coefficientOfVariation
            return EffectEstimate(estimate: .log(mean), variance: variation * variation / size)
        case .standardizedMean:
            guard size > 1 else { throw Self.hasNoDeviation }
            let estimate = try Self.biasFactor(settings, size: size) * (mean / deviation)
            return EffectEstimate(estimate: estimate, variance: (1 + estimate * estimate / 2) / size)
        case .logDeviation:
            return try logDeviation(settings, group: "")
        case .logCoefficientOfVariation:
            let spread = try logDeviation(settings, group: "")
            guard mean > 0 else { throw Self.hasNoCoefficientOfVariation }
            return EffectEstimate(
                estimate: spread.estimate - .log(mean),
                variance: spread.variance + coefficientOfVariation * coefficientOfVariation / size)
        }
    }

    /// Computes ln sd with its bias correction, and its sampling variance.
    ///
    /// - Parameters:
    ///   - settings: whether the bias correction is applied.
    ///   - group: end of "the standard deviation" in a message; empty for the only group.
    func logDeviation(_ settings: EffectSettings, group: String) throws(Exclusion) -> EffectEstimate {
        guard size > 1 else { throw Self.hasNoDeviation }
        guard deviation > 0 else { throw Exclusion("the standard deviation\(group) is 0, which has no logarithm") }
        let variance = 1 / (2 * (size - 1))
        return EffectEstimate(
            estimate: .log(deviation) + (settings.biasCorrected ? variance : 0), variance: variance)
    }

    /// Returns the bias correction of a mean or difference that is standardized by the standard deviation of one group.
    static func biasFactor(_ settings: EffectSettings, size: Double) throws(Exclusion) -> Double {
        guard settings.biasCorrected else { return 1 }
        guard size > 2 else {
            throw Exclusion("two participants are too few for the bias correction of what is standardized by them")
        }
        return standardizationBiasFactor(degreesOfFreedom: size - 1)
    }

    static let hasNoDeviation = Exclusion("a group of one participant has no standard deviation of its own")
    static let hasNoCoefficientOfVariation = Exclusion(
        "a mean that is not positive gives no logarithm of a coefficient of variation")
}

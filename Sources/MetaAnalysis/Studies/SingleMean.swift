internal import RealModule

/// Mean, standard deviation and size of one group.
public struct SingleMean: Hashable, Sendable, Codable {
    /// Mean. Role `mi`.
    public var mean: Double
    /// Standard deviation; at least 0. Role `sdi`.
    public var deviation: Double
    /// Participants. Role `ni`.
    public var size: Double

    public init(mean: Double, deviation: Double, size: Double) {
        self.mean = mean
        self.deviation = deviation
        self.size = size
    }

    /// Standard deviation over mean.
    var coefficientOfVariation: Double { deviation / mean }
}

extension SingleMean {
    /// Transformations of a mean.
    public enum Measure: String, EffectMeasure {
        case mean = "MN"
        case logMean = "MNLN"

        public var details: MeasureDescription {
            switch self {
            case .mean:
                MeasureDescription(
                    rawValue, .singleMean, title: "mean", scale: .identity,
                    definition: "y = m; v = sd^2 / n",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03")
            case .logMean:
                MeasureDescription(
                    rawValue, .singleMean, title: "log mean", scale: .log,
                    definition: "y = ln(m); v = sd^2 / (n m^2)",
                    source: "Nakagawa et al. (2015), doi:10.1111/2041-210x.12309")
            }
        }
    }
}

extension SingleMean: StudyOutcome {
    public static let defaultMeasure = Measure.mean

    public var sampleSize: Double? { size }

    public func validate() throws {
        try validate(roles: (mean: "mi", deviation: "sdi"), group: "")
        try OutcomeValue(size, "ni", "number of participants").requireFiniteAndNotNegative()
    }

    /// Mean and standard deviation only: two times of one group share their size.
    ///
    /// - Parameter group: completes a name ("mean of the treated group"); empty for the only group.
    func validate(roles: (mean: String, deviation: String), group: String) throws {
        try OutcomeValue(mean, roles.mean, "mean\(group)").requireFinite()
        try OutcomeValue(deviation, roles.deviation, "standard deviation\(group)").requireFiniteAndNotNegative()
    }

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
        }
    }
}

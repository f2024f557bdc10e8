internal import RealModule

/// Number of events in the person-time of one group.
public struct Rate: Hashable, Sendable, Codable {
    /// Number of events, at least 0. Role `xi`.
    public var events: Double
    /// Person-time, at least 0, in a unit that all studies share. Role `ti`.
    public var time: Double

    /// Makes a rate without checking its range; `validate()` does.
    public init(events: Double, time: Double) {
        self.events = events
        self.time = time
    }

    /// Events per unit of person-time.
    var value: Double { events / time }
}

extension Rate {
    /// Effects computed from a rate.
    public enum Measure: String, EffectMeasure {
        /// Incidence rate itself (`IR`).
        case raw = "IR"
        /// Log incidence rate (`IRLN`).
        case log = "IRLN"
        /// Square root transformed incidence rate; needs no continuity correction (`IRS`).
        case squareRoot = "IRS"
        /// Freeman–Tukey transformed incidence rate; needs no continuity correction (`IRFT`).
        case freemanTukey = "IRFT"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .raw:
                MeasureDescription(
                    rawValue, .rate, title: "incidence rate", scale: .identity,
                    definition: "y = x / t; v = x / t^2",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.07, 0.00035),
                    usesContinuityCorrection: true)
            case .log:
                MeasureDescription(
                    rawValue, .rate, title: "log incidence rate", scale: .log,
                    definition: "y = ln(x / t); v = 1/x",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (-2.659260037, 0.07142857143),
                    usesContinuityCorrection: true)
            case .squareRoot:
                MeasureDescription(
                    rawValue, .rate, title: "square root transformed incidence rate", scale: .squareRoot,
                    definition: "y = sqrt(x / t); v = 1/(4 t)",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.2645751311, 0.00125))
            case .freemanTukey:
                MeasureDescription(
                    rawValue, .rate, title: "Freeman-Tukey transformed incidence rate", scale: .freemanTukeyRate,
                    definition: "y = (sqrt(x / t) + sqrt((x + 1) / t)) / 2; v = 1/(4 t)",
                    source: "Freeman & Tukey (1950), doi:10.1214/aoms/1177729756", example: (0.2692182049, 0.00125))
            }
        }
    }
}

extension Rate: StudyOutcome {
    /// Log incidence rate (`IRLN`).
    public static let defaultMeasure = Measure.log

    /// Whether there are no events.
    public var hasZeroCell: Bool { events == 0 }

    /// Person-time.
    public var sampleSize: Double? { time }

    /// Checks that the number of events and the person-time are finite and not negative.
    public func validate() throws { try validate(roles: (events: "xi", time: "ti"), group: "") }

    /// Checks the rate of one of several groups.
    ///
    /// - Parameters:
    ///   - roles: roles of the two numbers, for messages.
    ///   - group: end of a name ("number of events in the treated group"); empty for the only group.
    func validate(roles: (events: String, time: String), group: String) throws {
        try OutcomeValue(events, roles.events, "number of events\(group)").requireFiniteAndNotNegative()
        try OutcomeValue(time, roles.time, "person-time\(group)").requireFiniteAndNotNegative()
    }

    /// Adds the amount of the correction, of either kind, to the events.
    public func corrected(by correction: ContinuityCorrection) -> Rate {
        Rate(events: events + correction.amount, time: time)
    }

    /// Rate of the uncorrected counts for `Measure.raw`; `nil` for the other measures and without person-time.
    public func estimateAtZero(_ measure: Measure) -> Double? { measure == .raw && time > 0 ? value : nil }

    /// Computes the effect; a group without person-time gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard time > 0 else { throw Exclusion("no person-time") }
        switch measure {
        case .raw:
            guard events > 0 else { throw Exclusion("no events, so the rate has no sampling variance") }
            return EffectEstimate(estimate: value, variance: value / time)
        case .log:
            guard events > 0 else {
                throw Exclusion("no events, so the logarithm of the rate needs a continuity correction")
            }
            return EffectEstimate(estimate: .log(value), variance: 1 / events)
        case .squareRoot:
            return EffectEstimate(estimate: value.squareRoot(), variance: 0.25 / time)
        case .freemanTukey:
            return EffectEstimate(
                estimate: 0.5 * (value.squareRoot() + ((events + 1) / time).squareRoot()), variance: 0.25 / time)
        }
    }
}

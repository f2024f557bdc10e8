internal import RealModule

/// Events and person-time of two groups.
public struct TwoGroupRates: Hashable, Sendable, Codable {
    /// Number of events in the first group, at least 0. Role `x1i`.
    public var treatedEvents: Double
    /// Person-time of the first group, at least 0. Role `t1i`.
    public var treatedTime: Double
    /// Number of events in the second group, at least 0. Role `x2i`.
    public var controlEvents: Double
    /// Person-time of the second group, at least 0. Role `t2i`.
    public var controlTime: Double

    /// Makes the data of two groups without checking their range; `validate()` does.
    public init(treatedEvents: Double, treatedTime: Double, controlEvents: Double, controlTime: Double) {
        self.treatedEvents = treatedEvents
        self.treatedTime = treatedTime
        self.controlEvents = controlEvents
        self.controlTime = controlTime
    }

    private var treated: Rate { Rate(events: treatedEvents, time: treatedTime) }
    private var control: Rate { Rate(events: controlEvents, time: controlTime) }

    /// x₁t₂ − x₂t₁, which divided by t₁t₂ is the difference of the rates.
    var crossDifference: ProductDifference {
        ProductDifference(treatedEvents, controlTime, minus: controlEvents, treatedTime)
    }
}

extension TwoGroupRates {
    /// Effects of events in the person-time of two groups; positive if the rate is higher in the first group.
    public enum Measure: String, EffectMeasure {
        /// Log incidence rate ratio (`IRR`).
        case rateRatio = "IRR"
        /// Incidence rate difference (`IRD`).
        case rateDifference = "IRD"
        /// Difference of the square roots of the incidence rates; needs no continuity correction (`IRSD`).
        case squareRootDifference = "IRSD"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .rateRatio:
                MeasureDescription(
                    rawValue, .twoGroupRates, title: "log incidence rate ratio", scale: .log,
                    definition: "y = ln((x1 / t1) / (x2 / t2)); v = 1/x1 + 1/x2",
                    source: "Bagos & Nikolopoulos (2009), doi:10.2202/1557-4679.1168",
                    example: (-1.144440741, 0.1666666667), usesContinuityCorrection: true)
            case .rateDifference:
                MeasureDescription(
                    rawValue, .twoGroupRates, title: "incidence rate difference", scale: .identity,
                    definition: "y = x1 / t1 - x2 / t2; v = x1 / t1^2 + x2 / t2^2",
                    source: "Bagos & Nikolopoulos (2009), doi:10.2202/1557-4679.1168",
                    example: (-0.04664929708, 0.0003129967553), usesContinuityCorrection: true)
            case .squareRootDifference:
                MeasureDescription(
                    rawValue, .twoGroupRates, title: "square root transformed incidence rate difference",
                    scale: .identity,
                    definition: "y = sqrt(x1 / t1) - sqrt(x2 / t2); v = 1/(4 t1) + 1/(4 t2)",
                    source: "Bagos & Nikolopoulos (2009), doi:10.2202/1557-4679.1168",
                    example: (-0.1139920827, 0.001555897219))
            }
        }
    }
}

extension TwoGroupRates: StudyOutcome {
    /// Log incidence rate ratio (`IRR`).
    public static let defaultMeasure = Measure.rateRatio

    /// Whether one of the groups has no events.
    public var hasZeroCell: Bool { treatedEvents == 0 || controlEvents == 0 }

    /// Whether both groups have no events.
    public var isDoubleZero: Bool { treatedEvents == 0 && controlEvents == 0 }

    /// Whether one of the groups has no person-time.
    public var isEmpty: Bool { treatedTime == 0 || controlTime == 0 }

    /// Person-time of both groups.
    public var sampleSize: Double? { treatedTime + controlTime }

    /// Checks that events and person-times are finite and not negative.
    public func validate() throws {
        try treated.validate(roles: (events: "x1i", time: "t1i"), group: " in the treated group")
        try control.validate(roles: (events: "x2i", time: "t2i"), group: " in the control group")
    }

    /// Adds to the events of each group the amount of the correction for it; data with a group without person-time are not changed.
    public func corrected(by correction: ContinuityCorrection) -> TwoGroupRates {
        guard treatedTime > 0, controlTime > 0 else { return self }
        let added = correction.amounts(treatedSize: treatedTime, controlSize: controlTime)
        return TwoGroupRates(
            treatedEvents: treatedEvents + added.treated, treatedTime: treatedTime,
            controlEvents: controlEvents + added.control, controlTime: controlTime)
    }

    /// Rate difference of the uncorrected counts for `Measure.rateDifference`; `nil` for other measures and without person-time.
    public func estimateAtZero(_ measure: Measure) -> Double? {
        guard measure == .rateDifference, treatedTime > 0, controlTime > 0 else { return nil }
        return crossDifference.quotient(by: treatedTime, controlTime)
    }

    /// Computes the effect; a group without person-time gives none, nor do groups without events for ratios.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard treatedTime > 0 else { throw Exclusion("no person-time in the treated group") }
        guard controlTime > 0 else { throw Exclusion("no person-time in the control group") }
        switch measure {
        case .rateRatio:
            guard !hasZeroCell else {
                let which = isDoubleZero ? "either" : treatedEvents == 0 ? "the treated" : "the control"
                throw Exclusion(
                    "no events in \(which) group, so a rate ratio cannot be computed without a continuity correction")
            }
            return EffectEstimate(
                estimate: logRatio(
                    treated.value / control.value,
                    exceedingOneBy: crossDifference.quotient(by: treatedTime, controlEvents)),
                variance: 1 / treatedEvents + 1 / controlEvents)
        case .rateDifference:
            guard !isDoubleZero else {
                throw Exclusion("no events in either group, so the rate difference has no sampling variance")
            }
            return EffectEstimate(
                estimate: crossDifference.quotient(by: treatedTime, controlTime),
                variance: treated.value / treatedTime + control.value / controlTime)
        case .squareRootDifference:
            let roots = treated.value.squareRoot() + control.value.squareRoot()
            return EffectEstimate(
                estimate: isDoubleZero ? 0 : crossDifference.quotient(by: treatedTime, controlTime) / roots,
                variance: 0.25 / treatedTime + 0.25 / controlTime)
        }
    }
}

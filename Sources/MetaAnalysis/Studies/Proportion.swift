internal import RealModule

/// Number of participants with the event in one group.
public struct Proportion: Hashable, Sendable, Codable {
    /// Participants with the event, at least 0 and at most `size`. Role `xi`.
    public var events: Double
    /// Number of participants. Role `ni`.
    public var size: Double

    /// Makes a proportion without checking its range; `validate()` does.
    public init(events: Double, size: Double) {
        self.events = events
        self.size = size
    }

    /// Makes a proportion from the participants with and without the event.
    init(events: Double, nonEvents: Double) { self.init(events: events, size: events + nonEvents) }

    private var nonEvents: Double { size - events }
}

extension Proportion {
    /// Effects computed from a proportion.
    public enum Measure: String, EffectMeasure {
        /// Proportion itself (`PR`).
        case raw = "PR"
        /// Log proportion (`PLN`).
        case log = "PLN"
        /// Logit transformed proportion (`PLO`).
        case logit = "PLO"
        /// Probit transformed proportion (`PRZ`).
        case probit = "PRZ"
        /// Arcsine square root transformed proportion; needs no continuity correction (`PAS`).
        case arcsine = "PAS"
        /// Freeman–Tukey double arcsine transformed proportion; needs no continuity correction (`PFT`).
        case freemanTukey = "PFT"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .raw:
                MeasureDescription(
                    rawValue, .proportion, title: "proportion", scale: .identity,
                    definition: """
                        y = x / n; LS: v = y (1 - y) / n; UB: v = y (1 - y) / (n - 1); \
                        AV: v = p (1 - p) / n with the proportion p averaged over all studies
                        """,
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.3, 0.00525),
                    variances: [.largeSample, .unbiased, .averaged], usesContinuityCorrection: true)
            case .log:
                MeasureDescription(
                    rawValue, .proportion, title: "log proportion", scale: .log,
                    definition: """
                        y = ln(x / n); LS: v = 1/x - 1/n; \
                        AV: v = (1 - p) / (n p) with the proportion p averaged over all studies
                        """,
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (-1.203972804, 0.05833333333),
                    variances: [.largeSample, .averaged], usesContinuityCorrection: true)
            case .logit:
                MeasureDescription(
                    rawValue, .proportion, title: "logit transformed proportion", scale: .logit,
                    definition: """
                        y = ln(x / (n - x)); LS: v = 1/x + 1/(n - x); \
                        AV: v = 1/(n p (1 - p)) with the proportion p averaged over all studies
                        """,
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (-0.8472978604, 0.119047619),
                    variances: [.largeSample, .averaged], usesContinuityCorrection: true)
            case .probit:
                MeasureDescription(
                    rawValue, .proportion, title: "probit transformed proportion", scale: .probit,
                    definition: """
                        y = z with the normal quantile z of p = x / n; v = p (1 - p) / (n f(z)^2) with the normal \
                        density f
                        """,
                    source: "Sanchez-Meca et al. (2003), doi:10.1037/1082-989X.8.4.448",
                    example: (-0.5244005127, 0.04342785436),
                    usesContinuityCorrection: true)
            case .arcsine:
                MeasureDescription(
                    rawValue, .proportion, title: "arcsine square root transformed proportion", scale: .arcsine,
                    definition: "y = asin(sqrt(x / n)); v = 1/(4 n)",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.5796397404, 0.00625))
            case .freemanTukey:
                MeasureDescription(
                    rawValue, .proportion, title: "Freeman-Tukey double arcsine transformed proportion",
                    scale: .freemanTukey,
                    definition: "y = (asin(sqrt(x / (n + 1))) + asin(sqrt((x + 1) / (n + 1)))) / 2; v = 1/(4 n + 2)",
                    source: "Freeman & Tukey (1950), doi:10.1214/aoms/1177729756",
                    example: (0.5848755106, 0.006172839506))
            }
        }
    }
}

extension Proportion: StudyOutcome {
    /// Logit (`PLO`), whose back-transformed pooled value and interval are always between 0 and 1.
    public static let defaultMeasure = Measure.logit

    /// Whether no participant or every participant had the event.
    public var hasZeroCell: Bool { events == 0 || nonEvents == 0 }

    /// Number of participants.
    public var sampleSize: Double? { size }

    /// Checks that both numbers are finite and not negative, and that there are no more events than participants.
    public func validate() throws {
        try OutcomeValue(events, "xi", "number of events").requireFiniteAndNotNegative()
        try OutcomeValue(size, "ni", "number of participants").requireFiniteAndNotNegative()
        guard events <= size else {
            throw MetaAnalysisError.invalidOutcome(
                "there are \(events.plain) events among \(size.plain) participants",
                remedy: "give no more events than participants", role: "xi")
        }
    }

    /// Adds the amount of the correction, of either kind, to the participants with and without the event; a group without participants is
    /// not changed.
    public func corrected(by correction: ContinuityCorrection) -> Proportion {
        guard size > 0 else { return self }
        return Proportion(events: events + correction.amount, size: size + 2 * correction.amount)
    }

    /// Proportion of the uncorrected counts for `Measure.raw`; `nil` for the other measures and without participants.
    public func estimateAtZero(_ measure: Measure) -> Double? {
        measure == .raw && size > 0 ? events / size : nil
    }

    /// Returns the proportion averaged over all studies, for `VarianceVariant.averaged`.
    public static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double] {
        guard [.raw, .log, .logit].contains(measure), settings.variance == .averaged else { return [] }
        var mean = WeightedMean()
        for outcome in outcomes where outcome.size > 0 {
            mean.add(outcome.events / outcome.size, weight: outcome.size)
        }
        return [mean.value]
    }

    /// Computes the effect; a group without participants gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard size > 0 else { throw Exclusion("no participants") }
        switch measure {
        case .raw:
            return try raw(settings.variance ?? .largeSample, averages: averages)
        case .log:
            guard events > 0 else {
                throw Exclusion("no events, so the logarithm of the proportion needs a continuity correction")
            }
            guard nonEvents > 0 else {
                throw Exclusion("every participant had the event, so the log proportion has no sampling variance")
            }
            return EffectEstimate(
                estimate: logRatio(events / size, exceedingOneBy: -nonEvents / size),
                variance: averages.first.map { (1 - $0) / $0 / size } ?? nonEvents / size / events)
        case .logit:
            guard !hasZeroCell else {
                let which = events == 0 ? "no participant" : "every participant"
                throw Exclusion("\(which) had the event, so the logit needs a continuity correction")
            }
            return EffectEstimate(
                estimate: logRatio(events / nonEvents, exceedingOneBy: (events - nonEvents) / nonEvents),
                variance: averages.first.map { 1 / $0 / (1 - $0) / size } ?? 1 / events + 1 / nonEvents)
        case .probit:
            guard !hasZeroCell else {
                let which = events == 0 ? "no participant" : "every participant"
                throw Exclusion("\(which) had the event, so the probit needs a continuity correction")
            }
            return probit
        case .arcsine:
            return EffectEstimate(
                estimate: .atan2(y: events.squareRoot(), x: nonEvents.squareRoot()), variance: 0.25 / size)
        case .freemanTukey:
            let lower = Double.atan2(y: events.squareRoot(), x: (nonEvents + 1).squareRoot())
            let upper = Double.atan2(y: (events + 1).squareRoot(), x: nonEvents.squareRoot())
            return EffectEstimate(estimate: 0.5 * (lower + upper), variance: 1 / (4 * size + 2))
        }
    }

    /// Probit and its variance, for a proportion strictly between 0 and 1.
    var probit: EffectEstimate {
        let normal = ReferenceDistribution.normal
        // Taylor's series about ½, in odd powers of x = √2π(p − ½): p itself keeps too few digits of p − ½.
        let x = (events - nonEvents) / size * (.pi / 2).squareRoot()
        let square = x * x
        let quantile =
            abs(x) < 0.01
            ? x * (1 + square * (1.0 / 6 + square * (7.0 / 120 + square * 127 / 5040)))
            : events <= nonEvents ? normal.quantile(events / size) : normal.upperQuantile(nonEvents / size)
        // 1 / f(z)² = 2π exp(z²)
        return EffectEstimate(
            estimate: quantile,
            variance: 2 * .pi * .exp(quantile * quantile) * (events / size) * (nonEvents / size) / size)
    }

    private func raw(_ variant: VarianceVariant, averages: [Double]) throws(Exclusion) -> EffectEstimate {
        let share = events / size
        let variance: Double
        switch variant {
        case .averaged: variance = averages[0] * (1 - averages[0]) / size
        case .unbiased:
            guard size > 1 else { throw Exclusion("the unbiased variance needs more than one participant") }
            variance = share * (nonEvents / size) / (size - 1)
        default: variance = share * (nonEvents / size) / size
        }
        guard variance > 0 else {
            throw Exclusion("nobody or everybody had the event, so the proportion has no sampling variance")
        }
        return EffectEstimate(estimate: share, variance: variance)
    }
}

internal import RealModule

/// Events and non-events of two groups; effects compare `treated` with `control`.
public struct TwoByTwoTable: Hashable, Sendable, Codable {
    /// Participants with the event in the first group; at least 0, like all counts (fractions are allowed). Role `ai`.
    public var treatedEvents: Double
    /// Participants without the event in the first group. Role `bi`.
    public var treatedNonEvents: Double
    /// Participants with the event in the second group. Role `ci`.
    public var controlEvents: Double
    /// Participants without the event in the second group. Role `di`.
    public var controlNonEvents: Double

    /// Makes a table from its four cells without checking their range; `validate()` does.
    public init(treatedEvents: Double, treatedNonEvents: Double, controlEvents: Double, controlNonEvents: Double) {
        self.treatedEvents = treatedEvents
        self.treatedNonEvents = treatedNonEvents
        self.controlEvents = controlEvents
        self.controlNonEvents = controlNonEvents
    }
}

extension TwoByTwoTable {
    /// Makes a table from events and sizes, as trials report them. `validate()` detects more events than participants.
    public init(events: Double, of size: Double, versus controlEvents: Double, of controlSize: Double) {
        self.init(
            treatedEvents: events, treatedNonEvents: size - events, controlEvents: controlEvents,
            controlNonEvents: controlSize - controlEvents)
    }

    /// Number of participants in the first group.
    public var treatedSize: Double { treatedEvents + treatedNonEvents }
    /// Number of participants in the second group.
    public var controlSize: Double { controlEvents + controlNonEvents }

    /// ad − bc, on which every contrast of the two groups depends: a/n₁ − c/n₂ is (ad − bc)/(n₁n₂).
    var crossDifference: ProductDifference {
        ProductDifference(treatedEvents, controlNonEvents, minus: treatedNonEvents, controlEvents)
    }
}

extension TwoByTwoTable {
    /// Effects of events in two groups; positive if the event is more frequent in the first group (except `vaccineEfficacy`).
    public enum Measure: String, EffectMeasure {
        /// Log odds ratio (`OR`).
        case oddsRatio = "OR"
        /// Log risk ratio (`RR`).
        case riskRatio = "RR"
        /// Risk difference (`RD`).
        case riskDifference = "RD"
        /// Arcsine square root transformed risk difference; needs no continuity correction (`AS`).
        case arcsineDifference = "AS"
        /// Log odds ratio by Peto's method (`PETO`).
        case petoOddsRatio = "PETO"
        /// Phi coefficient (`PHI`).
        case phi = "PHI"
        /// Fisher's r-to-z transformed phi coefficient (`ZPHI`).
        case fisherPhi = "ZPHI"
        /// Yule's coefficient of association Q (`YUQ`).
        case yuleQ = "YUQ"
        /// Yule's coefficient of colligation Y (`YUY`).
        case yuleY = "YUY"
        /// Tetrachoric correlation (`RTET`).
        case tetrachoric = "RTET"
        /// Fisher's r-to-z transformed tetrachoric correlation (`ZTET`).
        case fisherTetrachoric = "ZTET"
        /// Probit transformed risk difference (`PBIT`).
        case probitDifference = "PBIT"
        /// Standardized mean difference from an odds ratio, factor √3/π (`OR2D`).
        case oddsRatioAsDifference = "OR2D"
        /// Standardized mean difference from an odds ratio, for normal distributions, factor 1/1.65 (`OR2DN`).
        case oddsRatioAsNormalDifference = "OR2DN"
        /// Standardized mean difference from an odds ratio, for logistic distributions, factor √3/π (`OR2DL`).
        case oddsRatioAsLogisticDifference = "OR2DL"
        /// Log diagnostic odds ratio (`DOR`).
        case diagnosticOddsRatio = "DOR"
        /// Vaccine efficacy 1 − RR on the scale −ln(RR), positive if the event is less frequent in the first group (`VE`).
        case vaccineEfficacy = "VE"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .oddsRatio:
                MeasureDescription(
                    rawValue, .twoByTwo, title: "log odds ratio", scale: .log,
                    definition: "y = ln(a d / (b c)); v = 1/a + 1/b + 1/c + 1/d",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (-0.9386941409, 0.3571249523),
                    usesContinuityCorrection: true)
            case .riskRatio:
                MeasureDescription(
                    rawValue, .twoByTwo, title: "log risk ratio", scale: .log,
                    definition: "y = ln((a / n1) / (c / n2)); v = 1/a - 1/n1 + 1/c - 1/n2",
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (-0.8893113339, 0.325584765),
                    usesContinuityCorrection: true)
            case .diagnosticOddsRatio:
                MeasureDescription(
                    rawValue, .twoByTwo, title: "log diagnostic odds ratio", scale: .log,
                    definition: """
                        y = ln(a d / (b c)), v = 1/a + 1/b + 1/c + 1/d with a true positives and b false negatives of the \
                        diseased, c false positives and d true negatives of the others
                        """,
                    source: "Glas et al. (2003), doi:10.1016/S0895-4356(03)00177-X",
                    example: (-0.9386941409, 0.3571249523),
                    usesContinuityCorrection: true)
            case .vaccineEfficacy:
                MeasureDescription(
                    rawValue, .twoByTwo, title: "vaccine efficacy", scale: .logComplement,
                    definition: """
                        y = -ln(RR), which reads back as the efficacy 1 - RR; v as for RR
                        """,
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (0.8893113339, 0.325584765),
                    usesContinuityCorrection: true)
            case .riskDifference:
                MeasureDescription(
                    rawValue, .twoByTwo, title: "risk difference", scale: .identity,
                    definition: """
                        y = p1 - p2 with p1 = a / n1, p2 = c / n2; LS: v = p1 (1 - p1) / n1 + p2 (1 - p2) / n2; \
                        UB: with n - 1 for n; AV: with p1 and p2 averaged over all studies
                        """,
                    source: "Viechtbauer (2010), doi:10.18637/jss.v036.i03", example: (-0.04661636544, 0.0007800686649),
                    variances: [.largeSample, .unbiased, .averaged], usesContinuityCorrection: true)
            case .arcsineDifference:
                MeasureDescription(
                    rawValue, .twoByTwo, title: "arcsine square root transformed risk difference", scale: .identity,
                    definition: "y = asin(sqrt(a / n1)) - asin(sqrt(c / n2)); v = 1/(4 n1) + 1/(4 n2)",
                    source: "Rücker et al. (2009), doi:10.1002/sim.3511", example: (-0.1038355771, 0.003831081476))
            case .petoOddsRatio:
                MeasureDescription(
                    rawValue, .twoByTwo, title: "log odds ratio by Peto's method", scale: .log,
                    definition: """
                        y = (a - E) / V, v = 1 / V with E = n1 (a + c) / n, \
                        V = n1 n2 (a + c) (b + d) / (n^2 (n - 1)), n = n1 + n2
                        """,
                    source: "Yusuf et al. (1985), doi:10.1016/s0033-0620(85)80003-7",
                    example: (-0.8603833473, 0.2828361819), usesContinuityCorrection: true)
            case .phi: .phi
            case .fisherPhi: .fisherPhi
            case .yuleQ: .yuleQ
            case .yuleY: .yuleY
            case .tetrachoric: .tetrachoric
            case .fisherTetrachoric: .fisherTetrachoric
            case .probitDifference: .probitDifference
            case .oddsRatioAsDifference: .oddsRatioAsDifference
            case .oddsRatioAsNormalDifference: .oddsRatioAsNormalDifference
            case .oddsRatioAsLogisticDifference: .oddsRatioAsLogisticDifference
            }
        }
    }
}

extension TwoByTwoTable: StudyOutcome {
    /// Log odds ratio (`OR`).
    public static let defaultMeasure = Measure.oddsRatio

    /// Whether one of the four cells is 0.
    public var hasZeroCell: Bool {
        treatedEvents == 0 || treatedNonEvents == 0 || controlEvents == 0 || controlNonEvents == 0
    }

    /// Whether one of the groups has no participants.
    public var isEmpty: Bool { treatedSize == 0 || controlSize == 0 }

    /// Whether both groups have no events, or events only.
    public var isDoubleZero: Bool {
        (treatedEvents == 0 && controlEvents == 0) || (treatedNonEvents == 0 && controlNonEvents == 0)
    }

    /// Number of participants in both groups.
    public var sampleSize: Double? { treatedSize + controlSize }

    /// Checks that the four cells are finite and not negative.
    public func validate() throws {
        try Self.validate(treatedEvents, treatedNonEvents, roles: ("ai", "bi"), group: "treated")
        try Self.validate(controlEvents, controlNonEvents, roles: ("ci", "di"), group: "control")
    }

    private static func validate(
        _ events: Double, _ nonEvents: Double, roles: (events: String, nonEvents: String), group: String
    ) throws {
        try OutcomeValue(events, roles.events, "number of events in the \(group) group").requireFiniteAndNotNegative()
        try OutcomeValue(nonEvents, roles.nonEvents, "number of participants without the event in the \(group) group")
            .requireFinite()
        guard nonEvents >= 0 else {
            throw MetaAnalysisError.invalidOutcome(
                "the \(group) group has \(events.plain) events among \((events + nonEvents).plain) participants",
                remedy: "give no more events than participants", role: roles.events)
        }
    }

    /// Adds to each cell the amount of the correction for its group; a table with an empty group is not changed.
    public func corrected(by correction: ContinuityCorrection) -> TwoByTwoTable {
        guard treatedSize > 0, controlSize > 0 else { return self }
        let added = correction.amounts(treatedSize: treatedSize, controlSize: controlSize)
        return TwoByTwoTable(
            treatedEvents: treatedEvents + added.treated, treatedNonEvents: treatedNonEvents + added.treated,
            controlEvents: controlEvents + added.control, controlNonEvents: controlNonEvents + added.control)
    }

    /// Risk difference of the uncorrected counts for `Measure.riskDifference`; `nil` for other measures and with an empty group.
    public func estimateAtZero(_ measure: Measure) -> Double? {
        guard measure == .riskDifference, !isEmpty else { return nil }
        return crossDifference.quotient(by: treatedSize, controlSize)
    }

    /// Returns the risk of each group averaged over all studies, for `VarianceVariant.averaged`.
    public static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double] {
        guard measure == .riskDifference, settings.variance == .averaged else { return [] }
        var treated = WeightedMean()
        var control = WeightedMean()
        for table in outcomes where table.treatedSize > 0 && table.controlSize > 0 {
            treated.add(table.treatedEvents / table.treatedSize, weight: table.treatedSize)
            control.add(table.controlEvents / table.controlSize, weight: table.controlSize)
        }
        return [treated.value, control.value]
    }

    /// Computes the effect; a table with an empty group gives none, nor does a zero cell for ratios.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard treatedSize > 0 else { throw Exclusion("no participants in the treated group") }
        guard controlSize > 0 else { throw Exclusion("no participants in the control group") }
        switch measure {
        case .oddsRatio, .diagnosticOddsRatio: return try oddsRatio()
        case .riskRatio: return try riskRatio()
        case .vaccineEfficacy:
            let ratio = try riskRatio()
            return EffectEstimate(estimate: -ratio.estimate, variance: ratio.variance)
        case .riskDifference: return try riskDifference(settings.variance ?? .largeSample, averages: averages)
        case .arcsineDifference: return arcsineDifference
        case .petoOddsRatio: return try petoOddsRatio()
        case .phi, .fisherPhi:
            return try phi(settings.variance ?? .crossSectional, transformed: measure == .fisherPhi)
        case .yuleQ: return try yule(root: 1)
        case .yuleY: return try yule(root: 2)
        case .tetrachoric, .fisherTetrachoric:
            return try tetrachoric(transformed: measure == .fisherTetrachoric)
        case .probitDifference: return try probitDifference()
        case .oddsRatioAsDifference, .oddsRatioAsLogisticDifference:
            return try standardizedDifference(OddsPerDeviation.logistic)
        case .oddsRatioAsNormalDifference: return try standardizedDifference(OddsPerDeviation.normal)
        }
    }

    func oddsRatio() throws(Exclusion) -> EffectEstimate {
        guard !hasZeroCell else { throw zeroCellExclusion("an odds ratio") }
        return EffectEstimate(
            estimate: logRatio(
                (treatedEvents / treatedNonEvents) / (controlEvents / controlNonEvents),
                exceedingOneBy: crossDifference.quotient(by: treatedNonEvents, controlEvents)),
            variance: 1 / treatedEvents + 1 / treatedNonEvents + 1 / controlEvents + 1 / controlNonEvents)
    }

    private func riskRatio() throws(Exclusion) -> EffectEstimate {
        guard treatedEvents > 0, controlEvents > 0 else { throw zeroCellExclusion("a risk ratio") }
        // 1/a − 1/n = (b/n)/a, which does not cancel if nearly all participants have the event.
        let variance =
            treatedNonEvents / treatedSize / treatedEvents + controlNonEvents / controlSize / controlEvents
        guard variance > 0 else {
            throw Exclusion("everybody in both groups had the event, so the risk ratio has no sampling variance")
        }
        return EffectEstimate(
            estimate: logRatio(
                treatedRisk / controlRisk,
                exceedingOneBy: crossDifference.quotient(by: treatedSize, controlEvents)), variance: variance)
    }

    private func riskDifference(_ variant: VarianceVariant, averages: [Double]) throws(Exclusion) -> EffectEstimate {
        let variance: Double
        switch variant {
        case .averaged:
            variance =
                averages[0] * (1 - averages[0]) / treatedSize + averages[1] * (1 - averages[1]) / controlSize
        case .unbiased:
            guard treatedSize > 1, controlSize > 1 else {
                throw Exclusion("the unbiased variance needs more than one participant in each group")
            }
            variance =
                treatedRisk * (treatedNonEvents / treatedSize) / (treatedSize - 1)
                + controlRisk * (controlNonEvents / controlSize) / (controlSize - 1)
        default:
            variance =
                treatedRisk * (treatedNonEvents / treatedSize) / treatedSize
                + controlRisk * (controlNonEvents / controlSize) / controlSize
        }
        guard variance > 0 else {
            throw Exclusion(
                "no variation within either group (nobody or everybody had the event), so the risk difference has no "
                    + "sampling variance")
        }
        return EffectEstimate(estimate: crossDifference.quotient(by: treatedSize, controlSize), variance: variance)
    }

    private var arcsineDifference: EffectEstimate {
        let (treated, treatedNone) = (treatedEvents.squareRoot(), treatedNonEvents.squareRoot())
        let (control, controlNone) = (controlEvents.squareRoot(), controlNonEvents.squareRoot())
        // The angle between (√b, √a) and (√d, √c). Its sine is proportional to √(ad) − √(bc), which is (ad − bc)/(√(ad) + √(bc)).
        let sum = treated * controlNone + treatedNone * control
        return EffectEstimate(
            estimate: sum > 0
                ? .atan2(
                    y: crossDifference.quotient(by: sum, 1), x: treatedNone * controlNone + treated * control)
                : 0,
            variance: 0.25 / treatedSize + 0.25 / controlSize)
    }

    private func petoOddsRatio() throws(Exclusion) -> EffectEstimate {
        let size = treatedSize + controlSize
        guard size > 1 else { throw Exclusion("Peto's method needs more than one participant") }
        let treatedShare = treatedSize / size
        let controlShare = controlSize / size
        let events = treatedEvents + controlEvents
        let nonEvents = treatedNonEvents + controlNonEvents
        let variance = treatedShare * controlShare * events * (nonEvents / (size - 1))
        guard variance > 0 else { throw zeroCellExclusion("Peto's odds ratio") }
        // a − n₁(a + c)/n
        let excess = crossDifference.quotient(by: size, 1)
        return EffectEstimate(estimate: excess / variance, variance: 1 / variance)
    }

    func zeroCellExclusion(_ measure: String) -> Exclusion {
        let found: String
        if treatedEvents == 0 {
            found = controlEvents == 0 ? "no events in either group" : "no events in the treated group"
        } else if controlEvents == 0 {
            found = "no events in the control group"
        } else if treatedNonEvents == 0 {
            found = "everybody in \(controlNonEvents == 0 ? "both groups" : "the treated group") had the event"
        } else {
            found = "everybody in the control group had the event"
        }
        return Exclusion("\(found), so \(measure) cannot be computed without a continuity correction")
    }
}

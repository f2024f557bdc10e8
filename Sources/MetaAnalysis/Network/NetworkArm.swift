internal import RealModule

/// One group of one study: its treatment and its outcome.
///
/// ```swift
/// let arms = [
///     NetworkArm(study: "Boyd 1997", "Salmeterol", Proportion(events: 1, size: 229)),
///     NetworkArm(study: "Boyd 1997", "Placebo", Proportion(events: 1, size: 227)),
/// ]
/// let network = try TreatmentNetwork(arms, measure: .oddsRatio)
/// ```
public struct NetworkArm<Outcome: ArmOutcome>: Hashable, Sendable, Codable {
    /// Label of the study; arms with the same label belong to one study.
    public var study: String
    /// Treatment that the group received.
    public var treatment: Treatment
    /// Data of the group.
    public var outcome: Outcome
    /// Line of the file that it was read from; `nil` where there is no file.
    public var row: Int?
    /// Subgroup of the study; `nil` for none.
    public var group: String?

    /// Creates an arm; a study needs at least two of them with different treatments.
    public init(
        study: String, _ treatment: Treatment, _ outcome: Outcome, row: Int? = nil, group: String? = nil
    ) {
        self.study = study
        self.treatment = treatment
        self.outcome = outcome
        self.row = row
        self.group = group
    }
}

/// The outcome of one arm of a comparative study. Two of them form the outcome of two groups, for which measures are defined.
public protocol ArmOutcome: StudyOutcome {
    /// Kind of data of two such groups.
    associatedtype Pair: StudyOutcome

    /// Forms the outcome of two groups; `first` is the treated group, `second` the control group.
    static func pair(_ first: Self, versus second: Self) -> Pair

    /// Computes the effects of all pairs of one study, first − second, with the pairs in the order (0, 1), (0, 2), …, (1, 2), ….
    ///
    /// - Parameters:
    ///   - arms: arms of one study, valid and corrected; two or more.
    ///   - averages: result of `Pair.averages(for:settings:over:)` over the whole network.
    static func effects(
        of arms: [Self], _ measure: Pair.Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> [EffectEstimate]

    /// Converts arms of this kind to a collection whose kind is known only at run time.
    static func collection(_ arms: [NetworkArm<Self>]) -> ArmCollection
}

extension ArmOutcome {
    /// Computes the effect of each pair by itself.
    public static func effects(
        of arms: [Self], _ measure: Pair.Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> [EffectEstimate] {
        try effectsPairByPair(arms, measure, settings: settings, averages: averages)
    }

    fileprivate static func effectsPairByPair(
        _ arms: [Self], _ measure: Pair.Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> [EffectEstimate] {
        var effects: [EffectEstimate] = []
        for first in arms.indices {
            for second in arms.indices.dropFirst(first + 1) {
                effects.append(
                    try pair(arms[first], versus: arms[second]).effect(measure, settings: settings, averages: averages))
            }
        }
        return effects
    }
}

/// Arms of one of several kinds of data.
public enum ArmCollection: Hashable, Sendable, Codable {
    /// Arms with events and participants.
    case proportion([NetworkArm<Proportion>])
    /// Arms with mean, standard deviation and participants.
    case singleMean([NetworkArm<SingleMean>])
    /// Arms with events and person-time.
    case rate([NetworkArm<Rate>])

    /// Appends arms of the same kind. With `distinct`, arms of a study that are in several rows with the same data are kept once.
    ///
    /// - Parameter distinct: whether rows may repeat an arm.
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) for arms of another kind.
    func appending(_ others: ArmCollection, distinct: Bool) throws -> ArmCollection {
        func joined<Outcome>(
            _ first: [NetworkArm<Outcome>], _ second: [NetworkArm<Outcome>]
        ) -> [NetworkArm<Outcome>] {
            let all = (first + second).enumerated().sorted {
                ($0.element.row ?? 0, $0.offset) < ($1.element.row ?? 0, $1.offset)
            }.map(\.element)
            guard distinct else { return all }
            var seen: [NetworkArm<Outcome>: Int?] = [:]
            return all.filter { arm in
                var key = arm
                (key.row, key.group) = (nil, nil)
                if let row = seen[key], row != arm.row { return false }
                seen[key] = arm.row
                return true
            }
        }
        switch (self, others) {
        case (.proportion(let first), .proportion(let second)): return .proportion(joined(first, second))
        case (.singleMean(let first), .singleMean(let second)): return .singleMean(joined(first, second))
        case (.rate(let first), .rate(let second)): return .rate(joined(first, second))
        default:
            throw MetaAnalysisError(
                .unsupportedCombination, "some arms hold other data than the rest",
                remedy: "give all arms the same data")
        }
    }

    /// Returns the arms of the studies for which `keeps` is true.
    func filtered(_ keeps: (String) -> Bool) -> ArmCollection {
        switch self {
        case .proportion(let arms): .proportion(arms.filter { keeps($0.study) })
        case .singleMean(let arms): .singleMean(arms.filter { keeps($0.study) })
        case .rate(let arms): .rate(arms.filter { keeps($0.study) })
        }
    }
}

extension Proportion: ArmOutcome {
    /// Forms the 2×2 table of two arms.
    public static func pair(_ first: Proportion, versus second: Proportion) -> TwoByTwoTable {
        TwoByTwoTable(events: first.events, of: first.size, versus: second.events, of: second.size)
    }

    /// Returns the arms as a collection of the case `.proportion`.
    public static func collection(_ arms: [NetworkArm<Proportion>]) -> ArmCollection { .proportion(arms) }
}

extension Rate: ArmOutcome {
    /// Forms the data of two groups with events and person-time.
    public static func pair(_ first: Rate, versus second: Rate) -> TwoGroupRates {
        TwoGroupRates(
            treatedEvents: first.events, treatedTime: first.time, controlEvents: second.events,
            controlTime: second.time)
    }

    /// Returns the arms as a collection of the case `.rate`.
    public static func collection(_ arms: [NetworkArm<Rate>]) -> ArmCollection { .rate(arms) }
}

extension SingleMean: ArmOutcome {
    /// Forms the data of two groups with means.
    public static func pair(_ first: SingleMean, versus second: SingleMean) -> TwoGroupMeans {
        TwoGroupMeans(
            treatedSize: first.size, treatedMean: first.mean, treatedDeviation: first.deviation,
            controlSize: second.size, controlMean: second.mean, controlDeviation: second.deviation)
    }

    /// Returns the arms as a collection of the case `.singleMean`.
    public static func collection(_ arms: [NetworkArm<SingleMean>]) -> ArmCollection { .singleMean(arms) }

    /// Computes the effects of all pairs of one study. If a measure pools standard deviations, all arms of the study share one. The effects
    /// of a multi-arm study are then consistent, and with v = 1/nᵢ + 1/nⱼ + g²/(2N) two of them have the covariance 1/n + g g′/(2N) through
    /// the arm they share.
    ///
    /// Source: Gleser & Olkin (2009), Stochastically dependent effect sizes, in The Handbook of Research Synthesis and
    /// Meta-Analysis.
    public static func effects(
        of arms: [SingleMean], _ measure: TwoGroupMeans.Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> [EffectEstimate] {
        let variant = settings.variance ?? .largeSample
        let isStandardized = measure == .standardizedMeanDifference
        guard arms.count > 2, isStandardized || measure == .meanDifference && variant == .homoscedastic else {
            return try effectsPairByPair(arms, measure, settings: settings, averages: averages)
        }
        let shared = try SharedDeviation(arms, biasCorrected: isStandardized && settings.biasCorrected)
        var effects: [EffectEstimate] = []
        for first in arms.indices {
            for second in arms.indices.dropFirst(first + 1) {
                let difference = arms[first].mean - arms[second].mean
                let reciprocals = 1 / arms[first].size + 1 / arms[second].size
                effects.append(
                    isStandardized
                        ? shared.standardized(difference, reciprocals, variant, averages)
                        : EffectEstimate(
                            estimate: difference, variance: shared.deviation * shared.deviation * reciprocals))
            }
        }
        return effects
    }
}

/// The standard deviation that all arms of a study share.
private struct SharedDeviation {
    let deviation: Double
    let degreesOfFreedom: Double
    let size: Double
    let biasFactor: Double

    init(_ arms: [SingleMean], biasCorrected: Bool) throws(Exclusion) {
        let scale = arms.map(\.deviation).max() ?? 0
        var sum = 0.0
        var size = 0.0
        for arm in arms {
            guard arm.size > 0 else { throw Exclusion("an arm has no participants") }
            let ratio = scale > 0 ? arm.deviation / scale : 0
            sum += (arm.size - 1) * ratio * ratio
            size += arm.size
        }
        self.size = size
        degreesOfFreedom = size - Double(arms.count)
        guard sum > 0, degreesOfFreedom > 1 else {
            throw Exclusion("the arms have no pooled standard deviation")
        }
        deviation = scale * (sum / degreesOfFreedom).squareRoot()
        biasFactor = biasCorrected ? standardizationBiasFactor(degreesOfFreedom: degreesOfFreedom) : 1
    }

    func standardized(
        _ difference: Double, _ reciprocals: Double, _ variant: VarianceVariant, _ averages: [Double]
    ) -> EffectEstimate {
        let estimate = biasFactor * (difference / deviation)
        let variance =
            switch variant {
            case .largeSampleSquaredCorrection:
                biasFactor * biasFactor * reciprocals + estimate * estimate / (2 * size)
            case .unbiased:
                reciprocals
                    + (1 - (degreesOfFreedom - 2) / (degreesOfFreedom * biasFactor * biasFactor)) * estimate * estimate
            case .averaged: reciprocals + averages[0] * averages[0] / (2 * size)
            default: reciprocals + estimate * estimate / (2 * size)
            }
        return EffectEstimate(estimate: estimate, variance: variance)
    }
}

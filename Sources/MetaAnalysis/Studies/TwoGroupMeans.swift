internal import RealModule

/// Mean, standard deviation and size of each of two independent groups.
public struct TwoGroupMeans: Hashable, Sendable, Codable {
    /// Participants in the first group. Role `n1i`.
    public var treatedSize: Double
    /// Mean of the first group. Role `m1i`.
    public var treatedMean: Double
    /// Standard deviation of the first group; at least 0. Role `sd1i`.
    public var treatedDeviation: Double
    /// Participants in the second group. Role `n2i`.
    public var controlSize: Double
    /// Mean of the second group. Role `m2i`.
    public var controlMean: Double
    /// Standard deviation of the second group; at least 0. Role `sd2i`.
    public var controlDeviation: Double
    /// Whether only a t statistic is known. The means are then those of groups with a standard deviation of 1, and only the standardized
    /// difference has a meaning.
    public let isStandardized: Bool

    /// Makes the data of two groups without checking their range; `validate()` does.
    public init(
        treatedSize: Double, treatedMean: Double, treatedDeviation: Double, controlSize: Double, controlMean: Double,
        controlDeviation: Double
    ) {
        self.treatedSize = treatedSize
        self.treatedMean = treatedMean
        self.treatedDeviation = treatedDeviation
        self.controlSize = controlSize
        self.controlMean = controlMean
        self.controlDeviation = controlDeviation
        isStandardized = false
    }

    /// Makes the data of a study that reports the t statistic of the difference (role `ti`), assuming a common standard deviation.
    ///
    /// The standardized mean difference is t √(1/n₁ + 1/n₂); measures that need the means themselves are not available. R: `escalc("SMD",
    /// ti = …)`.
    public init(t: Double, treatedSize: Double, controlSize: Double) {
        self.treatedSize = treatedSize
        treatedMean = t * (1 / treatedSize + 1 / controlSize).squareRoot()
        treatedDeviation = 1
        self.controlSize = controlSize
        controlMean = 0
        controlDeviation = 1
        isStandardized = true
    }

    var treated: SingleMean {
        SingleMean(mean: treatedMean, deviation: treatedDeviation, size: treatedSize)
    }
    var control: SingleMean {
        SingleMean(mean: controlMean, deviation: controlDeviation, size: controlSize)
    }
}

extension TwoGroupMeans {
    /// Effects of means of two groups; positive if the mean is higher in the first group.
    public enum Measure: String, EffectMeasure {
        /// Mean difference (`MD`).
        case meanDifference = "MD"
        /// Standardized mean difference, Hedges' g with the bias correction (`SMD`).
        case standardizedMeanDifference = "SMD"
        /// Mean difference divided by the root mean square of the standard deviations, for unequal variances (`SMDH`).
        case heteroscedasticStandardizedMeanDifference = "SMDH"
        /// Mean difference divided by the standard deviation of the second group, Glass's delta (`SMD1`).
        case singleDeviationMeanDifference = "SMD1"
        /// As `singleDeviationMeanDifference`, with a variance that allows unequal variances (`SMD1H`).
        case heteroscedasticSingleDeviationMeanDifference = "SMD1H"
        /// Log ratio of means (`ROM`).
        case ratioOfMeans = "ROM"
        /// Point-biserial correlation (`RPB`).
        case pointBiserial = "RPB"
        /// Fisher's r-to-z transformed point-biserial correlation (`ZPB`).
        case fisherPointBiserial = "ZPB"
        /// Biserial correlation (`RBIS`).
        case biserial = "RBIS"
        /// Fisher's r-to-z transformed biserial correlation (`ZBIS`).
        case fisherBiserial = "ZBIS"
        /// Log odds ratio from a standardized mean difference, factor π/√3 (`D2OR`).
        case differenceAsOddsRatio = "D2OR"
        /// Log odds ratio from a standardized mean difference, for normal distributions, factor 1.65 (`D2ORN`).
        case normalDifferenceAsOddsRatio = "D2ORN"
        /// Log odds ratio from a standardized mean difference, for logistic distributions, factor π/√3 (`D2ORL`).
        case logisticDifferenceAsOddsRatio = "D2ORL"
        /// Log ratio of the standard deviations (`VR`).
        case variabilityRatio = "VR"
        /// Log ratio of the coefficients of variation (`CVR`).
        case coefficientOfVariationRatio = "CVR"
        /// Common language effect size of normal distributions (`CLESN`).
        case normalSuperiority = "CLESN"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .meanDifference:
                MeasureDescription(
                    rawValue, .twoGroupMeans, title: "mean difference", scale: .identity,
                    definition: """
                        y = m1 - m2; LS: v = sd1^2 / n1 + sd2^2 / n2; \
                        HO: v = s^2 (1/n1 + 1/n2) with the pooled standard deviation s
                        """,
                    source: "Bonett (2009), doi:10.1037/a0016619", example: (-20.0, 40.50802316),
                    variances: [.largeSample, .homoscedastic])
            case .standardizedMeanDifference:
                MeasureDescription(
                    rawValue, .twoGroupMeans, title: "standardized mean difference (Hedges' g)", scale: .identity,
                    definition: """
                        y = J d with d = (m1 - m2) / s, s the pooled standard deviation, m = n1 + n2 - 2, \
                        J = gamma(m/2) / (sqrt(m/2) gamma((m-1)/2)) (1 when uncorrected), h = 1/n1 + 1/n2, n = n1 + n2; \
                        LS: v = h + y^2 / (2 n); LS2: v = J^2 (h + d^2 / (2 n)); \
                        UB: v = h + (1 - (m - 2) / (m J^2)) y^2; AV: v = h + g^2 / (2 n) with g the average of y
                        """,
                    source: """
                        Hedges (1981), doi:10.3102/10769986006002107; \
                        Hedges (1982), doi:10.1037/0033-2909.92.2.490 (LS); \
                        Hedges (1983), doi:10.1037/0033-2909.93.2.388 (UB)
                        """, example: (-0.3551696409, 0.01306467554),
                    variances: [.largeSample, .largeSampleSquaredCorrection, .unbiased, .averaged],
                    hasBiasCorrection: true)
            case .heteroscedasticStandardizedMeanDifference:
                MeasureDescription(
                    rawValue, .twoGroupMeans, title: "standardized mean difference, unequal variances",
                    scale: .identity,
                    definition: """
                        y = J (m1 - m2) / s with s^2 = (sd1^2 + sd2^2) / 2, J as for SMD (1 when uncorrected); \
                        v = y^2 (sd1^4 / (n1 - 1) + sd2^4 / (n2 - 1)) / (8 s^4) \
                        + (sd1^2 / (n1 - 1) + sd2^2 / (n2 - 1)) / s^2
                        """,
                    source: "Bonett (2008), doi:10.1037/1082-989X.13.2.99; Bonett (2009), doi:10.1037/a0016619",
                    example: (-0.3553416016, 0.01315480545),
                    hasBiasCorrection: true)
            case .singleDeviationMeanDifference:
                MeasureDescription(
                    rawValue, .twoGroupMeans, title: "standardized mean difference by the second group (Glass's delta)",
                    scale: .identity,
                    definition: """
                        y = J (m1 - m2) / sd2 with J as for SMD on n2 - 1 degrees of freedom (1 when uncorrected); \
                        h = 1/n1 + 1/n2, m = n2 - 1; LS: v = h + y^2 / (2 n2); LS2: v = J^2 (h + d^2 / (2 n2)) with \
                        d = y / J; UB: v = h + (1 - (m - 2) / (m J^2)) y^2; \
                        AV: v = h + g^2 / (2 n2) with g the average of y
                        """,
                    source: """
                        Hedges (1981), doi:10.3102/10769986006002107; \
                        Hedges (1983), doi:10.1037/0033-2909.93.2.388 (UB)
                        """, example: (-0.310985052, 0.01317184272),
                    variances: [.largeSample, .largeSampleSquaredCorrection, .unbiased, .averaged],
                    hasBiasCorrection: true)
            case .heteroscedasticSingleDeviationMeanDifference:
                MeasureDescription(
                    rawValue, .twoGroupMeans,
                    title: "standardized mean difference by the second group, unequal variances", scale: .identity,
                    definition: """
                        y as for SMD1; v = (sd1 / sd2)^2 / (n1 - 1) + 1/(n2 - 1) + y^2 / (2 (n2 - 1))
                        """,
                    source: "Bonett (2008), doi:10.1037/1082-989X.13.2.99; Bonett (2009), doi:10.1037/a0016619",
                    example: (-0.310985052, 0.01026557731),
                    hasBiasCorrection: true)
            case .pointBiserial: .pointBiserial
            case .fisherPointBiserial: .fisherPointBiserial
            case .biserial: .biserial
            case .fisherBiserial: .fisherBiserial
            case .differenceAsOddsRatio: .differenceAsOddsRatio
            case .normalDifferenceAsOddsRatio: .normalDifferenceAsOddsRatio
            case .logisticDifferenceAsOddsRatio: .logisticDifferenceAsOddsRatio
            case .variabilityRatio: .variabilityRatio
            case .coefficientOfVariationRatio: .coefficientOfVariationRatio
            case .normalSuperiority: .normalSuperiority
            case .ratioOfMeans:
                MeasureDescription(
                    rawValue, .twoGroupMeans, title: "log ratio of means", scale: .log,
                    definition: """
                        y = ln(m1 / m2) + (c1^2 / n1 - c2^2 / n2) / 2 with c = sd / m \
                        (without the second term when uncorrected); LS: v = c1^2 / n1 + c2^2 / n2; \
                        HO: with the pooled standard deviation for both; \
                        AV: with c1 and c2 averaged over all studies; AVHO: with one average over studies and groups
                        """,
                    source: """
                        Hedges, Gurevitch & Curtis (1999), doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2; \
                        Lajeunesse (2015), doi:10.1890/14-2402.1 (correction); \
                        Nakagawa et al. (2023), doi:10.1111/ele.14144 (AV)
                        """, example: (-0.3101331929, 0.009379083261),
                    variances: [.largeSample, .homoscedastic, .averaged, .averagedHomoscedastic],
                    hasBiasCorrection: true, originalCorrection: "y = ln(m1 / m2)")
            }
        }
    }
}

extension TwoGroupMeans: StudyOutcome {
    /// Mean difference (`MD`).
    public static let defaultMeasure = Measure.meanDifference

    /// Number of participants in both groups.
    public var sampleSize: Double? { treatedSize + controlSize }

    /// Checks the data for this measure; a study that reports a t statistic has only measures of the standardized difference.
    public func validate(for measure: Measure) throws {
        guard !isStandardized || Measure.ofStandardizedDifference.contains(measure) else {
            throw MetaAnalysisError.invalidOutcome(
                "from a t statistic no \(measure.title) follows",
                remedy: "give the means and standard deviations, or take SMD", role: "ti")
        }
        try validate()
    }

    /// Checks that means are finite and that standard deviations and sizes are finite and not negative.
    public func validate() throws {
        try OutcomeValue(treatedSize, "n1i", "number of participants in the treated group")
            .requireFiniteAndNotNegative()
        try treated.validate(roles: (mean: "m1i", deviation: "sd1i"), group: " of the treated group")
        try OutcomeValue(controlSize, "n2i", "number of participants in the control group")
            .requireFiniteAndNotNegative()
        try control.validate(roles: (mean: "m2i", deviation: "sd2i"), group: " of the control group")
    }

    /// Returns Hedges' g, Glass's delta or the coefficients of variation averaged over all studies, for `VarianceVariant.averaged` and
    /// `VarianceVariant.averagedHomoscedastic`.
    ///
    /// Coefficients of variation keep the sign of their mean. As in metafor, studies whose means have opposite signs are included, though
    /// they have no log ratio; studies with a mean of 0 are not.
    public static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double] {
        switch (measure, settings.variance) {
        case (.standardizedMeanDifference, .averaged), (.singleDeviationMeanDifference, .averaged):
            var mean = WeightedMean()
            for outcome in outcomes where outcome.treatedSize > 0 && outcome.controlSize > 0 {
                let standardized =
                    measure == .standardizedMeanDifference
                    ? try? outcome.standardized(settings) : try? outcome.standardizedByControl(settings)
                guard let standardized else { continue }
                mean.add(standardized.estimate, weight: outcome.treatedSize + outcome.controlSize)
            }
            return [mean.value]
        case (.ratioOfMeans, .averaged), (.ratioOfMeans, .averagedHomoscedastic):
            var treated = WeightedMean()
            var control = WeightedMean()
            var both = WeightedMean()
            for outcome in outcomes where outcome.treatedMean != 0 && outcome.controlMean != 0 {
                treated.add(outcome.treated.coefficientOfVariation, weight: outcome.treatedSize)
                control.add(outcome.control.coefficientOfVariation, weight: outcome.controlSize)
                both.add(outcome.treated.coefficientOfVariation, weight: outcome.treatedSize)
                both.add(outcome.control.coefficientOfVariation, weight: outcome.controlSize)
            }
            return settings.variance == .averaged ? [treated.value, control.value] : [both.value, both.value]
        default:
            return []
        }
    }

    /// Computes the effect; an empty group, or standard deviations of 0 in both groups, gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard treatedSize > 0 else { throw Exclusion("no participants in the treated group") }
        guard controlSize > 0 else { throw Exclusion("no participants in the control group") }
        guard treatedDeviation > 0 || controlDeviation > 0 else {
            throw Exclusion("the standard deviation is 0 in both groups, so the effect has no sampling variance")
        }
        let variant = settings.variance ?? .largeSample
        switch measure {
        case .meanDifference:
            return try meanDifference(variant)
        case .standardizedMeanDifference:
            return try standardizedMeanDifference(variant, settings, averages)
        case .heteroscedasticStandardizedMeanDifference:
            return try heteroscedasticStandardizedMeanDifference(settings)
        case .ratioOfMeans:
            return try ratioOfMeans(variant, settings, averages)
        case .singleDeviationMeanDifference:
            return try singleDeviationMeanDifference(variant, settings, averages)
        case .heteroscedasticSingleDeviationMeanDifference:
            return try heteroscedasticSingleDeviationMeanDifference(settings)
        case .pointBiserial, .fisherPointBiserial:
            return try pointBiserial(variant, transformed: measure == .fisherPointBiserial)
        case .biserial, .fisherBiserial:
            return try biserial(transformed: measure == .fisherBiserial)
        case .differenceAsOddsRatio, .logisticDifferenceAsOddsRatio: return try oddsRatio(OddsPerDeviation.logistic)
        case .normalDifferenceAsOddsRatio: return try oddsRatio(OddsPerDeviation.normal)
        case .variabilityRatio: return try variabilityRatio(settings)
        case .coefficientOfVariationRatio: return try coefficientOfVariationRatio(settings)
        case .normalSuperiority: return try normalSuperiority()
        }
    }

    var degreesOfFreedom: Double { treatedSize + controlSize - 2 }

    func pooledDeviation() throws(Exclusion) -> Double {
        guard degreesOfFreedom > 0 else {
            throw Exclusion("one participant in each group is too few for a pooled standard deviation")
        }
        // Scaling keeps the squares of very large and very small standard deviations in range.
        let scale = max(treatedDeviation, controlDeviation)
        let treated = treatedDeviation / scale
        let control = controlDeviation / scale
        let sum = (treatedSize - 1) * treated * treated + (controlSize - 1) * control * control
        guard sum > 0 else { throw Exclusion("the pooled standard deviation is 0") }
        return scale * (sum / degreesOfFreedom).squareRoot()
    }

    private func biasFactor(_ settings: EffectSettings) throws(Exclusion) -> Double {
        guard settings.biasCorrected else { return 1 }
        guard degreesOfFreedom > 1 else {
            throw Exclusion("too few participants for the bias correction of a standardized mean difference")
        }
        return standardizationBiasFactor(degreesOfFreedom: degreesOfFreedom)
    }

    private func meanDifference(_ variant: VarianceVariant) throws(Exclusion) -> EffectEstimate {
        let variance: Double
        if variant == .homoscedastic {
            let pooled = try pooledDeviation()
            variance = pooled * pooled * (1 / treatedSize + 1 / controlSize)
        } else {
            variance =
                treatedDeviation * treatedDeviation / treatedSize + controlDeviation * controlDeviation / controlSize
        }
        return EffectEstimate(estimate: treatedMean - controlMean, variance: variance)
    }

    private func standardized(_ settings: EffectSettings) throws(Exclusion) -> (estimate: Double, biasFactor: Double) {
        let factor = try biasFactor(settings)
        return (factor * ((treatedMean - controlMean) / (try pooledDeviation())), factor)
    }

    private func standardizedMeanDifference(
        _ variant: VarianceVariant, _ settings: EffectSettings, _ averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        let (estimate, factor) = try standardized(settings)
        return standardizedEffect(
            estimate, factor, average: averages.first, variant, degreesOfFreedom: degreesOfFreedom,
            deviationSize: treatedSize + controlSize)
    }

    /// Computes the effect of a difference divided by a standard deviation that was estimated from `deviationSize` participants.
    private func standardizedEffect(
        _ estimate: Double, _ factor: Double, average: Double?, _ variant: VarianceVariant, degreesOfFreedom: Double,
        deviationSize: Double
    ) -> EffectEstimate {
        let reciprocals = 1 / treatedSize + 1 / controlSize
        let square = (average ?? estimate) * (average ?? estimate)
        let variance =
            switch variant {
            case .largeSampleSquaredCorrection: factor * factor * reciprocals + square / (2 * deviationSize)
            case .unbiased:
                reciprocals + (1 - (degreesOfFreedom - 2) / (degreesOfFreedom * factor * factor)) * square
            default: reciprocals + square / (2 * deviationSize)
            }
        return EffectEstimate(estimate: estimate, variance: variance)
    }

    private func heteroscedasticStandardizedMeanDifference(
        _ settings: EffectSettings
    ) throws(Exclusion) -> EffectEstimate {
        guard treatedSize > 1, controlSize > 1 else {
            throw Exclusion("a group of one participant has no standard deviation of its own")
        }
        let scale = max(treatedDeviation, controlDeviation)
        let treatedSquare = (treatedDeviation / scale) * (treatedDeviation / scale)
        let controlSquare = (controlDeviation / scale) * (controlDeviation / scale)
        let square = (treatedSquare + controlSquare) / 2
        let estimate = try biasFactor(settings) * ((treatedMean - controlMean) / (scale * square.squareRoot()))
        let treatedTerm = treatedSquare / square / (treatedSize - 1)
        let controlTerm = controlSquare / square / (controlSize - 1)
        return EffectEstimate(
            estimate: estimate,
            variance: estimate * estimate / 8
                * (treatedTerm * (treatedSquare / square) + controlTerm * (controlSquare / square))
                + treatedTerm + controlTerm)
    }

    private func standardizedByControl(
        _ settings: EffectSettings
    ) throws(Exclusion) -> (estimate: Double, biasFactor: Double) {
        guard controlSize > 1 else { throw SingleMean.hasNoDeviation }
        guard controlDeviation > 0 else {
            throw Exclusion("the standard deviation of the control group is 0, so nothing can be standardized by it")
        }
        let factor = try SingleMean.biasFactor(settings, size: controlSize)
        return (factor * ((treatedMean - controlMean) / controlDeviation), factor)
    }

    private func singleDeviationMeanDifference(
        _ variant: VarianceVariant, _ settings: EffectSettings, _ averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        let (estimate, factor) = try standardizedByControl(settings)
        return standardizedEffect(
            estimate, factor, average: averages.first, variant, degreesOfFreedom: controlSize - 1,
            deviationSize: controlSize)
    }

    private func heteroscedasticSingleDeviationMeanDifference(
        _ settings: EffectSettings
    ) throws(Exclusion) -> EffectEstimate {
        guard treatedSize > 1 else { throw SingleMean.hasNoDeviation }
        let estimate = try standardizedByControl(settings).estimate
        let ratio = treatedDeviation / controlDeviation
        return EffectEstimate(
            estimate: estimate,
            variance: ratio * ratio / (treatedSize - 1) + (1 + estimate * estimate / 2) / (controlSize - 1))
    }

    private func ratioOfMeans(
        _ variant: VarianceVariant, _ settings: EffectSettings, _ averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        let ratio = treatedMean / controlMean
        guard controlMean != 0, ratio > 0 else {
            throw Exclusion("the two means are 0 or of opposite sign, so their ratio has no logarithm")
        }
        let treatedPart = treated.coefficientOfVariation * treated.coefficientOfVariation / treatedSize
        let controlPart = control.coefficientOfVariation * control.coefficientOfVariation / controlSize
        let variance: Double
        switch variant {
        case .homoscedastic:
            let pooled = try pooledDeviation()
            let treatedVariation = pooled / treatedMean
            let controlVariation = pooled / controlMean
            variance =
                treatedVariation * treatedVariation / treatedSize + controlVariation * controlVariation / controlSize
        case .averaged, .averagedHomoscedastic:
            variance = averages[0] * averages[0] / treatedSize + averages[1] * averages[1] / controlSize
        default:
            variance = treatedPart + controlPart
        }
        guard variance > 0 else {
            throw Exclusion("the coefficients of variation average to 0, so the ratio has no sampling variance")
        }
        let correction = settings.correctsLogMeans ? 0.5 * (treatedPart - controlPart) : 0
        return EffectEstimate(
            estimate: logRatio(ratio, exceedingOneBy: (treatedMean - controlMean) / controlMean) + correction,
            variance: variance)
    }
}

extension TwoGroupMeans.Measure {
    /// Measures that depend only on the difference in units of the pooled standard deviation.
    static let ofStandardizedDifference: [TwoGroupMeans.Measure] = [
        .standardizedMeanDifference, .pointBiserial, .fisherPointBiserial, .biserial, .fisherBiserial,
        .differenceAsOddsRatio, .normalDifferenceAsOddsRatio, .logisticDifferenceAsOddsRatio,
    ]
}

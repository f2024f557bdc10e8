internal import RealModule

/// Means of the same participants at two times, or their change as reported.
public enum PairedMeans: Hashable, Sendable, Codable {
    /// Means and standard deviations at both times, with the correlation between them. Roles `m1i sd1i m2i sd2i ni ri`; the change is m1 −
    /// m2.
    case times(
        firstMean: Double, firstDeviation: Double, secondMean: Double, secondDeviation: Double, size: Double,
        correlation: Double)
    /// Mean and standard deviation of the change. Roles `mi sdi ni`.
    case change(mean: Double, deviation: Double, size: Double)
}

extension PairedMeans {
    /// Effects of change in one group; positive if the mean is higher at the first time (`m1i`).
    public enum Measure: String, EffectMeasure {
        /// Mean change m1 − m2 (`MC`).
        case meanChange = "MC"
        /// Mean change divided by the standard deviation of the change (`SMCC`).
        case standardizedMeanChange = "SMCC"
        /// Mean change divided by the standard deviation at the first time (`SMCR`).
        case rawScoreStandardizedMeanChange = "SMCR"
        /// As `rawScoreStandardizedMeanChange`, with a variance that allows unequal variances at the two times (`SMCRH`).
        case heteroscedasticRawScoreStandardizedMeanChange = "SMCRH"
        /// Mean change divided by the root mean square of the two standard deviations (`SMCRP`).
        case pooledStandardizedMeanChange = "SMCRP"
        /// As `pooledStandardizedMeanChange`, with a variance that allows unequal variances at the two times (`SMCRPH`).
        case heteroscedasticPooledStandardizedMeanChange = "SMCRPH"
        /// Log ratio of the means at the two times (`ROMC`).
        case ratioOfMeans = "ROMC"
        /// Log ratio of the standard deviations at the two times (`VRC`).
        case variabilityRatio = "VRC"
        /// Log ratio of the coefficients of variation at the two times (`CVRC`).
        case coefficientOfVariationRatio = "CVRC"
        /// Common language effect size of normal distributions at the two times (`CLESCN`).
        case normalSuperiority = "CLESCN"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .meanChange:
                MeasureDescription(
                    rawValue, .pairedMeans, title: "mean change", scale: .identity,
                    definition: "y = m1 - m2; v = s^2 / n with s^2 = sd1^2 + sd2^2 - 2 r sd1 sd2, or as reported",
                    source: "Morris & DeShon (2002), doi:10.1037/1082-989x.7.1.105", example: (-7.9, 9.8))
            case .standardizedMeanChange:
                MeasureDescription(
                    rawValue, .pairedMeans, title: "standardized mean change, change score standardization",
                    scale: .identity,
                    definition: """
                        y = J (m1 - m2) / s with s as for MC, J as for SMD on n - 1 degrees of freedom \
                        (1 when uncorrected); LS: v = 1/n + y^2 / (2 n); LS2: v = J^2 / n + y^2 / (2 n)
                        """,
                    source: "Gibbons, Hedeker & Davis (1993), doi:10.3102/10769986018003271",
                    example: (-0.5416636992, 0.05733498907), variances: [.largeSample, .largeSampleSquaredCorrection],
                    hasBiasCorrection: true)
            case .rawScoreStandardizedMeanChange:
                MeasureDescription(
                    rawValue, .pairedMeans, title: "standardized mean change, raw score standardization",
                    scale: .identity,
                    definition: """
                        y = J (m1 - m2) / sd1 with J as for SMD on n - 1 degrees of freedom (1 when uncorrected); \
                        LS: v = 2 (1 - r) / n + y^2 / (2 n); LS2: v = 2 J^2 (1 - r) / n + y^2 / (2 n)
                        """,
                    source: "Becker (1988), doi:10.1111/j.2044-8317.1988.tb00901.x",
                    example: (-0.5055527859, 0.05938959048), variances: [.largeSample, .largeSampleSquaredCorrection],
                    hasBiasCorrection: true, needs: [.m1i])
            case .heteroscedasticRawScoreStandardizedMeanChange: .heteroscedasticRawScoreStandardizedMeanChange
            case .pooledStandardizedMeanChange: .pooledStandardizedMeanChange
            case .heteroscedasticPooledStandardizedMeanChange: .heteroscedasticPooledStandardizedMeanChange
            case .variabilityRatio: .pairedVariabilityRatio
            case .coefficientOfVariationRatio: .pairedCoefficientOfVariationRatio
            case .normalSuperiority: .pairedNormalSuperiority
            case .ratioOfMeans:
                MeasureDescription(
                    rawValue, .pairedMeans, title: "log ratio of means at two times", scale: .log,
                    definition: """
                        y = ln(m1 / m2) + (c1^2 - c2^2) / (2 n) with c = sd / m (without the second term when \
                        uncorrected); v = (c1^2 + c2^2 - 2 r c1 c2) / n
                        """,
                    source: """
                        Lajeunesse (2011), doi:10.1890/11-0423.1; \
                        Lajeunesse (2015), doi:10.1890/14-2402.1 (correction)
                        """, example: (-0.2259204501, 0.00961196937), hasBiasCorrection: true,
                    originalCorrection: "y = ln(m1 / m2)", needs: [.m1i])
            }
        }
    }
}

extension PairedMeans: StudyOutcome {
    /// Mean change (`MC`).
    public static let defaultMeasure = Measure.meanChange

    /// Number of participants.
    public var size: Double {
        switch self {
        case .times(_, _, _, _, let size, _), .change(_, _, let size): size
        }
    }

    /// Number of participants.
    public var sampleSize: Double? { size }

    /// Checks that means are finite, standard deviations and the number of participants not negative, and the correlation in [−1, 1].
    public func validate() throws {
        switch self {
        case .times(let firstMean, let firstDeviation, let secondMean, let secondDeviation, _, let correlation):
            try SingleMean(mean: firstMean, deviation: firstDeviation, size: size)
                .validate(roles: (mean: "m1i", deviation: "sd1i"), group: " at the first time")
            try SingleMean(mean: secondMean, deviation: secondDeviation, size: size)
                .validate(roles: (mean: "m2i", deviation: "sd2i"), group: " at the second time")
            try OutcomeValue(correlation, "ri", "correlation between the two times").require(atLeast: -1, atMost: 1)
        case .change(let mean, let deviation, _):
            try SingleMean(mean: mean, deviation: deviation, size: size)
                .validate(roles: (mean: "mi", deviation: "sdi"), group: " of the change")
        }
        try OutcomeValue(size, "ni", "number of participants").requireFiniteAndNotNegative()
    }

    /// Computes the effect; most measures need the means and standard deviations at both times.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        guard size > 0 else { throw Exclusion("no participants") }
        let effect = try effect(measure, settings)
        guard effect.variance > 0 else {
            throw Exclusion(
                "a perfect correlation, or no spread at either time, leaves the effect without a sampling variance")
        }
        return effect
    }

    private func effect(_ measure: Measure, _ settings: EffectSettings) throws(Exclusion) -> EffectEstimate {
        switch measure {
        case .meanChange:
            let change = try change()
            return EffectEstimate(estimate: change.mean, variance: change.deviation * change.deviation / size)
        case .standardizedMeanChange:
            let change = try change()
            return try standardized(change.mean / change.deviation, variance: 1, settings)
        case .rawScoreStandardizedMeanChange:
            return try rawScoreStandardizedMeanChange(settings)
        case .ratioOfMeans:
            return try ratioOfMeans(settings)
        case .heteroscedasticRawScoreStandardizedMeanChange:
            return try rawScoreStandardizedMeanChange(settings, times())
        case .pooledStandardizedMeanChange:
            return try pooledStandardizedMeanChange(settings, times(), heteroscedastic: false)
        case .heteroscedasticPooledStandardizedMeanChange:
            return try pooledStandardizedMeanChange(settings, times(), heteroscedastic: true)
        case .variabilityRatio: return try variabilityRatio(times())
        case .coefficientOfVariationRatio: return try coefficientOfVariationRatio(settings, times())
        case .normalSuperiority: return try normalSuperiority(times())
        }
    }

    private func biasFactor(_ settings: EffectSettings) throws(Exclusion) -> Double {
        guard settings.biasCorrected else { return 1 }
        guard size > 2 else {
            throw Exclusion("too few participants for the bias correction of a standardized mean change")
        }
        return standardizationBiasFactor(degreesOfFreedom: size - 1)
    }

    private func change() throws(Exclusion) -> (mean: Double, deviation: Double) {
        let mean: Double
        let deviation: Double
        switch self {
        case .change(let reportedMean, let reportedDeviation, _):
            mean = reportedMean
            deviation = reportedDeviation
        case .times(let firstMean, let firstDeviation, let secondMean, let secondDeviation, _, let correlation):
            mean = firstMean - secondMean
            // Scaling keeps the squares in range.
            let scale = max(firstDeviation, secondDeviation)
            deviation =
                scale == 0
                ? 0
                : scale
                    * Self.varianceOfDifference(firstDeviation / scale, secondDeviation / scale, correlation)
                    .squareRoot()
        }
        guard deviation > 0 else {
            throw Exclusion("the change has standard deviation 0, so it has no sampling variance")
        }
        return (mean, deviation)
    }

    /// a² + b² − 2rab, written so that nothing cancels for a near b and r near 1.
    static func varianceOfDifference(_ a: Double, _ b: Double, _ correlation: Double) -> Double {
        (a - b) * (a - b) + 2 * (1 - correlation) * a * b
    }

    private func rawScoreStandardizedMeanChange(_ settings: EffectSettings) throws(Exclusion) -> EffectEstimate {
        guard case .times(let firstMean, let firstDeviation, let secondMean, _, _, let correlation) = self else {
            throw Self.needsBothTimes
        }
        guard firstDeviation > 0 else {
            throw Exclusion("the standard deviation at the first time is 0, so nothing can be standardized by it")
        }
        return try standardized(
            (firstMean - secondMean) / firstDeviation, variance: 2 * (1 - correlation), settings)
    }

    /// Computes a change in units of a standard deviation.
    ///
    /// - Parameters:
    ///   - ratio: the mean change in that unit.
    ///   - variance: variance of the change of one participant, in the square of that unit.
    private func standardized(
        _ ratio: Double, variance: Double, _ settings: EffectSettings
    ) throws(Exclusion) -> EffectEstimate {
        let factor = try biasFactor(settings)
        let estimate = factor * ratio
        let shrunk = settings.variance == .largeSampleSquaredCorrection ? factor * factor * variance : variance
        return EffectEstimate(estimate: estimate, variance: (shrunk + estimate * estimate / 2) / size)
    }

    private func ratioOfMeans(_ settings: EffectSettings) throws(Exclusion) -> EffectEstimate {
        guard
            case .times(let firstMean, let firstDeviation, let secondMean, let secondDeviation, _, let correlation) =
                self
        else { throw Self.needsBothTimes }
        let ratio = firstMean / secondMean
        guard secondMean != 0, ratio > 0 else {
            throw Exclusion("the two means are 0 or of opposite sign, so their ratio has no logarithm")
        }
        let first = firstDeviation / firstMean
        let second = secondDeviation / secondMean
        let correction = settings.correctsLogMeans ? (first - second) * (first + second) / (2 * size) : 0
        return EffectEstimate(
            estimate: logRatio(ratio, exceedingOneBy: (firstMean - secondMean) / secondMean) + correction,
            variance: Self.varianceOfDifference(first, second, correlation) / size)
    }

    static let needsBothTimes = Exclusion(
        "only the change is reported, and this measure needs mean and standard deviation at both times")
}

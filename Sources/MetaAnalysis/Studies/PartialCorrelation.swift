internal import RealModule

/// How one predictor of a linear regression goes with its outcome, beyond what the other predictors explain.
public struct PartialCorrelation: Hashable, Sendable, Codable {
    /// What a study reports of the predictor.
    public enum Evidence: Hashable, Sendable, Codable {
        /// The t statistic of its coefficient. Role `ti`.
        case statistic(Double)
        /// The two-sided p-value of that statistic, with its sign: from −1 to 1, and not 0. Role `pi`.
        case pValue(Double)
        /// The partial correlation itself, or the semi-partial for `SPCOR` and `ZSPCOR`; in [−1, 1]. Role `ri`.
        case coefficient(Double)
    }

    public var evidence: Evidence
    /// Participants. Role `ni`.
    public var size: Double
    /// Predictors in the regression, that of interest included; at least 1. Role `mi`.
    public var predictors: Double
    /// R² of the regression with all predictors, in [0, 1]; `nil` where it is not reported. Role `r2i`.
    public var determination: Double?

    public init(evidence: Evidence, size: Double, predictors: Double, determination: Double? = nil) {
        self.evidence = evidence
        self.size = size
        self.predictors = predictors
        self.determination = determination
    }

    private var regression: RegressionSize { RegressionSize(participants: size, predictors: predictors) }
    private var degreesOfFreedom: Double { regression.degreesOfFreedom }
}

extension PartialCorrelation {
    /// Partial correlations, and semi-partial ones, which relate the predictor's own part to the whole outcome.
    public enum Measure: String, EffectMeasure {
        case partial = "PCOR"
        case fisherPartial = "ZPCOR"
        case semiPartial = "SPCOR"
        case fisherSemiPartial = "ZSPCOR"

        public var details: MeasureDescription {
            switch self {
            case .partial:
                MeasureDescription(
                    rawValue, .partialCorrelation, title: "partial correlation", scale: .identity,
                    definition: """
                        y = t / sqrt(t^2 + n - m - 1) with the t statistic of one of m predictors, or as reported; \
                        LS: v = (1 - y^2)^2 / (n - m); AV: with y averaged over all studies
                        """,
                    source: "Aloe & Thompson (2013), doi:10.5243/jsswr.2013.24",
                    example: (0.3012029208, 0.003863478037), variances: [.largeSample, .averaged])
            case .fisherPartial:
                MeasureDescription(
                    rawValue, .partialCorrelation, title: "partial correlation, Fisher's r-to-z transformed",
                    scale: .fisherZ,
                    definition: "y = atanh(r) with r as for PCOR; v = 1/(n - m - 2)",
                    source: "Aloe & Thompson (2013), doi:10.5243/jsswr.2013.24", example: (0.3108420204, 0.004716981132)
                )
            case .semiPartial:
                MeasureDescription(
                    rawValue, .partialCorrelation, title: "semi-partial correlation", scale: .identity,
                    definition: """
                        y = t sqrt((1 - R2) / (n - m - 1)) with the t statistic of one of m predictors, or as reported; \
                        LS: v = (R2^2 - 2 R2 + Q + 1 - Q^2) / n with Q = R2 - y^2, what the other predictors explain; \
                        AV: with y averaged over all studies
                        """,
                    source: "Aloe & Becker (2012), doi:10.3102/1076998610396901",
                    example: (0.2753708213, 0.003278985426), variances: [.largeSample, .averaged], needs: [.r2i])
            case .fisherSemiPartial:
                MeasureDescription(
                    rawValue, .partialCorrelation, title: "semi-partial correlation, Fisher's r-to-z transformed",
                    scale: .fisherZ,
                    definition: "y = atanh(r), v = v(r) / (1 - r^2)^2 with r and v(r) as for SPCOR",
                    source: "Aloe & Becker (2012), doi:10.3102/1076998610396901",
                    example: (0.2826661046, 0.003839148377), needs: [.r2i])
            }
        }
    }
}

extension PartialCorrelation: StudyOutcome {
    public static let defaultMeasure = Measure.fisherPartial

    public var sampleSize: Double? { size }

    public func validate() throws {
        switch evidence {
        case .statistic(let t): try OutcomeValue(t, "ti", "t statistic").requireFinite()
        case .pValue(let p):
            try OutcomeValue(p, "pi", "p-value with the sign of its statistic").requirePValue(atLeast: -1)
        case .coefficient(let r): try OutcomeValue(r, "ri", "correlation").require(atLeast: -1, atMost: 1)
        }
        try regression.validate()
        if let determination { try OutcomeValue(determination, "r2i", "R2").require(atLeast: 0, atMost: 1) }
    }

    /// The partial or semi-partial correlation over all studies that give one, for `VarianceVariant.averaged`.
    public static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double] {
        guard settings.variance == .averaged else { return [] }
        var mean = WeightedMean()
        for outcome in outcomes where outcome.degreesOfFreedom > 0 {
            let correlation =
                measure == .semiPartial ? try? outcome.semiPartial(average: nil).estimate : outcome.partial.correlation
            guard let correlation else { continue }
            mean.add(correlation, weight: outcome.size)
        }
        return [mean.value]
    }

    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        try regression.requireDegreesOfFreedom()
        switch measure {
        case .partial:
            let correlation = partial.correlation
            let complement = averages.first.map { (1 - $0) * (1 + $0) } ?? partial.complement
            let variance = complement * complement / (size - predictors)
            guard variance > 0 else { throw Self.isPerfect }
            return EffectEstimate(estimate: correlation, variance: variance)
        case .fisherPartial:
            guard degreesOfFreedom > 1 else {
                throw Exclusion(
                    "Fisher's z of a partial correlation needs two participants more than \(predictors.plain) predictors"
                )
            }
            return EffectEstimate(estimate: try fisherPartial(), variance: 1 / (degreesOfFreedom - 1))
        case .semiPartial: return try semiPartial(average: averages.first)
        case .fisherSemiPartial:
            let effect = try semiPartial(average: nil)
            let complement = (1 - effect.estimate) * (1 + effect.estimate)
            guard complement > 0 else { throw Self.isPerfect }
            return EffectEstimate(
                estimate: .atanh(effect.estimate), variance: effect.variance / complement / complement)
        }
    }

    private static let isPerfect = Exclusion("a perfect correlation has no finite Fisher z and no sampling variance")

    /// The t statistic over the root of its degrees of freedom; `nil` where the correlation itself is reported.
    private var ratio: Double? {
        switch evidence {
        case .statistic(let t): t / degreesOfFreedom.squareRoot()
        case .pValue(let p):
            Double(
                signOf: p,
                magnitudeOf: ReferenceDistribution.studentT(degreesOfFreedom: degreesOfFreedom)
                    .upperQuantile(abs(p) / 2) / degreesOfFreedom.squareRoot())
        case .coefficient: nil
        }
    }

    /// r and 1 − r².
    private var partial: (correlation: Double, complement: Double) {
        if let ratio {
            let length = Double.hypot(1, ratio)
            return (ratio / length, 1 / length / length)
        }
        guard case .coefficient(let r) = evidence else {
            preconditionFailure("a ratio stands for every other evidence")
        }
        return (r, (1 - r) * (1 + r))
    }

    private func fisherPartial() throws(Exclusion) -> Double {
        // atanh(u / √(1 + u²)) without the cancellation near 1.
        if let ratio { return .asinh(ratio) }
        guard abs(partial.correlation) < 1 else { throw Self.isPerfect }
        return .atanh(partial.correlation)
    }

    /// By how much the square of a semi-partial correlation may exceed a rounded R².
    private static let roundingOfDetermination = 0.01

    /// - Parameter average: the correlation to put into the variance; `nil` for the study's own.
    private func semiPartial(average: Double?) throws(Exclusion) -> EffectEstimate {
        guard let determination else {
            throw Exclusion("the R2 of the regression is not reported, which a semi-partial correlation needs")
        }
        let residual = 1 - determination
        let correlation: Double
        if case .coefficient(let r) = evidence {
            correlation = r
        } else {
            correlation = (ratio ?? 0) * residual.squareRoot()
        }
        let others = determination - correlation * correlation
        guard others >= -Self.roundingOfDetermination else {
            throw Exclusion(
                "the predictor alone would explain more than the R2 of \(determination.plain): statistic, sizes and R2 are "
                    + "not of one regression")
        }
        // R⁴ − 2R² + Q + 1 − Q², arranged without cancellation.
        let rest = max(average.map { determination - $0 * $0 } ?? others, 0)
        let variance = (residual * residual + rest * (1 - rest)) / size
        guard variance > 0 else { throw Exclusion("an R2 of 1 leaves a semi-partial correlation no sampling variance") }
        return EffectEstimate(estimate: correlation, variance: variance)
    }
}

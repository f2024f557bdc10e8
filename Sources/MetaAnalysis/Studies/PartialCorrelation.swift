internal import RealModule

/// Association of one predictor of a linear regression with the outcome, given the other predictors.
public struct PartialCorrelation: Hashable, Sendable, Codable {
    /// The statistic a study reports about the predictor.
    public enum Evidence: Hashable, Sendable, Codable {
        /// t statistic of the coefficient. Role `ti`.
        case statistic(Double)
        /// Two-sided p-value of that t statistic with the sign of the statistic: from −1 to 1, and not 0. Role `pi`.
        case pValue(Double)
        /// Partial correlation, or semi-partial correlation for `SPCOR` and `ZSPCOR`, in [−1, 1]. Role `ri`.
        case coefficient(Double)
    }

    /// The correlation or the statistic from which it is computed.
    public var evidence: Evidence
    /// Number of participants. Role `ni`.
    public var size: Double
    /// Number of predictors in the regression, including the one of interest; at least 1. Role `mi`.
    public var predictors: Double
    /// R² of the regression with all predictors, in [0, 1]; `nil` if it is not reported. Role `r2i`.
    public var determination: Double?

    /// Makes a partial correlation without checking its range; `validate()` does.
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
    /// Partial and semi-partial correlations. A semi-partial correlation relates the unique part of the predictor to the whole outcome.
    public enum Measure: String, EffectMeasure {
        /// Partial correlation (`PCOR`).
        case partial = "PCOR"
        /// Fisher's r-to-z transformed partial correlation (`ZPCOR`).
        case fisherPartial = "ZPCOR"
        /// Semi-partial correlation; needs R² (`SPCOR`).
        case semiPartial = "SPCOR"
        /// Fisher's r-to-z transformed semi-partial correlation; needs R² (`ZSPCOR`).
        case fisherSemiPartial = "ZSPCOR"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
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
    /// Fisher's z of the partial correlation (`ZPCOR`).
    public static let defaultMeasure = Measure.fisherPartial

    /// Number of participants.
    public var sampleSize: Double? { size }

    /// Checks that the reported statistic and R² are in their ranges, that there is at least 1 predictor, and that the number of
    /// participants is finite and not negative.
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

    /// Returns the partial or semi-partial correlation averaged over the studies that give one, for `VarianceVariant.averaged`.
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

    /// Computes the effect; a regression without residual degrees of freedom gives none.
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

    /// The t statistic divided by the root of its degrees of freedom; `nil` if the correlation itself is reported.
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

    /// Partial correlation r and 1 − r².
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
        // atanh(u / √(1 + u²)), without cancellation near 1.
        if let ratio { return .asinh(ratio) }
        guard abs(partial.correlation) < 1 else { throw Self.isPerfect }
        return .atanh(partial.correlation)
    }

    /// Largest amount by which the square of a semi-partial correlation may exceed an R² that was rounded.
    private static let roundingOfDetermination = 0.01

    /// Computes the semi-partial correlation and its variance.
    ///
    /// - Parameter average: the correlation used in the variance; `nil` for the study's own.
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
        // R⁴ − 2R² + Q + 1 − Q², written so that nothing cancels.
        let rest = max(average.map { determination - $0 * $0 } ?? others, 0)
        let variance = (residual * residual + rest * (1 - rest)) / size
        guard variance > 0 else { throw Exclusion("an R2 of 1 leaves a semi-partial correlation no sampling variance") }
        return EffectEstimate(estimate: correlation, variance: variance)
    }
}

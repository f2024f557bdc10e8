internal import RealModule

/// Coefficient of determination R²: the share of the variance of an outcome that a linear regression explains.
public struct Determination: Hashable, Sendable, Codable {
    /// The statistic a study reports about R².
    public enum Evidence: Hashable, Sendable, Codable {
        /// R² itself, in [0, 1]. Role `r2i`.
        case coefficient(Double)
        /// F statistic of all predictors together, at least 0. Role `fi`.
        case statistic(Double)
        /// p-value of that F statistic, above 0 and at most 1. Role `pi`.
        case pValue(Double)
    }

    /// R² or the statistic from which it is computed.
    public var evidence: Evidence
    /// Number of participants. Role `ni`.
    public var size: Double
    /// Number of predictors in the regression, at least 1. Role `mi`.
    public var predictors: Double

    /// Makes a coefficient of determination without checking its range; `validate()` does.
    public init(evidence: Evidence, size: Double, predictors: Double) {
        self.evidence = evidence
        self.size = size
        self.predictors = predictors
    }

    private var regression: RegressionSize { RegressionSize(participants: size, predictors: predictors) }
    private var degreesOfFreedom: Double { regression.degreesOfFreedom }
}

extension Determination {
    /// Effects computed from R². They are never negative: they measure how much is explained and do not test whether anything is.
    ///
    /// The predictors are either sampled together with the outcome from a normal distribution, or fixed by the design (codes that end with
    /// F). Fixed predictors have no sampling variance of their own, which lowers the variance by up to one half. With fixed predictors, the
    /// regression and residual sums of squares over σ² are χ²(m, nδ) and χ²(n − m − 1) for δ = ρ²/(1 − ρ²), in large samples n δ + N(0,
    /// 4nδ) and n + N(0, 2n), so that by the delta method R² has the variance (4ρ²(1 − ρ²)³ + 2ρ⁴(1 − ρ²)²)/n.
    public enum Measure: String, EffectMeasure {
        /// R² itself, predictors sampled (`R2`).
        case raw = "R2"
        /// Fisher's z of the root of R², predictors sampled (`ZR2`).
        case fisherZ = "ZR2"
        /// R² itself, predictors fixed by the design (`R2F`).
        case rawOfFixed = "R2F"
        /// Fisher's z of the root of R², predictors fixed by the design (`ZR2F`).
        case fisherZOfFixed = "ZR2F"

        /// Entry of the measure in the catalogue: title, scale, definition and source.
        public var details: MeasureDescription {
            switch self {
            case .raw:
                MeasureDescription(
                    rawValue, .determination, title: "coefficient of determination", scale: .identity,
                    definition: """
                        y = R2, or m F / (m F + n - m - 1) with the F statistic of m predictors; \
                        LS: v = 4 y (1 - y)^2 / n; LS2: v = 4 y (1 - y)^2 (n - m - 1)^2 / ((n^2 - 1) (n + 3)); \
                        AV and AV2: the same with y averaged over all studies
                        """,
                    source: """
                        Olkin & Finn (1995), doi:10.1037/0033-2909.118.1.155 (LS); Kendall & Stuart (1979), The Advanced \
                        Theory of Statistics 2, 4th ed., equations 27.88 and 27.87 (LS2)
                        """, example: (0.24, 0.002543559633),
                    variances: [
                        .largeSample, .largeSampleSquaredCorrection, .averaged, .averagedLargeSampleSquaredCorrection,
                    ])
            case .fisherZ:
                MeasureDescription(
                    rawValue, .determination, title: "coefficient of determination, r-to-z transformed",
                    scale: .squaredFisherZ,
                    definition: "y = atanh(sqrt(R2)) with R2 as for R2; v = 1/n",
                    source: "Olkin & Finn (1995), doi:10.1037/0033-2909.118.1.155",
                    example: (0.5359260496, 0.004587155963))
            case .rawOfFixed:
                MeasureDescription(
                    rawValue, .determination, title: "coefficient of determination, predictors fixed", scale: .identity,
                    definition: """
                        y = R2, or m F / (m F + n - m - 1) with the F statistic of m predictors; \
                        LS: v = 2 y (1 - y)^2 (2 - y) / n, by the delta method from the noncentral distribution of F; \
                        AV: the same with y averaged over all studies
                        """,
                    source: """
                        Cramer (1987), Journal of Econometrics 35, 253-266 (fixed predictors); Olkin & Finn (1995), \
                        doi:10.1037/0033-2909.118.1.155 (predictors at random)
                        """, example: (0.24, 0.002238332477), variances: [.largeSample, .averaged])
            case .fisherZOfFixed:
                MeasureDescription(
                    rawValue, .determination,
                    title: "coefficient of determination, predictors fixed, r-to-z transformed",
                    scale: .squaredFisherZ,
                    definition: "y = atanh(sqrt(R2)) with R2 as for R2F; v = (2 - R2) / (2 n), by the delta method",
                    source: """
                        Olkin & Finn (1995), doi:10.1037/0033-2909.118.1.155 (transformation); variance as for R2F
                        """, example: (0.5359260496, 0.004036697248))
            }
        }
    }
}

extension Determination: StudyOutcome {
    /// Fisher's z of the root of R² (`ZR2`).
    public static let defaultMeasure = Measure.fisherZ

    /// Number of participants.
    public var sampleSize: Double? { size }

    /// Checks that the reported statistic is in its range, that there is at least 1 predictor, and that the number of participants is
    /// finite and not negative.
    public func validate() throws {
        switch evidence {
        case .coefficient(let square): try OutcomeValue(square, "r2i", "R2").require(atLeast: 0, atMost: 1)
        case .statistic(let f): try OutcomeValue(f, "fi", "F statistic").requireFiniteAndNotNegative()
        case .pValue(let p): try OutcomeValue(p, "pi", "p-value").requirePValue(atLeast: 0)
        }
        try regression.validate()
    }

    /// Returns R² averaged over all studies, for `VarianceVariant.averaged` and `.averagedLargeSampleSquaredCorrection`.
    public static func averages(
        for measure: Measure, settings: EffectSettings, over outcomes: some Sequence<Self>
    ) -> [Double] {
        guard measure == .raw || measure == .rawOfFixed, settings.variance?.isAveraged == true else { return [] }
        var mean = WeightedMean()
        for outcome in outcomes where outcome.degreesOfFreedom > 0 {
            mean.add(outcome.explained.share, weight: outcome.size)
        }
        return [mean.value]
    }

    /// Computes the effect; a regression without residual degrees of freedom gives none.
    public func effect(
        _ measure: Measure, settings: EffectSettings, averages: [Double]
    ) throws(Exclusion) -> EffectEstimate {
        try regression.requireDegreesOfFreedom()
        let explained = explained
        switch measure {
        case .fisherZ, .fisherZOfFixed:
            guard explained.residual > 0 else { throw Exclusion("an R2 of 1 has no finite Fisher z") }
            return EffectEstimate(
                estimate: explained.ratio.map { .asinh($0.squareRoot()) } ?? .atanh(explained.share.squareRoot()),
                variance: (measure == .fisherZ ? 1 : 0.5 + explained.residual / 2) / size)
        case .raw, .rawOfFixed:
            let share = averages.first ?? explained.share
            let residual = averages.first.map { 1 - $0 } ?? explained.residual
            guard share > 0, residual > 0 else {
                throw Exclusion("an R2 of \(share.plain) has no sampling variance")
            }
            // With fixed predictors, the variance is multiplied by 1 − R²/2, written here so that nothing cancels.
            let square = 4 * share * residual * residual * (measure == .raw ? 1 : 0.5 + residual / 2)
            let variance: Double
            switch settings.variance {
            case .largeSampleSquaredCorrection, .averagedLargeSampleSquaredCorrection:
                let shrunk = degreesOfFreedom / (size + 1)
                variance = square * shrunk * (degreesOfFreedom / (size - 1)) / (size + 3)
            default: variance = square / size
            }
            return EffectEstimate(estimate: explained.share, variance: variance)
        }
    }

    /// R², 1 − R² and, if F is known, R²/(1 − R²).
    private var explained: (share: Double, residual: Double, ratio: Double?) {
        let f: Double
        switch evidence {
        case .coefficient(let square): return (square, 1 - square, nil)
        case .statistic(let statistic): f = statistic
        case .pValue(let p):
            f = ReferenceDistribution.f(numerator: predictors, denominator: degreesOfFreedom).upperQuantile(p)
        }
        let ratio = predictors / degreesOfFreedom * f
        return (ratio.isInfinite ? 1 : ratio / (1 + ratio), 1 / (1 + ratio), ratio)
    }
}

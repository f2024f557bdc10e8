internal import RealModule

/// The effect under one assumed chance of publication, on the analysis scale.
public struct CopasPoint: Hashable, Sendable, Codable {
    /// Parameter γ₀ of the chance of publication Φ(γ₀ + γ₁/s); `nil` without selection.
    public var gamma0: Double?
    /// Parameter γ₁ of the chance of publication, in the unit of the effects; `nil` without selection.
    public var gamma1: Double?
    /// Chance of publication of the study with the greatest standard error, from 0 to 1; 1 without selection.
    public var publicationProbability: Double
    /// Mean effect μ by maximum likelihood under this selection.
    public var estimate: Double
    /// Standard error of the estimate; `nil` where the likelihood is too flat to give one.
    public var standardError: Double?
    /// Estimate divided by its standard error; `nil` without a standard error.
    public var statistic: Double?
    /// Two-sided p-value of no effect, from the normal distribution; `nil` without a standard error.
    public var pValue: Double?
    /// Confidence interval of the estimate, from the normal distribution; `nil` without a standard error.
    public var confidenceInterval: ConfidenceInterval?
    /// Between-study variance τ², on the squared analysis scale.
    public var tauSquared: Double
    /// Correlation ρ between the sampling error of an effect and its chance of publication, from −1 to 1.
    public var correlation: Double
    /// Maximum of the log-likelihood.
    public var logLikelihood: Double
    /// Expected number of unpublished studies; 0 without selection, `nil` where it is not finite.
    public var unpublished: Double?
    /// p-value of the likelihood-ratio test of whether asymmetry is left under this selection.
    public var residualPValue: Double
}

/// The effect over a grid of assumed chances of publication, on the analysis scale.
public struct CopasGrid: Hashable, Sendable, Codable {
    /// Values of γ₀, from least to greatest: the rows of `estimates` and `publicationProbabilities`.
    public var gamma0: [Double]
    /// Values of γ₁, from least to greatest, in the unit of the effects: the columns of `estimates` and `publicationProbabilities`.
    public var gamma1: [Double]
    /// Estimates of the effect, a row for each γ₀ and in it a number for each γ₁.
    public var estimates: [[Double]]
    /// Chances of publication of the study with the greatest standard error, arranged as `estimates`.
    public var publicationProbabilities: [[Double]]
}

/// How the effect depends on the selection of studies by the Copas model: a complete record on the analysis scale.
public struct CopasFit: Hashable, Sendable, Codable {
    /// Number of studies.
    public var k: Int
    /// Analysis scale of the estimates.
    public var scale: EffectScale
    /// Side of the funnel plot on which studies are assumed to be missing.
    public var side: FunnelSide
    /// Effect without selection: random effects by maximum likelihood, with the test of asymmetry.
    public var unselected: CopasPoint
    /// Effects along the path across the grid, from least selection to most; 21 points.
    public var path: [CopasPoint]
    /// Effects over the whole grid of γ₀ and γ₁.
    public var grid: CopasGrid
    /// The effect at the least selection that explains the asymmetry; `nil` when none within the range does.
    public var adjusted: CopasPoint?
    /// Estimate and interval of `adjusted`, back-transformed; `nil` without an adjusted effect or its standard error.
    public var backTransformed: BackTransformed?
    /// Level from which on `residualPValue` counts as no asymmetry left, in (0, 1).
    public var residualAlpha: Double
    /// Confidence level, in (0, 1).
    public var level: Double
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}

/// Converts fits of rescaled effects into records on the scale of the original effects.
struct CopasRecord {
    var greatestError: Double
    var factor: Double
    var level: Double
    var count: Int

    func point(_ tested: CopasSearch.Tested) -> CopasPoint {
        let maximum = tested.maximum
        let own = maximum.standardError.map { error in
            ContrastInference(degreesOfFreedom: nil, level: level)
                .estimate(maximum.point.mean, variance: error * error).rescaled(by: factor)
        }
        return CopasPoint(
            gamma0: tested.gamma0, gamma1: tested.gamma1.map { $0 * factor },
            publicationProbability: probability(tested.gamma0, tested.gamma1),
            estimate: maximum.point.mean * factor, standardError: own?.standardError, statistic: own?.statistic,
            pValue: own?.pValue, confidenceInterval: own?.confidenceInterval,
            tauSquared: maximum.point.tauSquared * factor * factor, correlation: maximum.point.correlation,
            logLikelihood: maximum.logLikelihood - Double(count) * .log(factor),
            unpublished: tested.unpublished.isFinite ? tested.unpublished : nil,
            residualPValue: tested.residualPValue)
    }

    func grid(
        _ gamma0: ClosedRange<Double>, _ gamma1: ClosedRange<Double>, _ grid: [[CopasLikelihood.Maximum]]
    ) -> CopasGrid {
        let (first, second) = (gamma0.points(grid.count), gamma1.points(grid.count))
        return CopasGrid(
            gamma0: first, gamma1: second.map { $0 * factor },
            estimates: grid.map { $0.map { $0.point.mean * factor } },
            publicationProbabilities: first.map { outer in second.map { probability(outer, $0) } })
    }

    private func probability(_ gamma0: Double?, _ gamma1: Double?) -> Double {
        guard let gamma0, let gamma1 else { return 1 }
        return ReferenceDistribution.normal.lowerTail(gamma0 + gamma1 / greatestError)
    }
}

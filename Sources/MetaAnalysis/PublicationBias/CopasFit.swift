internal import RealModule

/// The effect under one assumed chance of publication, on the analysis scale.
public struct CopasPoint: Hashable, Sendable, Codable {
    /// γ₀ and γ₁; `nil` without selection.
    public var gamma0: Double?
    public var gamma1: Double?
    /// Of the study with the greatest standard error.
    public var publicationProbability: Double
    public var estimate: Double
    /// `nil` where the likelihood is too flat for one.
    public var standardError: Double?
    public var statistic: Double?
    /// Two-sided, normal.
    public var pValue: Double?
    public var confidenceInterval: ConfidenceInterval?
    public var tauSquared: Double
    /// ρ.
    public var correlation: Double
    public var logLikelihood: Double
    /// Expected number of studies that stayed unpublished; `nil` where there is no telling.
    public var unpublished: Double?
    /// Of the test of what asymmetry is left.
    public var residualPValue: Double
}

/// The effect over a grid of assumed chances of publication, on the analysis scale.
public struct CopasGrid: Hashable, Sendable, Codable {
    public var gamma0: [Double]
    public var gamma1: [Double]
    /// A row for each γ₀, in it a number for each γ₁.
    public var estimates: [[Double]]
    /// Chance of publication of the study with the greatest standard error.
    public var publicationProbabilities: [[Double]]
}

/// How the effect depends on the selection of studies by the Copas model: a complete record on the analysis scale.
public struct CopasFit: Hashable, Sendable, Codable {
    public var k: Int
    public var scale: EffectScale
    /// Where studies are taken to be missing.
    public var side: FunnelSide
    /// Random effects by maximum likelihood, with the test of asymmetry.
    public var unselected: CopasPoint
    /// From least selection to most.
    public var path: [CopasPoint]
    public var grid: CopasGrid
    /// The effect at the least selection that explains the asymmetry; `nil` when none within the range does.
    public var adjusted: CopasPoint?
    public var backTransformed: BackTransformed?
    public var residualAlpha: Double
    public var level: Double
    public var diagnostics: [Diagnostic]
}

/// Turns fits of moderate effects into records on the scale of the effects.
struct CopasRecord {
    var greatestError: Double
    var factor: Double
    var level: Double
    var count: Int

    func point(_ tested: CopasSearch.Tested) -> CopasPoint {
        let maximum = tested.maximum
        let own = maximum.standardError.map { error in
            CombinationInference(degreesOfFreedom: nil, level: level)
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

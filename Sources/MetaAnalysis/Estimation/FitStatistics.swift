internal import RealModule

/// Likelihood and information criteria of a fitted model.
public struct FitStatistics: Hashable, Sendable, Codable {
    /// Restricted under REML.
    public var logLikelihood: Double
    public var isRestricted: Bool
    public var deviance: Double
    public var aic: Double
    public var aicc: Double
    public var bic: Double?
    /// Steps of the search for τ²; 0 for closed forms.
    public var iterations: Int
}

extension VarianceComponentModel {
    /// What sampling variances too far apart suggest.
    var varianceDiagnostics: [Diagnostic] {
        guard varianceRange.upperBound / varianceRange.lowerBound > 1e7 else { return [] }
        return [
            Diagnostic(
                .warning, .extremeVarianceRatio,
                "the largest sampling variance is more than ten million times the smallest; check the units")
        ]
    }
}

extension VarianceComponentModel {
    /// - Parameters:
    ///   - fit: the coefficients to judge.
    ///   - parameters: how many were estimated, τ² included.
    func fitStatistics(
        _ fit: WeightedLeastSquares, tauSquared: Double, isRestricted: Bool, parameters: Int, iterations: Int
    ) -> FitStatistics {
        fitStatistics(
            logLikelihood: logLikelihood(fit, at: tauSquared, restricted: isRestricted), isRestricted: isRestricted,
            parameters: parameters, iterations: iterations)
    }

    func fitStatistics(
        logLikelihood likelihood: Double, isRestricted: Bool, parameters: Int, iterations: Int
    ) -> FitStatistics {
        let saturated = isRestricted ? 0 : saturatedLogLikelihood
        let observations = isRestricted ? count - design.columnCount : count
        let p = Double(parameters)
        let n = Double(max(observations, parameters + 2))
        return FitStatistics(
            logLikelihood: likelihood, isRestricted: isRestricted, deviance: 2 * (saturated - likelihood),
            aic: 2 * (p - likelihood), aicc: 2 * (p * n / (n - p - 1) - likelihood),
            bic: observations > 0 ? p * .log(Double(observations)) - 2 * likelihood : nil, iterations: iterations)
    }
}

extension FitStatistics {
    /// For a likelihood of other units, or of other coordinates of the same data.
    mutating func shift(logLikelihoodBy shift: Double) {
        logLikelihood += shift
        aic -= 2 * shift
        aicc -= 2 * shift
        bic? -= 2 * shift
        if isRestricted { deviance -= 2 * shift }
    }
}

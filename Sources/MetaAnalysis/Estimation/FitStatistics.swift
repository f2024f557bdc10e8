internal import RealModule

/// Likelihood and information criteria of a fitted model.
public struct FitStatistics: Hashable, Sendable, Codable {
    /// Log-likelihood; the restricted one under REML.
    public var logLikelihood: Double
    /// Whether the likelihood is the restricted one.
    public var isRestricted: Bool
    /// Twice the difference from the saturated model's log-likelihood; under REML −2 times the restricted log-likelihood.
    public var deviance: Double
    /// Akaike's information criterion, with τ² counted as a parameter if it was estimated.
    public var aic: Double
    /// AIC with the correction for small samples.
    public var aicc: Double
    /// Bayesian information criterion; `nil` when a restricted likelihood has no degrees of freedom.
    public var bic: Double?
    /// Iterations of the search for τ², or for the coefficients of log τ²; 0 for closed forms.
    public var iterations: Int
}

extension VarianceComponentModel {
    /// Warning about sampling variances that differ by a factor of more than ten million.
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
    /// Computes the statistics of a fit.
    ///
    /// - Parameters:
    ///   - fit: the fitted coefficients.
    ///   - parameters: number of parameters estimated, including τ².
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
    /// Adds a constant to the log-likelihood, for other units or other coordinates of the same data.
    mutating func shift(logLikelihoodBy shift: Double) {
        logLikelihood += shift
        aic -= 2 * shift
        aicc -= 2 * shift
        bic? -= 2 * shift
        if isRestricted { deviance -= 2 * shift }
    }
}

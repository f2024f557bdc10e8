internal import RealModule

/// Solution of a `LinearEffectModel`: τ², the coefficients at that τ², and the numbers that their tests and intervals need.
///
/// Every number that a model reports is computed from it. Members whose names begin with `scaled` are in the model's unit, in
/// which vectors and matrices are combined; all others are in the unit of the effects.
struct Solution: Sendable {
    let model: LinearEffectModel
    let settings: EstimationSettings
    let weighting: Weighting
    /// `nil` under a common effect.
    let tau: TauSquared?
    /// Least squares at weights 1 / (v + τ²).
    let optimal: WeightedLeastSquares
    /// Least squares at the weights of the average.
    let fit: WeightedLeastSquares
    /// Interval method in use: `.wald` when there are no degrees of freedom.
    let usedInterval: IntervalMethod
    /// Factor on inverse-variance standard errors.
    let factor: Double
    /// Whether all effects lie on the fit, so that residuals and coefficients near 0 are taken as rounding error.
    let isExact: Bool
    let inference: ContrastInference

    init(_ model: LinearEffectModel, _ settings: EstimationSettings, _ weighting: Weighting, roundsToFit: Bool) {
        let scaled = model.scaled
        let degrees = scaled.residualDegreesOfFreedom
        self.model = model
        self.settings = settings
        self.weighting = weighting
        tau = TauSquared(
            scaled, settings.heterogeneity.rescaled(by: 1 / model.unit), interval: settings.tauSquaredInterval,
            level: settings.level, momentWeights: weighting.momentWeights(scaled.variances))
        let tauSquared = tau?.value ?? 0
        optimal = scaled.leastSquares(weights: scaled.weights(at: tauSquared))
        fit =
            weighting == .inverseVariance
            ? optimal : scaled.leastSquares(weights: weighting.momentWeights(scaled.variances))
        usedInterval = degrees > 0 ? settings.interval : .wald
        isExact = roundsToFit && degrees > 0 && optimal.fitsExactly(scaled.responses)
        factor = usedInterval.factor(
            residual: isExact ? 0 : optimal.residualSumOfSquares(scaled.responses), degreesOfFreedom: degrees)
        inference = ContrastInference(
            degreesOfFreedom: usedInterval == .wald ? nil : degrees, level: settings.level)
    }

    /// Number of responses minus number of columns.
    var degreesOfFreedom: Double { model.scaled.residualDegreesOfFreedom }
    var unit: Double { model.unit }

    // MARK: In the unit of the scaled effects

    /// τ²; 0 under a common effect and when the studies do not determine it.
    var scaledTauSquared: Double { tau?.value ?? 0 }
    /// Same as `scaledTauSquared`, but `nil` under a common effect and when the studies do not determine τ².
    var scaledDeterminedTauSquared: Double? { tau?.isDetermined == true ? scaledTauSquared : nil }

    /// β̂ of the design.
    var scaledCoefficients: [Double] {
        isExact ? fit.exactCoefficients(model.scaled.responses) : fit.coefficients
    }

    /// Covariance of `scaledCoefficients`, before the factor of Hartung and Knapp.
    var scaledPlainCovariance: Matrix {
        weighting == .inverseVariance
            ? optimal.inverseGram : fit.covariance(variances: model.scaled.totalVariances(at: scaledTauSquared))
    }

    /// Covariance of `scaledCoefficients`, as their intervals use it.
    var scaledCovariance: Matrix {
        var covariance = scaledPlainCovariance
        for index in covariance.elements.indices { covariance.elements[index] *= factor * factor }
        return covariance
    }

    /// Residuals y − ŷ.
    var scaledResiduals: [Double] {
        isExact ? Array(repeating: 0, count: model.scaled.count) : fit.residuals(model.scaled.responses)
    }

    // MARK: In the unit of the effects

    var tauSquared: Double { scaledTauSquared * unit * unit }
    /// Whether τ² was estimated from the studies.
    var isEstimated: Bool { tau?.estimator != nil }
    var coefficients: [Double] { scaledCoefficients.map { $0 * unit } }

    /// Cochran's Q of the residuals from the design.
    var cochranQ: Double {
        isExact || degreesOfFreedom == 0 ? 0 : model.scaled.quadraticForms(at: 0).form
    }

    /// Makes an estimate from its value and the variance that its interval uses, both in scaled units.
    func estimate(_ scaled: Double, variance: Double) -> Estimate {
        inference.estimate(scaled, variance: variance).rescaled(by: unit)
    }

    /// Makes an estimate from its value and its variance before the factor of Hartung and Knapp, both in scaled units.
    func estimate(_ scaled: Double, plainVariance: Double) -> Estimate {
        inference.estimate(scaled, standardError: factor * max(0, plainVariance).squareRoot()).rescaled(by: unit)
    }

    /// Computes the interval in which a new effect is expected: μ̂ ± q √(τ² + SE²).
    ///
    /// - Parameter quantile: quantile of the reference distribution of the prediction.
    func prediction(_ estimate: Estimate, quantile: Double) -> ConfidenceInterval {
        let error = estimate.standardError / unit
        return ConfidenceInterval(
            around: estimate.estimate,
            halfWidth: quantile * (scaledTauSquared + error * error).squareRoot() * unit)
    }

    /// Computes the interval at a factor of 1, if that of the estimate is narrower than the interval of a common effect.
    ///
    /// - Parameters:
    ///   - plainVariance: variance in scaled units, before the factor of Hartung and Knapp.
    ///   - commonVariance: variance in scaled units, at τ² = 0.
    func truncatedInterval(_ estimate: Estimate, plainVariance: Double, commonVariance: Double) -> ConfidenceInterval? {
        let normal = ReferenceDistribution.normal.twoSidedQuantile(level: settings.level)
        guard inference.quantile * (estimate.standardError / unit) < normal * commonVariance.squareRoot() else {
            return nil
        }
        return ConfidenceInterval(
            around: estimate.estimate, halfWidth: inference.quantile * plainVariance.squareRoot() * unit)
    }

    /// Computes the heterogeneity, with I² and H² from the variance of a typical study.
    func heterogeneity(cochranQ: Double) -> Heterogeneity {
        guard let tau else { return heterogeneityFromQ(cochranQ) }
        return tau.heterogeneity(cochranQ: cochranQ, degreesOfFreedom: degreesOfFreedom).rescaled(by: unit)
    }

    /// Computes the heterogeneity, with I² and H² from Q.
    func heterogeneityFromQ(_ cochranQ: Double) -> Heterogeneity {
        Heterogeneity(cochranQ: cochranQ, degreesOfFreedom: degreesOfFreedom, tau, level: settings.level)
            .rescaled(by: unit)
    }

    /// Computes likelihood and information criteria, in the unit of the effects.
    ///
    /// - Parameter isEstimated: whether τ² counts as a parameter; `nil` counts it if it was estimated from the studies.
    func fitStatistics(isEstimated given: Bool? = nil) -> FitStatistics {
        let isEstimated = given ?? self.isEstimated
        let isRestricted = isEstimated && settings.heterogeneity.estimator?.isRestrictedLikelihood == true
        let scaled = model.scaled
        var statistics = scaled.fitStatistics(
            fit, tauSquared: scaledTauSquared, isRestricted: isRestricted,
            parameters: scaled.design.columnCount + (isEstimated ? 1 : 0),
            iterations: tau?.iterations ?? 0)
        // The density of effects `unit` times as large is 1 / `unit` of it per dimension.
        if unit != 1 {
            let dimensions = isRestricted ? scaled.count - scaled.design.columnCount : scaled.count
            statistics.shift(logLikelihoodBy: -Double(dimensions) * .log(unit))
        }
        return statistics
    }

    /// Diagnostics on the search for τ², the factor of Hartung and Knapp, and sampling variances that are too far apart.
    var diagnostics: [Diagnostic] {
        (tau?.diagnostics ?? []) + intervalDiagnostics
    }

    var intervalDiagnostics: [Diagnostic] {
        Diagnostic.hartungKnapp(scale: factor, degreesOfFreedom: degreesOfFreedom, level: settings.level)
            + model.scaled.varianceDiagnostics
    }

    /// Checks that all numbers are finite.
    ///
    /// - Throws: `MetaAnalysisError` with code `.numericalOverflow` otherwise: the effects are too many standard errors apart.
    static func requireFinite(_ numbers: Double?...) throws {
        guard numbers.allSatisfy({ $0?.isFinite ?? true }) else { throw MetaAnalysisError.outOfRange }
    }
}

internal import RealModule

/// A `LinearEffectModel` solved: τ², the coefficients at it, and what their tests and intervals need.
///
/// Everything that a model reports is read from it. Members whose names begin with `scaled` are of effects divided by the unit of the
/// model, in which vectors and matrices are combined; all others are in the unit of the effects.
struct Solution: Sendable {
    let model: LinearEffectModel
    let settings: EstimationSettings
    let weighting: Weighting
    /// `nil` under a common effect.
    let tau: TauSquared?
    /// At weights 1 / (v + τ²).
    let optimal: WeightedLeastSquares
    /// At the weights of the average.
    let fit: WeightedLeastSquares
    /// The interval that the degrees of freedom allow: without any it is by the normal distribution.
    let usedInterval: IntervalMethod
    /// By which inverse-variance standard errors are multiplied.
    let factor: Double
    /// Whether all effects lie on the fit, so that residuals and coefficients near 0 are rounding; not asked of contrasts.
    let isExact: Bool
    let inference: ContrastInference

    init(_ model: LinearEffectModel, _ settings: EstimationSettings, _ weighting: Weighting) {
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
        isExact = !scaled.areContrasts && degrees > 0 && optimal.fitsExactly(scaled.responses)
        factor = usedInterval.factor(
            residual: isExact ? 0 : optimal.residualSumOfSquares(scaled.responses), degreesOfFreedom: degrees)
        inference = ContrastInference(
            degreesOfFreedom: usedInterval == .wald ? nil : degrees, level: settings.level)
    }

    /// Responses less columns.
    var degreesOfFreedom: Double { model.scaled.residualDegreesOfFreedom }
    var unit: Double { model.unit }

    // MARK: In the unit of the scaled effects

    /// τ²; 0 under a common effect, and where the studies leave nothing to estimate it from.
    var scaledTauSquared: Double { tau?.value ?? 0 }
    /// As `scaledTauSquared`; `nil` under a common effect, and where the studies leave nothing to estimate it from.
    var scaledDeterminedTauSquared: Double? { tau?.isDetermined == true ? scaledTauSquared : nil }

    /// β̂ of the design.
    var scaledCoefficients: [Double] {
        isExact ? fit.exactCoefficients(model.scaled.responses) : fit.coefficients
    }

    /// Of `scaledCoefficients`, before the factor of Hartung and Knapp.
    var scaledPlainCovariance: Matrix {
        weighting == .inverseVariance
            ? optimal.inverseGram : fit.covariance(variances: model.scaled.totalVariances(at: scaledTauSquared))
    }

    /// Of `scaledCoefficients`, as their intervals use it.
    var scaledCovariance: Matrix {
        var covariance = scaledPlainCovariance
        for index in covariance.elements.indices { covariance.elements[index] *= factor * factor }
        return covariance
    }

    /// y − ŷ.
    var scaledResiduals: [Double] {
        isExact ? Array(repeating: 0, count: model.scaled.count) : fit.residuals(model.scaled.responses)
    }

    // MARK: In the unit of the effects

    var tauSquared: Double { scaledTauSquared * unit * unit }
    var determinedTauSquared: Double? { scaledDeterminedTauSquared.map { $0 * unit * unit } }
    /// Whether τ² was estimated from the studies.
    var isEstimated: Bool { tau?.estimator != nil }
    var coefficients: [Double] { scaledCoefficients.map { $0 * unit } }

    /// Of what the design leaves.
    var cochranQ: Double {
        isExact || degreesOfFreedom == 0 ? 0 : model.scaled.quadraticForms(at: 0).form
    }

    /// An estimate in scaled units, with the variance that its interval uses.
    func estimate(_ scaled: Double, variance: Double) -> Estimate {
        inference.estimate(scaled, variance: variance).rescaled(by: unit)
    }

    /// An estimate in scaled units, with its variance before the factor of Hartung and Knapp.
    func estimate(_ scaled: Double, plainVariance: Double) -> Estimate {
        inference.estimate(scaled, standardError: factor * max(0, plainVariance).squareRoot()).rescaled(by: unit)
    }

    /// Where a new effect is expected: μ̂ ± q √(τ² + SE²).
    ///
    /// - Parameter quantile: of the reference distribution of the prediction.
    func prediction(_ estimate: Estimate, quantile: Double) -> ConfidenceInterval {
        let error = estimate.standardError / unit
        return ConfidenceInterval(
            around: estimate.estimate,
            halfWidth: quantile * (scaledTauSquared + error * error).squareRoot() * unit)
    }

    /// The interval at a factor of 1, where that of the estimate is narrower than the interval of a common effect.
    ///
    /// - Parameters:
    ///   - plainVariance: in scaled units, before the factor of Hartung and Knapp.
    ///   - commonVariance: in scaled units, at τ² = 0.
    func truncatedInterval(_ estimate: Estimate, plainVariance: Double, commonVariance: Double) -> ConfidenceInterval? {
        let normal = ReferenceDistribution.normal.twoSidedQuantile(level: settings.level)
        guard inference.quantile * (estimate.standardError / unit) < normal * commonVariance.squareRoot() else {
            return nil
        }
        return ConfidenceInterval(
            around: estimate.estimate, halfWidth: inference.quantile * plainVariance.squareRoot() * unit)
    }

    /// How much effects differ beyond chance, I² and H² from the variance of a typical study.
    func heterogeneity(cochranQ: Double) -> Heterogeneity {
        guard let tau else { return heterogeneityFromQ(cochranQ) }
        return tau.heterogeneity(cochranQ: cochranQ, degreesOfFreedom: degreesOfFreedom).rescaled(by: unit)
    }

    /// How much effects differ beyond chance, I² and H² from Q.
    func heterogeneityFromQ(_ cochranQ: Double) -> Heterogeneity {
        Heterogeneity(cochranQ: cochranQ, degreesOfFreedom: degreesOfFreedom, tau, level: settings.level)
            .rescaled(by: unit)
    }

    /// - Parameter isEstimated: whether τ² counts as a parameter; `nil` where it was estimated from the studies.
    func fitStatistics(isEstimated given: Bool? = nil) -> FitStatistics {
        let isEstimated = given ?? self.isEstimated
        let isRestricted = isEstimated && settings.heterogeneity.estimator?.isRestrictedLikelihood == true
        let scaled = model.scaled
        var statistics = scaled.fitStatistics(
            fit, tauSquared: scaledTauSquared, isRestricted: isRestricted,
            parameters: scaled.design.columnCount + (isEstimated ? 1 : 0),
            iterations: tau?.iterations ?? 0)
        // A density of effects that are `unit` times as large is 1 / `unit` of it for each dimension.
        if unit != 1 {
            let dimensions = isRestricted ? scaled.count - scaled.design.columnCount : scaled.count
            statistics.shift(logLikelihoodBy: -Double(dimensions) * .log(unit))
        }
        return statistics
    }

    /// What the data forced: on the search for τ², on the factor of Hartung and Knapp, and on sampling variances too far apart.
    var diagnostics: [Diagnostic] {
        (tau?.diagnostics ?? []) + intervalDiagnostics
    }

    var intervalDiagnostics: [Diagnostic] {
        Diagnostic.hartungKnapp(scale: factor, degreesOfFreedom: degreesOfFreedom, level: settings.level)
            + model.scaled.varianceDiagnostics
    }

    /// - Throws: `MetaAnalysisError` with code `.numericalOverflow` when a number is not finite all the same: the effects lie too many
    ///   standard errors apart.
    static func requireFinite(_ numbers: Double?...) throws {
        guard numbers.allSatisfy({ $0?.isFinite ?? true }) else { throw MetaAnalysisError.outOfRange }
    }
}

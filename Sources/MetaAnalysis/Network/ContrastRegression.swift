/// Regression of the contrasts of a network on columns of which some may depend on others.
///
/// y ~ N(Xβ, diag(v) + τ²I) for the K independent contrasts of a network. Where X (K × p) has not full rank, β is the solution
/// of least norm, and `space` tells which cᵀβ can be found at all. What component models and network meta-regression share.
struct ContrastRegression {
    let space: EstimableSpace
    let model: VarianceComponentModel
    /// p of them; of least norm where they cannot all be found.
    let coefficients: [Double]
    /// p × p, scaled under Hartung–Knapp.
    let covariance: Matrix
    let heterogeneity: Heterogeneity
    let inference: CombinationInference
    /// The interval that the degrees of freedom allow.
    let usedInterval: IntervalMethod
    let diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - columns: X, K × p, of comparable size.
    ///   - space: the row space of X.
    ///   - settings: those of the network's own model; its reference takes no part.
    /// - Throws: `MetaAnalysisError` with code `.singularDesign` when no coefficient can be found, or sampling variances lie
    ///   too far apart for the columns.
    init(
        _ contrasts: OrthogonalContrasts, on columns: Matrix, space: EstimableSpace, _ settings: NetworkMetaAnalysis
    ) throws {
        guard space.rank > 0 else {
            throw MetaAnalysisError(
                .singularDesign, "no study compares treatments that the model tells apart",
                remedy: "check what treatments consist of against what the studies compare")
        }
        let model = try contrasts.model(.columns(space.isFull ? columns : columns * space.basis))
        let degrees = model.residualDegreesOfFreedom
        let tau =
            settings.model == .common
            ? nil
            : TauSquared(
                model, settings.heterogeneity, interval: settings.tauSquaredInterval, level: settings.level,
                momentWeights: model.weights(at: 0), known: settings.knownTauSquared)
        let tauSquared = tau?.value ?? 0
        let least = model.leastSquares(weights: model.weights(at: tauSquared))
        let usedInterval = degrees > 0 ? settings.interval : .wald
        let scale = InverseVariancePooling.scale(
            usedInterval, residual: least.residualSumOfSquares(model.responses), degreesOfFreedom: degrees)
        var covariance = space.isFull ? least.inverseGram : space.basis.sandwich(least.inverseGram)
        for index in covariance.elements.indices { covariance.elements[index] *= scale * scale }
        self.space = space
        self.model = model
        self.usedInterval = usedInterval
        self.covariance = covariance
        coefficients = space.isFull ? least.coefficients : space.basis * least.coefficients
        inference = CombinationInference(
            degreesOfFreedom: usedInterval == .wald ? nil : degrees, level: settings.level)
        heterogeneity = Heterogeneity(
            cochranQ: model.quadraticForms(at: 0).form + contrasts.inconsistencyQ, degreesOfFreedom: degrees, tau,
            level: settings.level)
        diagnostics = Self.diagnostics(
            model, tau, isRandom: settings.model == .random, scale: scale, level: settings.level)
    }

    private static func diagnostics(
        _ model: VarianceComponentModel, _ tau: TauSquared?, isRandom: Bool, scale: Double, level: Double
    ) -> [Diagnostic] {
        var notes = tau?.diagnostics ?? []
        if model.residualDegreesOfFreedom == 0 {
            notes.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "there are as many coefficients as independent contrasts: nothing is left to estimate heterogeneity from"
                        + (isRandom && tau?.value == 0 ? ", and the between-study variance is taken as 0" : "")))
        }
        notes +=
            Diagnostic.hartungKnapp(
                scale: scale, degreesOfFreedom: model.residualDegreesOfFreedom, level: level)
            + model.varianceDiagnostics
        return notes
    }

    /// cᵀβ with its standard error; `nil` when it cannot be found.
    func combination(_ weights: [Double]) -> CombinationInference.Estimate? {
        guard space.contains(weights) else { return nil }
        return inference.estimate(weights, coefficients, covariance)
    }
}

/// Effects that change with properties of the studies: mixed-effects meta-regression.
///
/// The answer to "is the effect larger in later, colder, better studies?". A relation between studies need not hold between patients,
/// and with fewer than ten studies for each coefficient one is easily found by chance.
///
/// ```swift
/// let fit = try MetaRegression(terms: [.number("latitude"), .factor("allocation", reference: "random")])
///     .fit(effects, moderators: moderators)
/// fit.coefficients[1].estimate
/// try fit.prediction(at: ["latitude": 30, "allocation": "random"])?.confidenceInterval
/// ```
///
/// y ~ N(Xβ, diag(v) + τ²I); β̂ = (XᵀWX)⁻¹XᵀWy with w = 1 / (v + τ̂²). τ² is what the moderators leave between studies. Without terms it is
/// `RandomEffects`. Columns are brought to mean 0 and mean square 1 before anything is solved, so that units do not matter. k studies, p
/// columns: O(k p²) for each step of the search for τ².
/// R: `metafor::rma(yi, vi, mods = ~ latitude + relevel(factor(allocation), "random"), test = "knha")`.
///
/// Source: Thompson & Sharp (1999), Statistics in Medicine 18, 2693–2708; Knapp & Hartung (2003), Statistics in Medicine 22,
/// doi:10.1002/sim.1482.
public struct MetaRegression: Hashable, Sendable, Codable {
    public var terms: [ModelTerm]
    public var hasIntercept: Bool
    /// `nil` for the common-effect model, which lets nothing but chance lie between a study and the regression.
    public var heterogeneity: HeterogeneityEstimator?
    public var interval: IntervalMethod
    public var tauSquaredInterval: TauSquaredIntervalMethod
    /// τ² where it is known beforehand; no estimator is used then. At least 0.
    public var knownTauSquared: Double?
    /// Confidence level, in (0, 1).
    public var level: Double

    public init(
        terms: [ModelTerm], hasIntercept: Bool = true,
        heterogeneity: HeterogeneityEstimator? = .restrictedMaximumLikelihood, interval: IntervalMethod = .hartungKnapp,
        tauSquaredInterval: TauSquaredIntervalMethod = .qProfile, knownTauSquared: Double? = nil, level: Double = 0.95
    ) {
        self.terms = terms
        self.hasIntercept = hasIntercept
        self.heterogeneity = heterogeneity
        self.interval = interval
        self.tauSquaredInterval = tauSquaredInterval
        self.knownTauSquared = knownTauSquared
        self.level = level
    }

    /// - Parameter moderators: in the order of `effects.effects`, as `Moderators(table, columns:of:)` reads them. A study without a value
    ///   that is needed is left out by name.
    /// - Throws: `MetaAnalysisError`: `.tooFewStudies` when fewer studies than columns are left, `.singularDesign` naming a column
    ///   that depends on others, `.missingColumn` for a moderator that is not there, `.invalidOutcome` for a value that is not a
    ///   number, `.invalidSetting` for a level outside (0, 1), a negative τ², a term that cannot be or moderators of other studies.
    public func fit(_ effects: EffectSizes, moderators: Moderators) throws -> RegressionFit {
        try check()
        let data = try RegressionData(effects, moderators, terms: terms, hasIntercept: hasIntercept)
        let solution = try RegressionSolution(data, self)
        var fit = RegressionFit(solution, self)
        fit.explainedHeterogeneity = try explainedHeterogeneity(solution)
        if data.factor != 1 { fit.rescale(by: data.factor, original: effects, kept: data.kept) }
        try fit.checkForOverflow()
        return fit
    }

    func check() throws {
        try ConfidenceInterval.check(level: level)
        try RandomEffects.check(
            knownTauSquared: knownTauSquared, heterogeneity: heterogeneity ?? .restrictedMaximumLikelihood,
            interval: heterogeneity == nil ? .qProfile : tauSquaredInterval)
        guard hasIntercept || !terms.isEmpty else {
            throw MetaAnalysisError(
                .invalidSetting, "a regression without intercept has no terms", remedy: "name at least one moderator")
        }
    }

    /// The share of τ² that the moderators account for, against the model of the same studies without them; under a common effect the
    /// adjusted R² of the weighted regression.
    ///
    /// Source: Raudenbush (2009), in The Handbook of Research Synthesis and Meta-Analysis (R: `rma`, `R2`).
    private func explainedHeterogeneity(_ solution: RegressionSolution) throws -> Double? {
        let degrees = solution.model.residualDegreesOfFreedom
        guard hasIntercept, solution.columns.names.count > 1, knownTauSquared == nil, degrees > 0 else { return nil }
        let mean = try VarianceComponentModel(responses: solution.model.responses, variances: solution.model.variances)
        guard let heterogeneity else {
            let total = mean.quadraticForms(at: 0).form / mean.residualDegreesOfFreedom
            let rest = solution.model.quadraticForms(at: 0).form / degrees
            return RegressionFit.explained(total, rest)
        }
        let total = heterogeneity.estimate(mean, momentWeights: mean.weights(at: 0)).value
        return RegressionFit.explained(total, solution.tauSquared)
    }
}

/// The studies that take part in a regression, with their columns.
struct RegressionData {
    /// Moderate in size: divided by `factor`.
    let effects: EffectSizes
    let factor: Double
    /// Positions in the effects given.
    let kept: [Int]
    let columns: ModelColumns
    /// X, a row for each study kept.
    let matrix: Matrix
    let standard: StandardColumns
    let excluded: [ExcludedStudy]
    let diagnostics: [Diagnostic]

    /// - Parameter others: terms of another part of the model, whose moderators are needed too.
    init(
        _ effects: EffectSizes, _ moderators: Moderators, terms: [ModelTerm], hasIntercept: Bool,
        others: [ModelTerm] = []
    ) throws {
        try moderators.check(effects)
        guard effects.count > 0 else { throw effects.nothingToPool }
        for index in effects.effects.indices
        where
            !(effects.effects[index].estimate.isFinite && effects.effects[index].variance.isFinite
            && effects.effects[index].variance > 0)
        {
            throw effects.effects[index].cannotBePooled
        }
        let needed = (terms + others).flatMap(\.moderators)
        let missing = moderators.firstMissing(of: needed)
        let kept = effects.effects.indices.filter { missing[$0] == nil }
        let excluded = effects.effects.indices.compactMap { index in
            missing[index].map { name in
                ExcludedStudy(
                    label: effects.effects[index].label, row: effects.effects[index].row, reason: "no value of \(name)")
            }
        }
        let columns = try ModelColumns(terms, hasIntercept: hasIntercept, moderators, of: kept)
        let (moderate, factor) = (kept.count == effects.count ? effects : effects.subset(kept)).moderate
        self.effects = moderate
        self.factor = factor
        self.kept = kept
        self.columns = columns
        matrix = try columns.matrix(moderators, of: kept, effects)
        self.excluded = effects.excluded + excluded
        diagnostics =
            effects.diagnostics
            + excluded.map { Diagnostic(.warning, .studyExcluded, "left out: \($0.reason)", studies: [$0.label]) }
        standard = try StandardColumns(matrix, names: columns.names, hasIntercept: hasIntercept)
    }

    private init(_ data: RegressionData, keeping indices: [Int]) throws {
        effects = data.effects.subset(indices)
        factor = data.factor
        kept = indices.map { data.kept[$0] }
        columns = data.columns
        matrix = Matrix(rows: indices.count, columns: data.matrix.columns, elements: indices.flatMap(data.matrix.row))
        excluded = data.excluded
        diagnostics = []
        standard = try StandardColumns(matrix, names: columns.names, hasIntercept: columns.hasIntercept)
    }

    /// Without one study, in the columns of all.
    func without(_ index: Int) throws -> RegressionData {
        try RegressionData(self, keeping: kept.indices.filter { $0 != index })
    }
}

extension ModelColumns {
    /// The rows of effects, an error saying which.
    func matrix(_ moderators: Moderators, of kept: [Int], _ effects: EffectSizes) throws -> Matrix {
        do {
            return try matrix(moderators, of: kept)
        } catch {
            var cause = error.cause
            let effect = effects.effects[kept[error.place]]
            cause.location.row = effect.row
            cause.location.study = effect.label
            throw cause
        }
    }
}

/// Coefficients and τ² on the data, in standard columns, before they are put into the record of a fit.
struct RegressionSolution {
    let data: RegressionData
    let model: VarianceComponentModel
    let tau: TauSquared?
    let tauSquared: Double
    let least: WeightedLeastSquares
    /// By which inverse-variance standard errors are multiplied.
    let scale: Double
    let usedInterval: IntervalMethod
    /// Whether all effects lie on the regression, so that residuals and coefficients near 0 are rounding.
    let isExact: Bool
    let inference: CombinationInference
    /// γ and its covariance, scaled.
    let coefficients: [Double]
    let covariance: Matrix

    var columns: ModelColumns { data.columns }

    /// Of what the moderators leave.
    var cochranQ: Double {
        isExact || model.residualDegreesOfFreedom == 0 ? 0 : model.quadraticForms(at: 0).form
    }

    /// y − ŷ.
    var residuals: [Double] {
        isExact ? Array(repeating: 0, count: model.count) : least.residuals(model.responses)
    }

    /// τ², estimated or known; `nil` under a common effect, and where the studies leave nothing to estimate it from.
    var usedTauSquared: Double? { tau?.isDetermined == true ? tauSquared : nil }

    init(_ data: RegressionData, _ settings: MetaRegression) throws {
        do {
            model = try VarianceComponentModel(
                responses: data.effects.effects.map(\.estimate), variances: data.effects.effects.map(\.variance),
                design: data.columns.isMean ? .intercept : .columns(data.standard.matrix))
        } catch {
            throw MetaAnalysisError(
                .singularDesign, "the sampling variances lie too far apart for the columns",
                remedy: "check the units of effects and variances, or leave terms out")
        }
        self.data = data
        let degrees = model.residualDegreesOfFreedom
        let known = settings.knownTauSquared.map { $0 / data.factor / data.factor }
        tau = settings.heterogeneity.map { [model] estimator in
            TauSquared(
                model, estimator, interval: settings.tauSquaredInterval, level: settings.level,
                momentWeights: model.weights(at: 0), known: known)
        }
        tauSquared = tau?.value ?? 0
        least = model.leastSquares(weights: model.weights(at: tauSquared))
        usedInterval = degrees > 0 ? settings.interval : .wald
        isExact = degrees > 0 && least.fitsExactly(model.responses)
        scale = InverseVariancePooling.scale(
            usedInterval, residual: isExact ? 0 : least.residualSumOfSquares(model.responses), degreesOfFreedom: degrees
        )
        inference = CombinationInference(
            degreesOfFreedom: usedInterval == .wald ? nil : degrees, level: settings.level)
        coefficients = isExact ? least.exactCoefficients(model.responses) : least.coefficients
        var covariance = least.inverseGram
        for index in covariance.elements.indices { covariance.elements[index] *= scale * scale }
        self.covariance = covariance
    }

    /// The interval of a coefficient at a scale of 1, where its own is narrower than that of a common effect.
    func truncatedInterval(
        of coefficient: RegressionCoefficient, plainVariance: Double?, commonVariance: Double?, _ level: Double
    ) -> ConfidenceInterval? {
        guard let plainVariance, let commonVariance else { return nil }
        let normal = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        guard inference.quantile * coefficient.standardError < normal * commonVariance.squareRoot() else { return nil }
        return ConfidenceInterval(
            around: coefficient.estimate, halfWidth: inference.quantile * plainVariance.squareRoot())
    }
}

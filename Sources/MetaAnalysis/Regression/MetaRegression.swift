/// Mixed-effects meta-regression: effects that depend on properties of the studies.
///
/// Answers "is the effect larger in later, colder, better studies?". A relation between studies need not hold between patients,
/// and chance findings are likely with fewer than ten studies for each coefficient.
///
/// ```swift
/// let fit = try MetaRegression(terms: [.number("latitude"), .factor("allocation", reference: "random")])
///     .fit(effects, moderators: moderators)
/// fit.coefficients[1].estimate
/// try fit.prediction(at: ["latitude": 30, "allocation": "random"])?.confidenceInterval
/// ```
///
/// y ~ N(Xβ, diag(v) + τ²I); β̂ = (XᵀWX)⁻¹XᵀWy with w = 1 / (v + τ̂²). τ² is the between-study variance that the moderators do
/// not explain. Without terms the model is `RandomEffects`. Columns are standardized to mean 0 and mean square 1 before the
/// model is solved, so that units do not matter. k studies, p columns: O(k p²) for each step of the search for τ².
/// R: `metafor::rma(yi, vi, mods = ~ latitude + relevel(factor(allocation), "random"), test = "knha")`.
///
/// Source: Thompson & Sharp (1999), Statistics in Medicine 18, 2693–2708; Knapp & Hartung (2003), Statistics in Medicine 22,
/// doi:10.1002/sim.1482.
@dynamicMemberLookup
public struct MetaRegression: Hashable, Sendable, Codable {
    /// Terms of the model.
    public var terms: [ModelTerm]
    /// Whether the first coefficient is the intercept, the effect at which all columns are 0.
    public var hasIntercept: Bool
    /// Settings for τ², its interval and the intervals of the coefficients. Its members are also members of the model
    /// (`model.level`). Under a common effect the residuals of the regression are due to chance alone.
    public var estimation: EstimationSettings

    /// Creates a model from settings of the estimation.
    public init(terms: [ModelTerm], hasIntercept: Bool = true, _ estimation: EstimationSettings) {
        self.terms = terms
        self.hasIntercept = hasIntercept
        self.estimation = estimation
    }

    /// Creates a model with an estimator of τ², by default REML, and the Hartung–Knapp interval.
    ///
    /// - Parameters:
    ///   - heterogeneity: the estimator of τ²; `nil` for a common effect.
    ///   - knownTauSquared: τ² if it is known beforehand, at least 0; no estimator is used then.
    ///   - level: confidence level, in (0, 1).
    public init(
        terms: [ModelTerm], hasIntercept: Bool = true,
        heterogeneity: HeterogeneityEstimator? = .restrictedMaximumLikelihood, interval: IntervalMethod = .hartungKnapp,
        tauSquaredInterval: TauSquaredIntervalMethod = .qProfile, knownTauSquared: Double? = nil, level: Double = 0.95
    ) {
        self.init(
            terms: terms, hasIntercept: hasIntercept,
            EstimationSettings(
                heterogeneity: HeterogeneityModel(heterogeneity, known: knownTauSquared), interval: interval,
                tauSquaredInterval: tauSquaredInterval, level: level))
    }

    /// Accesses a member of `estimation`.
    public subscript<Value>(dynamicMember member: WritableKeyPath<EstimationSettings, Value>) -> Value {
        get { estimation[keyPath: member] }
        set { estimation[keyPath: member] = newValue }
    }

    /// Fits the regression.
    ///
    /// - Parameter moderators: the moderators of `effects.effects`, in their order, as `Moderators(table, columns:of:)` reads
    ///   them. Studies without a value that is needed are left out and named.
    /// - Throws: `MetaAnalysisError`: `.tooFewStudies` when fewer studies than columns are left, `.singularDesign` that names a
    ///   linearly dependent column, `.missingColumn` for a moderator that does not exist, `.invalidOutcome` for a value that is
    ///   not a number, `.invalidSetting` for a level outside (0, 1), a negative τ², an invalid term, or moderators whose number
    ///   is not that of the effects, `.unsupportedCombination` for a profile-likelihood interval with an estimator that
    ///   maximizes no likelihood, `.numericalOverflow` when a result is not finite.
    public func fit(_ effects: EffectSizes, moderators: Moderators) throws -> RegressionFit {
        try check()
        let data = try RegressionData(effects, moderators, terms: terms, hasIntercept: hasIntercept)
        let solution = try data.solve(estimation)
        var fit = RegressionFit(data, solution, self)
        fit.explainedHeterogeneity = try explainedHeterogeneity(data, solution)
        try fit.checkForOverflow()
        return fit
    }

    func check() throws {
        try estimation.check()
        guard hasIntercept || !terms.isEmpty else {
            throw MetaAnalysisError(
                .invalidSetting, "a regression without intercept has no terms", remedy: "name at least one moderator")
        }
    }

    /// Computes the percentage of τ² that the moderators explain, relative to the model of the same studies without them; under
    /// a common effect the adjusted R² of the weighted regression.
    ///
    /// Source: Raudenbush (2009), in The Handbook of Research Synthesis and Meta-Analysis (R: `rma`, `R2`).
    private func explainedHeterogeneity(_ data: RegressionData, _ solution: Solution) throws -> Double? {
        let (scaled, degrees) = (solution.model.scaled, solution.degreesOfFreedom)
        guard hasIntercept, data.columns.names.count > 1, degrees > 0 else { return nil }
        let mean = try VarianceComponentModel(responses: scaled.responses, variances: scaled.variances)
        switch estimation.heterogeneity {
        case .known: return nil
        case .common:
            let total = mean.quadraticForms(at: 0).form / mean.residualDegreesOfFreedom
            return RegressionFit.explained(total, scaled.quadraticForms(at: 0).form / degrees)
        case .estimated(let estimator):
            let total = estimator.estimate(mean, momentWeights: mean.weights(at: 0)).value
            return RegressionFit.explained(total, solution.scaledTauSquared)
        }
    }
}

/// Studies that take part in a regression, with their columns.
struct RegressionData {
    let effects: EffectSizes
    /// Positions of the studies kept, in the effects given.
    let kept: [Int]
    let columns: ModelColumns
    /// Design matrix X, a row for each study kept.
    let matrix: Matrix
    let standard: StandardColumns
    let excluded: [ExcludedStudy]
    let diagnostics: [Diagnostic]

    /// Selects the studies with all moderators and builds their columns.
    ///
    /// - Parameter others: terms of another part of the model, whose moderators are needed too.
    init(
        _ effects: EffectSizes, _ moderators: Moderators, terms: [ModelTerm], hasIntercept: Bool,
        others: [ModelTerm] = []
    ) throws {
        try moderators.check(effects)
        guard effects.count > 0 else { throw effects.nothingToPool }
        try effects.requireFinite()
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
        self.effects = kept.count == effects.count ? effects : effects.subset(kept)
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
        kept = indices.map { data.kept[$0] }
        columns = data.columns
        matrix = Matrix(rows: indices.count, columns: data.matrix.columns, elements: indices.flatMap(data.matrix.row))
        excluded = data.excluded
        diagnostics = []
        standard = try StandardColumns(matrix, names: columns.names, hasIntercept: columns.hasIntercept)
    }

    /// Returns the data without one study, in the columns of all studies.
    func without(_ index: Int) throws -> RegressionData {
        try RegressionData(self, keeping: kept.indices.filter { $0 != index })
    }
}

extension ModelColumns {
    /// Builds the rows of the effects kept; an error names the effect.
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

extension RegressionData {
    /// Solves the regression in standardized columns.
    ///
    /// - Parameter unit: power of two that effects are divided by; `nil` chooses one for these effects.
    /// - Throws: `MetaAnalysisError` (`.singularDesign`) when sampling variances are too far apart for the columns.
    func solve(_ settings: EstimationSettings, unit: Double? = nil) throws -> Solution {
        do {
            return try LinearEffectModel(
                effects, design: columns.isMean ? .intercept : .columns(standard.matrix), unit: unit
            ).solve(settings, roundsToFit: true)
        } catch {
            throw MetaAnalysisError(
                .singularDesign, "the sampling variances lie too far apart for the columns",
                remedy: "check the units of effects and variances, or leave terms out")
        }
    }
}

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
@dynamicMemberLookup
public struct MetaRegression: Hashable, Sendable, Codable {
    /// What the model says of moderators.
    public var terms: [ModelTerm]
    /// Whether the first coefficient is the effect where all columns are 0.
    public var hasIntercept: Bool
    /// τ², and the intervals of it and of the coefficients; its members are also members of the model (`model.level`). Under a common
    /// effect nothing but chance lies between a study and the regression.
    public var estimation: EstimationSettings

    /// A model with these settings of the estimation.
    public init(terms: [ModelTerm], hasIntercept: Bool = true, _ estimation: EstimationSettings) {
        self.terms = terms
        self.hasIntercept = hasIntercept
        self.estimation = estimation
    }

    /// A model with an estimator of τ², by default REML, and the Hartung–Knapp interval.
    ///
    /// - Parameters:
    ///   - heterogeneity: `nil` for a common effect.
    ///   - knownTauSquared: τ² where it is known beforehand, at least 0; no estimator is used then.
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

    /// A member of `estimation`.
    public subscript<Value>(dynamicMember member: WritableKeyPath<EstimationSettings, Value>) -> Value {
        get { estimation[keyPath: member] }
        set { estimation[keyPath: member] = newValue }
    }

    /// - Parameter moderators: in the order of `effects.effects`, as `Moderators(table, columns:of:)` reads them. A study without a value
    ///   that is needed is left out by name.
    /// - Throws: `MetaAnalysisError`: `.tooFewStudies` when fewer studies than columns are left, `.singularDesign` naming a column
    ///   that depends on others, `.missingColumn` for a moderator that is not there, `.invalidOutcome` for a value that is not a
    ///   number, `.invalidSetting` for a level outside (0, 1), a negative τ², a term that cannot be or moderators of other studies.
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

    /// The share of τ² that the moderators account for, against the model of the same studies without them; under a common effect the
    /// adjusted R² of the weighted regression.
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

/// The studies that take part in a regression, with their columns.
struct RegressionData {
    let effects: EffectSizes
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

extension RegressionData {
    /// In standard columns.
    ///
    /// - Parameter unit: by which effects are divided; `nil` takes that of these effects.
    /// - Throws: `MetaAnalysisError` (`.singularDesign`) when sampling variances are too far apart for the columns.
    func solve(_ settings: EstimationSettings, unit: Double? = nil) throws -> Solution {
        do {
            return try LinearEffectModel(
                effects, design: columns.isMean ? .intercept : .columns(standard.matrix), unit: unit
            ).solve(settings)
        } catch {
            throw MetaAnalysisError(
                .singularDesign, "the sampling variances lie too far apart for the columns",
                remedy: "check the units of effects and variances, or leave terms out")
        }
    }
}

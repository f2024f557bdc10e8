/// Effects of the components of which the treatments of a network consist: additive component network meta-analysis.
///
/// The answer to "which parts of a combined treatment work?". A combination is supposed to work as the sum of its components,
/// but for the interactions asked for; read `ComponentFit.additivity` before believing it. Because a component links all
/// treatments that hold it, a network that falls apart can often be analysed as one.
///
/// ```swift
/// let fit = try ComponentNetwork(inactive: "placebo").fit(network)
/// fit.component("exercise")?.estimate
/// try fit.effect(ofCombination: "exercise + diet").estimate
/// ```
///
/// θ = Cβ: the effects of n treatments from those of p components, C(i, j) = 1 where treatment i holds component j. The
/// contrasts of the studies are regressed on BC, B their n-column design; where BC has not full rank β is the solution of least
/// norm (Moore–Penrose), of which only what every solution agrees on is told: a component, combination or difference that the
/// studies do not determine has no numbers. Every pairwise difference varies between studies by τ². O(K p² + p³ + n² p) for K
/// independent contrasts, O(K p²) more for each step of the search for τ².
/// R: `netmeta::netcomb(net, inactive="placebo")`, `netmeta::discomb(TE, seTE, treat1, treat2, studlab)`.
///
/// Source: Rücker, Petropoulou & Schwarzer (2020), Biometrical Journal 62, doi:10.1002/bimj.201800167; Welton et al. (2009),
/// American Journal of Epidemiology 169, doi:10.1093/aje/kwp014.
public struct ComponentNetwork: Hashable, Sendable, Codable {
    /// What stands between the components of a treatment's name; blanks around components do not count.
    public var separator: String
    /// The component without an effect, versus which the others are told; `nil` for none.
    public var inactive: Treatment?
    /// Sets of components whose joint effect is not supposed to be the sum of theirs: a coefficient of its own for each, in
    /// every treatment that holds the whole set.
    public var interactions: [[String]]
    public var model: NetworkMetaAnalysis.Model
    public var heterogeneity: HeterogeneityEstimator
    public var interval: IntervalMethod
    public var tauSquaredInterval: TauSquaredIntervalMethod
    /// τ² where it is known beforehand; no estimator is used then. At least 0.
    public var knownTauSquared: Double?
    /// Confidence level, in (0, 1).
    public var level: Double

    public init(
        separator: String = "+", inactive: Treatment? = nil, interactions: [[String]] = [],
        model: NetworkMetaAnalysis.Model = .random,
        heterogeneity: HeterogeneityEstimator = .restrictedMaximumLikelihood, interval: IntervalMethod = .wald,
        tauSquaredInterval: TauSquaredIntervalMethod = .qProfile, knownTauSquared: Double? = nil,
        level: Double = 0.95
    ) {
        self.separator = separator
        self.inactive = inactive
        self.interactions = interactions
        self.model = model
        self.heterogeneity = heterogeneity
        self.interval = interval
        self.tauSquaredInterval = tauSquaredInterval
        self.knownTauSquared = knownTauSquared
        self.level = level
    }

    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for an empty separator, an inactive component or an interaction that no
    ///   treatment holds, a level outside (0, 1) or a negative τ²; `.invalidOutcome` for a treatment with an empty or a
    ///   repeated component; `.singularDesign` when the studies determine no component; `.unsupportedCombination` for a
    ///   profile-likelihood interval of an estimator that maximises none; `.numericalOverflow` for effects out of range.
    public func fit(_ network: TreatmentNetwork) throws -> ComponentFit {
        let settings = networkSettings
        try settings.check()
        let structure = try ComponentStructure(
            network.treatments, separator: separator, inactive: inactive, interactions: interactions)
        let matrix = try structure.matrix(network.treatments)
        let (moderate, factor) = network.moderate
        let contrasts = try OrthogonalContrasts(moderate)
        var scaled = settings
        scaled.knownTauSquared = knownTauSquared.map { $0 / factor / factor }
        let regression = try ContrastRegression(
            contrasts, on: contrasts.rows.times(matrix), space: Self.space(network, matrix), scaled)
        let parts = network.components
        var fit = ComponentFit(
            outcome: nil, scale: network.scale, treatments: network.treatments, k: network.studies.count,
            comparisonCount: network.comparisonCount, parts: parts, inactive: inactive,
            components: [], interactions: [], combinations: [], effects: [],
            columns: structure.columns, matrix: (0..<matrix.rows).map { row in matrix.row(row) },
            coefficients: regression.coefficients,
            covariance: (0..<matrix.columns).map { row in regression.covariance.row(row) },
            estimableBasis: regression.space.isFull
                ? nil : (0..<regression.space.rank).map { column in regression.space.basis.column(column) },
            degreesOfFreedom: regression.usedInterval == .wald ? nil : regression.model.residualDegreesOfFreedom,
            heterogeneity: regression.heterogeneity,
            additivity: try additivity(regression, contrasts, isConnected: parts.count == 1),
            excluded: network.excluded, diagnostics: [],
            settings: ComponentSettings(
                separator: separator, inactive: inactive, interactions: interactions,
                network: regression.settings(settings, network)))
        fit.fill(structure, regression, matrix)
        fit.diagnostics = network.diagnostics + regression.diagnostics + fit.structureDiagnostics(parts)
        return try (factor == 1 ? fit : fit.rescaled(by: factor)).checkedForOverflow()
    }

    private var networkSettings: NetworkMetaAnalysis {
        NetworkMetaAnalysis(
            model: model, heterogeneity: heterogeneity, interval: interval, tauSquaredInterval: tauSquaredInterval,
            knownTauSquared: knownTauSquared, level: level)
    }

    /// The row space of BC, which is that of the differences between treatments compared, each taken once.
    private static func space(_ network: TreatmentNetwork, _ matrix: Matrix) -> EstimableSpace {
        let pairs = Set(network.studies.flatMap { $0.pairs.map { [$0.first, $0.second] } })
        var gram = Matrix(rows: matrix.columns, columns: matrix.columns)
        for pair in pairs {
            // Entries are 0, 1 and −1: their sums are exact in any order.
            let entries = (0..<matrix.columns).map { matrix[pair[0], $0] - matrix[pair[1], $0] }
            let used = entries.indices.filter { entries[$0] != 0 }
            for row in used { for column in used { gram[row, column] += entries[row] * entries[column] } }
        }
        return EstimableSpace(gram: gram)
    }

    /// What the sum of components leaves unexplained, and how much of that is due to the sum.
    private func additivity(
        _ regression: ContrastRegression, _ contrasts: OrthogonalContrasts, isConnected: Bool
    ) throws -> ComponentFit.Additivity {
        let additive = InconsistencyTest(
            q: regression.heterogeneity.cochranQ,
            degreesOfFreedom: contrasts.responses.count - regression.space.rank)
        guard isConnected else { return ComponentFit.Additivity(additive: additive, standard: nil, difference: nil) }
        let model = try contrasts.model()
        let standard = InconsistencyTest(
            q: model.quadraticForms(at: 0).form + contrasts.inconsistencyQ,
            degreesOfFreedom: contrasts.responses.count - model.design.columnCount)
        let degrees = model.design.columnCount - regression.space.rank
        // Without a degree of freedom the two models are one, and their difference is rounding.
        let difference = InconsistencyTest(
            q: degrees > 0 ? max(0, additive.q - standard.q) : 0, degreesOfFreedom: degrees)
        return ComponentFit.Additivity(additive: additive, standard: standard, difference: difference)
    }
}

extension ContrastRegression {
    /// What was done, as codes.
    func settings(_ settings: NetworkMetaAnalysis, _ network: TreatmentNetwork) -> NetworkSettings {
        NetworkSettings(
            measure: network.measure, model: settings.model.rawValue, estimator: heterogeneity.estimator,
            interval: usedInterval,
            tauSquaredInterval: heterogeneity.estimator == nil ? nil : settings.tauSquaredInterval,
            level: settings.level, effects: network.settings)
    }
}

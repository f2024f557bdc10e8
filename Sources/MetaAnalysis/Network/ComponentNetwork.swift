/// Additive component network meta-analysis: the effects of the components of which the treatments of a network consist.
///
/// It answers which parts of a combined treatment work. A combination is assumed to work as the sum of its components, apart from the
/// interactions that are requested; check this assumption in `ComponentFit.additivity`. A component links all treatments that contain it,
/// so that a disconnected network can often be analyzed as one.
///
/// ```swift
/// let fit = try ComponentNetwork(inactive: "placebo").fit(network)
/// fit.component("exercise")?.estimate
/// try fit.effect(ofCombination: "exercise + diet").estimate
/// ```
///
/// θ = Cβ: the effects of n treatments follow from those of p components, with C(i, j) = 1 where treatment i contains component j. The
/// contrasts of the studies are regressed on BC, where B is their n-column design. If BC does not have full rank, β is the solution of
/// least norm (Moore–Penrose). Only what all solutions agree on is reported: a component, combination or difference that the studies do not
/// determine has no numbers. Every pairwise difference varies between studies by τ². O(K p² + p³ + n² p) for K independent contrasts, O(K
/// p²) more for each step of the search for τ².
/// R: `netmeta::netcomb(net, inactive="placebo")`, `netmeta::discomb(TE, seTE, treat1, treat2, studlab)`.
///
/// Source: Rücker, Petropoulou & Schwarzer (2020), Biometrical Journal 62, doi:10.1002/bimj.201800167; Welton et al. (2009),
/// American Journal of Epidemiology 169, doi:10.1093/aje/kwp014.
@dynamicMemberLookup
public struct ComponentNetwork: Hashable, Sendable, Codable {
    /// Separator between the components of a treatment's name; by default "+". White space around components is ignored.
    public var separator: String
    /// Component without an effect, which the others are compared with; `nil` for none.
    public var inactive: Treatment?
    /// Sets of components whose joint effect may differ from the sum of their effects. Each set gets a coefficient of its own in every
    /// treatment that contains the whole set.
    public var interactions: [[String]]
    /// τ², and the intervals of it and of the effects; its members are also members of the model (`model.level`).
    public var estimation: EstimationSettings

    /// By default REML with intervals by the normal distribution, as in `NetworkMetaAnalysis`.
    public init(
        separator: String = "+", inactive: Treatment? = nil, interactions: [[String]] = [],
        estimation: EstimationSettings = EstimationSettings(interval: .wald)
    ) {
        self.separator = separator
        self.inactive = inactive
        self.interactions = interactions
        self.estimation = estimation
    }

    /// A member of `estimation`.
    public subscript<Value>(dynamicMember member: WritableKeyPath<EstimationSettings, Value>) -> Value {
        get { estimation[keyPath: member] }
        set { estimation[keyPath: member] = newValue }
    }

    /// Estimates the effects of components, combinations and pairs of treatments.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for an empty separator, an inactive component or an interaction that no treatment
    ///   contains, a level outside (0, 1) or a negative τ²; `.invalidOutcome` for a treatment with an empty or a repeated component;
    ///   `.singularDesign` when the studies determine no component; `.unsupportedCombination` for a profile-likelihood interval of an
    ///   estimator that does not maximize a likelihood; `.numericalOverflow` for effects out of range.
    public func fit(_ network: TreatmentNetwork) throws -> ComponentFit {
        try estimation.check()
        let structure = try ComponentStructure(
            network.treatments, separator: separator, inactive: inactive, interactions: interactions)
        let matrix = try structure.matrix(network.treatments)
        let (moderate, unit) = network.moderate
        let contrasts = try OrthogonalContrasts(moderate)
        let regression = try ContrastRegression(
            contrasts, unit: unit, on: contrasts.rows.times(matrix), space: Self.space(network, matrix), estimation)
        let parts = network.connectedParts
        var fit = ComponentFit(
            outcome: nil, scale: network.scale, treatments: network.treatments, k: network.studies.count,
            comparisonCount: network.comparisonCount, parts: parts, inactive: inactive,
            components: [], interactions: [], combinations: [], effects: [],
            columns: structure.columns, matrix: (0..<matrix.rows).map { row in matrix.row(row) },
            coefficients: regression.coefficients, covariance: regression.covariance,
            estimableBasis: regression.estimableBasis,
            degreesOfFreedom: regression.solution.inference.degreesOfFreedom,
            heterogeneity: regression.heterogeneity,
            additivity: try additivity(regression, contrasts, isConnected: parts.count == 1),
            excluded: network.excluded, diagnostics: [],
            settings: ComponentSettings(
                separator: separator, inactive: inactive, interactions: interactions,
                network: NetworkMetaAnalysis(estimation).record(of: regression.solution, network)))
        fit.fill(structure, regression, matrix)
        fit.diagnostics = network.diagnostics + regression.diagnostics + fit.structureDiagnostics(parts)
        return try fit.checkedForOverflow()
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

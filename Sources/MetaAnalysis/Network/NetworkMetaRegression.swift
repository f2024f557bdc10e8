/// Network meta-regression: a network whose effects change with one property of the studies.
///
/// It answers whether the effect of a treatment depends on the year, the dose or the severity. A relation between studies need not hold
/// between patients, and with few studies it is easily found by chance. Comparisons across treatments assume that coefficients are
/// consistent, as effects are.
///
/// ```swift
/// let fit = try NetworkMetaRegression(reference: "placebo").fit(network, covariate: years)
/// fit.coefficients[0].estimate
/// fit.effect(of: "A", versus: "placebo", at: 2010)?.estimate
/// ```
///
/// In study s the effect of treatment t versus the reference is θ(t) + β(t) (x(s) − x̄), with x̄ the mean over the studies: one β for all
/// treatments or one for each. Every pairwise difference varies between studies by τ². Values that the studies do not determine (the
/// coefficient of a treatment whose studies share one x) have no numbers. n treatments, K independent contrasts: O(K n²) for each step of
/// the search for τ². R: `netmeta::netmetareg(net, x, assumption="common")`, which does not center x.
///
/// Source: Dias et al. (2013), Medical Decision Making 33, doi:10.1177/0272989X13485157; Donegan, Dias & Welton (2018), Research
/// Synthesis Methods 10, doi:10.1002/jrsm.1327.
@dynamicMemberLookup
public struct NetworkMetaRegression: Hashable, Sendable, Codable {
    /// The relation between the coefficients of the treatments. R: `assumption`.
    public enum Coefficients: String, Hashable, Sendable, Codable, CaseIterable {
        /// One coefficient: the covariate changes every treatment's effect versus the reference by the same amount, and no effect between
        /// two other treatments. The result depends on the reference.
        case common
        /// One coefficient for each treatment; no number depends on the reference.
        case independent
    }

    /// Reference treatment of the coefficients; `nil` takes the treatment with the most studies.
    public var reference: Treatment?
    /// How the coefficients of the treatments are related.
    public var coefficients: Coefficients
    /// τ², and the intervals of it and of the effects; its members are also members of the model (`model.level`).
    public var estimation: EstimationSettings

    /// By default REML with intervals by the normal distribution, as in `NetworkMetaAnalysis`.
    public init(
        reference: Treatment? = nil, coefficients: Coefficients = .common,
        estimation: EstimationSettings = EstimationSettings(interval: .wald)
    ) {
        self.reference = reference
        self.coefficients = coefficients
        self.estimation = estimation
    }

    /// A member of `estimation`.
    public subscript<Value>(dynamicMember member: WritableKeyPath<EstimationSettings, Value>) -> Value {
        get { estimation[keyPath: member] }
        set { estimation[keyPath: member] = newValue }
    }

    /// Fits the regression on one covariate of the studies.
    ///
    /// - Parameter covariate: x by the label of the study; a study without a value is left out and named.
    /// - Throws: `MetaAnalysisError`: `.tooFewStudies` when no study has a covariate, `.singularDesign` when all have the same,
    ///   `.invalidOutcome` for one that is not finite, `.disconnectedNetwork` when the remaining studies are not connected,
    ///   `.invalidSetting` for an unknown reference, a level outside (0, 1) or a negative τ².
    public func fit(
        _ network: TreatmentNetwork, covariate: [String: Double]
    ) throws -> NetworkMetaRegressionFit {
        try estimation.check()
        let settings = NetworkMetaAnalysis(reference: reference, estimation)
        let data = try Moderated(network, covariate)
        let used = data.network
        let reference = try used.reference(self.reference)
        let (moderate, unit) = used.moderate
        let contrasts = try OrthogonalContrasts(moderate)
        let columns = try columns(contrasts, data, reference: used.index(of: reference) ?? 0)
        let regression = try ContrastRegression(
            contrasts, unit: unit, on: columns, space: EstimableSpace(of: columns), estimation)
        let without = try settings.fit(used)
        var fit = NetworkMetaRegressionFit(
            outcome: nil, scale: network.scale, treatments: used.treatments, k: used.studies.count,
            reference: reference, mean: data.mean, spread: data.spread, range: [data.least, data.greatest],
            coefficients: [], effects: [], solution: regression.coefficients, covariance: regression.covariance,
            estimableBasis: regression.estimableBasis,
            degreesOfFreedom: regression.solution.inference.degreesOfFreedom,
            omnibusTest: try omnibusTest(regression, contrasts), heterogeneity: regression.heterogeneity,
            heterogeneityWithout: without.heterogeneity,
            explainedHeterogeneity: nil, excluded: network.excluded + data.excluded, diagnostics: [],
            settings: NetworkMetaRegressionSettings(
                coefficients: coefficients, network: settings.record(of: regression.solution, used)))
        fit.complete()
        fit.diagnostics = network.diagnostics + data.diagnostics + regression.diagnostics + fit.ownDiagnostics
        return try fit.checkedForOverflow()
    }

    // MARK: Columns

    /// X of the regression, K × p: n − 1 treatments other than the reference, then one or n − 1 products with the covariate,
    /// which is centered and divided by its spread.
    private func columns(_ contrasts: OrthogonalContrasts, _ data: Moderated, reference: Int) throws -> Matrix {
        let n = data.network.treatments.count
        let own = n - 1
        var indicators = Matrix(rows: n, columns: own)
        for treatment in 0..<n where treatment != reference {
            indicators[treatment, treatment < reference ? treatment : treatment - 1] = 1
        }
        let plain = contrasts.rows.times(indicators)
        let extra = coefficients == .common ? 1 : own
        var columns = Matrix(rows: plain.rows, columns: own + extra)
        for row in 0..<plain.rows {
            let position = data.positions[contrasts.studies[row]]
            for column in 0..<own {
                let value = plain[row, column]
                columns[row, column] = value
                columns[row, own + (extra == 1 ? 0 : column)] += position * value
            }
        }
        return columns
    }

    /// What the covariate explains at the τ² of the regression.
    private func omnibusTest(_ regression: ContrastRegression, _ contrasts: OrthogonalContrasts) throws
        -> HypothesisTest
    {
        let (model, solution) = (try contrasts.model(), regression.solution)
        let weights = model.weights(at: solution.scaledTauSquared)
        let full = solution.optimal.residualSumOfSquares(model.responses)
        let plain = model.leastSquares(weights: weights).residualSumOfSquares(model.responses)
        return HypothesisTest(
            name: "covariate", explained: max(0, plain - full), residual: full,
            degreesOfFreedom: Double(regression.space.rank - model.design.columnCount),
            residualDegreesOfFreedom: solution.degreesOfFreedom, interval: solution.usedInterval)
    }
}

/// The studies that have a covariate, with their place on it.
private struct Moderated {
    let network: TreatmentNetwork
    let mean: Double
    /// Greatest distance from the mean.
    let spread: Double
    let least: Double
    let greatest: Double
    /// (x − x̄) / spread of every study.
    let positions: [Double]
    let excluded: [ExcludedStudy]
    let diagnostics: [Diagnostic]

    init(_ network: TreatmentNetwork, _ covariate: [String: Double]) throws {
        var kept: [Int] = []
        var values: [Double] = []
        var excluded: [ExcludedStudy] = []
        for (position, study) in network.studies.enumerated() {
            guard let value = covariate[study.label] else {
                excluded.append(ExcludedStudy(label: study.label, row: study.row, reason: "no covariate"))
                continue
            }
            guard value.isFinite else {
                throw MetaAnalysisError(
                    .invalidOutcome, "the covariate is \(value.plain)",
                    remedy: "give a finite number, or leave it out to leave the study out",
                    location: MetaAnalysisError.Location(row: study.row, study: study.label))
            }
            kept.append(position)
            values.append(value)
        }
        guard let first = values.first else {
            throw MetaAnalysisError(
                .tooFewStudies, "no study of the network has a covariate",
                remedy: "give covariates by the labels of the studies, such as \(quoted(network.studies[0].label))")
        }
        let (least, greatest) = (values.min() ?? first, values.max() ?? first)
        guard least < greatest else {
            throw MetaAnalysisError(
                .singularDesign, "the covariate is \(least.plain) in every study, so that nothing can depend on it",
                remedy: "take a covariate that differs between studies, or fit the network without one")
        }
        // Distances from one of the values keep the digits in which they differ; halves keep them in range.
        let shift = values.reduce(0) { $0 + ($1 / 2 - first / 2) } / Double(values.count)
        let spread = 2 * (values.map { abs(($0 / 2 - first / 2) - shift) }.max() ?? 0)
        guard spread.isFinite, spread > 0 else {
            throw MetaAnalysisError(
                .numericalOverflow, "the covariate reaches from \(least.plain) to \(greatest.plain)",
                remedy: "give it in other units")
        }
        self.network = kept.count == network.studies.count ? network : network.subset(kept)
        mean = first + 2 * shift
        self.spread = spread
        self.least = least
        self.greatest = greatest
        positions = values.map { 2 * (($0 / 2 - first / 2) - shift) / spread }
        self.excluded = excluded
        diagnostics = Self.diagnostics(network, self.network, covariate, excluded)
        do {
            try self.network.requireConnected()
        } catch var error as MetaAnalysisError where !excluded.isEmpty {
            error.message += " once studies without a covariate are left out"
            throw error
        }
    }

    private static func diagnostics(
        _ all: TreatmentNetwork, _ used: TreatmentNetwork, _ covariate: [String: Double], _ excluded: [ExcludedStudy]
    ) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if !excluded.isEmpty {
            notes.append(
                Diagnostic(
                    .warning, .studyExcluded, "\(excluded.count) studies have no covariate and are left out",
                    studies: excluded.map(\.label)))
        }
        let lost = all.treatments.filter { used.index(of: $0) == nil }
        if !lost.isEmpty {
            notes.append(
                Diagnostic(
                    .warning, .studyExcluded,
                    "no study with a covariate holds \(lost.map { quoted($0.name) }.joined(separator: ", "))"))
        }
        let known = Set(all.studies.map(\.label) + all.excluded.map(\.label))
        let unknown = covariate.keys.filter { !known.contains($0) }.sorted()
        if !unknown.isEmpty {
            notes.append(
                Diagnostic(
                    .warning, .studyExcluded,
                    "covariates of studies that the network does not have are not used: "
                        + unknown.prefix(5).map(quoted).joined(separator: ", ") + (unknown.count > 5 ? ", …" : "")))
        }
        if used.studies.count < 10 {
            notes.append(
                Diagnostic(
                    .warning, .fewStudies,
                    "a relation with a covariate found in \(used.studies.count) studies is easily chance: ten are the least"
                        + " that is advised"))
        }
        return notes
    }
}

extension HypothesisTest {
    /// A sum of squares against χ², or against F under t and Hartung–Knapp.
    init(
        name: String, explained: Double, residual: Double, degreesOfFreedom: Double,
        residualDegreesOfFreedom: Double, interval: IntervalMethod
    ) {
        guard degreesOfFreedom > 0 else {
            self.init(name: name, statistic: nil, degreesOfFreedom: 0, pValue: nil)
            return
        }
        guard interval != .wald else {
            self.init(
                name: name, statistic: explained, degreesOfFreedom: degreesOfFreedom,
                pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: degreesOfFreedom).upperTail(explained))
            return
        }
        let scale = interval.factor(residual: residual, degreesOfFreedom: residualDegreesOfFreedom)
        let statistic = explained / degreesOfFreedom / (scale * scale)
        guard statistic.isFinite else {
            self.init(
                name: name, statistic: nil, degreesOfFreedom: degreesOfFreedom,
                denominatorDegreesOfFreedom: residualDegreesOfFreedom, pValue: nil)
            return
        }
        let reference = ReferenceDistribution.f(numerator: degreesOfFreedom, denominator: residualDegreesOfFreedom)
        self.init(
            name: name, statistic: statistic, degreesOfFreedom: degreesOfFreedom,
            denominatorDegreesOfFreedom: residualDegreesOfFreedom, pValue: reference.upperTail(statistic))
    }
}

/// Pooled effects of the subgroups of a set of studies, with a test of their difference.
///
/// Answers "does the effect differ between these groups of studies?" by the test between them, never by comparing their
/// p-values. Groups come from `EffectSize.group`, in the order in which they first appear.
///
/// ```swift
/// let analysis = try RandomEffects().subgroups(effects, tauSquared: .common)
/// analysis.betweenGroups.pValue
/// ```
public struct SubgroupAnalysis: Hashable, Sendable, Codable {
    public var subgroups: [PooledEffect]
    /// χ² with groups − 1 degrees of freedom, or F where one τ² is shared under `t` and Hartung–Knapp.
    public var betweenGroups: HypothesisTest
    /// τ² shared by all subgroups; `nil` when each has its own.
    public var commonTauSquared: Double?
    public var diagnostics: [Diagnostic]
}

/// Whether subgroups share their between-study variance.
public enum SubgroupHeterogeneity: String, Hashable, Sendable, Codable, CaseIterable {
    /// Each subgroup has its own τ².
    case separate
    /// One τ² for all, estimated from the residuals of all; better where subgroups are small.
    case common
}

extension PoolingModel {
    /// Pools each subgroup by itself and tests their effects for equality.
    ///
    /// The test is Σ (μ̂ − μ̄)² / SE² over the subgroups against χ², with each subgroup's own standard error.
    /// R: `rma(yi, sei, mods = ~ group, method="FE")` on the subgroups' results.
    ///
    /// - Throws: `MetaAnalysisError` with code `.missingColumn` when a study has no group, and what `fit` throws.
    ///
    /// Source: Borenstein & Higgins (2013) and the Cochrane Handbook (2019), doi:10.1002/9781119536604.
    public func subgroups(_ effects: EffectSizes) throws -> SubgroupAnalysis {
        let groups = try effects.subsetsByGroup()
        let fits = try groups.map { group in
            var fit = try fit(group.effects)
            fit.group = group.name
            return fit
        }
        var notes: [Diagnostic] = []
        if fits.count == 1 { notes.append(.oneSubgroup) }
        return SubgroupAnalysis(
            subgroups: fits, betweenGroups: Self.betweenGroups(fits), commonTauSquared: nil, diagnostics: notes)
    }

    private static func betweenGroups(_ fits: [PooledEffect]) -> HypothesisTest {
        let degrees = Double(fits.count - 1)
        let weights = fits.map { 1 / ($0.standardError * $0.standardError) }
        guard degrees > 0, weights.allSatisfy(\.isFinite) else {
            return HypothesisTest(name: "between-groups", statistic: nil, degreesOfFreedom: degrees, pValue: nil)
        }
        let statistic = heterogeneity(of: fits.map(\.estimate), weights: weights)
        return HypothesisTest(
            name: "between-groups", statistic: statistic, degreesOfFreedom: degrees,
            pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(statistic))
    }

    /// Σ w (y − ȳ)² around the weighted mean.
    fileprivate static func heterogeneity(of estimates: [Double], weights: [Double]) -> Double {
        var total = 0.0
        var product = 0.0
        for (weight, estimate) in zip(weights, estimates) {
            total += weight
            product += weight * estimate
        }
        let mean = product / total
        return zip(weights, estimates).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    }
}

extension RandomEffects {
    /// Pools each subgroup with its own or with one shared τ² and tests their effects for equality.
    ///
    /// With a shared τ² this is the mixed-effects model with the group as factor: τ² is estimated from what varies within
    /// groups, and the test is χ² (`wald`) or F with k − groups degrees of freedom (`t`, Hartung–Knapp).
    /// R: `rma(yi, vi, mods = ~ group, method, test)`; its `QM`.
    ///
    /// - Throws: `MetaAnalysisError` with code `.missingColumn` when a study has no group, `.tooFewStudies` when a shared τ²
    ///   has no degrees of freedom, and what `fit` throws.
    public func subgroups(_ effects: EffectSizes, tauSquared: SubgroupHeterogeneity) throws -> SubgroupAnalysis {
        guard tauSquared == .common, knownTauSquared == nil else { return try subgroups(effects) }
        let groups = try effects.subsetsByGroup()
        guard effects.count > groups.count else {
            throw MetaAnalysisError(
                .tooFewStudies,
                "\(effects.count) studies in \(groups.count) subgroups leave nothing to estimate τ² from",
                remedy: "give subgroups of two or more studies, or a separate τ² for each")
        }
        let (moderate, factor) = effects.moderate
        let model = try moderate.modelByGroup(groups.map(\.name))
        let estimate = heterogeneity.estimate(model, momentWeights: weighting.momentWeights(model.variances))
        let shared = estimate.value * factor * factor
        var known = self
        known.knownTauSquared = shared
        let fits = try groups.map { group in
            var fit = try known.fit(group.effects)
            fit.group = group.name
            fit.settings.estimator = heterogeneity.rawValue
            fit.heterogeneity.estimator = heterogeneity.rawValue
            return fit
        }
        var notes = [
            Diagnostic(
                .note, .sharedHeterogeneity, "one between-study variance is shared by the \(groups.count) subgroups")
        ]
        if groups.count == 1 { notes.append(.oneSubgroup) }
        return SubgroupAnalysis(
            subgroups: fits, betweenGroups: sharedTest(model, estimate.value, groups.count), commonTauSquared: shared,
            diagnostics: notes)
    }

    /// Sum of squares between groups at the shared τ²: what the mean alone leaves, less what the groups leave.
    private func sharedTest(_ model: VarianceComponentModel, _ tauSquared: Double, _ groups: Int) -> HypothesisTest {
        let within = model.profile(at: tauSquared).quadraticForm
        let weights = model.weights(at: tauSquared)
        let all = Self.heterogeneity(of: model.responses, weights: weights)
        let numerator = Double(groups - 1)
        let denominator = model.residualDegreesOfFreedom
        guard numerator > 0 else {
            return HypothesisTest(name: "between-groups", statistic: nil, degreesOfFreedom: 0, pValue: nil)
        }
        let between = max(0, all - within)
        guard interval != .wald else {
            return HypothesisTest(
                name: "between-groups", statistic: between, degreesOfFreedom: numerator,
                pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: numerator).upperTail(between))
        }
        let scale = InverseVariancePooling.scale(interval, residual: within, degreesOfFreedom: denominator)
        let statistic = between / numerator / (scale * scale)
        guard statistic.isFinite else {
            return HypothesisTest(
                name: "between-groups", statistic: nil, degreesOfFreedom: numerator,
                denominatorDegreesOfFreedom: denominator, pValue: nil)
        }
        return HypothesisTest(
            name: "between-groups", statistic: statistic, degreesOfFreedom: numerator,
            denominatorDegreesOfFreedom: denominator,
            pValue: ReferenceDistribution.f(numerator: numerator, denominator: denominator).upperTail(statistic))
    }
}

extension Diagnostic {
    fileprivate static let oneSubgroup = Diagnostic(
        .note, .notEstimable, "there is one subgroup, so that there is nothing to compare it with")
}

extension EffectSizes {
    /// The groups in the order of their first study, each with its effects.
    package func subsetsByGroup() throws -> [(name: String, effects: EffectSizes)] {
        var names: [String] = []
        var members: [String: [Int]] = [:]
        for (index, effect) in effects.enumerated() {
            guard let name = effect.group else {
                throw MetaAnalysisError(
                    .missingColumn, "the study has no subgroup",
                    remedy: "fill the group column, or filter the study out",
                    location: MetaAnalysisError.Location(row: effect.row, study: effect.label))
            }
            if members[name] == nil { names.append(name) }
            members[name, default: []].append(index)
        }
        guard !names.isEmpty else {
            throw MetaAnalysisError(
                .tooFewStudies, "no study gives an effect", remedy: "see why the studies were left out")
        }
        let silent = silentPositionsByGroup
        return names.map { ($0, subset(members[$0] ?? [], keeping: silent[$0] ?? [])) }
    }

    /// Positions in `source` of the studies that gave no effect: models of counts pool them all the same.
    private var silentPositionsByGroup: [String: [Int]] {
        guard let source else { return [:] }
        let heard = Set(effects.map(\.position))
        var positions: [String: [Int]] = [:]
        for position in 0..<source.count where !heard.contains(position) {
            if let group = source.group(at: position) { positions[group, default: []].append(position) }
        }
        return positions
    }

    /// One mean for each group, in the order of their names.
    fileprivate func modelByGroup(_ names: [String]) throws -> VarianceComponentModel {
        guard effects.allSatisfy({ $0.variance > 0 && $0.variance.isFinite && $0.estimate.isFinite }) else {
            throw MetaAnalysisError.outOfRange
        }
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let membership = effects.map { $0.group.flatMap { numbers[$0] } ?? 0 }
        do {
            return try VarianceComponentModel(
                responses: effects.map(\.estimate), variances: effects.map(\.variance),
                design: .groups(membership: membership, count: names.count))
        } catch {
            throw MetaAnalysisError(
                .singularDesign, "the subgroups cannot be told apart", remedy: "check the group column")
        }
    }
}

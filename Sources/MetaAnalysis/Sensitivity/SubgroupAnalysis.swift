/// Pooled effects of the subgroups of a set of studies, with a test of their difference.
///
/// Answers "does the effect differ between these groups of studies?" by the test between them; comparing their p-values is not
/// valid. Groups are the values of `EffectSize.group`, in order of first appearance.
///
/// ```swift
/// let analysis = try RandomEffects().subgroups(effects, tauSquared: .common)
/// analysis.betweenGroups.pValue
/// ```
public struct SubgroupAnalysis: Hashable, Sendable, Codable {
    /// Subgroups, each pooled or with the reason why it cannot be.
    public var parts: [PartResult<PooledEffect>]
    /// Test of equal effects of the pooled subgroups: χ² with groups − 1 degrees of freedom. It is F if all subgroups share one
    /// τ² under `t` or Hartung–Knapp, or one Hartung–Knapp factor under a common effect.
    public var betweenGroups: HypothesisTest
    /// Whether the test uses separate τ² or a common one; `nil` for models without τ².
    public var testHeterogeneity: SubgroupHeterogeneity?
    /// τ² of a test with a common one; `nil` otherwise.
    public var testTauSquared: Double?
    /// τ² shared by the estimates of all subgroups; `nil` when each has its own.
    public var commonTauSquared: Double?
    /// Notes and warnings on the comparison of the subgroups; those of a subgroup are in its part.
    public var diagnostics: [Diagnostic]

    /// The subgroups that were pooled.
    public var subgroups: [PooledEffect] { parts.compactMap(\.found) }

    /// The subgroups that cannot be pooled.
    public var notEstimable: [NotEstimablePart] { parts.compactMap(\.notEstimable) }

    /// Returns the analysis with the outcome named in every part.
    package func named(outcome: String?) -> SubgroupAnalysis {
        var named = self
        named.parts = parts.map { part in
            switch part {
            case .found(var pooled):
                pooled.outcome = outcome
                return .found(pooled)
            case .notEstimable(var part):
                part.outcome = outcome
                return .notEstimable(part)
            }
        }
        return named
    }
}

/// Whether subgroups share their between-study variance.
public enum SubgroupHeterogeneity: String, Hashable, Sendable, Codable, CaseIterable {
    /// Each subgroup has its own τ².
    case separate
    /// One τ² for all, estimated from the residuals of all; better for small subgroups.
    case common
}

extension PoolingModel {
    /// Pools each subgroup by itself and tests whether their effects are equal.
    ///
    /// The test is Σ (μ̂ − μ̄)² / SE² over the subgroups against χ², with each subgroup's own standard error.
    /// R: `rma(yi, sei, mods = ~ group, method="FE")` on the subgroups' results.
    ///
    /// - Throws: `MetaAnalysisError` with code `.missingColumn` when a study has no group, `.tooFewStudies` when no study has
    ///   an effect or a group, and the errors of `fit` about settings. A subgroup that cannot be pooled is a part with the
    ///   reason instead of numbers.
    ///
    /// Source: Borenstein & Higgins (2013) and the Cochrane Handbook (2019), doi:10.1002/9781119536604.
    public func subgroups(_ effects: EffectSizes) throws -> SubgroupAnalysis { try separateSubgroups(effects) }

    /// Pools each subgroup by itself.
    ///
    /// - Parameter heterogeneity: the between-study variance in the standard errors of the subgroups, for the record.
    fileprivate func separateSubgroups(
        _ effects: EffectSizes, _ heterogeneity: SubgroupHeterogeneity? = nil
    ) throws -> SubgroupAnalysis {
        let parts = try effects.subsetsByGroup().map { group in
            try PartResult(of: group.effects, group: group.name) {
                var fit = try fit(group.effects)
                fit.group = group.name
                return fit
            }
        }
        let fits = parts.compactMap(\.found)
        return SubgroupAnalysis(
            parts: parts, betweenGroups: Self.betweenGroups(fits), testHeterogeneity: heterogeneity,
            diagnostics: fits.count == 1 ? [.oneSubgroup] : [])
    }

    private static func betweenGroups(_ fits: [PooledEffect]) -> HypothesisTest {
        let degrees = Double(max(0, fits.count - 1))
        let weights = fits.map { 1 / ($0.standardError * $0.standardError) }
        guard degrees > 0, weights.allSatisfy(\.isFinite) else { return .betweenGroups(nil, degrees) }
        let statistic = GroupMeans.heterogeneity(of: fits.map(\.estimate), weights: weights)
        return .betweenGroups(statistic, degrees)
    }
}

extension RandomEffects {
    /// Pools each subgroup with its own τ² and tests whether their effects are equal. The test uses separate τ² if all
    /// subgroups have five studies or more, and a common one otherwise.
    public func subgroups(_ effects: EffectSizes) throws -> SubgroupAnalysis {
        try subgroups(effects, tauSquared: nil)
    }

    /// Pools each subgroup with its own τ² or a shared one and tests whether their effects are equal.
    ///
    /// The test with a shared τ² is that of the mixed-effects model with the group as factor. τ² is estimated from the
    /// variation within groups, and the test is χ² (`wald`) or F with k − groups degrees of freedom (`t`, Hartung–Knapp).
    /// R: `rma(yi, vi, mods = ~ group, method, test)`; its `QM`. The test with separate τ² treats the standard errors of the
    /// subgroups as known. With fewer than five studies they are too uncertain for that, and differences are found too often.
    ///
    /// - Parameter tauSquared: whether estimates and test use separate τ² or a common one. `nil` gives separate estimates, and
    ///   a test with a shared τ² if a subgroup has fewer than five studies.
    /// - Throws: `MetaAnalysisError` with code `.missingColumn` when a study has no group, `.tooFewStudies` when a shared τ² of
    ///   the estimates has no degrees of freedom, and the errors of `fit` about settings.
    public func subgroups(_ effects: EffectSizes, tauSquared: SubgroupHeterogeneity?) throws -> SubgroupAnalysis {
        if tauSquared == .common, estimation.heterogeneity.estimator != nil {
            return try subgroupsSharingTauSquared(effects)
        }
        var analysis = try separateSubgroups(effects, .separate)
        let small = analysis.smallSubgroups
        guard analysis.subgroups.count > 1, tauSquared == .common || !small.isEmpty else { return analysis }
        guard tauSquared != .separate else {
            analysis.diagnostics.append(.separateTest(small))
            return analysis
        }
        analysis.test(with: try GroupMeans(effects, of: analysis), self)
        return analysis
    }

    private func subgroupsSharingTauSquared(_ effects: EffectSizes) throws -> SubgroupAnalysis {
        var analysis = try separateSubgroups(effects)
        let means = try GroupMeans(effects, of: analysis)
        guard means.model.residualDegreesOfFreedom > 0 else {
            throw MetaAnalysisError(
                .tooFewStudies,
                "\(means.model.count) studies in \(means.count) subgroups leave nothing to estimate τ² from",
                remedy: "give subgroups of two or more studies, or a separate τ² for each")
        }
        let shared = means.tauSquared(self) * means.factor * means.factor
        var known = self
        known.estimation.heterogeneity = .known(shared)
        analysis = try known.separateSubgroups(effects)
        analysis.parts = analysis.parts.map { part in
            guard case .found(var fit) = part else { return part }
            fit.settings.estimator = estimation.heterogeneity.estimator
            fit.heterogeneity.estimator = fit.settings.estimator
            return .found(fit)
        }
        analysis.commonTauSquared = shared
        analysis.testHeterogeneity = .common
        analysis.testTauSquared = shared
        analysis.betweenGroups = means.test(estimation.interval, at: means.tauSquared(self))
        analysis.diagnostics.insert(
            Diagnostic(
                .note, .sharedHeterogeneity, "one between-study variance is shared by the \(means.count) subgroups"),
            at: 0)
        return analysis
    }
}

extension CommonEffect {
    /// Pools each subgroup by itself and tests whether their effects are equal. Under Hartung–Knapp, if a subgroup has fewer
    /// than five studies, the test is F with a scale from all studies.
    public func subgroups(_ effects: EffectSizes) throws -> SubgroupAnalysis {
        var analysis = try separateSubgroups(effects)
        guard interval.isHartungKnapp, analysis.subgroups.count > 1, !analysis.smallSubgroups.isEmpty else {
            return analysis
        }
        let means = try GroupMeans(effects, of: analysis)
        guard means.model.residualDegreesOfFreedom > 0 else {
            analysis.withoutTest()
            return analysis
        }
        analysis.betweenGroups = means.test(interval, at: 0)
        analysis.diagnostics.append(
            Diagnostic(
                .note, .sharedHeterogeneity,
                "the test between the subgroups scales standard errors by the studies of all of them, as there are fewer than"
                    + " five in \(analysis.smallSubgroups)"))
        return analysis
    }
}

extension SubgroupAnalysis {
    /// Number of studies below which the standard error of a subgroup is too uncertain to be treated as known.
    static let leastStudies = 5

    /// Names of the small subgroups, at most the first five; empty if there are none.
    fileprivate var smallSubgroups: String {
        let names = subgroups.filter { $0.k < Self.leastStudies }.map { quoted($0.group ?? "") }
        let rest = names.count > 5 ? " and \(names.count - 5) more" : ""
        return names.prefix(5).joined(separator: ", ") + rest
    }

    fileprivate mutating func withoutTest() {
        betweenGroups = .betweenGroups(nil, Double(subgroups.count - 1))
        diagnostics.append(
            Diagnostic(
                .note, .notEstimable,
                "there is no test between the subgroups, as each has one study, which tells nothing of how much studies of a subgroup"
                    + " differ"))
    }

    /// Tests with one τ² for all subgroups, and leaves their estimates unchanged.
    fileprivate mutating func test(with means: GroupMeans, _ settings: RandomEffects) {
        testHeterogeneity = .common
        let isKnown = settings.heterogeneity.knownTauSquared != nil
        guard means.model.residualDegreesOfFreedom > 0 || isKnown && settings.interval == .wald else {
            return withoutTest()
        }
        let tauSquared = means.tauSquared(settings)
        testTauSquared = tauSquared * means.factor * means.factor
        betweenGroups = means.test(settings.interval, at: tauSquared)
        guard !isKnown else { return }
        diagnostics.append(
            Diagnostic(
                .note, .sharedHeterogeneity,
                "the test between the subgroups takes one between-study variance for all of them, as there are fewer than five studies"
                    + " in \(smallSubgroups); the effects of the subgroups keep their own"))
    }
}

/// Mixed-effects model with the group as factor: a mean for each group, and one τ².
private struct GroupMeans {
    let model: VarianceComponentModel
    /// Number of groups.
    let count: Int
    /// Factor that the effects were divided by.
    let factor: Double

    /// Creates the model of the groups that were pooled.
    ///
    /// - Parameter analysis: the analysis whose pooled subgroups are used.
    init(_ effects: EffectSizes, of analysis: SubgroupAnalysis) throws {
        let names = analysis.subgroups.compactMap(\.group)
        let kept = Set(names)
        let members = effects.effects.indices.filter { effects.effects[$0].group.map(kept.contains) ?? false }
        let (moderate, factor) = effects.subset(members).moderate
        model = try moderate.modelByGroup(names)
        count = names.count
        self.factor = factor
    }

    /// Estimates τ² of the effects divided by `factor`.
    func tauSquared(_ settings: RandomEffects) -> Double {
        settings.estimation.heterogeneity.rescaled(by: 1 / factor)
            .tauSquared(model) { settings.weighting.momentWeights(model.variances) }
    }

    /// Tests the sum of squares between groups at the shared τ²: the residual sum of squares of a single mean minus that of the
    /// group means.
    func test(_ interval: IntervalMethod, at tauSquared: Double) -> HypothesisTest {
        let within = model.profile(at: tauSquared).quadraticForm
        let all = Self.heterogeneity(of: model.responses, weights: model.weights(at: tauSquared))
        let numerator = Double(count - 1)
        let denominator = model.residualDegreesOfFreedom
        guard numerator > 0 else { return .betweenGroups(nil, 0) }
        let between = max(0, all - within)
        guard interval != .wald else { return .betweenGroups(between, numerator) }
        let scale = interval.factor(residual: within, degreesOfFreedom: denominator)
        let statistic = between / numerator / (scale * scale)
        return .betweenGroups(statistic.isFinite ? statistic : nil, numerator, denominator)
    }

    /// Computes Σ w (y − ȳ)² around the weighted mean.
    static func heterogeneity(of estimates: [Double], weights: [Double]) -> Double {
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

extension HypothesisTest {
    /// Makes the test from χ² with its degrees of freedom, or from F with those of numerator and denominator.
    fileprivate static func betweenGroups(
        _ statistic: Double?, _ degrees: Double, _ denominator: Double? = nil
    ) -> HypothesisTest {
        let reference: ReferenceDistribution =
            denominator.map { .f(numerator: degrees, denominator: $0) } ?? .chiSquared(degreesOfFreedom: degrees)
        return HypothesisTest(
            name: "between-groups", statistic: statistic, degreesOfFreedom: degrees,
            denominatorDegreesOfFreedom: denominator, pValue: statistic.map(reference.upperTail))
    }
}

extension Diagnostic {
    fileprivate static let oneSubgroup = Diagnostic(
        .note, .notEstimable, "there is one subgroup, so that there is nothing to compare it with")

    fileprivate static func separateTest(_ small: String) -> Diagnostic {
        Diagnostic(
            .warning, .fewStudies,
            "the test between the subgroups takes their standard errors as known, and finds differences too often where there are fewer"
                + " than five studies, as in \(small)")
    }
}

extension EffectSizes {
    /// Splits the effects by group, in the order of each group's first study.
    package func subsetsByGroup() throws -> [(name: String, effects: EffectSizes)] {
        var members: [String: [Int]] = [:]
        for (index, effect) in effects.enumerated() {
            guard let name = effect.group else {
                throw MetaAnalysisError(
                    .missingColumn, "the study has no subgroup",
                    remedy: "fill the group column, or filter the study out",
                    location: MetaAnalysisError.Location(row: effect.row, study: effect.label))
            }
            members[name, default: []].append(index)
        }
        let names = groupNames
        guard !names.isEmpty else {
            throw MetaAnalysisError(
                .tooFewStudies, "no study gives an effect", remedy: "see why the studies were left out")
        }
        let silent = silentPositionsByGroup
        return names.map { name in
            var part = subset(members[name] ?? [], keeping: silent[name] ?? [])
            // Reasons why a group is empty; other studies left out are reported with the whole analysis.
            if part.effects.isEmpty { part.excluded = excluded.filter { $0.group == name } }
            return (name, part)
        }
    }

    /// Names of all groups in the order of their first study, including groups without any effect.
    private var groupNames: [String] {
        var first: [(name: String, row: Int?)] = effects.compactMap { effect in effect.group.map { ($0, effect.row) } }
        first += excluded.compactMap { study in study.group.map { ($0, study.row) } }
        if first.allSatisfy({ $0.row != nil }) {
            let order = first.indices.sorted { (first[$0].row ?? 0, $0) < (first[$1].row ?? 0, $1) }
            first = order.map { first[$0] }
        }
        var seen: Set<String> = []
        return first.compactMap { seen.insert($0.name).inserted ? $0.name : nil }
    }

    /// Positions in `source` of the studies without an effect, which models of counts pool nevertheless.
    private var silentPositionsByGroup: [String: [Int]] {
        guard let source else { return [:] }
        let heard = Set(effects.map(\.position))
        var positions: [String: [Int]] = [:]
        for position in 0..<source.count where !heard.contains(position) {
            if let group = source.group(at: position) { positions[group, default: []].append(position) }
        }
        return positions
    }

    /// Creates the model with one mean for each group, in the order of the names.
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

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
    /// Every subgroup, pooled or with the reason why it cannot be.
    public var parts: [PartResult<PooledEffect>]
    /// Of the subgroups that were pooled: χ² with groups − 1 degrees of freedom, or F where one τ² is shared under `t` and Hartung–Knapp.
    public var betweenGroups: HypothesisTest
    /// The τ² that the test is made with; `nil` for models without one.
    public var testHeterogeneity: SubgroupHeterogeneity?
    /// τ² of a test with a common one.
    public var testTauSquared: Double?
    /// τ² shared by the estimates of all subgroups; `nil` when each has its own.
    public var commonTauSquared: Double?
    public var diagnostics: [Diagnostic]

    /// The subgroups that were pooled.
    public var subgroups: [PooledEffect] { parts.compactMap(\.found) }

    /// The subgroups that cannot be pooled.
    public var notEstimable: [NotEstimablePart] { parts.compactMap(\.notEstimable) }

    /// With the outcome named in every part.
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
    /// One τ² for all, estimated from the residuals of all; better where subgroups are small.
    case common
}

extension PoolingModel {
    /// Pools each subgroup by itself and tests their effects for equality.
    ///
    /// The test is Σ (μ̂ − μ̄)² / SE² over the subgroups against χ², with each subgroup's own standard error.
    /// R: `rma(yi, sei, mods = ~ group, method="FE")` on the subgroups' results.
    ///
    /// - Throws: `MetaAnalysisError` with code `.missingColumn` when a study has no group, and what `fit` throws of settings; a subgroup
    ///   that cannot be pooled is a part without numbers and with the reason.
    ///
    /// Source: Borenstein & Higgins (2013) and the Cochrane Handbook (2019), doi:10.1002/9781119536604.
    public func subgroups(_ effects: EffectSizes) throws -> SubgroupAnalysis { try separateSubgroups(effects) }

    /// - Parameter heterogeneity: what the standard errors of the subgroups contain.
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
    /// Pools each subgroup with its own τ² and tests their effects for equality: with a τ² for each where all have five studies or more, with
    /// one for all otherwise.
    public func subgroups(_ effects: EffectSizes) throws -> SubgroupAnalysis {
        try subgroups(effects, tauSquared: nil)
    }

    /// Pools each subgroup with its own or with one shared τ² and tests their effects for equality.
    ///
    /// A test with a shared τ² is that of the mixed-effects model with the group as factor: τ² is estimated from what varies within
    /// groups, and the test is χ² (`wald`) or F with k − groups degrees of freedom (`t`, Hartung–Knapp).
    /// R: `rma(yi, vi, mods = ~ group, method, test)`; its `QM`. One with separate τ² takes the standard errors of the subgroups as
    /// known, which those of fewer than five studies are not: it would find differences too often.
    ///
    /// - Parameter tauSquared: of estimates and test; `nil` for separate estimates, and a test with a shared τ² where a subgroup has
    ///   fewer than five studies.
    /// - Throws: `MetaAnalysisError` with code `.missingColumn` when a study has no group, `.tooFewStudies` when a shared τ²
    ///   of the estimates has no degrees of freedom, and what `fit` throws of settings.
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
    /// Pools each subgroup by itself and tests their effects for equality; with standard errors that Hartung and Knapp scale by few studies,
    /// by F on all of them.
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
    /// Fewer studies than this make the standard error of a subgroup too uncertain to be taken as known.
    static let leastStudies = 5

    /// Names of the small subgroups, the first five of many; empty where there is none.
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

    /// Tests with one τ² for all subgroups, whose estimates stay as they are.
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

/// The mixed-effects model with the group as factor: a mean for each group, and one τ².
private struct GroupMeans {
    let model: VarianceComponentModel
    /// Number of groups.
    let count: Int
    /// Effects were divided by it.
    let factor: Double

    /// - Parameter analysis: names the groups that can be pooled.
    init(_ effects: EffectSizes, of analysis: SubgroupAnalysis) throws {
        let names = analysis.subgroups.compactMap(\.group)
        let kept = Set(names)
        let members = effects.effects.indices.filter { effects.effects[$0].group.map(kept.contains) ?? false }
        let (moderate, factor) = effects.subset(members).moderate
        model = try moderate.modelByGroup(names)
        count = names.count
        self.factor = factor
    }

    /// Of the effects divided by `factor`.
    func tauSquared(_ settings: RandomEffects) -> Double {
        settings.estimation.heterogeneity.rescaled(by: 1 / factor)
            .tauSquared(model) { settings.weighting.momentWeights(model.variances) }
    }

    /// Sum of squares between groups at the shared τ²: what the mean alone leaves, less what the groups leave.
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

    /// Σ w (y − ȳ)² around the weighted mean.
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
    /// χ² over its degrees of freedom, or F over those of numerator and denominator.
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
    /// The groups in the order of their first study, each with its effects.
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
            // Why a group is empty; the studies left out of others are told with the whole.
            if part.effects.isEmpty { part.excluded = excluded.filter { $0.group == name } }
            return (name, part)
        }
    }

    /// Every group in the order of its first study, those included that no study of gives an effect.
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

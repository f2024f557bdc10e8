/// The networks of the subgroups of studies, with tests of differences between them.
///
/// Groups come from `NetworkStudy.group`, in the order in which they first appear.
public struct NetworkSubgroups: Hashable, Sendable, Codable {
    /// Subgroups in the order in which they first appear.
    public var subgroups: [NetworkSubgroup]
    /// Tests for every pair of treatments in two or more groups: whether its effect differs between the groups.
    public var comparisons: [NetworkSubgroupComparison]
    /// Test of all effects together: the gain of separate effects for each group over shared effects; without a statistic when it cannot be
    /// made.
    public var betweenGroups: HypothesisTest
    /// Between-study variance τ² that all groups share, on the squared analysis scale; `nil` when each group has its own.
    public var commonTauSquared: Double?
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}

/// One subgroup with its fit.
public struct NetworkSubgroup: Hashable, Sendable, Codable {
    /// Name of the subgroup.
    public var group: String
    /// Labels of its studies.
    public var studies: [String]
    /// Parts of its network that no study links; a single one where the network is connected.
    public var parts: [[Treatment]]
    /// Fit of its network; `nil` where the network is disconnected.
    public var fit: NetworkFit?
}

/// The effect of one treatment versus another, compared between the groups that have both.
public struct NetworkSubgroupComparison: Hashable, Sendable, Codable {
    /// Treatment whose effect is compared.
    public var treatment: Treatment
    /// Comparator of the effect.
    public var versus: Treatment
    /// Names of the groups that have both treatments.
    public var groups: [String]
    /// Test of the difference: Σ (d − d̄)² / SE² over these groups against χ² with groups − 1 degrees of freedom.
    public var test: HypothesisTest
}

/// The network without each of its studies in turn.
public struct NetworkLeaveOneOut: Hashable, Sendable, Codable {
    /// Reference treatment of all effects.
    public var reference: Treatment
    /// Omissions, one for each study, in the order of the network.
    public var omissions: [NetworkOmission]
    /// Warnings and notes on this analysis.
    public var diagnostics: [Diagnostic]
}

/// The network without one of its studies.
public struct NetworkOmission: Hashable, Sendable, Codable {
    /// Label of the study that was left out.
    public var omitted: String
    /// Line of the file on which the study begins; `nil` where there is no file.
    public var row: Int?
    /// Treatments that only this study links to the rest, in which case there is no fit; otherwise empty.
    public var cutOff: [Treatment]
    /// Effects of all other treatments versus the reference; empty without a fit.
    public var effects: [NetworkEffect]
    /// Heterogeneity without the study; `nil` without a fit.
    public var heterogeneity: Heterogeneity?
    /// Tests of inconsistency without the study; `nil` without a fit.
    public var inconsistency: Inconsistency?
}

// MARK: - Leaving one study out

extension NetworkMetaAnalysis {
    /// Fits the network without each study in turn.
    ///
    /// A study that alone links treatments to the rest is reported with them, and the network is not fitted without it: its effects would
    /// answer another question. O(k) fits; the result holds the effects versus the reference, k (n − 1) of them.
    ///
    /// - Throws: `MetaAnalysisError` with code `.tooFewStudies` for a single study, and the errors of `fit`.
    public func leaveOneOut(_ network: TreatmentNetwork) throws -> NetworkLeaveOneOut {
        try check()
        try network.requireConnected()
        guard network.studies.count > 1 else {
            throw MetaAnalysisError(
                .tooFewStudies, "there is one study, and nothing is left without it",
                remedy: "give at least two studies")
        }
        let reference = try network.reference(self.reference)
        var settings = self
        settings.reference = reference
        var omissions: [NetworkOmission] = []
        for (position, study) in network.studies.enumerated() {
            let rest = network.subset(network.studies.indices.filter { $0 != position })
            let cutOff = network.cutOff(from: rest, reference: reference)
            let fit = cutOff.isEmpty ? try settings.fit(rest) : nil
            omissions.append(
                NetworkOmission(
                    omitted: study.label, row: study.row, cutOff: cutOff,
                    effects: fit?.effects(versus: reference) ?? [], heterogeneity: fit?.heterogeneity,
                    inconsistency: fit?.inconsistency))
        }
        var notes: [Diagnostic] = []
        let cutting = omissions.filter { !$0.cutOff.isEmpty }
        if !cutting.isEmpty {
            let first = cutting[0]
            notes.append(
                Diagnostic(
                    .warning, .disconnectedNetwork,
                    "\(cutting.count) of \(omissions.count) studies cannot be left out, as treatments hang on them alone (without"
                        + " \(quoted(first.omitted)): \(first.cutOff.map { quoted($0.name) }.joined(separator: ", ")))",
                    studies: cutting.map(\.omitted)))
        }
        return NetworkLeaveOneOut(reference: reference, omissions: omissions, diagnostics: notes)
    }
}

extension TreatmentNetwork {
    /// Returns the treatments of this network outside the largest part of `rest`; of equally large parts, the one with the reference is
    /// kept.
    fileprivate func cutOff(from rest: TreatmentNetwork, reference: Treatment) -> [Treatment] {
        let parts = rest.connectedParts
        let most = parts.first?.count ?? 0
        let largest = parts.prefix { $0.count == most }
        let kept = Set(largest.first { $0.contains(reference) } ?? largest.first ?? [])
        return treatments.filter { !kept.contains($0) }
    }
}

// MARK: - Subgroups

extension NetworkMetaAnalysis {
    /// Fits the network of each subgroup, with its own or with one shared τ², and tests whether the groups differ.
    ///
    /// The test of all effects compares weighted sums of squares with shared and with separate effects of the groups, at weights
    /// 1 / (v + τ²) of each group, against χ² with Σ (n(g) − 1) − (n − 1) degrees of freedom. R: `netmeta::subgroup(net, group)` for the
    /// fits.
    ///
    /// - Parameter tauSquared: whether each group has its own τ² or all share one; by default its own.
    /// - Throws: `MetaAnalysisError` with code `.missingColumn` when a study has no group, `.tooFewStudies` when a shared τ² has no
    ///   degrees of freedom, and the errors of `fit`. A group with a disconnected network is reported instead.
    ///
    /// Source: Borenstein & Higgins (2013) and the Cochrane Handbook (2019), doi:10.1002/9781119536604.
    public func subgroups(
        _ network: TreatmentNetwork, tauSquared: SubgroupHeterogeneity = .separate
    ) throws -> NetworkSubgroups {
        try check()
        if let reference { _ = try network.reference(reference) }
        let groups = try network.partsByGroup()
        let connected = groups.filter { $0.network.connectedParts.count == 1 }
        let isShared = tauSquared == .common && estimation.heterogeneity.estimator != nil
        let shared = isShared && !connected.isEmpty ? try sharedTauSquared(connected.map(\.network)) : nil
        let subgroups = try groups.map { group in
            let parts = group.network.connectedParts
            return NetworkSubgroup(
                group: group.name, studies: group.network.studies.map(\.label), parts: parts,
                fit: parts.count == 1 ? try fit(group.network, sharing: shared) : nil)
        }
        let fits = subgroups.compactMap { group in group.fit.map { (group.group, $0) } }
        return NetworkSubgroups(
            subgroups: subgroups, comparisons: Self.comparisons(fits, in: network),
            betweenGroups: try betweenGroups(connected.map(\.network), fits.map(\.1), of: network),
            commonTauSquared: shared,
            diagnostics: Self.diagnostics(subgroups, of: network, reference: reference, isShared: shared != nil))
    }

    private func fit(_ group: TreatmentNetwork, sharing shared: Double?) throws -> NetworkFit {
        var settings = self
        if let reference, group.index(of: reference) == nil { settings.reference = nil }
        guard let shared else { return try settings.fit(group) }
        settings.estimation.heterogeneity = .known(shared)
        var fit = try settings.fit(group)
        fit.settings.estimator = estimation.heterogeneity.estimator
        fit.heterogeneity.estimator = estimation.heterogeneity.estimator
        return fit
    }

    /// Estimates τ² of the model in which every group has its own effects.
    private func sharedTauSquared(_ groups: [TreatmentNetwork]) throws -> Double {
        let all = groups.map { $0.moderate.factor }.max() ?? 1
        let parts = try groups.map { try OrthogonalContrasts($0.divided(by: all)) }
        let count = groups.reduce(0) { $0 + $1.treatments.count - 1 }
        let observations = parts.reduce(0) { $0 + $1.responses.count }
        guard observations > count else {
            throw MetaAnalysisError(
                .tooFewStudies,
                "\(observations) independent contrasts for \(count) effects in \(groups.count) subgroups leave nothing to estimate"
                    + " τ² from",
                remedy: "give subgroups of more studies, or a known between-study variance")
        }
        var columns = Matrix(rows: observations, columns: count)
        var (row, column) = (0, 0)
        for part in parts {
            let own = part.rows.levelCount - 1
            for index in 0..<part.rows.count {
                for entry in part.rows.range(of: index) where part.rows.levels[entry] > 0 {
                    columns[row, column + part.rows.levels[entry] - 1] = part.rows.values[entry]
                }
                row += 1
            }
            column += own
        }
        let model: VarianceComponentModel
        do {
            model = try VarianceComponentModel(
                responses: parts.flatMap(\.responses), variances: parts.flatMap(\.variances),
                design: .columns(columns), areContrasts: true)
        } catch { throw MetaAnalysisError.outOfRange }
        return estimation.heterogeneity.tauSquared(model) { model.weights(at: 0) } * all * all
    }

    /// Tests the gain of separate effects over shared ones, at each group's τ².
    private func betweenGroups(
        _ groups: [TreatmentNetwork], _ fits: [NetworkFit], of network: TreatmentNetwork
    ) throws -> HypothesisTest {
        let members = Set(groups.flatMap { $0.studies.map(\.label) })
        let all = network.subset(network.studies.indices.filter { members.contains(network.studies[$0].label) })
        guard groups.count > 1, all.connectedParts.count == 1 else {
            return HypothesisTest(name: "between-groups", statistic: nil, degreesOfFreedom: 0, pValue: nil)
        }
        var tauSquared: [String: Double] = [:]
        for (group, fit) in zip(groups, fits) {
            for study in group.studies { tauSquared[study.label] = fit.heterogeneity.tauSquared }
        }
        let factor = all.moderate.factor
        func sum(_ network: TreatmentNetwork) throws -> Double {
            let contrasts = try OrthogonalContrasts(network.divided(by: factor))
            let weights = contrasts.variances.indices.map { index in
                let label = network.studies[contrasts.studies[index]].label
                return 1 / (contrasts.variances[index] + (tauSquared[label] ?? 0) / factor / factor)
            }
            do {
                return try WeightedLeastSquares(contrasts.responses, on: .contrasts(contrasts.rows), weights: weights)
                    .residualSumOfSquares(contrasts.responses)
            } catch { throw MetaAnalysisError.outOfRange }
        }
        let apart = try groups.reduce(0) { try $0 + sum($1) }
        let degrees = groups.reduce(0) { $0 + $1.treatments.count - 1 } - (all.treatments.count - 1)
        return HypothesisTest(
            name: "between-groups", explained: max(0, try sum(all) - apart), residual: apart,
            degreesOfFreedom: Double(degrees), residualDegreesOfFreedom: 0, interval: .wald)
    }

    private static func comparisons(
        _ fits: [(group: String, fit: NetworkFit)], in network: TreatmentNetwork
    ) -> [NetworkSubgroupComparison] {
        var comparisons: [NetworkSubgroupComparison] = []
        for (index, treatment) in network.treatments.enumerated() {
            for other in network.treatments.dropFirst(index + 1) {
                let found = fits.compactMap { group, fit in
                    fit.effect(of: treatment, versus: other).map { (group, $0.estimate, $0.standardError) }
                }
                guard found.count > 1 else { continue }
                comparisons.append(
                    NetworkSubgroupComparison(
                        treatment: treatment, versus: other, groups: found.map(\.0),
                        test: HypothesisTest(differenceOf: found.map(\.1), standardErrors: found.map(\.2))))
            }
        }
        return comparisons
    }

    private static func diagnostics(
        _ subgroups: [NetworkSubgroup], of network: TreatmentNetwork, reference: Treatment?, isShared: Bool
    ) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        if isShared {
            let count = subgroups.filter { $0.fit != nil }.count
            notes.append(
                Diagnostic(
                    .note, .sharedHeterogeneity, "one between-study variance is shared by the \(count) subgroups"))
        }
        for group in subgroups {
            if group.fit == nil {
                let shown = group.parts.prefix(5).map { "{\($0.map(\.name).joined(separator: ", "))}" }
                notes.append(
                    Diagnostic(
                        .warning, .disconnectedNetwork,
                        "the subgroup \(quoted(group.group)) falls into \(group.parts.count) parts that no study links and is not"
                            + " fitted: \(shown.joined(separator: ", "))\(group.parts.count > 5 ? ", …" : "")",
                        studies: group.studies))
            } else if let fit = group.fit, fit.heterogeneity.degreesOfFreedom == 0, !isShared {
                notes.append(
                    Diagnostic(
                        .warning, .fewStudies,
                        "the subgroup \(quoted(group.group)) has too few studies to estimate heterogeneity from",
                        studies: group.studies))
            }
            if let reference, let fit = group.fit, fit.reference != reference {
                notes.append(
                    Diagnostic(
                        .note, .defaultChosen,
                        "the subgroup \(quoted(group.group)) does not have \(quoted(reference.name)) and is told versus"
                            + " \(quoted(fit.reference.name))"))
            }
        }
        if subgroups.count == 1 {
            notes.append(
                Diagnostic(
                    .note, .notEstimable, "there is one subgroup, so that there is nothing to compare it with"))
        }
        return notes
    }
}

extension HypothesisTest {
    /// Creates the test of Σ (d − d̄)² / SE² of independent estimates against χ².
    fileprivate init(differenceOf estimates: [Double], standardErrors: [Double]) {
        let weights = standardErrors.map { 1 / ($0 * $0) }
        let degrees = Double(estimates.count - 1)
        guard weights.allSatisfy(\.isFinite) else {
            self.init(name: "between-groups", statistic: nil, degreesOfFreedom: degrees, pValue: nil)
            return
        }
        let mean = zip(weights, estimates).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
        let statistic = zip(weights, estimates).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
        self.init(
            name: "between-groups", statistic: statistic, degreesOfFreedom: degrees,
            pValue: ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(statistic))
    }
}

extension TreatmentNetwork {
    /// Returns the groups in the order of their first study, each with its network.
    fileprivate func partsByGroup() throws -> [(name: String, network: TreatmentNetwork)] {
        var names: [String] = []
        var members: [String: [Int]] = [:]
        for (position, study) in studies.enumerated() {
            guard let name = study.group else {
                throw MetaAnalysisError(
                    .missingColumn, "the study has no subgroup",
                    remedy: "fill the group column, or filter the study out",
                    location: MetaAnalysisError.Location(row: study.row, study: study.label))
            }
            if members[name] == nil { names.append(name) }
            members[name, default: []].append(position)
        }
        return names.map { ($0, subset(members[$0] ?? [])) }
    }

    /// Divides the effects by a power of two.
    fileprivate func divided(by factor: Double) -> TreatmentNetwork {
        guard factor != 1 else { return self }
        return mapPairs { pair in
            var pair = pair
            pair.estimate /= factor
            pair.variance = pair.variance / factor / factor
            return pair
        }
    }
}

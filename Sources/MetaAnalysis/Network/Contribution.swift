/// How the flow of evidence is split into paths. R: `method` of `netmeta::netcontrib`.
public enum ContributionMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// A random walk along the flow of evidence: the split is unique, and every path counts.
    case randomWalk = "random-walk"
    /// The shortest paths first: direct evidence keeps all of its weight, and long detours count little.
    case shortestPath = "shortest-path"
}

/// The contribution of every direct comparison, and of every study, to every network estimate.
///
/// It answers which studies an estimate rests on, for instance to transfer risks of bias of studies to the estimate. A row of the hat
/// matrix H gives a network estimate as a combination of the direct estimates, θ̂ = Σ h d, but its elements do not sum to 1. Seen as a flow
/// of evidence from one treatment to the other, it is a sum of paths. Each path gives its share in equal parts to the comparisons on it,
/// and these proportions sum to 1. They do not measure the precision of an estimate; for that see `StudyImportance`.
///
/// ```swift
/// let matrix = try Contributions(method: .randomWalk).fit(network, tauSquared: 0.1)
/// matrix.row(of: "A", versus: "B")?.proportions
/// ```
///
/// H = B L⁺ Bᵀ W at the level of comparisons: L is the Laplacian of the network with weights 1/(v + τ²), reduced for multi-arm studies, B
/// the n(n − 1)/2 × n pairs of treatments. n treatments and m direct comparisons in O(n³ m) for a random walk, O(n² m²) for shortest paths.
///
/// If several shortest paths share a comparison, the published algorithm does not say which is first, and its result depends on that. Here
/// all are taken at the same rate until a comparison is used up, so that names and order of treatments do not matter. The random walk
/// involves no such choice. R: `netmeta::netcontrib(net, method = "randomwalk")`, `"shortestpath"`; with the latter R takes one of such
/// paths after the other.
///
/// Source: Davies et al. (2022), doi:10.1002/sim.9346; Papakonstantinou et al. (2018), doi:10.12688/f1000research.14770.3;
/// Rücker et al. (2024), doi:10.1002/sim.10177.
public struct Contributions: Hashable, Sendable, Codable {
    /// How the flow of evidence is split into paths; by default a random walk.
    public var method: ContributionMethod

    /// Creates the analysis, by default with a random walk.
    public init(method: ContributionMethod = .randomWalk) { self.method = method }

    /// Computes the contributions to all network estimates.
    ///
    /// - Parameters:
    ///   - network: connected network.
    ///   - tauSquared: between-study variance, at least 0, on the squared analysis scale; 0 for the common-effect model.
    /// - Throws: `MetaAnalysisError` with code `.disconnectedNetwork`, or `.invalidSetting` for a negative τ².
    public func fit(_ network: TreatmentNetwork, tauSquared: Double = 0) throws -> ContributionMatrix {
        let graph = try EvidenceGraph(network, tauSquared: tauSquared)
        var streams = EvidenceStreams(graph.edges, treatments: graph.count)
        var circular: [String] = []
        let rows = graph.pairs.map { first, second in
            let flow = graph.flow(first, second)
            let proportions: [Double]?
            switch method {
            case .randomWalk: proportions = streams.randomWalk(flow, from: first, to: second)
            case .shortestPath: proportions = streams.shortestPath(flow, from: first, to: second)
            }
            let treatments = (network.treatments[first], network.treatments[second])
            if proportions == nil { circular.append("\(treatments.0):\(treatments.1)") }
            return ContributionMatrix.Row(
                treatment: treatments.0, versus: treatments.1, hat: flow, proportions: proportions)
        }
        let columns = graph.edges.map { edge in
            ContributionMatrix.Column(
                treatment: network.treatments[edge.first], versus: network.treatments[edge.second],
                weight: edge.weight / graph.factor / graph.factor,
                studies: edge.parts.map {
                    ContributionMatrix.StudyShare(
                        study: network.studies[$0.study].label,
                        share: edge.weight == 0 ? 0 : $0.weight / edge.weight)
                })
        }
        var diagnostics: [Diagnostic] = []
        if !circular.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .warning, .notEstimable,
                    "the flow of evidence runs in a circle for \(circular.joined(separator: ", ")), where the variances of "
                        + "a multi-arm study give a comparison a negative weight: no random walk leads through it"))
        }
        return ContributionMatrix(
            settings: self, tauSquared: tauSquared, columns: columns, rows: rows, studies: network.studies.map(\.label),
            diagnostics: diagnostics)
    }
}

/// The contributions of direct comparisons (columns) to network estimates (rows).
public struct ContributionMatrix: Hashable, Sendable, Codable {
    /// A direct comparison: two treatments that some study compares.
    public struct Column: Hashable, Sendable, Codable {
        /// First treatment of the comparison.
        public let treatment: Treatment
        /// Second treatment of the comparison.
        public let versus: Treatment
        /// Weight of the comparison in the network, reduced for multi-arm studies; in the unit of an inverse variance of effects.
        public let weight: Double
        /// Studies that make the comparison, with their shares of the weight.
        public let studies: [StudyShare]
    }

    /// The share of a study in the weight of a comparison.
    public struct StudyShare: Hashable, Sendable, Codable {
        /// Label of the study.
        public let study: String
        /// Share of the study; the shares of a comparison sum to 1, or all are 0 where the weight of the comparison is 0.
        public let share: Double
    }

    /// The composition of one network estimate.
    public struct Row: Hashable, Sendable, Codable {
        /// First treatment of the estimate.
        public let treatment: Treatment
        /// Second treatment of the estimate, whose effect is subtracted.
        public let versus: Treatment
        /// Row of the hat matrix: the signed coefficient of every direct estimate, in the order of `columns`.
        public let hat: [Double]
        /// Contribution of every direct comparison, at least 0 with the sum 1; `nil` where the flow of evidence has no random walk, which a
        /// diagnostic reports.
        public let proportions: [Double]?
    }

    /// Settings of the analysis.
    public let settings: Contributions
    /// Between-study variance in the weights, on the squared analysis scale.
    public let tauSquared: Double
    /// The m direct comparisons, sorted.
    public let columns: [Column]
    /// The n(n − 1)/2 pairs of treatments, sorted.
    public let rows: [Row]
    /// Labels of the studies, in the order of the network.
    public let studies: [String]
    /// Warnings and notes on this analysis.
    public let diagnostics: [Diagnostic]

    /// Returns the row of this pair in either order, with the hat matrix for `treatment` − `versus`; `nil` for an unknown pair.
    public func row(of treatment: Treatment, versus: Treatment) -> Row? {
        for row in rows {
            if row.treatment == treatment, row.versus == versus { return row }
            if row.treatment == versus, row.versus == treatment {
                return Row(
                    treatment: treatment, versus: versus, hat: row.hat.map { $0 == 0 ? 0 : -$0 },
                    proportions: row.proportions)
            }
        }
        return nil
    }

    /// Returns the contribution of every study to an estimate, in the order of `studies`; `nil` for a row without proportions.
    ///
    /// The contribution of a comparison is split among its studies by their weights.
    public func studyProportions(_ row: Row) -> [Double]? {
        guard let proportions = row.proportions else { return nil }
        var position: [String: Int] = [:]
        for (index, study) in studies.enumerated() { position[study] = index }
        var sums = Array(repeating: 0.0, count: studies.count)
        for (column, proportion) in zip(columns, proportions) where proportion != 0 {
            for part in column.studies {
                if let index = position[part.study] { sums[index] += proportion * part.share }
            }
        }
        return sums
    }
}

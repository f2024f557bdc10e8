/// How the flow of evidence is taken apart into paths.
public enum ContributionMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// A walker through the flow of evidence: unique, every path counts.
    case randomWalk = "random-walk"
    /// The shortest paths first: direct evidence keeps all of its weight, long detours count little.
    case shortestPath = "shortest-path"
}

/// How much every direct comparison, and every study, contributes to every network estimate.
///
/// The answer to "which studies stand behind this estimate?", for instance to carry risks of bias of studies over to the
/// estimate. A row of the hat matrix H says how a network estimate is put together from the direct estimates,
/// θ̂ = Σ h d, but its elements do not sum to 1. Read as a flow of evidence from the one treatment to the other it is a sum of
/// paths, and each path gives its share in equal parts to the comparisons on it; these proportions sum to 1. They are no
/// statement about the precision of an estimate: for that see `StudyImportance`.
///
/// ```swift
/// let matrix = try Contributions(method: .randomWalk).fit(network, tauSquared: 0.1)
/// matrix.row(of: "A", versus: "B")?.proportions
/// ```
///
/// H = B L⁺ Bᵀ W at the level of comparisons: L is the Laplacian of the network with weights 1/(v + τ²), reduced for
/// multi-arm studies, B the n(n − 1)/2 × n pairs of treatments. n treatments and m direct comparisons in O(n³ m) for a random
/// walk, O(n² m²) for shortest paths.
///
/// Where several shortest paths share a comparison the published algorithm leaves open which goes first, and its result
/// depends on that; here all are taken at the same rate until a comparison is used up, so that names and order of treatments
/// play no part. With the random walk no such choice exists.
/// R: `netmeta::netcontrib(net, method = "randomwalk")`, `"shortestpath"`; with the latter R takes one of such paths after
/// the other.
///
/// Source: Davies et al. (2022), doi:10.1002/sim.9346; Papakonstantinou et al. (2018), doi:10.12688/f1000research.14770.3;
/// Rücker et al. (2024), doi:10.1002/sim.10177.
public struct Contributions: Hashable, Sendable, Codable {
    public var method: ContributionMethod

    public init(method: ContributionMethod = .randomWalk) { self.method = method }

    /// - Parameters:
    ///   - network: connected.
    ///   - tauSquared: between-study variance, 0 for the common-effect model; at least 0.
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

/// Contributions of direct comparisons (columns) to network estimates (rows).
public struct ContributionMatrix: Hashable, Sendable, Codable {
    /// A direct comparison: two treatments that some study compares.
    public struct Column: Hashable, Sendable, Codable {
        public let treatment: Treatment
        public let versus: Treatment
        /// Weight of the comparison in the network, reduced for multi-arm studies: the inverse of a squared scale of effects.
        public let weight: Double
        /// The studies that make the comparison.
        public let studies: [StudyShare]
    }

    /// The part of a study in the weight of a comparison.
    public struct StudyShare: Hashable, Sendable, Codable {
        public let study: String
        /// The shares of a comparison sum to 1; all are 0 where the weight of the comparison is.
        public let share: Double
    }

    /// What one network estimate is put together from.
    public struct Row: Hashable, Sendable, Codable {
        public let treatment: Treatment
        public let versus: Treatment
        /// Row of the hat matrix: the coefficient of every direct estimate, signed, in the order of `columns`.
        public let hat: [Double]
        /// Contribution of every direct comparison, at least 0 with the sum 1; `nil` where a diagnostic says why.
        public let proportions: [Double]?
    }

    public let settings: Contributions
    public let tauSquared: Double
    /// The m direct comparisons, sorted.
    public let columns: [Column]
    /// The n(n − 1)/2 pairs of treatments, sorted.
    public let rows: [Row]
    /// Labels of the studies, in the order of the network.
    public let studies: [String]
    public let diagnostics: [Diagnostic]

    /// The row of this pair, whichever way round it is stored: the hat matrix for `treatment` − `versus`.
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

    /// Contribution of every study to an estimate, in the order of `studies`.
    ///
    /// The contribution of a comparison is split over its studies by their weights.
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

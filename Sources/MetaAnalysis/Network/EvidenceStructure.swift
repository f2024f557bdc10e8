/// The directness and breadth of the evidence for every network estimate.
///
/// It answers whether an estimate rests on studies that compare the two treatments, how long the chain of comparisons is otherwise, and how
/// many independent paths there are. A mean path length above 2 calls for caution: on average, more than two direct comparisons are
/// combined in series.
///
/// ```swift
/// let structure = try EvidenceStructure(network)
/// structure.comparisons.filter { $0.meanPathLength > 2 }
/// ```
///
/// With c the contrast of the pair, L⁺ the pseudo-inverse of the Laplacian and L_D the Laplacian of the studies of a design D, g_D = L_D L⁺
/// c is the flow of evidence through the design and |g_D| = ½ Σ |g| its amount. The mean path length is Σ |g_D|, the minimal parallelism
/// 1 / max |g_D|; at the level of studies each study takes the place of its design. n treatments, k studies of a arms each in O(n² k a²).
/// R: `netmeta::netmeasures(net, random = FALSE)`.
///
/// Source: König, Krahn & Binder (2013), doi:10.1002/sim.6001.
public struct EvidenceStructure: Hashable, Sendable, Codable {
    /// Measures of one network estimate.
    public struct Comparison: Hashable, Sendable, Codable {
        /// First treatment of the estimate.
        public let treatment: Treatment
        /// Second treatment of the estimate, whose effect is subtracted.
        public let versus: Treatment
        /// Proportion of direct evidence in the network estimate: the ratio of its variance to that of the direct estimate, 0 to 1; 0 where
        /// no study compares the two.
        public let proportionDirect: Double
        /// Mean number of comparisons on a path of evidence between the two treatments, at least 1.
        public let meanPathLength: Double
        /// Least number of independent paths that is compatible with the flow of evidence through designs, at least 1.
        public let minimalParallelism: Double
        /// Minimal parallelism in which every study takes the place of its design, at least 1.
        public let studyMinimalParallelism: Double
    }

    /// Between-study variance in the weights, on the squared analysis scale.
    public let tauSquared: Double
    /// Measures of every pair of treatments, sorted.
    public let comparisons: [Comparison]

    /// Computes the measures of every pair of treatments.
    ///
    /// - Parameters:
    ///   - network: connected network.
    ///   - tauSquared: between-study variance, at least 0, on the squared analysis scale; 0 for the common-effect model.
    /// - Throws: `MetaAnalysisError` with code `.disconnectedNetwork`, or `.invalidSetting` for a negative τ².
    public init(_ network: TreatmentNetwork, tauSquared: Double = 0) throws {
        let graph = try EvidenceGraph(network, tauSquared: tauSquared)
        let count = graph.count
        let designs = network.designs.map { design in
            let studies = design.studies
            var sum = graph.laplacians[studies[0]]
            for study in studies.dropFirst() {
                for index in sum.elements.indices { sum.elements[index] += graph.laplacians[study].elements[index] }
            }
            return (arms: network.studies[studies[0]].arms, laplacian: sum)
        }
        var direct = Array(repeating: 0.0, count: count * count)
        let scaled = tauSquared / graph.factor / graph.factor
        for study in graph.network.studies {
            for pair in study.pairs { direct[pair.first * count + pair.second] += 1 / (pair.variance + scaled) }
        }
        self.tauSquared = tauSquared
        comparisons = graph.pairs.map { first, second in
            let potentials = graph.potentials(first, second)
            let designFlows = designs.map { EvidenceGraph.throughput($0.arms, $0.laplacian, potentials) }
            let studyFlows = network.studies.indices.map {
                EvidenceGraph.throughput(network.studies[$0].arms, graph.laplacians[$0], potentials)
            }
            return Comparison(
                treatment: network.treatments[first], versus: network.treatments[second],
                proportionDirect: direct[first * count + second] * graph.variance(first, second),
                meanPathLength: designFlows.reduce(0, +), minimalParallelism: 1 / (designFlows.max() ?? .nan),
                studyMinimalParallelism: 1 / (studyFlows.max() ?? .nan))
        }
    }

    /// Returns the measures of this pair in either order; `nil` for an unknown pair.
    public func comparison(of treatment: Treatment, versus: Treatment) -> Comparison? {
        comparisons.first {
            $0.treatment == treatment && $0.versus == versus || $0.treatment == versus && $0.versus == treatment
        }
    }
}

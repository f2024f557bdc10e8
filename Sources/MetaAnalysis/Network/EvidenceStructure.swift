/// How directly and how broadly every network estimate is supported.
///
/// The answer to "does this estimate rest on studies that compare the two treatments, on how long a chain otherwise, and on
/// how many independent ways?". A mean path length above 2 calls for caution: more than two direct comparisons are combined
/// serially on average.
///
/// ```swift
/// let structure = try EvidenceStructure(network)
/// structure.comparisons.filter { $0.meanPathLength > 2 }
/// ```
///
/// With c the contrast of the pair, L⁺ the pseudo-inverse of the Laplacian and L_D the Laplacian of the studies of a design D,
/// g_D = L_D L⁺ c is what the design carries of the flow of evidence and |g_D| = ½ Σ |g| its amount. Mean path length is
/// Σ |g_D|, minimal parallelism 1 / max |g_D|; at the level of studies each study takes the place of its design. n treatments,
/// k studies of a arms each in O(n² k a²).
/// R: `netmeta::netmeasures(net, random = FALSE)`.
///
/// Source: König, Krahn & Binder (2013), doi:10.1002/sim.6001.
public struct EvidenceStructure: Hashable, Sendable, Codable {
    /// Measures of one network estimate.
    public struct Comparison: Hashable, Sendable, Codable {
        public let treatment: Treatment
        public let versus: Treatment
        /// Weight of the direct evidence in the network estimate, the ratio of its variance to the direct estimate's; 0 where
        /// no study compares the two.
        public let proportionDirect: Double
        /// Number of comparisons between the two treatments on the mean path of evidence, at least 1.
        public let meanPathLength: Double
        /// Number of independent paths, at the least, when the designs share the evidence as they do; at least 1.
        public let minimalParallelism: Double
        /// The same with every study for itself.
        public let studyMinimalParallelism: Double
    }

    public let tauSquared: Double
    /// Every pair of treatments, sorted.
    public let comparisons: [Comparison]

    /// - Parameters:
    ///   - network: connected.
    ///   - tauSquared: between-study variance, 0 for the common-effect model; at least 0.
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

    /// The measures of this pair, whichever way round.
    public func comparison(of treatment: Treatment, versus: Treatment) -> Comparison? {
        comparisons.first {
            $0.treatment == treatment && $0.versus == versus || $0.treatment == versus && $0.versus == treatment
        }
    }
}

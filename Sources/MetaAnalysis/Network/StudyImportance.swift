/// The loss of precision of every network estimate without each study.
///
/// It answers which studies an estimate depends on most. The importance of a study is 1 − V/V₋, with V the variance of the network estimate
/// and V₋ the variance without the study at the same τ². It is 0 for a study that adds nothing, and 1 for a study without which the two
/// treatments are not connected. Importances of different studies need not sum to 1; for shares that do, see `Contributions`. In a network
/// of two treatments the importance is the weight of the study.
///
/// ```swift
/// let importance = try StudyImportance(network)
/// importance.comparisons.map { $0.importances.max() }
/// ```
///
/// n treatments and k studies in O(k n³).
/// R: `netmeta::netimpact(net)`, which does not leave the study out, but gives it 1000 times the greatest standard error: equal to about
/// 1e-6.
///
/// Source: Rücker et al. (2020), doi:10.1186/s12874-020-01075-y.
public struct StudyImportance: Hashable, Sendable, Codable {
    /// Importances of the studies for one network estimate.
    public struct Comparison: Hashable, Sendable, Codable {
        /// First treatment of the estimate.
        public let treatment: Treatment
        /// Second treatment of the estimate, whose effect is subtracted.
        public let versus: Treatment
        /// Importance of every study, 0 to 1, in the order of `studies`.
        public let importances: [Double]
    }

    /// Between-study variance, on the squared analysis scale.
    public let tauSquared: Double
    /// Labels of the studies, in the order of the network.
    public let studies: [String]
    /// Importances for every pair of treatments, sorted.
    public let comparisons: [Comparison]

    /// Computes the importance of every study for every pair of treatments.
    ///
    /// - Parameters:
    ///   - network: connected network.
    ///   - tauSquared: between-study variance, at least 0, on the squared analysis scale; 0 for the common-effect model.
    /// - Throws: `MetaAnalysisError` with code `.disconnectedNetwork`, or `.invalidSetting` for a negative τ².
    public init(_ network: TreatmentNetwork, tauSquared: Double = 0) throws {
        let graph = try EvidenceGraph(network, tauSquared: tauSquared)
        let pairs = graph.pairs
        var importances = Array(repeating: [Double](), count: pairs.count)
        for study in network.studies.indices {
            let rest = try graph.without(study)
            for (index, (first, second)) in pairs.enumerated() {
                guard let variance = rest.variance(first, second) else {
                    importances[index].append(1)
                    continue
                }
                importances[index].append(max(0, 1 - graph.variance(first, second) / variance))
            }
        }
        self.tauSquared = tauSquared
        studies = network.studies.map(\.label)
        comparisons = zip(pairs, importances).map { pair, importances in
            Comparison(
                treatment: network.treatments[pair.first], versus: network.treatments[pair.second],
                importances: importances)
        }
    }
}

/// A network without one of its studies, which may be disconnected.
private struct RemainingGraph {
    /// Part of each treatment, and its position there.
    private var places: [(part: Int, position: Int)]
    private var covariances: [Matrix] = []

    /// - Throws: `NotPositiveDefinite` when the remaining network is disconnected numerically.
    init(_ edges: [EvidenceGraph.Edge], treatments count: Int) throws(NotPositiveDefinite) {
        var links = Array(0..<count)
        func root(_ treatment: Int) -> Int {
            var here = treatment
            while links[here] != here { here = links[here] }
            return here
        }
        for edge in edges {
            let (one, other) = (root(edge.first), root(edge.second))
            links[max(one, other)] = min(one, other)
        }
        var sizes: [Int] = []
        var parts: [Int: Int] = [:]
        places = []
        for treatment in 0..<count {
            let part = parts[root(treatment)] ?? sizes.count
            if part == sizes.count {
                parts[root(treatment)] = part
                sizes.append(0)
            }
            places.append((part, sizes[part]))
            sizes[part] += 1
        }
        var laplacians = sizes.map { Matrix(rows: $0, columns: $0) }
        for edge in edges {
            let (part, first) = places[edge.first]
            let second = places[edge.second].position
            laplacians[part][first, first] += edge.weight
            laplacians[part][second, second] += edge.weight
            laplacians[part][first, second] -= edge.weight
            laplacians[part][second, first] -= edge.weight
        }
        for laplacian in laplacians {
            covariances.append(laplacian.rows == 1 ? laplacian : try LaplacianInverse(laplacian).matrix)
        }
    }

    /// Returns the variance of a network estimate; `nil` where nothing connects the two treatments.
    func variance(_ first: Int, _ second: Int) -> Double? {
        let (one, other) = (places[first], places[second])
        guard one.part == other.part else { return nil }
        let covariance = covariances[one.part]
        return covariance[one.position, one.position] + covariance[other.position, other.position]
            - 2 * covariance[one.position, other.position]
    }
}

extension EvidenceGraph {
    fileprivate func without(_ study: Int) throws -> RemainingGraph {
        // Summed again rather than subtracted: subtraction of one heavy study would lose the digits of the others.
        let rest = edges.compactMap { edge -> Edge? in
            var edge = edge
            edge.parts.removeAll { $0.study == study }
            return edge.parts.isEmpty ? nil : edge
        }
        do {
            return try RemainingGraph(rest, treatments: count)
        } catch { throw MetaAnalysisError.outOfRange }
    }
}

/// A network as a graph of electrical conductors: every direct comparison is an edge, and its weight is the conductance.
///
/// The weights 1/(v + τ²) of the pairs of a multi-arm study are reduced so that a network of independent two-arm studies with these weights
/// gives the same estimates; they are the negative off-diagonal elements of the study's Laplacian. The variance of a network estimate is
/// then the resistance between its two treatments. A row of the hat matrix is the current when one unit enters at one treatment and leaves
/// at the other. Shapes: n treatments, m edges.
///
/// Source: Rücker (2012), doi:10.1002/jrsm.1058; Rücker & Schwarzer (2014), doi:10.1002/sim.6236.
struct EvidenceGraph: Sendable {
    struct Edge: Sendable {
        /// Positions of the two treatments, first < second.
        let first: Int
        let second: Int
        /// Contribution of each study to the weight, studies ascending; negative only where the variances of a multi-arm study are not
        /// those of independent arms.
        var parts: [(study: Int, weight: Double)]

        var weight: Double { parts.reduce(0) { $0 + $1.weight } }
    }

    /// Network with effects near 1; see `factor`.
    let network: TreatmentNetwork
    /// Factor that converts effects of `network` to the original ones; 1 unless numbers are at the ends of their range.
    let factor: Double
    /// Edges, sorted by first and second treatment.
    let edges: [Edge]
    let weights: [Double]
    /// Laplacian of each study, in the order of its arms.
    let laplacians: [Matrix]
    /// Pseudo-inverse of the Laplacian, n × n: the covariance of `effects`.
    let covariance: Matrix
    /// The n treatment effects, which sum to 0.
    let effects: [Double]

    /// - Throws: `MetaAnalysisError` with code `.invalidSetting` for a negative or infinite τ², `.disconnectedNetwork`.
    init(_ original: TreatmentNetwork, tauSquared: Double) throws {
        guard tauSquared >= 0, tauSquared.isFinite else {
            throw MetaAnalysisError(
                .invalidSetting, "the between-study variance is \(tauSquared)",
                remedy: "give a number that is 0 or more")
        }
        try original.requireConnected()
        let (network, factor) = original.moderate
        let tauSquared = tauSquared / factor / factor
        let contrasts = try OrthogonalContrasts(network)
        let count = network.treatments.count
        var position = Array(repeating: -1, count: count * count)
        var edges: [Edge] = []
        var laplacians: [Matrix] = []
        for (index, study) in network.studies.enumerated() {
            let laplacian = contrasts.laplacian(ofStudy: index, at: tauSquared)
            for (i, first) in study.arms.enumerated() {
                for (j, second) in study.arms.enumerated().dropFirst(i + 1) {
                    let cell = first * count + second
                    if position[cell] < 0 {
                        position[cell] = edges.count
                        edges.append(Edge(first: first, second: second, parts: []))
                    }
                    edges[position[cell]].parts.append((index, -laplacian[i, j]))
                }
            }
            laplacians.append(laplacian)
        }
        edges.sort { ($0.first, $0.second) < ($1.first, $1.second) }
        let model = try contrasts.model()
        let fit = model.leastSquares(weights: model.weights(at: tauSquared))
        guard fit.inverseGram.elements.allSatisfy(\.isFinite) else { throw MetaAnalysisError.outOfRange }
        self.network = network
        self.factor = factor
        self.edges = edges
        weights = edges.map(\.weight)
        self.laplacians = laplacians
        covariance = fit.inverseGram
        effects = fit.coefficients
    }

    var count: Int { network.treatments.count }

    /// Every pair of treatments, sorted: the rows of a hat matrix.
    var pairs: [(first: Int, second: Int)] {
        (0..<count).flatMap { first in ((first + 1)..<max(first + 1, count)).map { (first, $0) } }
    }

    /// Returns the variance of the network estimate of a pair.
    func variance(_ first: Int, _ second: Int) -> Double {
        max(0, covariance[first, first] + covariance[second, second] - 2 * covariance[first, second])
    }

    /// Returns the potential of every treatment when one unit enters at `first` and leaves at `second`.
    func potentials(_ first: Int, _ second: Int) -> [Double] {
        (0..<count).map { covariance[$0, first] - covariance[$0, second] }
    }

    /// Returns the row of the hat matrix: the current through every edge, from its first to its second treatment.
    func flow(_ first: Int, _ second: Int) -> [Double] {
        let potentials = potentials(first, second)
        return edges.indices.map { weights[$0] * (potentials[edges[$0].first] - potentials[edges[$0].second]) }
    }

    /// Returns the current through a study or group of studies, given by its arms and Laplacian: half the sum of the absolute currents at
    /// its arms.
    static func throughput(_ arms: [Int], _ laplacian: Matrix, _ potentials: [Double]) -> Double {
        if arms.count == 2 { return abs(laplacian[0, 1] * (potentials[arms[0]] - potentials[arms[1]])) }
        let own = laplacian * arms.map { potentials[$0] }
        return own.reduce(0) { $0 + abs($1) } / 2
    }
}

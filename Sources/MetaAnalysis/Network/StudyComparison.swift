/// One comparison of two arms of a study beside what the network says: the diagnostics of single rows of data.
///
/// The answer to "which comparison does not fit, and which ones does the fit hang on?". All on the analysis scale.
public struct StudyComparison: Hashable, Sendable, Codable {
    public let study: String
    public let treatment: Treatment
    public let versus: Treatment
    /// Effect of `treatment` − `versus` in the study.
    public let estimate: Double
    /// Its own standard error, without τ².
    public let standardError: Double
    /// Weight in the network: 1/(v + τ²) of a two-arm study, reduced for the pairs of a multi-arm study so that they count
    /// once. Negative only where the variances of a multi-arm study are not those of independent arms.
    public let weight: Double
    /// 1/√weight; `nil` where the weight is not positive.
    public let adjustedStandardError: Double?
    /// Effect of `treatment` − `versus` in the network.
    public let networkEstimate: Double
    public let networkStandardError: Double
    /// Weight × variance of the network estimate, the diagonal of the hat matrix; sums to n − 1 over all comparisons.
    public let leverage: Double
    /// Weight × squared distance of the two estimates; sums to Cochran's Q of the whole network at τ² = 0.
    public let cochranQ: Double
}

extension TreatmentNetwork {
    /// Every pair of arms of every study beside the network estimate, studies and pairs in the order of the network.
    ///
    /// ```swift
    /// try network.studyComparisons().max { $0.cochranQ < $1.cochranQ }
    /// ```
    ///
    /// n treatments and k studies of a arms each in O(n³ + k a³).
    /// R: `seTE.adj.common`, `TE.nma.common`, `seTE.nma.common`, `leverage.common`, `w.common` and `Q.common` of `netmeta`, or
    /// the same with `random` for τ² > 0. R has no leverage for pairs of a multi-arm study.
    ///
    /// - Parameter tauSquared: between-study variance, 0 for the common-effect model; at least 0.
    /// - Throws: `MetaAnalysisError` with code `.disconnectedNetwork`, or `.invalidSetting` for a negative τ².
    ///
    /// Source: Rücker (2012), doi:10.1002/jrsm.1058; Rücker & Schwarzer (2014), doi:10.1002/sim.6236.
    public func studyComparisons(tauSquared: Double = 0) throws -> [StudyComparison] {
        let graph = try EvidenceGraph(self, tauSquared: tauSquared)
        return zip(studies, graph.laplacians).flatMap { study, laplacian in
            study.pairs.map { pair in
                let arms = (study.arms.firstIndex(of: pair.first), study.arms.firstIndex(of: pair.second))
                guard case (let first?, let second?) = arms else { preconditionFailure("a pair of other arms") }
                let weight = -laplacian[first, second]
                let variance = graph.variance(pair.first, pair.second)
                let network = graph.effects[pair.first] - graph.effects[pair.second]
                let residual = pair.estimate / graph.factor - network
                return StudyComparison(
                    study: study.label, treatment: treatments[pair.first], versus: treatments[pair.second],
                    estimate: pair.estimate, standardError: pair.variance.squareRoot(),
                    weight: weight / graph.factor / graph.factor,
                    adjustedStandardError: weight > 0 ? graph.factor / weight.squareRoot() : nil,
                    networkEstimate: network * graph.factor, networkStandardError: variance.squareRoot() * graph.factor,
                    leverage: weight * variance, cochranQ: weight * residual * residual)
            }
        }
    }
}

/// One comparison of two arms of a study, and the network estimate of the same pair: diagnostics for single rows of data.
///
/// It answers which comparisons do not fit, and which ones the fit depends on most. All values are on the analysis scale.
public struct StudyComparison: Hashable, Sendable, Codable {
    /// Label of the study.
    public let study: String
    /// Treatment of the first arm.
    public let treatment: Treatment
    /// Treatment of the second arm, whose effect is subtracted.
    public let versus: Treatment
    /// Effect of `treatment` − `versus` in the study.
    public let estimate: Double
    /// Standard error in the study, without τ².
    public let standardError: Double
    /// Weight in the network: 1/(v + τ²) of a two-arm study, reduced for the pairs of a multi-arm study so that the study counts once. It
    /// is negative only where the variances of a multi-arm study are not those of independent arms.
    public let weight: Double
    /// Adjusted standard error 1/√weight; `nil` where the weight is not positive.
    public let adjustedStandardError: Double?
    /// Effect of `treatment` − `versus` in the network.
    public let networkEstimate: Double
    /// Standard error of the network estimate, at the given τ².
    public let networkStandardError: Double
    /// Leverage: weight × variance of the network estimate, the diagonal of the hat matrix; sums to n − 1 over all comparisons.
    public let leverage: Double
    /// Contribution to Cochran's Q: weight × squared difference of the two estimates; sums to Q of the whole network at τ² = 0.
    public let cochranQ: Double
}

extension TreatmentNetwork {
    /// Compares every pair of arms of every study with the network estimate; studies and pairs are in the order of the network.
    ///
    /// ```swift
    /// try network.studyComparisons().max { $0.cochranQ < $1.cochranQ }
    /// ```
    ///
    /// n treatments and k studies of a arms each in O(n³ + k a³).
    /// R: `seTE.adj.common`, `TE.nma.common`, `seTE.nma.common`, `leverage.common`, `w.common` and `Q.common` of `netmeta`, or
    /// the same with `random` for τ² > 0. R has no leverage for pairs of a multi-arm study.
    ///
    /// - Parameter tauSquared: between-study variance, at least 0, on the squared analysis scale; 0 for the common-effect model.
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

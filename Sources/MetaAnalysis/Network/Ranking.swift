/// The treatments of a network from the best to the worst, with what chance may have done to their order.
///
/// A ranking says which treatment is likely to be better, not by how much: read it beside the effects, and not at all where
/// their intervals are wide or the studies disagree.
///
/// ```swift
/// let ranking = Ranking(fit, preferring: .lower)
/// ranking.sorted.first?.pScore
/// ```
///
/// Effects are taken as jointly normal with the covariance of the fit, also where its intervals use the t distribution. The
/// P-score is then in closed form and the same number as SUCRA; only the probabilities of single ranks need integration, which
/// is deterministic (see `errorBound`). Shapes: n treatments; P-scores O(n²), rank probabilities O(n³) for each of the points
/// of the integration.
/// R: `netmeta::netrank(net, small.values="desirable")`; `netmeta::rankogram(net)` samples what is integrated here.
///
/// Source: Rücker & Schwarzer (2015), BMC Medical Research Methodology 15, doi:10.1186/s12874-015-0060-8.
public struct Ranking: Hashable, Sendable, Codable {
    /// Which values were taken as better.
    public var preferring: Preference
    /// From the best to the worst by P-score; equal ones by name.
    public var treatments: [TreatmentRank]
    /// What no rank probability is further off than, as the spread of the integrals over shifted lattices shows it; `nil`
    /// without rank probabilities.
    public var errorBound: Double?
    /// Precision of the treatment hierarchy (POTH): the variance of the P-scores over its greatest possible value; 0 where
    /// nothing tells treatments apart, 1 where their order is certain. `nil` for one treatment.
    ///
    /// Source: Wigle et al. (2025), Precision of treatment hierarchy, arXiv:2501.11596.
    public var precisionOfHierarchy: Double?
    public var diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - fit: any network result.
    ///   - preference: which values are better.
    ///   - rankProbabilities: whether the probabilities of single ranks are wanted, which take the most time where treatments
    ///     are many.
    ///   - level: of the rank intervals, in (0, 1).
    public init(_ fit: NetworkFit, preferring preference: Preference, rankProbabilities: Bool = true, level: Double = 0.95) {
        let n = fit.treatments.count
        let scores = Self.pScores(fit, preference)
        preferring = preference
        diagnostics = []
        var ranks: NormalRanks?
        if rankProbabilities, n <= NormalRanks.maximumCount {
            // The lowest value has the first rank.
            let means = preference == .lower ? fit.estimates : fit.estimates.map { -$0 }
            ranks = NormalRanks(
                means: means, covariance: Matrix(rows: n, columns: n, elements: fit.covariance.flatMap { $0 }))
        } else if rankProbabilities {
            diagnostics.append(
                Diagnostic(
                    .note, .notEstimable,
                    "the probabilities of ranks are integrated for at most \(NormalRanks.maximumCount) treatments"))
        }
        errorBound = ranks?.errorBound
        treatments = fit.treatments.indices.map { index in
            let probabilities = ranks.map { ranks in (0..<n).map { ranks.probabilities[index, $0] } }
            return TreatmentRank(
                treatment: fit.treatments[index], pScore: scores[index], sucra: scores[index],
                meanRank: Double(n) - Double(n - 1) * scores[index], probabilities: probabilities, level: level)
        }.sorted { ($1.pScore, $0.treatment) < ($0.pScore, $1.treatment) }
        if n > 1 {
            let spread = scores.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / Double(n)
            precisionOfHierarchy = spread * 12 * Double(n - 1) / Double(n + 1)
        }
    }

    /// Mean probability of each treatment to be better than another; ½ where effects are equal without uncertainty.
    private static func pScores(_ fit: NetworkFit, _ preference: Preference) -> [Double] {
        let n = fit.treatments.count
        guard n > 1 else { return Array(repeating: 1, count: n) }
        var sums = Array(repeating: 0.0, count: n)
        var position = 0
        for first in 0..<n {
            for second in (first + 1)..<max(n, first + 1) {
                let effect = fit.effects[position]
                position += 1
                let gain = preference == .higher ? effect.estimate : -effect.estimate
                let better: Double
                let worse: Double
                if effect.standardError > 0 {
                    // Both tails by themselves, so that neither loses digits to the other.
                    better = ReferenceDistribution.normal.lowerTail(gain / effect.standardError)
                    worse = ReferenceDistribution.normal.upperTail(gain / effect.standardError)
                } else {
                    better = gain > 0 ? 1 : gain < 0 ? 0 : 0.5
                    worse = 1 - better
                }
                sums[first] += better
                sums[second] += worse
            }
        }
        return sums.map { $0 / Double(n - 1) }
    }
}

extension Ranking {
    /// From the best to the worst.
    public var sorted: [TreatmentRank] { treatments }
    /// The treatments from the best to the worst.
    public var order: [Treatment] { treatments.map(\.treatment) }
    /// P-score by treatment.
    public var pScores: [Treatment: Double] {
        Dictionary(treatments.map { ($0.treatment, $0.pScore) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Where one treatment stands among the others.
public struct TreatmentRank: Hashable, Sendable, Codable {
    public var treatment: Treatment
    /// Mean probability of being better than another treatment; 0 to 1, on average ½.
    public var pScore: Double
    /// Surface under the cumulative ranking curve: the same number under the normal model.
    public var sucra: Double
    /// `nil` without rank probabilities, as are those below.
    public var probabilityBest: Double?
    /// Expected rank, 1 being the best: n − (n − 1) P-score.
    public var meanRank: Double
    /// The first rank that is reached with probability ½.
    public var medianRank: Int?
    /// Ranks between the quantiles of the level asked for.
    public var rankInterval: RankInterval?
    /// Probability of each rank, the best first.
    public var rankProbabilities: [Double]?

    public struct RankInterval: Hashable, Sendable, Codable {
        public var lower: Int
        public var upper: Int
    }

    init(
        treatment: Treatment, pScore: Double, sucra: Double, meanRank: Double, probabilities: [Double]?, level: Double
    ) {
        self.treatment = treatment
        self.pScore = pScore
        self.sucra = sucra
        self.meanRank = meanRank
        rankProbabilities = probabilities
        guard let probabilities else { return }
        probabilityBest = probabilities.first
        func quantile(_ probability: Double) -> Int {
            var sum = 0.0
            for (index, own) in probabilities.enumerated() {
                sum += own
                // What rounding takes from a sum of exactly this probability does not count.
                if sum >= probability - 1e-9 { return index + 1 }
            }
            return probabilities.count
        }
        medianRank = quantile(0.5)
        rankInterval = RankInterval(lower: quantile((1 - level) / 2), upper: quantile((1 + level) / 2))
    }
}

/// Treatments in the order of their effects, with measures of the certainty of that order.
///
/// It answers which treatment is best, and how clearly. A rank is not an effect: treatments that hardly differ have ranks too. Read the
/// ranks together with the effects, and ignore them if `precisionOfHierarchy` is near 0. The better direction always has to be stated.
///
/// ```swift
/// let ranking = Ranking(fit, preferring: .lower)
/// ranking.treatments[0].treatment
/// ranking.treatments[0].pScore
/// ```
///
/// The effects θ of the n treatments are taken as jointly normal around their estimates with the covariance of the fit, even if the
/// intervals of the fit use the t distribution. The P-score of i is the mean over the others j of P(θᵢ better than
/// θⱼ) = Φ((θ̂ⱼ − θ̂ᵢ)/seᵢⱼ), with the opposite sign if higher is better; in closed form, O(n²). Treatments with equal estimates and a
/// standard error of 0 between them count ½. In this model the surface under the cumulative ranking curve (SUCRA) **is** the P-score, since
/// the mean rank is n − (n − 1) P: `sucra` is the same number, not an approximation from draws. Rank probabilities are integrals over n − 1
/// dimensions, by lattices of fixed points, accurate to `errorBound`. No seed is involved, and neither the order of the treatments nor the
/// reference changes them. They need O(n³) for each of up to a million points: some hundredths of a second for 10 treatments, about a
/// second for 25, some seconds for 100, and then with a larger bound.
/// R: `netmeta::netrank(net, small.values="desirable")` for lower values preferred. `netmeta::rankogram` estimates rank
/// probabilities from random draws.
///
/// Source: Rücker & Schwarzer (2015), BMC Medical Research Methodology 15, doi:10.1186/s12874-015-0060-8; Salanti, Ades &
/// Ioannidis (2011), doi:10.1016/j.jclinepi.2010.03.016; Wigle et al. (2025), doi:10.1002/sim.70176.
public struct Ranking: Hashable, Sendable, Codable {
    /// Outcome among several in one file, as in the fit; `nil` without one.
    public var outcome: String?
    /// Direction of effects that is better, on the analysis scale of the fit.
    public var preferring: Preference
    /// Treatments with the highest P-score first; equal ones are sorted by name.
    public var treatments: [RankedTreatment]
    /// Precision of treatment hierarchy (POTH): the variance of the SUCRAs divided by its maximum, (n + 1)/12(n − 1). It ranges from 0,
    /// when the data support no order, to 1, when the order is certain.
    public var precisionOfHierarchy: Double
    /// Error bound of every rank probability: three standard errors, estimated from the spread of eight integrals; `nil` without rank
    /// probabilities.
    public var errorBound: Double?
    /// Level of the rank intervals, in (0, 1), that of the fit.
    public var level: Double
    /// Warnings and notes on this ranking.
    public var diagnostics: [Diagnostic]

    /// Ranks the treatments of a fit.
    ///
    /// - Parameters:
    ///   - fit: result of any network model.
    ///   - preferring: direction of effects that is better, on the scale of the fit.
    ///   - rankProbabilities: whether to compute rank probabilities, which take longest; without them only P-scores and mean ranks are
    ///     given.
    ///   - tolerance: target for `errorBound`; useful values are 10⁻⁵ or more.
    public init(
        _ fit: NetworkFit, preferring: Preference, rankProbabilities: Bool = true, tolerance: Double = 1e-4
    ) {
        let n = fit.treatments.count
        let scores = Self.pScores(fit, preferring)
        var diagnostics: [Diagnostic] = []
        var ranks: NormalRanks?
        if rankProbabilities, n > NormalRanks.maximumCount {
            diagnostics.append(
                Diagnostic(
                    .note, .notEstimable,
                    "rank probabilities are computed for up to \(NormalRanks.maximumCount) treatments"))
        } else if rankProbabilities {
            let sign = preferring == .lower ? 1.0 : -1.0
            let covariance = Matrix(rows: n, columns: n, elements: fit.covariance.flatMap { $0 })
            let result = NormalRanks(
                means: fit.estimates.map { sign * $0 }, covariance: covariance, tolerance: tolerance)
            ranks = result
            if result.errorBound > tolerance {
                diagnostics.append(
                    Diagnostic(
                        .note, .limitedAccuracy,
                        "rank probabilities are accurate to \((result.errorBound * 1e5).rounded(.up) / 1e5), not to"
                            + " \(tolerance): more points would take too long"))
            }
        }
        outcome = fit.outcome
        self.preferring = preferring
        let level = fit.settings.level
        self.level = level
        errorBound = ranks?.errorBound
        precisionOfHierarchy = Self.precision(scores)
        treatments = fit.treatments.indices.map { index in
            RankedTreatment(
                fit.treatments[index], pScore: scores[index], count: n,
                rankProbabilities: ranks.map { ranks in (0..<n).map { ranks.probabilities[index, $0] } },
                errorBound: ranks?.errorBound ?? 0, level: level)
        }.sorted { ($1.pScore, $0.treatment) < ($0.pScore, $1.treatment) }
        if fit.settings.interval != .wald {
            diagnostics.append(
                Diagnostic(
                    .note, .normalRanks,
                    "ranks take the effects as normal, though the intervals of the effects are wider or narrower than that"
                ))
        }
        self.diagnostics = diagnostics
    }

    /// Computes the mean over the other treatments of the probability to be better.
    private static func pScores(_ fit: NetworkFit, _ preferring: Preference) -> [Double] {
        let n = fit.treatments.count
        guard n > 1 else { return Array(repeating: 0.5, count: n) }
        var sums = Array(repeating: 0.0, count: n)
        for first in 0..<n {
            for second in (first + 1)..<n {
                let advantage =
                    preferring == .lower
                    ? fit.estimates[second] - fit.estimates[first] : fit.estimates[first] - fit.estimates[second]
                let error = max(
                    0, fit.covariance[first][first] + fit.covariance[second][second] - 2 * fit.covariance[first][second]
                ).squareRoot()
                let statistic = advantage == 0 ? 0 : advantage / error
                sums[first] += ReferenceDistribution.normal.lowerTail(statistic)
                sums[second] += ReferenceDistribution.normal.upperTail(statistic)
            }
        }
        return sums.map { $0 / Double(n - 1) }
    }

    private static func precision(_ scores: [Double]) -> Double {
        let n = Double(scores.count)
        guard n > 1 else { return 0 }
        let variance = scores.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / n
        return min(1, variance * 12 * (n - 1) / (n + 1))
    }
}

/// One treatment in a ranking of n.
public struct RankedTreatment: Hashable, Sendable, Codable {
    /// Treatment that is ranked.
    public var treatment: Treatment
    /// Mean probability to be better than another treatment, 0 to 1; its mean over all treatments is ½.
    public var pScore: Double
    /// Surface under the cumulative ranking curve, equal to the P-score.
    public var sucra: Double
    /// Probability of rank 1; `nil` without rank probabilities.
    public var probabilityBest: Double?
    /// Mean rank, exact: n − (n − 1) P.
    public var meanRank: Double
    /// Smallest rank that is reached or exceeded with a probability of at least ½; `nil` without rank probabilities.
    public var medianRank: Int?
    /// Interval of ranks outside which at most (1 − level)/2 of the probability lies on either side; `nil` without rank probabilities.
    public var rankInterval: ClosedRange<Int>?
    /// Probabilities of the ranks 1 (best) to n, which sum to 1, also over the treatments; `nil` if they were not computed.
    public var rankProbabilities: [Double]?
    /// Probabilities of each rank or a better one; `nil` without rank probabilities.
    public var cumulativeProbabilities: [Double]? {
        rankProbabilities?.reduce(into: []) { $0.append(($0.last ?? 0) + $1) }
    }

    fileprivate init(
        _ treatment: Treatment, pScore: Double, count: Int, rankProbabilities: [Double]?, errorBound: Double,
        level: Double
    ) {
        self.treatment = treatment
        self.pScore = pScore
        sucra = pScore
        meanRank = Double(count) - Double(count - 1) * pScore
        guard let rankProbabilities else { return }
        self.rankProbabilities = rankProbabilities
        probabilityBest = rankProbabilities.first
        let cumulative = cumulativeProbabilities ?? []
        // A probability within the error bound counts as reached, so that exact ties do not depend on rounding.
        func rank(_ probability: Double) -> Int {
            (cumulative.firstIndex { $0 + errorBound + 1e-12 >= probability } ?? count - 1) + 1
        }
        medianRank = rank(0.5)
        let tail = (1 - level) / 2
        rankInterval = rank(tail)...max(rank(tail), rank(1 - tail))
    }
}

extension Ranking {
    /// Returns the entry of one treatment.
    ///
    /// - Returns: `nil` for a treatment that was not ranked.
    public subscript(treatment: Treatment) -> RankedTreatment? { treatments.first { $0.treatment == treatment } }

    /// P-scores in the order of `treatments`.
    public var pScores: [Double] { treatments.map(\.pScore) }
}

extension Diagnostic.Code {
    /// A number that is less accurate than requested.
    public static let limitedAccuracy = Diagnostic.Code(rawValue: "limitedAccuracy")
    /// Ranks from a normal model, together with intervals from another distribution.
    public static let normalRanks = Diagnostic.Code(rawValue: "normalRanks")
}

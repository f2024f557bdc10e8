/// Treatments in the order of their effects, with how sure that order is.
///
/// The answer to "which treatment is best, and how clearly?". A rank is no effect: treatments that hardly differ have ranks
/// too, so read it beside the effects, and with `precisionOfHierarchy` near 0 not at all. Which direction is better is
/// never assumed.
///
/// ```swift
/// let ranking = Ranking(fit, preferring: .lower)
/// ranking.treatments[0].treatment
/// ranking.treatments[0].pScore
/// ```
///
/// The effects θ of the n treatments are taken as jointly normal around their estimates with the covariance of the fit; so
/// they are also where the intervals of the fit use the t distribution. The P-score of i is the mean over the others j of
/// P(θᵢ better than θⱼ) = Φ((θ̂ⱼ − θ̂ᵢ)/seᵢⱼ), with the sign turned where higher is better; in closed form, O(n²). Treatments
/// with equal estimates and a standard error of 0 between them count ½. In this model the surface under the cumulative
/// ranking curve (SUCRA) **is** the P-score, since the mean rank is n − (n − 1) P: `sucra` is the same number, not an
/// approximation from draws. Rank probabilities are integrals over n − 1 dimensions, by lattices of fixed points, accurate
/// to `errorBound`; no seed is involved, and neither the order of the treatments nor the reference changes them. They need
/// O(n³) for each of up to a million points: some hundredths of a second for 10 treatments, about a second for 25, some
/// seconds for 100, and then with a larger bound.
/// R: `netmeta::netrank(net, small.values="desirable")` for lower values preferred. `netmeta::rankogram` estimates rank
/// probabilities from random draws.
///
/// Source: Rücker & Schwarzer (2015), BMC Medical Research Methodology 15, doi:10.1186/s12874-015-0060-8; Salanti, Ades &
/// Ioannidis (2011), doi:10.1016/j.jclinepi.2010.03.016; Wigle et al. (2025), doi:10.1002/sim.70176.
public struct Ranking: Hashable, Sendable, Codable {
    /// Which of several outcomes of one file, as in the fit.
    public var outcome: String?
    public var preferring: Preference
    /// Highest P-score first; equal ones by name.
    public var treatments: [RankedTreatment]
    /// Precision of treatment hierarchy (POTH): the variance of the SUCRAs over the largest it can have, (n + 1)/12(n − 1).
    /// From 0, when nothing speaks for any order, to 1, when there is only one.
    public var precisionOfHierarchy: Double
    /// For every rank probability: three standard errors, as the spread of eight integrals shows them. `nil` without rank
    /// probabilities.
    public var errorBound: Double?
    /// Of the rank intervals.
    public var level: Double
    public var diagnostics: [Diagnostic]

    /// - Parameters:
    ///   - fit: any network result.
    ///   - preferring: which values of the effects are better, on the scale of the fit.
    ///   - rankProbabilities: whether to compute what takes longest; without them only P-scores and mean ranks are given.
    ///   - tolerance: what `errorBound` should not exceed; at least 10⁻⁵ makes sense.
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

    /// Mean over the others of the probability to be better.
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

/// One treatment of a ranking of n.
public struct RankedTreatment: Hashable, Sendable, Codable {
    public var treatment: Treatment
    /// Mean probability to be better than another treatment, 0 to 1; the mean over all treatments is ½.
    public var pScore: Double
    /// Surface under the cumulative ranking curve: equal to the P-score.
    public var sucra: Double
    /// Of rank 1.
    public var probabilityBest: Double?
    /// Exact: n − (n − 1) P.
    public var meanRank: Double
    /// Smallest rank that is reached or bettered with a probability of ½.
    public var medianRank: Int?
    /// Ranks below and above which (1 − level)/2 of the probability lies at most.
    public var rankInterval: ClosedRange<Int>?
    /// Of the ranks 1, best, to n; they add up to 1, and over the treatments as well.
    public var rankProbabilities: [Double]?
    /// Of each rank or a better one.
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
        // Within the error bound a probability counts as reached, so that exact ties do not depend on rounding.
        func rank(_ probability: Double) -> Int {
            (cumulative.firstIndex { $0 + errorBound + 1e-12 >= probability } ?? count - 1) + 1
        }
        medianRank = rank(0.5)
        let tail = (1 - level) / 2
        rankInterval = rank(tail)...max(rank(tail), rank(1 - tail))
    }
}

extension Ranking {
    /// The entry of one treatment.
    ///
    /// - Returns: `nil` for a treatment that was not ranked.
    public subscript(treatment: Treatment) -> RankedTreatment? { treatments.first { $0.treatment == treatment } }

    /// P-scores in the order of `treatments`.
    public var pScores: [Double] { treatments.map(\.pScore) }
}

extension Diagnostic.Code {
    /// A number that is less accurate than asked for.
    public static let limitedAccuracy = Diagnostic.Code(rawValue: "limitedAccuracy")
    /// Ranks from a normal model beside intervals that are not.
    public static let normalRanks = Diagnostic.Code(rawValue: "normalRanks")
}

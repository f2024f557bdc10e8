/// The estimator of the number of missing studies from signed ranks, for trim and fill.
///
/// Tₙ is the sum of the ranks of positive distances among k. Source: Duval & Tweedie (2000b), doi:10.1080/01621459.2000.10473905.
public enum MissingStudiesEstimator: String, Hashable, Sendable, Codable, CaseIterable {
    /// L₀ = (4Tₙ − k(k + 1)) / (2k − 1), the usual choice.
    case linear = "L0"
    /// R₀ = k − 1 − the greatest rank of a negative distance; it also gives a test that no study is missing.
    case run = "R0"
    /// Q₀ = k − ½ − √(2k² − 4Tₙ + ¼).
    case quadratic = "Q0"
}

extension MissingStudiesEstimator {
    /// An estimate before rounding, which may be negative.
    struct Count {
        var estimate: Double
        /// Standard error of the estimate; `nil` where its formula has no real value.
        var standardError: Double?
    }

    /// Estimates the number of missing studies.
    ///
    /// - Parameter signedRanks: at least one.
    func count(signedRanks: [Double]) throws -> Count {
        let k = Double(signedRanks.count)
        var positive = 0.0
        // Distances of 0 have the lowest ranks and no sign.
        var greatestNotPositive = Double(signedRanks.count { $0 == 0 })
        for rank in signedRanks {
            if rank > 0 { positive += rank } else { greatestNotPositive = max(greatestNotPositive, -rank) }
        }
        switch self {
        case .linear:
            let estimate = (4 * positive - k * (k + 1)) / (2 * k - 1)
            return Count(
                estimate: estimate,
                standardError: Self.rankSumVariance(k, estimate).root.map { 4 * $0 / (2 * k - 1) })
        case .run:
            let estimate = k - greatestNotPositive - 1
            return Count(estimate: estimate, standardError: (2 * max(0, estimate) + 2).squareRoot())
        case .quadratic:
            let square = 2 * k * k - 4 * positive + 0.25
            guard square >= 0 else {
                throw MetaAnalysisError(
                    .notEstimable, "the estimator Q0 of missing studies has no real value among these effects",
                    remedy: "take L0 or R0")
            }
            let estimate = k - 0.5 - square.squareRoot()
            let divisor = (k - 0.5) * (k - 0.5) - estimate * (2 * k - estimate - 1)
            let error = Self.rankSumVariance(k, estimate).root.flatMap { root in
                divisor.root.map { 2 * root / $0 }
            }
            return Count(estimate: estimate, standardError: error.flatMap { $0.isFinite ? $0 : nil })
        }
    }

    /// Returns the variance of Tₙ among k studies of which m more are missing.
    private static func rankSumVariance(_ k: Double, _ m: Double) -> Double {
        let complete = k * (k + 1) * (2 * k + 1)
        let missing = 10 * m * m * m + 27 * m * m + 17 * m
        let mixed = 6 * k * k * m - 18 * k * m * m - 18 * k * m
        return (complete + missing + mixed) / 24
    }
}

extension Double {
    /// The square root; `nil` for a negative number.
    fileprivate var root: Double? { self >= 0 ? squareRoot() : nil }
}

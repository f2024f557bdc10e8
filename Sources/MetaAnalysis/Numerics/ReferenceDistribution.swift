internal import CDistributions

/// The reference distribution of a test statistic.
///
/// Both tails keep their relative accuracy when tiny, so a p-value of 1e-200 is as accurate as one of 0.05; see `docs/accuracy.md` for the
/// measured errors. Every function is total: an argument outside its domain (degrees of freedom that are not positive, a probability
/// outside 0…1, NaN) gives NaN.
enum ReferenceDistribution: Hashable, Sendable {
    case normal
    /// Infinite degrees of freedom give the normal distribution.
    case studentT(degreesOfFreedom: Double)
    case chiSquared(degreesOfFreedom: Double)
    /// An infinite denominator gives chi-squared over its degrees of freedom.
    case f(numerator: Double, denominator: Double)
    case beta(Double, Double)

    /// P(X ≤ x).
    func lowerTail(_ x: Double) -> Double {
        switch self {
        case .normal: metaan_normal_cdf(x)
        case .studentT(let df): metaan_t_cdf(x, df)
        case .chiSquared(let df): metaan_chi_squared_cdf(x, df)
        case .f(let numerator, let denominator): metaan_f_cdf(x, numerator, denominator)
        case .beta(let a, let b): metaan_beta_cdf(x, a, b)
        }
    }

    /// P(X > x).
    func upperTail(_ x: Double) -> Double {
        switch self {
        case .normal: metaan_normal_sf(x)
        case .studentT(let df): metaan_t_sf(x, df)
        case .chiSquared(let df): metaan_chi_squared_sf(x, df)
        case .f(let numerator, let denominator): metaan_f_sf(x, numerator, denominator)
        case .beta(let a, let b): metaan_beta_sf(x, a, b)
        }
    }

    /// Returns the x with P(X ≤ x) = `probability`.
    func quantile(_ probability: Double) -> Double {
        switch self {
        case .normal: metaan_normal_quantile(probability)
        case .studentT(let df): metaan_t_quantile(probability, df)
        case .chiSquared(let df): metaan_chi_squared_quantile(probability, df)
        case .f(let numerator, let denominator): metaan_f_quantile(probability, numerator, denominator)
        case .beta(let a, let b): metaan_beta_quantile(probability, a, b)
        }
    }

    /// Returns the x with P(X > x) = `probability`; for small probabilities it is more accurate than `quantile(1 - probability)`.
    func upperQuantile(_ probability: Double) -> Double {
        switch self {
        case .normal: metaan_normal_quantile_upper(probability)
        case .studentT(let df): metaan_t_quantile_upper(probability, df)
        case .chiSquared(let df): metaan_chi_squared_quantile_upper(probability, df)
        case .f(let numerator, let denominator): metaan_f_quantile_upper(probability, numerator, denominator)
        case .beta(let a, let b): metaan_beta_quantile_upper(probability, a, b)
        }
    }

    /// Returns P(|X| ≥ |statistic|), for the distributions symmetric about 0.
    func twoSidedPValue(_ statistic: Double) -> Double {
        precondition(isSymmetricAboutZero, "a two-sided p-value needs a distribution symmetric about 0")
        return 2 * upperTail(abs(statistic))
    }

    /// Returns the c with P(|X| ≤ c) = `level`, for the distributions symmetric about 0: 1.96 for the normal at 0.95.
    func twoSidedQuantile(level: Double) -> Double {
        precondition(isSymmetricAboutZero, "a two-sided quantile needs a distribution symmetric about 0")
        return upperQuantile((1 - level) / 2)
    }

    private var isSymmetricAboutZero: Bool {
        switch self {
        case .normal, .studentT: true
        case .chiSquared, .f, .beta: false
        }
    }
}

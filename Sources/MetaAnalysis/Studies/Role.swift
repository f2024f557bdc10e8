/// The meaning of a number in the row of a study. The names are metafor's, and our own where metafor has none.
///
/// The raw value is the code that assigns columns and that messages use.
public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
    /// Counts of two groups, of pairs or of genotypes. `ai` is also a coefficient alpha or an area under a curve.
    case ai, bi, ci, di
    /// Sizes, means and standard deviations of two groups, or at two times.
    case n1i, n2i, m1i, m2i, sd1i, sd2i
    /// Events and person-time of two groups.
    case x1i, x2i, t1i, t2i
    /// Numbers of one group, of a correlation or of a regression. `ti` is a person-time or a t statistic.
    case ni, xi, ti, mi, sdi, ri, pi, fi, r2i
    /// Sums of a log-rank test: observed minus expected events, and their variance.
    case oe, v
    /// Effect on the analysis scale of its measure; for a ratio, always its logarithm.
    case yi
    /// Sampling variance and standard error of the effect, on the analysis scale.
    case vi, sei
    /// Lower bound of an interval, on the scale of the estimate.
    case ciLow = "ci_low"
    /// Upper bound of an interval, on the scale of the estimate.
    case ciHigh = "ci_high"
    // Effects as articles print them, not transformed, with an interval on the same scale. The role of a correlation is `ri`.
    /// Ratio, whose logarithm is the effect. A variance or standard error beside it is that of the logarithm.
    case ratio
    /// Proportion between 0 and 1, or a percentage.
    case proportion
    /// Number of events per unit of person-time.
    case rate
    /// Reliability coefficient.
    case alpha
    /// 1 minus a ratio, such as the efficacy of a vaccine; or a percentage.
    case efficacy
}

extension Role {
    /// Whether the number is a number of participants.
    var isSize: Bool { self == .ni || self == .n1i || self == .n2i }
}

extension [Role] {
    /// The codes, separated by blanks.
    package var codes: String { map(\.rawValue).joined(separator: " ") }
}

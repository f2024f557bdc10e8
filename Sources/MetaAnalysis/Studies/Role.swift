/// What a number in the row of a study is: metafor's names, and names of our own where it has none.
///
/// The raw value is the code by which columns are assigned and named in messages.
public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
    // Counts of two groups, of pairs or of genotypes; `ai` is a coefficient alpha or an area under a curve as well.
    case ai, bi, ci, di
    // Sizes, means and standard deviations of two groups, or at two times.
    case n1i, n2i, m1i, m2i, sd1i, sd2i
    // Events and person-time of two groups.
    case x1i, x2i, t1i, t2i
    // One group, a correlation, a regression. `ti` is person-time or a t statistic.
    case ni, xi, ti, mi, sdi, ri, pi, fi, r2i
    // Sums of a log-rank test.
    case oe, v
    /// An effect on the analysis scale of its measure, always: the logarithm of a ratio.
    case yi
    // Its precision.
    case vi, sei
    case ciLow = "ci_low"
    case ciHigh = "ci_high"
    // Effects as articles print them, on the scale that people read, with an interval on that scale; a correlation is `ri`.
    /// A ratio, whose logarithm is the effect. A variance or standard error beside it is that of the logarithm.
    case ratio
    /// Between 0 and 1, or a percentage.
    case proportion
    /// Events per unit of person-time.
    case rate
    /// A reliability coefficient.
    case alpha
    /// 1 minus a ratio, such as the efficacy of a vaccine; or a percentage.
    case efficacy
}

extension Role {
    /// Whether it is a number of participants.
    var isSize: Bool { self == .ni || self == .n1i || self == .n2i }
}

extension [Role] {
    /// The codes with a blank between them.
    package var codes: String { map(\.rawValue).joined(separator: " ") }
}

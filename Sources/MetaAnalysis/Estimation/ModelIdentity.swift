/// The kind of model behind a result; its code is the raw value.
public enum ModelIdentity: String, Hashable, Sendable, Codable, CaseIterable {
    /// Common effect with inverse-variance weights.
    case common
    /// Random effects with inverse-variance weights.
    case random
    /// Common effect of counts, with Mantel–Haenszel weights.
    case mantelHaenszel = "mantel-haenszel"
    /// Common effect of counts, by Peto's method.
    case peto
    /// Network of counts with the noncentral hypergeometric likelihood.
    case hypergeometric
}

extension ModelIdentity {
    /// Creates the identity of an inverse-variance model with this between-study variance.
    init(_ heterogeneity: HeterogeneityModel) { self = heterogeneity.isRandom ? .random : .common }
}

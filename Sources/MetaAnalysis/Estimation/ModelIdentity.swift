/// The kind of model that a result is of; its code is the raw value.
public enum ModelIdentity: String, Hashable, Sendable, Codable, CaseIterable {
    /// Inverse-variance weights, one effect shared by all studies.
    case common
    /// Inverse-variance weights, effects that vary between studies.
    case random
    /// Counts with Mantel–Haenszel weights.
    case mantelHaenszel = "mantel-haenszel"
    /// Counts by Peto's method.
    case peto
    /// Counts of a network with noncentral hypergeometric likelihood.
    case hypergeometric
}

extension ModelIdentity {
    /// An inverse-variance model with this between-study variance.
    init(_ heterogeneity: HeterogeneityModel) { self = heterogeneity.isRandom ? .random : .common }
}

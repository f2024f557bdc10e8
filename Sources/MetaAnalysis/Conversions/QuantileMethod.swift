/// How the mean and standard deviation of a sample are estimated from its quantiles.
public enum QuantileMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// The best linear combination of the quantiles of normal data.
    case luoWanShi = "luo-wan-shi"
    /// Averages of the quantiles; spread by expected normal order statistics.
    case wan
    /// Inequalities that hold for any distribution; range only.
    case hozo
    /// Quantile estimation: of several families of distributions the one whose quantiles lie nearest.
    case quantileEstimation = "QE"
    /// Normal after a power transformation that makes the quantiles symmetric.
    case boxCox = "BC"
    /// Normal after the power transformation under which the quantiles are most likely.
    case maximumLikelihood = "MLN"

    public var title: String {
        switch self {
        case .luoWanShi: "Luo, Wan and Shi"
        case .wan: "Wan"
        case .hozo: "Hozo"
        case .quantileEstimation: "quantile estimation"
        case .boxCox: "Box–Cox"
        case .maximumLikelihood: "maximum likelihood after a power transformation"
        }
    }

    public var source: String {
        switch self {
        case .luoWanShi:
            """
            Luo et al. (2018), doi:10.1177/0962280216669183 (mean); Wan et al. (2014), doi:10.1186/1471-2288-14-135, and for five \
            numbers Shi et al. (2020), doi:10.1002/jrsm.1429 (standard deviation)
            """
        case .wan: "Wan et al. (2014), doi:10.1186/1471-2288-14-135"
        case .hozo: "Hozo et al. (2005), doi:10.1186/1471-2288-5-13"
        case .quantileEstimation, .boxCox: "McGrath et al. (2020), doi:10.1177/0962280219889080"
        case .maximumLikelihood: "Cai et al. (2021), doi:10.1177/09622802211047348"
        }
    }

    /// Whether the estimates rest on normal data, so that skewness makes them wrong.
    public var assumesNormality: Bool { self == .luoWanShi || self == .wan }

    /// The scenarios that the method is made for.
    public var scenarios: [QuantileSummary.Scenario] { self == .hozo ? [.range] : QuantileSummary.Scenario.allCases }

    /// Participants from which on the method is defined.
    var leastSize: Double { self == .hozo ? 2 : 5 }
}

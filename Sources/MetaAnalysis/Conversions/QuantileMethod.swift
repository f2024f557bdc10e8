/// Methods that estimate the mean and standard deviation of a sample from its quantiles.
public enum QuantileMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// Optimal linear combinations of the quantiles of normal data.
    case luoWanShi = "luo-wan-shi"
    /// Averages of the quantiles; standard deviation from expected normal order statistics.
    case wan
    /// Inequalities that hold for any distribution; uses only the range.
    case hozo
    /// Quantile estimation: the family of distributions whose quantiles are closest.
    case quantileEstimation = "QE"
    /// Normal after the power transformation that makes the quantiles symmetric.
    case boxCox = "BC"
    /// Normal after the power transformation that maximizes the likelihood of the quantiles.
    case maximumLikelihood = "MLN"

    /// Name of the method, for messages and reports.
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

    /// Authors, year and DOI of the method.
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

    /// Whether the method assumes normal data, so that skewed data bias its estimates.
    public var assumesNormality: Bool { self == .luoWanShi || self == .wan }

    /// The sets of quantiles for which the method was made.
    public var scenarios: [QuantileSummary.Scenario] { self == .hozo ? [.range] : QuantileSummary.Scenario.allCases }

    /// Least number of participants for which the method is defined.
    var leastSize: Double { self == .hozo ? 2 : 5 }
}

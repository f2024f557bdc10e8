/// Weights of the study effects in the average.
///
/// Any fixed weights give an unbiased average; its standard error is then √(Σ w²(v + τ²)) / Σ w.
public enum Weighting: String, Hashable, Sendable, Codable, CaseIterable {
    /// 1 / (v + τ²), the most precise average when τ² is known. The generalized Q statistic uses 1 / v.
    case inverseVariance = "inverse-variance"
    /// 1 / √v, less dominated by a few large studies.
    ///
    /// Source: Jackson (2013), Research Synthesis Methods 4; Jackson et al. (2014), BMC Medical Research Methodology 14,
    /// doi:10.1186/1471-2288-14-103.
    case inverseStandardError = "inverse-standard-error"
    /// 1, the unweighted mean. R: `weighted=FALSE`.
    case equal
}

extension Weighting {
    /// Weights that do not depend on τ²: those of the generalized Q statistic.
    func momentWeights(_ variances: [Double]) -> [Double] { variances.map(momentWeight) }

    func momentWeight(_ variance: Double) -> Double {
        switch self {
        case .inverseVariance: 1 / variance
        case .inverseStandardError: 1 / variance.squareRoot()
        case .equal: 1
        }
    }
}

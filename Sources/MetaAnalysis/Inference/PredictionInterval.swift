/// Quantile of the interval in which the true effect of a new study is expected.
///
/// All variants are μ̂ ± q √(τ̂² + SE²), with the standard error of the pooled effect as its interval uses it.
public enum PredictionIntervalMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// The quantile of the confidence interval: normal for `wald`, t with k − 1 for the others. R: `predict(rma)`.
    case matched
    /// t with k − 2 degrees of freedom; not defined for k ≤ 2. R: `predict(rma, predtype="Riley")`.
    ///
    /// Source: Higgins, Thompson & Spiegelhalter (2009), JRSS A 172, doi:10.1111/j.1467-985X.2008.00552.x.
    case higginsThompsonSpiegelhalter = "HTS"
    /// t with k − 1 degrees of freedom, whatever the method for the confidence interval.
    case higginsThompsonSpiegelhalterOneLess = "HTS-k1"
}

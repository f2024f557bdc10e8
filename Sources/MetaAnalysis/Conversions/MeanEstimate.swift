/// A mean and standard deviation estimated from quantiles, with how they were estimated.
public struct MeanEstimate: Hashable, Sendable, Codable {
    /// Estimated mean and standard deviation, with the size of the sample.
    public var mean: SingleMean
    /// Method of the estimation.
    public var method: QuantileMethod
    /// Quantiles that were used.
    public var scenario: QuantileSummary.Scenario
    /// Family of distributions that fitted best; `nil` except for quantile estimation.
    public var family: QuantileFamily?
    /// Power λ of the transformation (x^λ − 1)/λ, 0 for the logarithm; `nil` for methods without one.
    public var power: Double?
    /// Test of the skewness of the quantiles; `nil` for fewer than 5 participants.
    public var skewness: SkewnessTest?
    /// A warning if the quantiles are skewed and the method assumes normal data.
    public var diagnostics: [Diagnostic]

    /// Method and the quantiles it used, in one phrase: "QE from median and quartiles (log-normal)".
    public var route: String {
        let detail = family.map { " (\($0.rawValue))" } ?? ""
        return "\(method.rawValue) from \(scenario.title)\(detail)"
    }
}

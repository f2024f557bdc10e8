/// A mean and standard deviation estimated from quantiles, with how they were found.
public struct MeanEstimate: Hashable, Sendable, Codable {
    /// With the size of the sample.
    public var mean: SingleMean
    public var method: QuantileMethod
    public var scenario: QuantileSummary.Scenario
    /// The family that fitted best under quantile estimation.
    public var family: QuantileFamily?
    /// λ of the power transformation (x^λ − 1)/λ, 0 for the logarithm, under the methods that have one.
    public var power: Double?
    /// `nil` for fewer than 5 participants.
    public var skewness: SkewnessTest?
    public var diagnostics: [Diagnostic]

    /// The method and what it used, in one phrase: "QE from median and quartiles (log-normal)".
    public var route: String {
        let detail = family.map { " (\($0.rawValue))" } ?? ""
        return "\(method.rawValue) from \(scenario.title)\(detail)"
    }
}

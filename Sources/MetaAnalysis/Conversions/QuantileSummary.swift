/// Quantiles that a study reports instead of mean and standard deviation: the median, with the range, the quartiles, or both.
public struct QuantileSummary: Hashable, Sendable, Codable {
    /// Minimum; used only together with the maximum. Role `min`.
    public var minimum: Double?
    /// First quartile; used only together with the third quartile. Role `q1`.
    public var firstQuartile: Double?
    /// Median. Role `median`.
    public var median: Double
    /// Third quartile; used only together with the first quartile. Role `q3`.
    public var thirdQuartile: Double?
    /// Maximum; used only together with the minimum. Role `max`.
    public var maximum: Double?
    /// Number of participants. Role `n`.
    public var size: Double

    /// Makes a summary from the quantiles that are reported; `validate()` checks them.
    public init(
        minimum: Double? = nil, firstQuartile: Double? = nil, median: Double, thirdQuartile: Double? = nil,
        maximum: Double? = nil, size: Double
    ) {
        self.minimum = minimum
        self.firstQuartile = firstQuartile
        self.median = median
        self.thirdQuartile = thirdQuartile
        self.maximum = maximum
        self.size = size
    }

    /// The sets of reported quantiles, by the names of McGrath et al. (2020), doi:10.1177/0962280219889080.
    public enum Scenario: String, Hashable, Sendable, Codable, CaseIterable {
        /// Minimum, median and maximum.
        case range = "S1"
        /// First quartile, median and third quartile.
        case quartiles = "S2"
        /// All five quantiles.
        case fiveNumbers = "S3"

        /// Name of the set, for messages: "median and quartiles".
        public var title: String {
            switch self {
            case .range: "median and range"
            case .quartiles: "median and quartiles"
            case .fiveNumbers: "five numbers"
            }
        }
    }

    /// The set of quantiles that is reported; `nil` if neither the range nor the quartiles are complete.
    public var scenario: Scenario? {
        switch (range != nil, quartiles != nil) {
        case (true, true): .fiveNumbers
        case (true, false): .range
        case (false, true): .quartiles
        case (false, false): nil
        }
    }

    var range: (lower: Double, upper: Double)? {
        guard let minimum, let maximum else { return nil }
        return (minimum, maximum)
    }

    var quartiles: (lower: Double, upper: Double)? {
        guard let firstQuartile, let thirdQuartile else { return nil }
        return (firstQuartile, thirdQuartile)
    }

    /// Complete pairs of quantiles about the median, the outer pair first.
    var pairs: [(lower: Double, upper: Double)] { [range, quartiles].compactMap(\.self) }

    /// The quantiles that are used, from the smallest to the largest.
    var values: [Double] { pairs.map(\.lower) + [median] + pairs.reversed().map(\.upper) }

    /// Returns the summary with an increasing function applied to each quantile.
    func mapped(_ function: (Double) -> Double) -> QuantileSummary {
        QuantileSummary(
            minimum: minimum.map(function), firstQuartile: firstQuartile.map(function), median: function(median),
            thirdQuartile: thirdQuartile.map(function), maximum: maximum.map(function), size: size)
    }
}

extension QuantileSummary {
    private var named: [(role: String, name: String, value: Double?)] {
        [
            ("min", "minimum", minimum), ("q1", "first quartile", firstQuartile), ("median", "median", median),
            ("q3", "third quartile", thirdQuartile), ("max", "maximum", maximum),
        ]
    }

    /// Checks that a sample can have these quantiles, and that they determine its spread.
    ///
    /// - Returns: the set of quantiles that is reported.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`), with the role at fault as `column` of its location: a number that is not finite,
    ///   quantiles out of order, neither a complete range nor both quartiles, a pair of equal quantiles, a size below 1.
    @discardableResult
    public func validate() throws -> Scenario {
        let present = named.compactMap { quantile in quantile.value.map { (quantile.role, quantile.name, $0) } }
        for (role, name, value) in present { try OutcomeValue(value, role, name).requireFinite() }
        try OutcomeValue(size, "n", "number of participants").require(atLeast: 1, atMost: .infinity)
        for (lower, upper) in zip(present, present.dropFirst()) where lower.2 > upper.2 {
            throw MetaAnalysisError.invalidOutcome(
                "the \(upper.1) \(upper.2.plain) is less than the \(lower.1) \(lower.2.plain)",
                remedy: "check which of the numbers is which", role: upper.0)
        }
        guard let scenario else {
            throw MetaAnalysisError.invalidOutcome(
                "beside the median stands neither a whole range nor both quartiles",
                remedy: "give min and max, or q1 and q3", role: "median")
        }
        if let pair = pairs.first(where: { $0.lower == $0.upper }) {
            throw MetaAnalysisError.invalidOutcome(
                "two quantiles with the median between them are both \(pair.lower.plain), which tells nothing of the spread",
                remedy: "ask for the mean and standard deviation, or leave the pair out", role: "median")
        }
        return scenario
    }
}

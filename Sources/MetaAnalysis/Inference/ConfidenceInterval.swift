/// Range of values, `[lower, upper]` in JSON. A limit may be infinite.
public struct ConfidenceInterval: Hashable, Sendable {
    /// Lower limit; −∞ if there is none.
    public var lower: Double
    /// Upper limit; +∞ if there is none.
    public var upper: Double

    /// Creates an interval from its limits, whose order is not checked.
    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Creates the symmetric interval `estimate` ± `halfWidth`.
    public init(around estimate: Double, halfWidth: Double) {
        self.init(lower: estimate - halfWidth, upper: estimate + halfWidth)
    }

    /// Upper minus lower limit; infinite when a limit is infinite.
    public var width: Double { upper - lower }

    /// The interval from −∞ to +∞, for a quantity whose limits cannot be determined.
    public static let unbounded = ConfidenceInterval(lower: -.infinity, upper: .infinity)

    /// Whether the interval reaches from −∞ to +∞.
    public var isUnbounded: Bool { lower == -.infinity && upper == .infinity }

    /// Returns whether a value lies in the interval, limits included.
    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

extension ConfidenceInterval: Codable {
    /// Decodes `[lower, upper]`, with `null` for an infinite limit.
    public init(from decoder: any Decoder) throws {
        var ends = try decoder.unkeyedContainer()
        func end(_ unbounded: Double) throws -> Double {
            try ends.decodeNil() ? unbounded : ends.decode(Double.self)
        }
        self.init(lower: try end(-.infinity), upper: try end(.infinity))
    }

    /// Encodes `[lower, upper]`, with `null` for a limit that is not finite.
    public func encode(to encoder: any Encoder) throws {
        var ends = encoder.unkeyedContainer()
        for end in [lower, upper] {
            if end.isFinite { try ends.encode(end) } else { try ends.encodeNil() }
        }
    }
}

extension ConfidenceInterval {
    /// Computes half the width of a normal interval: the two-sided quantile of the level times the standard error.
    package static func halfWidth(ofStandardError error: Double, level: Double) -> Double {
        ReferenceDistribution.normal.twoSidedQuantile(level: level) * error
    }

    /// Checks a confidence level.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a level outside (0, 1).
    static func check(level: Double) throws {
        guard level > 0, level < 1 else {
            throw MetaAnalysisError(
                .invalidSetting, "the confidence level is \(level)",
                remedy: "take a number between 0 and 1, such as 0.95")
        }
    }
}

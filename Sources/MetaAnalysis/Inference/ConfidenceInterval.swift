/// A range of values, as `[lower, upper]` in JSON. An end may be infinite.
public struct ConfidenceInterval: Hashable, Sendable {
    public var lower: Double
    public var upper: Double

    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// The estimate with the same distance on either side.
    public init(around estimate: Double, halfWidth: Double) {
        self.init(lower: estimate - halfWidth, upper: estimate + halfWidth)
    }

    public var width: Double { upper - lower }

    /// Of a quantity whose interval cannot be found: it excludes nothing.
    public static let unbounded = ConfidenceInterval(lower: -.infinity, upper: .infinity)

    public var isUnbounded: Bool { lower == -.infinity && upper == .infinity }

    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

extension ConfidenceInterval: Codable {
    /// Decodes `[lower, upper]`, an infinite end standing as `null`.
    public init(from decoder: any Decoder) throws {
        var ends = try decoder.unkeyedContainer()
        func end(_ unbounded: Double) throws -> Double {
            try ends.decodeNil() ? unbounded : ends.decode(Double.self)
        }
        self.init(lower: try end(-.infinity), upper: try end(.infinity))
    }

    public func encode(to encoder: any Encoder) throws {
        var ends = encoder.unkeyedContainer()
        for end in [lower, upper] {
            if end.isFinite { try ends.encode(end) } else { try ends.encodeNil() }
        }
    }
}

extension ConfidenceInterval {
    /// How far an interval by the normal distribution reaches to either side: the quantile of the level times the standard error.
    package static func halfWidth(ofStandardError error: Double, level: Double) -> Double {
        ReferenceDistribution.normal.twoSidedQuantile(level: level) * error
    }

    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a level outside (0, 1).
    static func check(level: Double) throws {
        guard level > 0, level < 1 else {
            throw MetaAnalysisError(
                .invalidSetting, "the confidence level is \(level)",
                remedy: "take a number between 0 and 1, such as 0.95")
        }
    }
}

/// The effect found in one study, with what later steps need to know of the study.
public struct EffectSize: Hashable, Sendable, Codable {
    public var label: String
    /// Which study it is of, where effects of other studies have the same label; `nil` where the label says it.
    public var identity: String?
    /// On the analysis scale.
    public var estimate: Double
    /// Sampling variance on the analysis scale, greater than 0.
    public var variance: Double
    /// Line of the file it was read from.
    public var row: Int?
    /// Number of participants, where the data say it.
    public var sampleSize: Double?
    public var group: String?
    public var cluster: String?
    /// Index of the study in `EffectSizes.source`; of no meaning without a source.
    public var position: Int

    public init(
        label: String, identity: String? = nil, estimate: Double, variance: Double, row: Int? = nil,
        sampleSize: Double? = nil,
        group: String? = nil, cluster: String? = nil, position: Int = 0
    ) {
        self.label = label
        self.identity = identity
        self.estimate = estimate
        self.variance = variance
        self.row = row
        self.sampleSize = sampleSize
        self.group = group
        self.cluster = cluster
        self.position = position
    }

    /// Square root of the sampling variance.
    public var standardError: Double { variance.squareRoot() }
}

/// A study that gave no effect, by name and with its reason.
public struct ExcludedStudy: Hashable, Sendable, Codable {
    public var label: String
    public var row: Int?
    public var group: String?
    /// One clause that completes "left out: …".
    public var reason: String

    public init(label: String, row: Int? = nil, group: String? = nil, reason: String) {
        self.label = label
        self.row = row
        self.group = group
        self.reason = reason
    }
}

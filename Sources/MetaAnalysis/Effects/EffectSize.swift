/// The effect of one study, with what later steps need from the study.
public struct EffectSize: Hashable, Sendable, Codable {
    /// Name of the study, as figures and tables show it; need not be unique.
    public var label: String
    /// Identity of the study if other studies have the same label; `nil` if the label identifies it.
    public var identity: String?
    /// Effect on the analysis scale.
    public var estimate: Double
    /// Sampling variance on the analysis scale, greater than 0.
    public var variance: Double
    /// Line of the file from which the study was read, counted from 1 with the header; `nil` if it was not read from a file.
    public var row: Int?
    /// Number of participants (person-time for rates); `nil` if the data do not include it.
    public var sampleSize: Double?
    /// Subgroup of the study, for `SubgroupAnalysis`; `nil` if it has none.
    public var group: String?
    /// Cluster of dependent effects to which it belongs, for cluster-robust inference; `nil` if it has none.
    public var cluster: String?
    /// Index of the study in `EffectSizes.source`; without meaning if there is no source.
    public var position: Int

    /// Makes an effect from an estimate and its variance, neither of which is checked.
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

/// A study that gave no effect, with the reason.
public struct ExcludedStudy: Hashable, Sendable, Codable {
    /// Name of the study, as figures and tables show it.
    public var label: String
    /// Line of the file from which the study was read; `nil` if it was not read from a file.
    public var row: Int?
    /// Subgroup of the study; `nil` if it has none.
    public var group: String?
    /// One clause that completes "left out: …".
    public var reason: String

    /// Makes the record of a study that was left out.
    public init(label: String, row: Int? = nil, group: String? = nil, reason: String) {
        self.label = label
        self.row = row
        self.group = group
        self.reason = reason
    }
}

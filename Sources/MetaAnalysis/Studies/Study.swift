/// One study: its label, its outcome, and where it was read.
public struct Study<Outcome: StudyOutcome>: Hashable, Sendable, Codable {
    /// Name of the study, as figures and tables show it ("Aronson 1948"). It need not be unique.
    public var label: String
    /// Observed outcome: counts, means, a correlation or a reported effect.
    public var outcome: Outcome
    /// Identity of the study if other rows have the same label: "Smith, 1999" beside "Smith, 2004". `nil` if the label identifies it.
    public var identity: String?
    /// Line of the file from which the study was read, counted from 1 with the header; `nil` if it was not read from a file.
    public var row: Int?
    /// Subgroup of the study, for `SubgroupAnalysis`.
    public var group: String?
    /// Cluster of dependent effects to which the study belongs, for cluster-robust inference.
    public var cluster: String?

    /// Makes a study; all but its label and outcome is optional.
    public init(
        _ label: String, _ outcome: Outcome, identity: String? = nil, row: Int? = nil, group: String? = nil,
        cluster: String? = nil
    ) {
        self.label = label
        self.identity = identity
        self.outcome = outcome
        self.row = row
        self.group = group
        self.cluster = cluster
    }
}

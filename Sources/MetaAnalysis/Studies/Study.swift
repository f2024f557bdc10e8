/// One study: its label, what it observed, and where it was read.
public struct Study<Outcome: StudyOutcome>: Hashable, Sendable, Codable {
    /// What a reader calls it ("Aronson 1948"); need not be unique.
    public var label: String
    /// What was observed.
    public var outcome: Outcome
    /// Which study it is, where other rows have the same label: "Smith, 1999" beside "Smith, 2004". `nil` where the label says it.
    public var identity: String?
    /// Line of the file it was read from, counted from 1 with the header; `nil` when it was not read from a file.
    public var row: Int?
    /// Subgroup, for `SubgroupAnalysis`.
    public var group: String?
    /// Cluster of dependent effects, for cluster-robust inference.
    public var cluster: String?

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

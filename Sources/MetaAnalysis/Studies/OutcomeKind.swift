/// The kinds of study data that effects can be computed from: a closed catalogue, one case for each `StudyOutcome` type.
public enum OutcomeKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Events of two groups: `TwoByTwoTable`.
    case twoByTwo = "two-by-two"
    /// Means of two groups: `TwoGroupMeans`.
    case twoGroupMeans = "two-means"
    /// Means of one group at two times, or its change: `PairedMeans`.
    case pairedMeans = "paired"
    /// Events in the person-time of two groups: `TwoGroupRates`.
    case twoGroupRates = "two-rates"
    /// Events of matched pairs: `PairedTable`.
    case pairedTable = "paired-events"
    /// Totals of events of matched pairs, with their correlation: `PairedMargins`.
    case pairedMargins = "paired-margins"
    /// Mean of one group: `SingleMean`.
    case singleMean = "mean"
    /// Events of one group: `Proportion`.
    case proportion
    /// Events in the person-time of one group: `Rate`.
    case rate
    /// Correlation: `Correlation`.
    case correlation
    /// Coefficient alpha: `Reliability`.
    case reliability
    /// Genotypes of one group: `Genotypes`.
    case genotypes
    /// An effect taken as the study reports it: `ReportedEffect`.
    case reported

    /// What the data are, in lower case ("events of two groups").
    public var title: String {
        switch self {
        case .twoByTwo: "events of two groups"
        case .twoGroupMeans: "means of two groups"
        case .pairedMeans: "means of one group at two times, or their change"
        case .twoGroupRates: "events in the person-time of two groups"
        case .pairedTable: "events of matched pairs"
        case .pairedMargins: "totals of events of matched pairs, with their correlation"
        case .singleMean: "mean of one group"
        case .proportion: "events of one group"
        case .rate: "events in the person-time of one group"
        case .correlation: "correlation"
        case .reliability: "reliability coefficient alpha"
        case .genotypes: "genotypes of one group"
        case .reported: "effect as reported"
        }
    }

    /// The sets of column roles that hold this kind of data; any one of them suffices.
    ///
    /// A change as reported has the roles of a single mean: the reader tells them apart by the names of the columns or by
    /// the measure asked for.
    public var roles: [[String]] {
        switch self {
        case .twoByTwo: [["ai", "bi", "ci", "di"], ["ai", "n1i", "ci", "n2i"]]
        case .twoGroupMeans: [["n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i"]]
        case .pairedMeans: [["m1i", "sd1i", "m2i", "sd2i", "ni", "ri"], ["mi", "sdi", "ni"]]
        case .twoGroupRates: [["x1i", "t1i", "x2i", "t2i"]]
        case .pairedTable: [["ai", "bi", "ci", "di"]]
        case .pairedMargins: [["ai", "bi", "ci", "di", "ri"]]
        case .singleMean: [["mi", "sdi", "ni"]]
        case .proportion: [["xi", "ni"]]
        case .rate: [["xi", "ti"]]
        case .correlation: [["ri", "ni"]]
        case .reliability: [["ai", "mi", "ni"]]
        case .genotypes: [["ai", "bi", "ci"]]
        case .reported: [["yi", "vi"], ["yi", "sei"], ["yi", "ci_low", "ci_high"]]
        }
    }

    /// Whether the roles are those of events of two groups, or some of them, so that only a measure tells the kinds apart.
    var isTakenByMeasureOnly: Bool { self == .pairedTable || self == .pairedMargins || self == .genotypes }
}

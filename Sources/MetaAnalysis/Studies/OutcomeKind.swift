/// The kinds of study data from which effects can be computed. The catalogue is closed, with one case for each `StudyOutcome` type.
public enum OutcomeKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Events of two groups: `TwoByTwoTable`.
    case twoByTwo = "two-by-two"
    /// Means of two groups: `TwoGroupMeans`.
    case twoGroupMeans = "two-means"
    /// Means of one group at two times, or their change: `PairedMeans`.
    case pairedMeans = "paired"
    /// Events in the person-time of two groups: `TwoGroupRates`.
    case twoGroupRates = "two-rates"
    /// Events of matched pairs: `PairedTable`.
    case pairedTable = "paired-events"
    /// Total numbers of events of matched pairs, with their correlation: `PairedMargins`.
    case pairedMargins = "paired-margins"
    /// Mean of one group: `SingleMean`.
    case singleMean = "mean"
    /// Events of one group: `Proportion`.
    case proportion
    /// Events in the person-time of one group: `Rate`.
    case rate
    /// Correlation coefficient: `Correlation`.
    case correlation
    /// Cronbach's coefficient alpha: `Reliability`.
    case reliability
    /// One predictor of a regression: `PartialCorrelation`.
    case partialCorrelation = "partial-correlation"
    /// Coefficient of determination R² of a regression: `Determination`.
    case determination
    /// Probability of superiority, or area under a curve: `Superiority`.
    case superiority
    /// Genotypes of one group: `Genotypes`.
    case genotypes
    /// An effect as the study reports it: `ReportedEffect`.
    case reported
    /// Sums of a log-rank test: `LogRank`. It follows `reported`, whose hazard ratio has the same code and is found first by it.
    case logRank = "log-rank"

    /// Description of the data, in lower case ("events of two groups").
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
        case .partialCorrelation: "one predictor of a regression"
        case .determination: "coefficient of determination of a regression"
        case .superiority: "probability of superiority, or area under a curve"
        case .genotypes: "genotypes of one group"
        case .logRank: "observed minus expected events of a log-rank test"
        case .reported: "effect as reported"
        }
    }

    /// Whether studies of this kind can have no events, or events only, in both groups.
    var canBeDoubleZero: Bool { [.twoByTwo, .twoGroupRates, .pairedTable, .pairedMargins].contains(self) }

    /// The sets of column roles that hold this kind of data. Any one of them is sufficient.
    ///
    /// A reported change has the roles of a single mean. The reader of a table distinguishes the two by the column names or by the measure.
    public var roles: [[Role]] { outcomeType.roles }

    /// Example numbers by role. `MeasureDescription.example` gives the effect of each measure for them.
    public var example: KeyValuePairs<Role, Double> {
        switch self {
        case .twoByTwo: [.ai: 4, .bi: 119, .ci: 11, .di: 128]
        case .twoGroupMeans: [.n1i: 155, .m1i: 55, .sd1i: 47, .n2i: 156, .m2i: 75, .sd2i: 64]
        case .pairedMeans: [.m1i: 30.6, .sd1i: 15, .m2i: 38.5, .sd2i: 11.6, .ni: 20, .ri: 0.47]
        case .twoGroupRates: [.x1i: 9, .t1i: 413, .x2i: 18, .t2i: 263]
        case .pairedTable: [.ai: 30, .bi: 15, .ci: 5, .di: 50]
        case .pairedMargins: [.ai: 45, .bi: 55, .ci: 35, .di: 65, .ri: 0.4]
        case .singleMean: [.mi: 12, .sdi: 4, .ni: 25]
        case .proportion: [.xi: 12, .ni: 40]
        case .rate: [.xi: 14, .ti: 200]
        case .correlation: [.ri: 0.5, .ni: 30]
        case .reliability: [.ai: 0.8, .mi: 10, .ni: 50]
        case .partialCorrelation: [.ti: 4.61, .ni: 218, .mi: 4, .r2i: 0.24]
        case .determination: [.r2i: 0.24, .ni: 218, .mi: 4]
        case .superiority: [.ai: 0.8, .n1i: 40, .n2i: 60]
        case .genotypes: [.ai: 20, .bi: 50, .ci: 30]
        case .logRank: [.oe: -8.5, .v: 21]
        case .reported: [.yi: 0.75, .ciLow: 0.6, .ciHigh: 0.9375]
        }
    }

    /// Whether the roles are part of those of other kinds or have common names, so that this kind is recognized only by its measure.
    var isTakenByMeasureOnly: Bool {
        switch self {
        case .pairedTable, .pairedMargins, .genotypes, .partialCorrelation, .determination, .superiority: true
        default: false
        }
    }
}

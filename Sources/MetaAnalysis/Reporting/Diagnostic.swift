/// A note or warning about a decision that the data forced, kept with the result: a correction applied, a study left out, τ² estimated as
/// 0.
public struct Diagnostic: Hashable, Sendable, Codable {
    /// Severity of a diagnostic.
    public enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
        /// Information; the result can be used as it is.
        case note
        /// The result may mislead readers who do not know this.
        case warning
    }

    /// Identifier of the kind of event, which a program can test.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        /// Identifier as text, such as "studyExcluded".
        public var rawValue: String

        /// Makes a code from its text; any text is accepted.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A study was left out; the message gives the reason.
        public static let studyExcluded = Code(rawValue: "studyExcluded")
        /// An arm was left out of a network of counts; the message gives the reason.
        public static let armExcluded = Code(rawValue: "armExcluded")
        /// Several rows have the same label, or the same numbers, and may belong to one study.
        public static let duplicateLabels = Code(rawValue: "duplicateLabels")
        /// Names differ only in spaces or capital letters.
        public static let similarLabels = Code(rawValue: "similarLabels")
        /// Names of subgroups differ only in spaces or capital letters.
        public static let similarGroups = Code(rawValue: "similarGroups")
        /// A row holds totals of other rows and is not a study.
        public static let totalRow = Code(rawValue: "totalRow")
        /// Numbers are possible in form but implausible in a study.
        public static let doubtfulNumbers = Code(rawValue: "doubtfulNumbers")
        /// A continuity correction was added to cells because of zeros.
        public static let continuityCorrection = Code(rawValue: "continuityCorrection")
        /// At least half of the effects were corrected for zero cells, so the continuity correction affects the pooled effect.
        public static let rareEvents = Code(rawValue: "rareEvents")
        /// An interval extends beyond the values that the measure can have.
        public static let intervalBeyondRange = Code(rawValue: "intervalBeyondRange")
        /// There is only one study, so heterogeneity cannot be estimated.
        public static let singleStudy = Code(rawValue: "singleStudy")
        /// The between-study variance τ² is estimated as 0.
        public static let zeroHeterogeneity = Code(rawValue: "zeroHeterogeneity")
        /// The effects differ less than expected by chance at any τ²; the interval of τ² is given as 0 to 0.
        public static let negativeHeterogeneity = Code(rawValue: "negativeHeterogeneity")
        /// A Hartung–Knapp interval is narrower than the Wald interval.
        public static let narrowerThanWald = Code(rawValue: "narrowerThanWald")
        /// The likelihood of τ² has several maxima; the greatest is used.
        public static let severalModes = Code(rawValue: "severalModes")
        /// A quantity or test cannot be computed from these data.
        public static let notEstimable = Code(rawValue: "notEstimable")
        /// A setting has no effect here, or the data and the settings are an unusual combination that should be checked.
        public static let unusualCombination = Code(rawValue: "unusualCombination")
        /// The largest sampling variance is more than ten million times the smallest.
        public static let extremeVarianceRatio = Code(rawValue: "extremeVarianceRatio")
        /// One between-study variance is shared by all subgroups.
        public static let sharedHeterogeneity = Code(rawValue: "sharedHeterogeneity")
        /// Names of treatments differ only in spelling, or treatments consist of the same components.
        public static let similarTreatments = Code(rawValue: "similarTreatments")
        /// Contrasts of a multi-arm study contradict each other by rounding, or were replaced by consistent ones.
        public static let multiArmRepair = Code(rawValue: "multiArmRepair")
        /// A network or subgroup is not connected, or would not be without some studies.
        public static let disconnectedNetwork = Code(rawValue: "disconnectedNetwork")
        /// Every study compares the same treatment with one other treatment, so consistency cannot be tested.
        public static let starNetwork = Code(rawValue: "starNetwork")
        /// There are few studies for this method, so its result is uncertain.
        public static let fewStudies = Code(rawValue: "fewStudies")
        /// Rows have codes of quality, which the analysis ignores.
        public static let rowQuality = Code(rawValue: "rowQuality")
        /// Studies have equal or missing values of the variable by which they are ordered.
        public static let tiedOrder = Code(rawValue: "tiedOrder")
        /// Subsets of studies were sampled because there are too many to pool all of them.
        public static let sampledSubsets = Code(rawValue: "sampledSubsets")
        /// Arrangements of a permutation test were sampled because there are too many to use all of them.
        public static let sampledPermutations = Code(rawValue: "sampledPermutations")
        /// A choice was made that the caller did not state, such as which column has a role.
        public static let defaultChosen = Code(rawValue: "defaultChosen")
        /// Quantiles are skewed, although the conversion assumes a normal distribution.
        public static let skewedQuantiles = Code(rawValue: "skewedQuantiles")
        /// Values were computed from other reported values; the message names the method.
        public static let converted = Code(rawValue: "converted")
        /// An interval is asymmetric around its estimate on the assumed scale, or fits another scale better.
        public static let asymmetricInterval = Code(rawValue: "asymmetricInterval")
    }

    /// Whether this is a note or a warning.
    public var severity: Severity
    /// Kind of event.
    public var code: Code
    /// Message for readers: one sentence without a final period.
    public var message: String
    /// Labels of the studies concerned; empty if the diagnostic concerns the whole analysis.
    public var studies: [String]

    /// Makes a diagnostic; `studies` is empty by default.
    public init(_ severity: Severity, _ code: Code, _ message: String, studies: [String] = []) {
        self.severity = severity
        self.code = code
        self.message = message
        self.studies = studies
    }
}

/// A decision that the data forced, kept with the result: a correction applied, a study left out, τ² estimated as 0.
public struct Diagnostic: Hashable, Sendable, Codable {
    public enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
        /// Worth knowing; the result stands as it is.
        case note
        /// The result may mislead if this is not read.
        case warning
    }

    /// What happened, as one word a program can test.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        public var rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let studyExcluded = Code(rawValue: "studyExcluded")
        public static let armExcluded = Code(rawValue: "armExcluded")
        public static let duplicateLabels = Code(rawValue: "duplicateLabels")
        public static let similarLabels = Code(rawValue: "similarLabels")
        public static let similarGroups = Code(rawValue: "similarGroups")
        public static let totalRow = Code(rawValue: "totalRow")
        public static let doubtfulNumbers = Code(rawValue: "doubtfulNumbers")
        public static let continuityCorrection = Code(rawValue: "continuityCorrection")
        public static let rareEvents = Code(rawValue: "rareEvents")
        public static let intervalBeyondRange = Code(rawValue: "intervalBeyondRange")
        public static let singleStudy = Code(rawValue: "singleStudy")
        public static let zeroHeterogeneity = Code(rawValue: "zeroHeterogeneity")
        public static let negativeHeterogeneity = Code(rawValue: "negativeHeterogeneity")
        public static let narrowerThanWald = Code(rawValue: "narrowerThanWald")
        public static let severalModes = Code(rawValue: "severalModes")
        public static let notEstimable = Code(rawValue: "notEstimable")
        public static let unusualCombination = Code(rawValue: "unusualCombination")
        public static let extremeVarianceRatio = Code(rawValue: "extremeVarianceRatio")
        public static let sharedHeterogeneity = Code(rawValue: "sharedHeterogeneity")
        public static let similarTreatments = Code(rawValue: "similarTreatments")
        public static let multiArmRepair = Code(rawValue: "multiArmRepair")
        public static let disconnectedNetwork = Code(rawValue: "disconnectedNetwork")
        public static let starNetwork = Code(rawValue: "starNetwork")
        public static let fewStudies = Code(rawValue: "fewStudies")
        public static let rowQuality = Code(rawValue: "rowQuality")
        public static let tiedOrder = Code(rawValue: "tiedOrder")
        public static let sampledSubsets = Code(rawValue: "sampledSubsets")
        public static let sampledPermutations = Code(rawValue: "sampledPermutations")
        public static let defaultChosen = Code(rawValue: "defaultChosen")
        public static let skewedQuantiles = Code(rawValue: "skewedQuantiles")
        public static let converted = Code(rawValue: "converted")
        public static let asymmetricInterval = Code(rawValue: "asymmetricInterval")
    }

    public var severity: Severity
    public var code: Code
    /// One sentence without a final stop.
    public var message: String
    /// Labels of the studies it concerns; empty when it concerns the whole analysis.
    public var studies: [String]

    public init(_ severity: Severity, _ code: Code, _ message: String, studies: [String] = []) {
        self.severity = severity
        self.code = code
        self.message = message
        self.studies = studies
    }
}

/// Error of a public function of the library: what is wrong and how to correct it.
///
/// The message names the offending value, and `location` gives its place if the value came from a file.
/// `code` is open: new codes may be added, so a `switch` over it needs a `default`.
public struct MetaAnalysisError: Error, Hashable, Sendable, Codable {
    /// Identifier of the kind of error, which a program can test.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        /// Identifier as text, such as "invalidOutcome".
        public var rawValue: String

        /// Makes a code from its text; any text is accepted.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// An outcome that is impossible: a negative count, more events than participants, SD < 0.
        public static let invalidOutcome = Code(rawValue: "invalidOutcome")
        /// A table that cannot be read: ragged rows, text in a numeric column, duplicate headers.
        public static let malformedTable = Code(rawValue: "malformedTable")
        /// A column that the analysis needs but the table does not have.
        public static let missingColumn = Code(rawValue: "missingColumn")
        /// Fewer studies than the method needs.
        public static let tooFewStudies = Code(rawValue: "tooFewStudies")
        /// Columns of a design that are linearly dependent.
        public static let singularDesign = Code(rawValue: "singularDesign")
        /// An iterative search that did not converge.
        public static let notConverged = Code(rawValue: "notConverged")
        /// Data from which the requested quantity cannot be estimated, such as studies without any events.
        public static let notEstimable = Code(rawValue: "notEstimable")
        /// Settings that cannot be combined.
        public static let unsupportedCombination = Code(rawValue: "unsupportedCombination")
        /// A setting outside its range: a confidence level of 95, a negative τ².
        public static let invalidSetting = Code(rawValue: "invalidSetting")
        /// Treatments that are not connected by any chain of studies.
        public static let disconnectedNetwork = Code(rawValue: "disconnectedNetwork")
        /// A multi-arm study with a contrast that is missing, repeated or inconsistent with the others.
        public static let inconsistentMultiArmStudy = Code(rawValue: "inconsistentMultiArmStudy")
        /// A sum outside the range of a `Double`.
        public static let numericalOverflow = Code(rawValue: "numericalOverflow")
    }

    /// Place of the error in the input; every part may be unknown.
    public struct Location: Hashable, Sendable, Codable {
        /// Path of the file as the caller gave it.
        public var file: String?
        /// Line of the file, counted from 1 and including the header.
        public var row: Int?
        /// Name of the column, or its number, counted from 1, if it has no name.
        public var column: String?
        /// Label of the study.
        public var study: String?

        /// Makes a location; parts that are not given are unknown.
        public init(file: String? = nil, row: Int? = nil, column: String? = nil, study: String? = nil) {
            self.file = file
            self.row = row
            self.column = column
            self.study = study
        }
    }

    /// Kind of error.
    public var code: Code
    /// Description of what is wrong, with the value; no final period.
    public var message: String
    /// Action that corrects the error; no final period.
    public var remedy: String
    /// Place of the error in the input; empty by default.
    public var location: Location

    /// Makes an error; `remedy` says what the caller can do.
    public init(_ code: Code, _ message: String, remedy: String, location: Location = Location()) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.location = location
    }
}

extension MetaAnalysisError: CustomStringConvertible {
    /// Text of the form `FILE:ROW:COLUMN: study "LABEL": message; remedy`, without the parts of the location that are unknown.
    public var description: String {
        let place = [location.file, location.row.map(String.init), location.column].compactMap(\.self)
        let study = location.study.map { "study \(quoted($0)): " } ?? ""
        return (place.isEmpty ? "" : place.joined(separator: ":") + ": ") + study + "\(message); \(remedy)"
    }
}

extension MetaAnalysisError {
    /// Checks a number of threads.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) if it is below 1.
    static func check(threads: Int) throws {
        guard threads > 0 else {
            throw MetaAnalysisError(
                .invalidSetting, "\(threads) threads cannot share the work", remedy: "take 1 or more")
        }
    }
}

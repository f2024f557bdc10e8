/// Why a public function of the library could not answer, with the remedy.
///
/// The message names the offending value and what to do; `location` says where it stands when it came from a file.
/// `code` is open: new codes may appear, so switch over it with a `default`.
public struct MetaAnalysisError: Error, Hashable, Sendable, Codable {
    /// What went wrong, as one word a program can test.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        public var rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// An outcome that no study can have: a negative count, more events than participants, SD < 0.
        public static let invalidOutcome = Code(rawValue: "invalidOutcome")
        /// A table whose text cannot be read: ragged rows, text where a number belongs, duplicate headers.
        public static let malformedTable = Code(rawValue: "malformedTable")
        /// A column that the analysis needs and the table lacks.
        public static let missingColumn = Code(rawValue: "missingColumn")
        /// Fewer studies than the method needs.
        public static let tooFewStudies = Code(rawValue: "tooFewStudies")
        /// Columns of a design that depend linearly on each other.
        public static let singularDesign = Code(rawValue: "singularDesign")
        /// A search that ended without an answer.
        public static let notConverged = Code(rawValue: "notConverged")
        /// Data from which the quantity asked for cannot be found: no events in any study.
        public static let notEstimable = Code(rawValue: "notEstimable")
        /// Settings that have no meaning together.
        public static let unsupportedCombination = Code(rawValue: "unsupportedCombination")
        /// A setting outside its range: a confidence level of 95, a negative τ².
        public static let invalidSetting = Code(rawValue: "invalidSetting")
        /// Treatments that no chain of studies links to each other.
        public static let disconnectedNetwork = Code(rawValue: "disconnectedNetwork")
        /// A study of several arms whose contrasts lack a pair, repeat one, or contradict each other.
        public static let inconsistentMultiArmStudy = Code(rawValue: "inconsistentMultiArmStudy")
        /// A sum that leaves the range of a `Double`.
        public static let numericalOverflow = Code(rawValue: "numericalOverflow")
    }

    /// Where in the input the error stands; every part may be unknown.
    public struct Location: Hashable, Sendable, Codable {
        /// Path of the file as the caller named it.
        public var file: String?
        /// Line of the file, counted from 1, header included.
        public var row: Int?
        /// Name of the column (or its number, counted from 1, when it has no name).
        public var column: String?
        /// Label of the study.
        public var study: String?

        public init(file: String? = nil, row: Int? = nil, column: String? = nil, study: String? = nil) {
            self.file = file
            self.row = row
            self.column = column
            self.study = study
        }
    }

    public var code: Code
    /// What is wrong, with the value; no final stop.
    public var message: String
    /// What the caller can do about it; no final stop.
    public var remedy: String
    public var location: Location

    public init(_ code: Code, _ message: String, remedy: String, location: Location = Location()) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.location = location
    }
}

extension MetaAnalysisError: CustomStringConvertible {
    /// `FILE:ROW:COLUMN: what is wrong; what to do`, leaving out the parts of the place that are unknown.
    public var description: String {
        let place = [location.file, location.row.map(String.init), location.column].compactMap(\.self)
        let study = location.study.map { "study \(quoted($0)): " } ?? ""
        return (place.isEmpty ? "" : place.joined(separator: ":") + ": ") + study + "\(message); \(remedy)"
    }
}

extension MetaAnalysisError {
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a number of threads below 1.
    static func check(threads: Int) throws {
        guard threads > 0 else {
            throw MetaAnalysisError(
                .invalidSetting, "\(threads) threads cannot share the work", remedy: "take 1 or more")
        }
    }
}

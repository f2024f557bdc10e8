import MetaAnalysis

/// Why a command ends without an answer: one line for standard error, and the exit status.
struct CommandFailure: Error, Hashable {
    var status: ExitStatus
    /// `FILE:ROW:COLUMN: what is wrong; what to do`, leaving out the parts of the place that do not apply; empty to end
    /// without a word.
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The failure that an error of the library becomes; `file` names the input where the error does not.
    init(_ error: MetaAnalysisError, file: String?) {
        var error = error
        error.location.file = error.location.file ?? file
        self.init(ExitStatus(error.code), error.description)
    }

    /// Runs a step on one outcome; a failure names the file, the outcome of several, and the column where the library names its
    /// role.
    ///
    /// - Parameters:
    ///   - outcome: `nil` where the file has but one.
    ///   - columns: column of the file by role.
    static func locating<Result>(
        in file: String, outcome: String?, columns: [String: String], _ step: () throws -> Result
    ) throws -> Result {
        do {
            return try step()
        } catch var error as MetaAnalysisError {
            if let role = error.location.column, let column = columns[role] { error.location.column = column }
            if let outcome, error.location.row == nil {
                error.message = "outcome \"\(outcome)\": " + error.message
                error.remedy += ", or choose outcomes with --filter 'outcome=…'"
            }
            throw CommandFailure(error, file: file)
        }
    }
}

extension ExitStatus {
    /// Settings are the caller's, numerical failures ours, and anything else is in the data.
    init(_ code: MetaAnalysisError.Code) {
        switch code {
        case .invalidSetting, .unsupportedCombination: self = .usage
        case .notConverged, .numericalOverflow: self = .failure
        default: self = .dataWrong
        }
    }
}

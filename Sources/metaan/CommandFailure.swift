import MetaAnalysis

/// The reason why a command ends without an answer: one line for standard error, and the exit status.
struct CommandFailure: Error, Hashable {
    var status: ExitStatus
    /// Message of the form `FILE:ROW:COLUMN: what is wrong; what to do`, without the parts of the location that do not apply; empty to end
    /// without a message.
    var message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// Converts an error of the library to a failure; `file` names the input if the error does not.
    init(_ error: MetaAnalysisError, file: String?) {
        var error = error
        error.location.file = error.location.file ?? file
        self.init(ExitStatus(error.code), error.description)
    }

    /// Runs a step on one outcome. A failure names the file, the outcome if there are several, and the column instead of its role.
    ///
    /// - Parameters:
    ///   - outcome: name of the outcome; `nil` if the file has only one.
    ///   - columns: columns of the file by role.
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
    /// Wrong settings are errors of usage, numerical failures are faults of the program, and all other errors are in the data.
    init(_ code: MetaAnalysisError.Code) {
        switch code {
        case .invalidSetting, .unsupportedCombination: self = .usage
        case .notConverged, .numericalOverflow: self = .failure
        default: self = .dataWrong
        }
    }
}

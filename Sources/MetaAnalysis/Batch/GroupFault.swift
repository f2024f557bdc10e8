/// A group of a batch that cannot be pooled, with the reason.
struct GroupFault: Hashable, Sendable {
    /// Position of the group in the batch.
    var group: Int
    /// Reason, without the name of the group, which the caller adds if it is known.
    var error: MetaAnalysisError

    /// The error for groups that have no name but their number, counted from 1.
    var numberedError: MetaAnalysisError {
        var error = error
        error.message = "group \(group + 1): " + error.message
        return error
    }
}

/// A group of a batch that cannot be pooled, and why.
struct GroupFault: Hashable, Sendable {
    /// Its position in the batch.
    var group: Int
    /// Says nothing of the group: who knows its name adds it.
    var error: MetaAnalysisError

    /// The error where groups have no name but their number, counted from 1.
    var numberedError: MetaAnalysisError {
        var error = error
        error.message = "group \(group + 1): " + error.message
        return error
    }
}

/// Groups of a stream that cannot be pooled and are left out: how many, and the first of them.
package struct LeftOutGroups: Sendable {
    /// The first, at most 20.
    package private(set) var listed: [MetaAnalysisError] = []
    package private(set) var count = 0

    private static let listedCount = 20

    /// Takes note of a group.
    ///
    /// - Parameters:
    ///   - name: of the group and what it is, such as `the group "a"`.
    ///   - isSkipped: whether groups may be left out.
    /// - Throws: the error, an error in the data, where groups may not be left out.
    mutating func append(
        _ fault: GroupFault, _ name: String, at location: MetaAnalysisError.Location, isSkipped: Bool
    ) throws {
        let error = MetaAnalysisError(
            .invalidOutcome, "\(name) cannot be pooled: \(fault.error.message)", remedy: fault.error.remedy,
            location: location)
        guard isSkipped else { throw error }
        count += 1
        if listed.count < Self.listedCount { listed.append(error) }
    }
}

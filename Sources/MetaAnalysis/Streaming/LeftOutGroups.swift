/// Groups of a stream that were left out because they cannot be pooled: their number and the first of them.
package struct LeftOutGroups: Sendable {
    /// Errors of the first groups, at most 20.
    package private(set) var listed: [MetaAnalysisError] = []
    package private(set) var count = 0

    private static let listedCount = 20

    /// Records a group.
    ///
    /// - Parameters:
    ///   - name: name of the group with its kind, such as `the group "a"`.
    ///   - isSkipped: whether groups may be left out.
    /// - Throws: The error of the group if groups may not be left out.
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

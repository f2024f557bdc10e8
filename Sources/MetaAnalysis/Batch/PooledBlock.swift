/// The stored results of consecutive groups.
struct PooledBlock: Sendable {
    /// Number of studies of each group; the other numbers of a group without studies have no meaning.
    private(set) var counts: [Int32] = []
    /// Results in `PooledColumns.columnCount` columns, one after the other.
    private var numbers: [Double] = []
    /// Groups that could not be pooled, by their positions in the batch.
    private(set) var faults: [GroupFault] = []

    /// Returns the stored results of a group.
    subscript(group: Int) -> GroupNumbers<Double> {
        let count = counts.count
        return GroupNumbers(
            estimate: numbers[group], standardError: numbers[count + group], tauSquared: numbers[2 * count + group],
            iSquared: numbers[3 * count + group], cochranQ: numbers[4 * count + group])
    }
}

extension PooledBlock {
    /// Pools the groups `groups` of a batch.
    mutating func pool(_ batch: StudyBatch, groups: Range<Int>, settings: BatchPooling) {
        resize(to: groups.count)
        faults = batch.withStudies(of: groups) { studies in
            let pooling = BlockPooling(settings)
            return numbers.withUnsafeMutableBufferPointer { numbers in
                counts.withUnsafeMutableBufferPointer { counts in
                    guard let start = numbers.baseAddress, let counted = counts.baseAddress else { return [] }
                    return pooling.pool(
                        studies, counts: counted, columns: PooledColumns(start, count: groups.count))
                }
            }
        }
        for index in faults.indices { faults[index].group += groups.lowerBound }
    }

    private mutating func resize(to count: Int) {
        if counts.count == count { return }
        counts = Array(repeating: 0, count: count)
        numbers = Array(repeating: 0, count: PooledColumns.columnCount * count)
    }
}

extension StudyBatch {
    fileprivate func withStudies(of groups: Range<Int>, _ body: (BatchStudies) -> [GroupFault]) -> [GroupFault] {
        estimates.withUnsafeBufferPointer { estimates in
            variances.withUnsafeBufferPointer { variances in
                guard let estimate = estimates.baseAddress, let variance = variances.baseAddress else { return [] }
                switch layout {
                case .offsets(let offsets):
                    return offsets.withUnsafeBufferPointer { offsets in
                        body(
                            BatchStudies(
                                estimates: estimate, variances: variance,
                                offsets: UnsafeBufferPointer(
                                    rebasing: offsets[groups.lowerBound...groups.upperBound])))
                    }
                case .groupMajor(_, let studies):
                    let start = groups.lowerBound * studies
                    return body(
                        BatchStudies(
                            estimates: estimate + start, variances: variance + start, groups: groups.count,
                            studiesPerGroup: studies, groupStep: studies, stride: 1))
                case .studyMajor(let all, let studies):
                    return body(
                        BatchStudies(
                            estimates: estimate + groups.lowerBound, variances: variance + groups.lowerBound,
                            groups: groups.count, studiesPerGroup: studies, groupStep: 1, stride: all))
                }
            }
        }
    }
}

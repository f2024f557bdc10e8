/// Positions of the studies of every group of a batch.
struct BatchStudies {
    let estimates: UnsafePointer<Double>
    let variances: UnsafePointer<Double>
    /// First study of each group and, last, the end; `nil` if all groups have the same number of studies.
    private let offsets: UnsafePointer<Int>?
    private let studiesPerGroup: Int
    private let groupStep: Int
    /// Distance between consecutive studies of a group.
    let stride: Int
    let groupCount: Int

    /// Makes groups of any size.
    init(estimates: UnsafePointer<Double>, variances: UnsafePointer<Double>, offsets: UnsafeBufferPointer<Int>) {
        self.estimates = estimates
        self.variances = variances
        self.offsets = offsets.baseAddress
        groupCount = offsets.count - 1
        (studiesPerGroup, groupStep, stride) = (0, 0, 1)
    }

    /// Makes groups of the same size at equal distances.
    init(
        estimates: UnsafePointer<Double>, variances: UnsafePointer<Double>, groups: Int, studiesPerGroup: Int,
        groupStep: Int, stride: Int
    ) {
        self.estimates = estimates
        self.variances = variances
        offsets = nil
        groupCount = groups
        self.studiesPerGroup = studiesPerGroup
        self.groupStep = groupStep
        self.stride = stride
    }

    /// Number of studies of every group; `nil` if it may differ.
    var commonCount: Int? { offsets == nil ? studiesPerGroup : nil }

    @inline(__always)
    func count(of group: Int) -> Int {
        if let offsets { return offsets[group + 1] - offsets[group] }
        return studiesPerGroup
    }

    @inline(__always)
    func start(of group: Int) -> Int {
        if let offsets { return offsets[group] }
        return group * groupStep
    }
}

/// Four groups that are pooled together, one in each lane of a vector.
struct GroupQuad {
    private(set) var groups = (0, 0, 0, 0)
    private(set) var counts = (0, 0, 0, 0)
    private var filled = 0

    init() {}

    /// Makes four consecutive groups of the same size.
    @inline(__always)
    init(from group: Int, count: Int) {
        groups = (group, group + 1, group + 2, group + 3)
        counts = (count, count, count, count)
    }

    var isEmpty: Bool { filled == 0 }

    /// Adds a group.
    ///
    /// - Returns: whether there are four groups now.
    @inline(__always)
    mutating func add(_ group: Int, count: Int) -> Bool {
        switch filled {
        case 0: (groups.0, counts.0) = (group, count)
        case 1: (groups.1, counts.1) = (group, count)
        case 2: (groups.2, counts.2) = (group, count)
        default: (groups.3, counts.3) = (group, count)
        }
        filled = (filled + 1) & 3
        return filled == 0
    }

    /// Fills the remaining lanes with the last group, whose result is simply computed again.
    mutating func complete() {
        let (group, count) =
            filled == 1 ? (groups.0, counts.0) : filled == 2 ? (groups.1, counts.1) : (groups.2, counts.2)
        while !add(group, count: count) {}
    }

    /// Number of studies of all four groups; `nil` if it differs.
    @inline(__always) var commonCount: Int? {
        counts.0 == counts.1 && counts.0 == counts.2 && counts.0 == counts.3 ? counts.0 : nil
    }

    @inline(__always) var greatestCount: Int { max(max(counts.0, counts.1), max(counts.2, counts.3)) }

    @inline(__always) var degreesOfFreedom: SIMD4<Double> {
        SIMD4(Double(counts.0 - 1), Double(counts.1 - 1), Double(counts.2 - 1), Double(counts.3 - 1))
    }
}

extension BatchStudies {
    /// Makes the model of a single group.
    func model(of group: Int) -> VarianceComponentModel {
        let positions = Swift.stride(
            from: start(of: group), to: start(of: group) + count(of: group) * stride, by: stride)
        do {
            return try VarianceComponentModel(
                responses: positions.map { estimates[$0] }, variances: positions.map { variances[$0] })
        } catch {
            preconditionFailure("a single column of ones is never singular")
        }
    }
}

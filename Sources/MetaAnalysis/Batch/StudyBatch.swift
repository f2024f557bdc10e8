/// Effects and sampling variances of many groups of studies, each group an analysis of its own.
///
/// Structure of arrays: one number for each study, all on the analysis scale. Fill it by hand, group by group, or take arrays
/// as they are. `removeAll()` keeps the memory for the next groups. A study whose effect or variance is NaN is missing: its group
/// is pooled without it.
///
/// ```swift
/// var batch = StudyBatch()
/// batch.append(estimate: 0.2, variance: 0.04)
/// batch.append(estimate: 0.5, variance: 0.09)
/// batch.endGroup()
/// ```
public struct StudyBatch: Hashable, Sendable {
    /// Effects on the analysis scale.
    public private(set) var estimates: [Double]
    /// Sampling variances, greater than 0.
    public private(set) var variances: [Double]
    public private(set) var layout: BatchLayout

    /// Without groups, to be filled.
    public init() {
        estimates = []
        variances = []
        layout = .offsets([0])
    }

    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) when the numbers of effects, variances and studies differ, or the
    ///   offsets do not rise from 0.
    public init(estimates: [Double], variances: [Double], layout: BatchLayout) throws {
        try layout.check(estimates: estimates.count, variances: variances.count)
        self.estimates = estimates
        self.variances = variances
        self.layout = layout
    }

    public var groupCount: Int { layout.groupCount }

    /// Adds a study to the group that is being filled.
    public mutating func append(estimate: Double, variance: Double) {
        estimates.append(estimate)
        variances.append(variance)
    }

    /// Ends the group that is being filled; the next study begins another. Groups may be empty.
    public mutating func endGroup() {
        guard case .offsets(var offsets) = layout else { preconditionFailure("the layout is fixed") }
        layout = .offsets([])
        offsets.append(estimates.count)
        layout = .offsets(offsets)
    }

    /// Starts anew in the same memory.
    public mutating func removeAll() {
        estimates.removeAll(keepingCapacity: true)
        variances.removeAll(keepingCapacity: true)
        guard case .offsets(var offsets) = layout else { return layout = .offsets([0]) }
        layout = .offsets([])
        offsets.removeAll(keepingCapacity: true)
        offsets.append(0)
        layout = .offsets(offsets)
    }
}

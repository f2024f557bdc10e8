/// Effects and sampling variances of many groups of studies, each of which is analyzed separately.
///
/// The batch is a structure of arrays with one number for each study, on the analysis scale. Fill it study by study and group by group, or
/// use existing arrays. `removeAll()` keeps the memory for the next groups. A study with an effect or variance of NaN is missing, and its
/// group is pooled without it.
///
/// ```swift
/// var batch = StudyBatch()
/// batch.append(estimate: 0.2, variance: 0.04)
/// batch.append(estimate: 0.5, variance: 0.09)
/// batch.endGroup()
/// ```
public struct StudyBatch: Hashable, Sendable {
    /// Effects on the analysis scale; NaN for a missing study.
    public private(set) var estimates: [Double]
    /// Sampling variances, greater than 0; NaN for a missing study.
    public private(set) var variances: [Double]
    /// Arrangement of the studies in groups.
    public private(set) var layout: BatchLayout

    /// Makes a batch without groups, to be filled by `append(estimate:variance:)` and `endGroup()`.
    public init() {
        estimates = []
        variances = []
        layout = .offsets([0])
    }

    /// Makes a batch of existing arrays.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) if the numbers of effects, variances and studies differ, if the offsets do not
    ///   rise from 0, or if a number of groups or studies is negative.
    public init(estimates: [Double], variances: [Double], layout: BatchLayout) throws {
        try layout.check(estimates: estimates.count, variances: variances.count)
        self.estimates = estimates
        self.variances = variances
        self.layout = layout
    }

    /// Number of groups, without the one that is being filled.
    public var groupCount: Int { layout.groupCount }

    /// Adds a study to the group that is being filled.
    public mutating func append(estimate: Double, variance: Double) {
        estimates.append(estimate)
        variances.append(variance)
    }

    /// Ends the group that is being filled; the next study begins another group. A group may be empty. The layout must be `.offsets`.
    public mutating func endGroup() {
        guard case .offsets(var offsets) = layout else { preconditionFailure("the layout is fixed") }
        layout = .offsets([])
        offsets.append(estimates.count)
        layout = .offsets(offsets)
    }

    /// Removes all groups but keeps the memory. The layout becomes `.offsets`.
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

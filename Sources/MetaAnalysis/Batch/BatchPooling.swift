/// The same analysis of many groups of studies: voxels, genetic markers, simulated data sets.
///
/// The estimators and intervals of `RandomEffects` and `CommonEffect`, group by group with the same numbers, without the records
/// of single studies. Use those for one analysis that is to be read: they say what the data forced.
///
/// ```swift
/// let pooled = try BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald).fit(batch)
/// ```
///
/// Every group is pooled by itself in O(k) for each step of its search for τ², without memory of its own; the results do not depend
/// on the number of threads.
/// R: `lapply(split(data, data$group), function(d) metafor::rma(yi, vi, data=d, method="DL"))`.
///
/// Source: as `RandomEffects`.
public struct BatchPooling: Hashable, Sendable, Codable {
    /// `nil` for the common effect, which has no τ².
    public var heterogeneity: HeterogeneityEstimator?
    public var interval: IntervalMethod
    /// τ² where it is known beforehand; no estimator is used then. At least 0.
    public var knownTauSquared: Double?
    /// Confidence level, in (0, 1).
    public var level: Double

    public init(
        heterogeneity: HeterogeneityEstimator? = .restrictedMaximumLikelihood, interval: IntervalMethod = .hartungKnapp,
        knownTauSquared: Double? = nil, level: Double = 0.95
    ) {
        self.heterogeneity = heterogeneity
        self.interval = interval
        self.knownTauSquared = knownTauSquared
        self.level = level
    }

    /// Pools every group.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) that names the group and the study, counted from 1, whose effect is not finite
    ///   or whose variance is not a finite number above 0; `.numericalOverflow` that names the group whose numbers are too far
    ///   apart; `.invalidSetting` as `RandomEffects`.
    public func fit(_ batch: StudyBatch) throws -> PooledBatch {
        var pooled = PooledBatch(self)
        try fit(batch, into: &pooled)
        return pooled
    }

    /// Pools every group into the memory of an earlier result.
    ///
    /// - Throws: as `fit(_:)`; `pooled` is empty then.
    public func fit(_ batch: StudyBatch, into pooled: inout PooledBatch) throws {
        try fitWhatCanBePooled(batch, into: &pooled)
        guard let fault = pooled.faults.first else { return }
        _ = pooled.reset(self)
        throw fault.numberedError
    }

    /// Pools the groups that can be pooled; the others are the `faults` of the result.
    ///
    /// - Throws: `.invalidSetting` as `RandomEffects`.
    func fitWhatCanBePooled(_ batch: StudyBatch, into pooled: inout PooledBatch) throws {
        try check()
        let groupsPerBlock = Self.groupsPerBlock(batch.layout)
        let count = Self.blockCount(batch.layout, groupsPerBlock)
        var blocks = pooled.reset(self)
        if blocks.count > count { blocks.removeLast(blocks.count - count) }
        while blocks.count < count { blocks.append(PooledBlock()) }
        for index in blocks.indices {
            blocks[index].pool(batch, groups: Self.groups(of: index, groupsPerBlock, batch.layout), settings: self)
        }
        pooled.assemble(blocks, groupsPerBlock: groupsPerBlock)
    }

    /// Pools every group, the blocks of groups shared between threads.
    ///
    /// - Parameter threads: at least 1.
    /// - Throws: as `fit(_:)`, and for fewer threads; `CancellationError` when its task is cancelled.
    public func fit(_ batch: StudyBatch, threads: Int) async throws -> PooledBatch {
        try MetaAnalysisError.check(threads: threads)
        try check()
        let groupsPerBlock = Self.groupsPerBlock(batch.layout)
        let count = Self.blockCount(batch.layout, groupsPerBlock)
        var blocks = Array(repeating: PooledBlock(), count: count)
        try await withThrowingTaskGroup(of: (Int, PooledBlock).self) { group in
            func start(_ index: Int) {
                group.addTask {
                    try Task.checkCancellation()
                    var block = PooledBlock()
                    block.pool(
                        batch, groups: Self.groups(of: index, groupsPerBlock, batch.layout), settings: self)
                    return (index, block)
                }
            }
            var next = min(threads, count)
            for index in 0..<next { start(index) }
            while let (index, block) = try await group.next() {
                blocks[index] = block
                if next < count {
                    start(next)
                    next += 1
                }
            }
        }
        var pooled = PooledBatch(self)
        pooled.assemble(blocks, groupsPerBlock: groupsPerBlock)
        if let fault = pooled.faults.first { throw fault.numberedError }
        return pooled
    }

    private func check() throws {
        try ConfidenceInterval.check(level: level)
        try RandomEffects.check(
            knownTauSquared: heterogeneity == nil ? nil : knownTauSquared,
            heterogeneity: heterogeneity ?? .derSimonianLaird, interval: .qProfile)
    }

    // Blocks depend on the data alone, so that the same groups lie in the same block for any number of threads.

    private static func groupsPerBlock(_ layout: BatchLayout) -> Int {
        let studiesPerGroup = max(1, layout.studyCount / max(1, layout.groupCount))
        return max(1, min(8192, 65536 / studiesPerGroup))
    }

    private static func blockCount(_ layout: BatchLayout, _ groupsPerBlock: Int) -> Int {
        (layout.groupCount + groupsPerBlock - 1) / groupsPerBlock
    }

    private static func groups(of block: Int, _ groupsPerBlock: Int, _ layout: BatchLayout) -> Range<Int> {
        block * groupsPerBlock..<min((block + 1) * groupsPerBlock, layout.groupCount)
    }
}

extension BatchPooling {
    /// The same analysis of one group, with its record.
    func fit(_ effects: EffectSizes) throws -> PooledEffect {
        guard let heterogeneity else { return try CommonEffect(interval: interval, level: level).fit(effects) }
        return try RandomEffects(
            heterogeneity: heterogeneity, interval: interval, knownTauSquared: knownTauSquared, level: level
        ).fit(effects)
    }
}

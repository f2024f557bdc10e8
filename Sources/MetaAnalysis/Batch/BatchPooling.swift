/// Pools many groups of studies by the same analysis: voxels, genetic markers, simulated data sets.
///
/// The estimators and intervals are those of `RandomEffects` and `CommonEffect` and give the same numbers, without the records of single
/// studies. For a single analysis, use `RandomEffects` or `CommonEffect`, which also report diagnostics.
///
/// ```swift
/// let pooled = try BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald).fit(batch)
/// ```
///
/// Each group is pooled separately, in O(k) for each step of the search for τ² and without memory of its own. The results do not depend on
/// the number of threads.
/// R: `lapply(split(data, data$group), function(d) metafor::rma(yi, vi, data=d, method="DL"))`.
///
/// Source: as `RandomEffects`.
@dynamicMemberLookup
public struct BatchPooling: Hashable, Sendable, Codable {
    /// τ² and the interval of the pooled effects; its members are also members of the model (`model.level`). τ² gets no interval here.
    public var estimation: EstimationSettings

    /// A model with these settings of the estimation.
    public init(_ estimation: EstimationSettings) { self.estimation = estimation }

    /// A model with an estimator of τ², by default REML, and the Hartung–Knapp interval.
    ///
    /// - Parameters:
    ///   - heterogeneity: `nil` for a common effect.
    ///   - knownTauSquared: τ² where it is known beforehand, at least 0; no estimator is used then.
    ///   - level: confidence level, in (0, 1).
    public init(
        heterogeneity: HeterogeneityEstimator? = .restrictedMaximumLikelihood, interval: IntervalMethod = .hartungKnapp,
        knownTauSquared: Double? = nil, level: Double = 0.95
    ) {
        self.init(
            EstimationSettings(
                heterogeneity: HeterogeneityModel(heterogeneity, known: knownTauSquared), interval: interval,
                level: level))
    }

    /// A member of `estimation`.
    public subscript<Value>(dynamicMember member: WritableKeyPath<EstimationSettings, Value>) -> Value {
        get { estimation[keyPath: member] }
        set { estimation[keyPath: member] = newValue }
    }

    /// Pools every group.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidOutcome`, naming the group and the study, counted from 1, if an effect is not finite or a
    ///   variance is not a finite number above 0; `.numericalOverflow`, naming the group, if its numbers differ too much in size;
    ///   `.invalidSetting` as `RandomEffects`.
    public func fit(_ batch: StudyBatch) throws -> PooledBatch {
        var pooled = PooledBatch(self)
        try fit(batch, into: &pooled)
        return pooled
    }

    /// Pools every group, reusing the memory of an earlier result.
    ///
    /// - Throws: as `fit(_:)`; `pooled` is then empty.
    public func fit(_ batch: StudyBatch, into pooled: inout PooledBatch) throws {
        try fitWhatCanBePooled(batch, into: &pooled)
        guard let fault = pooled.faults.first else { return }
        _ = pooled.reset(self)
        throw fault.numberedError
    }

    /// Pools the groups that can be pooled; the others are in `faults` of the result.
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

    /// Pools every group, dividing the groups between threads in blocks.
    ///
    /// - Parameters:
    ///   - batch: the groups.
    ///   - threads: number of threads, at least 1.
    /// - Throws: as `fit(_:)`, and for fewer than 1 thread; `CancellationError` if its task is cancelled.
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

    private func check() throws { try estimationWithoutInterval.check() }

    /// τ² gets no interval that its estimator might not have.
    private var estimationWithoutInterval: EstimationSettings {
        var settings = estimation
        settings.tauSquaredInterval = .qProfile
        return settings
    }

    // Blocks depend only on the data, so that each group is in the same block for any number of threads.

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
    /// Pools one group by the same analysis, with its full record.
    func fit(_ effects: EffectSizes) throws -> PooledEffect {
        let isRandom = estimation.heterogeneity.isRandom
        return try InverseVariancePooling(effects, estimationWithoutInterval, weighting: .inverseVariance)
            .pooledEffect(isRandom ? .matched : nil)
    }
}

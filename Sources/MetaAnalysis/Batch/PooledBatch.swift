/// The pooled effects of many groups, in the order of the groups; `nil` for a group without studies.
///
/// Only what pooling itself needs is stored; intervals and p-values are worked out for the groups that are asked for.
///
/// ```swift
/// let pooled = try BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald).fit(batch)
/// for case let effect? in pooled { print(effect.estimate, effect.pValue ?? 1) }
/// ```
public struct PooledBatch: Sendable, RandomAccessCollection {
    public private(set) var settings: BatchPooling
    /// Threads take a block at a time; all but the last have `groupsPerBlock` groups.
    private(set) var blocks: [PooledBlock] = []
    private var groupsPerBlock = 1
    private var quantiles: IntervalQuantiles
    /// Number of groups.
    public private(set) var endIndex = 0

    init(_ settings: BatchPooling) {
        self.settings = settings
        quantiles = IntervalQuantiles(interval: settings.interval, level: settings.level)
    }

    public var startIndex: Int { 0 }

    /// The groups that could not be pooled, in their order; they stand here as groups without studies do.
    var faults: [GroupFault] { blocks.flatMap(\.faults) }

    public subscript(group: Int) -> BatchEffect? {
        precondition(group >= 0 && group < endIndex, "there is no such group")
        let (block, place) = group.quotientAndRemainder(dividingBy: groupsPerBlock)
        let count = Int(blocks[block].counts[place])
        guard count > 0 else { return nil }
        return BatchEffect(
            k: count, blocks[block][place], interval: settings.interval, quantile: quantiles[count])
    }

    /// Puts blocks that were pooled apart together, in their order.
    mutating func assemble(_ blocks: [PooledBlock], groupsPerBlock: Int) {
        self.blocks = blocks
        self.groupsPerBlock = groupsPerBlock
        endIndex = blocks.reduce(0) { $0 + $1.counts.count }
        for block in blocks { quantiles.cover(block.counts) }
    }

    /// Gives the blocks away, to be filled again in the same memory.
    mutating func reset(_ settings: BatchPooling) -> [PooledBlock] {
        if settings != self.settings {
            self.settings = settings
            quantiles = IntervalQuantiles(interval: settings.interval, level: settings.level)
        }
        endIndex = 0
        defer { blocks = [] }
        return blocks
    }
}

/// The pooled effect of one of many groups; everything on the analysis scale.
public struct BatchEffect: Hashable, Sendable {
    /// Number of studies, at least 1.
    public let k: Int
    private let numbers: GroupNumbers<Double>
    private let usesNormal: Bool
    private let quantile: Double

    init(k: Int, _ numbers: GroupNumbers<Double>, interval: IntervalMethod, quantile: Double) {
        self.k = k
        self.numbers = numbers
        usesNormal = interval == .wald || k == 1
        self.quantile = quantile
    }

    public var estimate: Double { numbers.estimate }

    /// As the interval uses it: scaled under Hartung–Knapp.
    public var standardError: Double { numbers.standardError }

    public var tauSquared: Double { numbers.tauSquared }

    /// Weighted sum of squares around the common effect.
    public var cochranQ: Double { numbers.cochranQ }

    /// Unbounded where the standard error is 0.
    public var confidenceInterval: ConfidenceInterval {
        ConfidenceInterval(around: estimate, quantile: quantile, standardError: standardError)
    }

    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double? { standardError > 0 ? estimate / standardError : nil }

    /// Two-sided, against no effect; `nil` when the standard error is 0.
    public var pValue: Double? {
        let reference: ReferenceDistribution = usesNormal ? .normal : .studentT(degreesOfFreedom: Double(k - 1))
        return statistic.map(reference.twoSidedPValue)
    }

    /// Percent, 0–100; from τ² under random effects, from Q otherwise; `nil` for one study.
    public var iSquared: Double? {
        // Rounding must not leave more than 100.
        k > 1 ? numbers.iSquared > 100 ? 100 : numbers.iSquared : nil
    }

    /// p-value of Q; `nil` for one study.
    public var qPValue: Double? {
        guard k > 1 else { return nil }
        return ReferenceDistribution.chiSquared(degreesOfFreedom: Double(k - 1)).upperTail(cochranQ)
    }
}

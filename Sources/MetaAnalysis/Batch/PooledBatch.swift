/// The pooled effects of many groups, in the order of the groups; `nil` for a group without studies.
///
/// Only the results of pooling are stored. Intervals and p-values are computed for a group when they are read.
///
/// ```swift
/// let pooled = try BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald).fit(batch)
/// for case let effect? in pooled { print(effect.estimate, effect.pValue ?? 1) }
/// ```
public struct PooledBatch: Sendable, RandomAccessCollection {
    /// Settings of the analysis.
    public private(set) var settings: BatchPooling
    /// Results in blocks, each of which one thread pooled; all but the last have `groupsPerBlock` groups.
    private(set) var blocks: [PooledBlock] = []
    private var groupsPerBlock = 1
    private var quantiles: IntervalQuantiles
    /// Number of groups.
    public private(set) var endIndex = 0

    init(_ settings: BatchPooling) {
        self.settings = settings
        quantiles = IntervalQuantiles(interval: settings.interval, level: settings.level)
    }

    /// Position of the first group, 0.
    public var startIndex: Int { 0 }

    /// Groups that could not be pooled, in order; like groups without studies, they are `nil` in the collection.
    var faults: [GroupFault] { blocks.flatMap(\.faults) }

    /// Returns the pooled effect of a group; `nil` for a group without studies.
    public subscript(group: Int) -> BatchEffect? {
        precondition(group >= 0 && group < endIndex, "there is no such group")
        let (block, place) = group.quotientAndRemainder(dividingBy: groupsPerBlock)
        let count = Int(blocks[block].counts[place])
        guard count > 0 else { return nil }
        return BatchEffect(
            k: count, blocks[block][place], interval: settings.interval, quantile: quantiles[count])
    }

    /// Joins blocks that were pooled separately, in their order.
    mutating func assemble(_ blocks: [PooledBlock], groupsPerBlock: Int) {
        self.blocks = blocks
        self.groupsPerBlock = groupsPerBlock
        endIndex = blocks.reduce(0) { $0 + $1.counts.count }
        for block in blocks { quantiles.cover(block.counts) }
    }

    /// Removes and returns the blocks, so that their memory can be reused.
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

/// The pooled effect of one of many groups; all numbers are on the analysis scale.
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

    /// Pooled effect.
    public var estimate: Double { numbers.estimate }

    /// Standard error that the interval uses, including the scale factor of Hartung–Knapp.
    public var standardError: Double { numbers.standardError }

    /// Between-study variance τ²; 0 for a common effect.
    public var tauSquared: Double { numbers.tauSquared }

    /// Cochran's Q: weighted sum of squares around the common effect.
    public var cochranQ: Double { numbers.cochranQ }

    /// Confidence interval of the pooled effect; unbounded if the standard error is 0.
    public var confidenceInterval: ConfidenceInterval {
        ConfidenceInterval(around: estimate, quantile: quantile, standardError: standardError)
    }

    /// Estimate divided by its standard error; `nil` if the standard error is 0.
    public var statistic: Double? { standardError > 0 ? estimate / standardError : nil }

    /// Two-sided p-value of no effect; `nil` if the standard error is 0.
    public var pValue: Double? {
        let reference: ReferenceDistribution = usesNormal ? .normal : .studentT(degreesOfFreedom: Double(k - 1))
        return statistic.map(reference.twoSidedPValue)
    }

    /// I² in percent, from 0 to 100: from τ² for random effects, from Q for a common effect; `nil` for one study.
    public var iSquared: Double? {
        // Rounding errors must not give more than 100.
        k > 1 ? numbers.iSquared > 100 ? 100 : numbers.iSquared : nil
    }

    /// p-value of Cochran's Q; `nil` for one study.
    public var qPValue: Double? {
        guard k > 1 else { return nil }
        return ReferenceDistribution.chiSquared(degreesOfFreedom: Double(k - 1)).upperTail(cochranQ)
    }
}

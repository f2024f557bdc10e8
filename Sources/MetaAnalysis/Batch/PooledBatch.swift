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

    public subscript(group: Int) -> BatchEffect? {
        precondition(group >= 0 && group < endIndex, "there is no such group")
        let (block, place) = group.quotientAndRemainder(dividingBy: groupsPerBlock)
        let count = Int(blocks[block].counts[place])
        guard count > 0 else { return nil }
        return BatchEffect(
            k: count, estimate: blocks[block].estimates[place], standardError: blocks[block].standardErrors[place],
            tauSquared: blocks[block].tauSquared[place], iSquared: blocks[block].iSquared[place],
            cochranQ: blocks[block].cochranQ[place], interval: settings.interval, quantile: quantiles[count])
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
    public let estimate: Double
    /// As the interval uses it: scaled under Hartung–Knapp.
    public let standardError: Double
    public let tauSquared: Double
    private let iSquaredOrNaN: Double
    public let cochranQ: Double
    private let usesNormal: Bool
    private let quantile: Double

    init(
        k: Int, estimate: Double, standardError: Double, tauSquared: Double, iSquared: Double, cochranQ: Double,
        interval: IntervalMethod, quantile: Double
    ) {
        self.k = k
        self.estimate = estimate
        self.standardError = standardError
        self.tauSquared = tauSquared
        iSquaredOrNaN = iSquared
        self.cochranQ = cochranQ
        usesNormal = interval == .wald || k == 1
        self.quantile = quantile
    }

    public var confidenceInterval: ConfidenceInterval {
        ConfidenceInterval(around: estimate, halfWidth: quantile * standardError)
    }

    /// Estimate over standard error; `nil` when the standard error is 0.
    public var statistic: Double? { standardError > 0 ? estimate / standardError : nil }

    /// Two-sided, against no effect; `nil` when the standard error is 0.
    public var pValue: Double? {
        let reference: ReferenceDistribution = usesNormal ? .normal : .studentT(degreesOfFreedom: Double(k - 1))
        return statistic.map(reference.twoSidedPValue)
    }

    /// Percent, 0–100; from τ² under random effects, from Q otherwise; `nil` for one study.
    public var iSquared: Double? { k > 1 ? iSquaredOrNaN : nil }

    /// p-value of Q; `nil` for one study.
    public var qPValue: Double? {
        guard k > 1 else { return nil }
        return ReferenceDistribution.chiSquared(degreesOfFreedom: Double(k - 1)).upperTail(cochranQ)
    }
}

/// The stored numbers of some groups that follow each other.
struct PooledBlock: Sendable {
    /// Number of studies of each group; the other numbers of a group without studies mean nothing.
    var counts: [Int32] = []
    var estimates: [Double] = []
    var standardErrors: [Double] = []
    var tauSquared: [Double] = []
    var iSquared: [Double] = []
    var cochranQ: [Double] = []

    mutating func resize(to count: Int) {
        func resize<Value>(_ column: inout [Value], _ blank: Value) {
            if column.count > count { column.removeLast(column.count - count) }
            column.append(contentsOf: repeatElement(blank, count: count - column.count))
        }
        resize(&counts, 0)
        resize(&estimates, .nan)
        resize(&standardErrors, .nan)
        resize(&tauSquared, .nan)
        resize(&iSquared, .nan)
        resize(&cochranQ, .nan)
    }
}

/// The two-sided quantile of an interval by number of studies, each found once.
struct IntervalQuantiles: Sendable {
    private let interval: IntervalMethod
    private let level: Double
    private let normal: Double
    /// By number of studies; NaN where not yet wanted. One study always has the normal quantile.
    private var small: [Double]
    private var large: [Int: Double] = [:]

    init(interval: IntervalMethod, level: Double) {
        self.interval = interval
        self.level = level
        normal = ReferenceDistribution.normal.twoSidedQuantile(level: level)
        small = [.nan, normal]
    }

    subscript(count: Int) -> Double {
        if interval == .wald { return normal }
        return count < small.count ? small[count] : large[count] ?? .nan
    }

    /// Sees to it that there is a quantile for each of these numbers of studies.
    mutating func cover(_ counts: [Int32]) {
        guard interval != .wald else { return }
        var latest = Int32.min
        for count in counts where count != latest {
            latest = count
            cover(Int(count))
        }
    }

    private mutating func cover(_ count: Int) {
        guard count > 1, self[count].isNaN else { return }
        let quantile = ReferenceDistribution.studentT(degreesOfFreedom: Double(count - 1)).twoSidedQuantile(level: level)
        guard count < 4096 else { return large[count] = quantile }
        while small.count <= count { small.append(.nan) }
        small[count] = quantile
    }
}

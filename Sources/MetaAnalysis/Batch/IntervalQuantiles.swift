/// Two-sided quantiles of an interval by number of studies, each computed once.
struct IntervalQuantiles: Sendable {
    private let interval: IntervalMethod
    private let level: Double
    private let normal: Double
    /// Quantiles by number of studies; NaN if not computed yet. One study always has the normal quantile.
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

    /// Computes the quantiles for all these numbers of studies.
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
        let quantile = ReferenceDistribution.studentT(degreesOfFreedom: Double(count - 1)).twoSidedQuantile(
            level: level)
        guard count < 4096 else { return large[count] = quantile }
        while small.count <= count { small.append(.nan) }
        small[count] = quantile
    }
}

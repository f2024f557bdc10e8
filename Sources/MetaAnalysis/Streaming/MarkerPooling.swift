/// Pools the markers of a join and writes them, one line for each, in the order of the join.
///
/// Every marker has the common effect with Q, its p-value, I² from Q, and the mean of the random effects with τ².
///
/// ```swift
/// var pooling = MarkerPooling()
/// pooling.writeHeader(for: join, to: &text)
/// try pooling.write(0..<join.markerCount, of: join, to: &text)
/// ```
package struct MarkerPooling: Sendable {
    private let common: BatchPooling
    private let random: BatchPooling?
    private var commonEffects: PooledBatch
    private var randomEffects: PooledBatch?
    private var writer: MarkerWriter
    private let leavesOut: Bool
    /// Markers left out so far.
    package private(set) var leftOut = LeftOutGroups()
    /// Whether equal numbers have equal texts in both models, as at τ² = 0.
    private var isSameInterval: Bool { random?.interval == common.interval && random?.level == common.level }

    /// Makes the pooling; by default DerSimonian–Laird random effects with Wald intervals.
    ///
    /// - Parameters:
    ///   - common: settings for the columns without a prefix; its estimator is not used.
    ///   - random: settings for the columns that begin with `random_`; `nil` leaves them out.
    ///   - digits: significant digits, 1 to 17; 0 for the fewest digits that read back to the same number.
    ///   - form: form of the text; JSON is objects of a list, separated by commas.
    ///   - leavingOut: whether markers that cannot be pooled are left out and listed instead of ending the run.
    package init(
        common: BatchPooling = BatchPooling(interval: .wald),
        random: BatchPooling? = BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald), digits: Int = 0,
        form: GroupWriter.Form = .csv, leavingOut: Bool = false
    ) {
        var common = common
        common.heterogeneity = .common
        self.common = common
        self.random = random
        leavesOut = leavingOut
        commonEffects = PooledBatch(common)
        randomEffects = random.map(PooledBatch.init)
        writer = MarkerWriter(
            form, digits: digits, hasRandom: random != nil,
            estimator: random?.heterogeneity.estimator)
    }

    /// Sentence fragment that names the models.
    package var account: String {
        guard let random else { return "common effect, \(common.interval.title)" }
        let tauSquared =
            random.heterogeneity.knownTauSquared.map { "τ² taken as \($0.plain)" }
            ?? "τ² by \(random.heterogeneity.estimator?.rawValue ?? "")"
        return "common effect, \(common.interval.title); random effects, \(tauSquared), \(random.interval.title)"
    }

    package func writeHeader(for join: MarkerJoin, to output: inout ByteWriter) {
        writer.writeHeader(hasAlleles: join.alignsAlleles, to: &output)
    }

    /// Pools the markers and writes their lines.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) that names the first marker that cannot be pooled, unless such markers are left
    ///   out; `.invalidSetting` as `RandomEffects`.
    package mutating func write(_ markers: Range<Int>, of join: MarkerJoin, to output: inout ByteWriter) throws {
        let batch = try join.batch(markers)
        try common.fitWhatCanBePooled(batch, into: &commonEffects)
        try random?.fitWhatCanBePooled(batch, into: &randomEffects!)
        var faults: [Int: GroupFault] = [:]
        for fault in commonEffects.faults + (randomEffects?.faults ?? []) where faults[fault.group] == nil {
            faults[fault.group] = fault
        }
        let isSameInterval = isSameInterval
        var signs = Array(repeating: UInt8(ascii: "?"), count: join.cohorts.count)
        for (group, marker) in markers.enumerated() {
            if let fault = faults[group] {
                try leftOut.append(
                    fault, "the marker \(quoted(String(decoding: join.key(of: marker), as: UTF8.self)))",
                    at: MetaAnalysisError.Location(), isSkipped: leavesOut)
                continue
            }
            batch.estimates.withUnsafeBufferPointer { estimates in
                for cohort in signs.indices {
                    signs[cohort] = MarkerJoin.sign(estimates[group + cohort * markers.count])
                }
            }
            writer.write(
                join.key(of: marker), join.alleles(of: marker), signs.span, commonEffects[group], randomEffects?[group],
                isSameInterval: isSameInterval, to: &output)
        }
    }
}

/// Pools the markers of a join and writes them, one line for each in the order of the join.
///
/// Every marker has the common effect with Q, its p-value and I² from Q, and the mean of the random effects with τ².
///
/// ```swift
/// var pooling = MarkerPooling()
/// pooling.writeHeader(for: join, to: &text)
/// try pooling.write(0..<join.markerCount, of: join, to: &text)
/// ```
package struct MarkerPooling: Sendable {
    private let common: BatchPooling
    private let random: BatchPooling?
    private var commonEffects: PooledBatch?
    private var randomEffects: PooledBatch?
    private var writer: MarkerWriter
    /// Whether equal numbers give equal texts in both models, as at τ² = 0.
    private var isSameInterval: Bool { random?.interval == common.interval && random?.level == common.level }

    /// - Parameters:
    ///   - common: for the columns without a prefix; its estimator is not used.
    ///   - random: for the columns that begin with `random_`; `nil` leaves them out.
    ///   - digits: significant digits, 1 to 17; 0 for the fewest that read back to the same number.
    ///   - form: of the text; JSON is objects of a list, with commas between them.
    package init(
        common: BatchPooling = BatchPooling(interval: .wald),
        random: BatchPooling? = BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald), digits: Int = 0,
        form: GroupWriter.Form = .csv
    ) {
        var common = common
        common.heterogeneity = nil
        common.knownTauSquared = nil
        self.common = common
        self.random = random
        writer = MarkerWriter(
            form, digits: digits, hasRandom: random != nil,
            estimator: random?.knownTauSquared == nil ? random?.heterogeneity?.rawValue : nil)
    }

    /// How the markers are pooled, in words.
    package var account: String {
        guard let random else { return "common effect, \(common.interval.title)" }
        let tauSquared =
            random.knownTauSquared.map { "τ² taken as \($0.plain)" } ?? "τ² by \(random.heterogeneity?.rawValue ?? "")"
        return "common effect, \(common.interval.title); random effects, \(tauSquared), \(random.interval.title)"
    }

    package func writeHeader(for join: MarkerJoin, to output: inout ByteWriter) {
        writer.writeHeader(hasAlleles: join.alignsAlleles, to: &output)
    }

    /// - Throws: as `BatchPooling.fit(_:)`.
    package mutating func write(_ markers: Range<Int>, of join: MarkerJoin, to output: inout ByteWriter) throws {
        let batch = try join.batch(markers)
        var commonEffects = try self.commonEffects.take() ?? common.fit(StudyBatch())
        var randomEffects: PooledBatch?
        do {
            try common.fit(batch, into: &commonEffects)
            if let random {
                var effects = try self.randomEffects.take() ?? random.fit(StudyBatch())
                try random.fit(batch, into: &effects)
                randomEffects = effects
            }
        } catch var error as MetaAnalysisError {
            let ends = [markers.lowerBound, markers.upperBound - 1].map {
                quoted(String(decoding: join.key(of: $0), as: UTF8.self))
            }
            error.message = "of the markers \(ends[0]) to \(ends[1]): " + error.message
            throw error
        }
        let isSameInterval = isSameInterval
        var signs = Array(repeating: UInt8(ascii: "?"), count: join.cohorts.count)
        for (group, marker) in markers.enumerated() {
            batch.estimates.withUnsafeBufferPointer { estimates in
                for cohort in signs.indices {
                    signs[cohort] = MarkerJoin.sign(estimates[group + cohort * markers.count])
                }
            }
            writer.write(
                join.key(of: marker), join.alleles(of: marker), signs.span, commonEffects[group], randomEffects?[group],
                isSameInterval: isSameInterval, to: &output)
        }
        self.commonEffects = commonEffects
        self.randomEffects = randomEffects
    }
}

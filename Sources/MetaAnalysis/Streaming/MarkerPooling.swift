/// Pools the markers of a join and writes them as CSV, one line for each in the order of the join.
///
/// Every marker has the common effect with Q, its p-value and I² from Q, and the mean of the random effects with τ².
///
/// ```swift
/// var pooling = MarkerPooling()
/// pooling.writeHeader(for: join, to: &text)
/// try pooling.write(0..<join.markerCount, of: join, to: &text)
/// ```
package struct MarkerPooling: Sendable {
    /// Significant digits, 1 to 17; 0 for the fewest that read back to the same number.
    package var digits: Int

    private let common: BatchPooling
    private let random: BatchPooling?
    private var commonEffects: PooledBatch?
    private var randomEffects: PooledBatch?
    private var direction: [UInt8] = []
    /// Whether equal numbers give equal texts in both models, as at τ² = 0.
    private var isSameInterval: Bool { random?.interval == common.interval && random?.level == common.level }

    /// - Parameters:
    ///   - common: for the columns without a prefix; its estimator is not used.
    ///   - random: for the columns that begin with `random_`; `nil` leaves them out.
    package init(
        common: BatchPooling = BatchPooling(interval: .wald),
        random: BatchPooling? = BatchPooling(heterogeneity: .derSimonianLaird, interval: .wald), digits: Int = 0
    ) {
        var common = common
        common.heterogeneity = nil
        common.knownTauSquared = nil
        self.common = common
        self.random = random
        self.digits = digits
    }

    /// How the markers are pooled, in words.
    package var account: String {
        guard let random else { return "common effect, \(common.interval.title)" }
        let tauSquared =
            random.knownTauSquared.map { "τ² taken as \($0.plain)" } ?? "τ² by \(random.heterogeneity?.rawValue ?? "")"
        return "common effect, \(common.interval.title); random effects, \(tauSquared), \(random.interval.title)"
    }

    package func writeHeader(for join: MarkerJoin, to output: inout ByteWriter) {
        output.append(join.alignsAlleles ? "marker,effect_allele,other_allele,k,direction" : "marker,k,direction")
        output.append(",estimate,standard_error,ci_low,ci_high,p_value,q,q_p_value,i2")
        if random != nil {
            output.append(
                ",tau2,random_estimate,random_standard_error,random_ci_low,random_ci_high,random_p_value")
        }
        output.append("\n")
    }

    /// - Throws: as `BatchPooling.fit(_:)`.
    package mutating func write(_ markers: Range<Int>, of join: MarkerJoin, to output: inout ByteWriter) throws {
        let batch = try join.batch(markers)
        var commonEffects = try self.commonEffects.take() ?? common.fit(StudyBatch())
        try common.fit(batch, into: &commonEffects)
        var randomEffects: PooledBatch?
        if let random {
            var effects = try self.randomEffects.take() ?? random.fit(StudyBatch())
            try random.fit(batch, into: &effects)
            randomEffects = effects
        }
        for (group, marker) in markers.enumerated() {
            writeIdentity(marker, join, &output)
            guard let effect = commonEffects[group] else {
                output.append(random == nil ? ",,,,,,,,\n" : ",,,,,,,,,,,,,,\n")
                continue
            }
            let start = output.count
            write(effect, &output)
            let written = start..<output.count
            field(effect.cochranQ, &output)
            field(effect.qPValue, &output)
            field(effect.iSquared, &output)
            if let random = randomEffects?[group] {
                field(random.tauSquared, &output)
                if isSameInterval, random.estimate == effect.estimate, random.standardError == effect.standardError {
                    output.appendAgain(written)
                } else {
                    write(random, &output)
                }
            }
            output.append(.lineFeed)
        }
        self.commonEffects = commonEffects
        self.randomEffects = randomEffects
    }

    /// Key, alleles, number of cohorts and direction.
    private mutating func writeIdentity(_ marker: Int, _ join: MarkerJoin, _ output: inout ByteWriter) {
        write(join.key(of: marker), &output)
        if let alleles = join.alleles(of: marker) {
            output.append(UInt8(ascii: ","))
            write(alleles.effect, &output)
            output.append(UInt8(ascii: ","))
            write(alleles.other, &output)
        }
        direction.removeAll(keepingCapacity: true)
        join.appendDirection(of: marker, to: &direction)
        output.append(UInt8(ascii: ","))
        output.append(direction.count { $0 != UInt8(ascii: "?") })
        output.append(UInt8(ascii: ","))
        direction.withUnsafeBufferPointer { output.append($0) }
    }

    private func write(_ effect: BatchEffect, _ output: inout ByteWriter) {
        let interval = effect.confidenceInterval
        field(effect.estimate, &output)
        field(effect.standardError, &output)
        field(interval.lower, &output)
        field(interval.upper, &output)
        field(effect.pValue, &output)
    }

    private func field(_ number: Double?, _ output: inout ByteWriter) {
        output.append(UInt8(ascii: ","))
        if let number { output.append(number, digits: Int32(digits)) }
    }

    private func write(_ text: ArraySlice<UInt8>, _ output: inout ByteWriter) {
        let mustBeQuoted =
            text.first == .space || text.last == .space
            || text.contains { $0 == UInt8(ascii: ",") || $0 == .quote || $0 == .lineFeed || $0 == .carriageReturn }
        guard mustBeQuoted else { return text.withUnsafeBufferPointer { output.append($0) } }
        output.append(.quote)
        for byte in text {
            if byte == .quote { output.append(.quote) }
            output.append(byte)
        }
        output.append(.quote)
    }
}

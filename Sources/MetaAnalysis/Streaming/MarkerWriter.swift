/// Writes pooled markers as text, one line for each.
struct MarkerWriter: Sendable {
    let form: GroupWriter.Form
    /// Significant digits, 1 to 17; 0 for the fewest digits that read back to the same number.
    var digits: Int
    /// Whether the random effects are written.
    let hasRandom: Bool
    /// Code of the estimator of τ² for the JSON form.
    let estimator: HeterogeneityEstimator?
    private var isFirst = true

    init(_ form: GroupWriter.Form, digits: Int, hasRandom: Bool, estimator: HeterogeneityEstimator?) {
        self.form = form
        self.digits = digits
        self.hasRandom = hasRandom
        self.estimator = estimator
    }

    /// Writes the header above the rows; JSON has none.
    func writeHeader(hasAlleles: Bool, to output: inout ByteWriter) {
        guard form == .csv else { return }
        output.append(hasAlleles ? "marker,effect_allele,other_allele,k,direction" : "marker,k,direction")
        output.append(",estimate,standard_error,ci_low,ci_high,p_value,q,q_p_value,i2")
        if hasRandom {
            output.append(",tau2,random_estimate,random_standard_error,random_ci_low,random_ci_high,random_p_value")
        }
        output.append("\n")
    }

    /// Writes the line of a marker.
    ///
    /// - Parameters:
    ///   - signs: signs of the effects of all cohorts, `?` for a cohort without an effect.
    ///   - common: common effect; `nil` if no effect can be pooled.
    ///   - random: random effects; `nil` if no effect can be pooled or random effects are not written.
    ///   - isSameInterval: whether equal numbers of both models have equal intervals and p-values.
    mutating func write(
        _ marker: ArraySlice<UInt8>, _ alleles: (effect: ArraySlice<UInt8>, other: ArraySlice<UInt8>)?,
        _ signs: borrowing Span<UInt8>, _ common: BatchEffect?, _ random: BatchEffect?, isSameInterval: Bool,
        to output: inout ByteWriter
    ) {
        var count = 0
        for index in signs.indices where signs[index] != UInt8(ascii: "?") { count += 1 }
        switch form {
        case .csv:
            writeQuoted(marker, &output)
            if let alleles {
                output.append(UInt8(ascii: ","))
                writeQuoted(alleles.effect, &output)
                output.append(UInt8(ascii: ","))
                writeQuoted(alleles.other, &output)
            }
            output.append(UInt8(ascii: ","))
            output.append(count)
            output.append(UInt8(ascii: ","))
            signs.withUnsafeBufferPointer { output.append($0) }
            writeFields(common, random, isSameInterval, &output)
        case .json:
            output.append(isFirst ? "\n    {\"marker\": " : ",\n    {\"marker\": ")
            isFirst = false
            writeString(marker, &output)
            if let alleles {
                output.append(", \"effectAllele\": ")
                writeString(alleles.effect, &output)
                output.append(", \"otherAllele\": ")
                writeString(alleles.other, &output)
            }
            output.append(", \"k\": ")
            output.append(count)
            output.append(", \"direction\": \"")
            signs.withUnsafeBufferPointer { output.append($0) }
            output.append("\"")
            writeMembers(common, random, count, &output)
            output.append("}")
        }
    }
}

// MARK: - CSV

extension MarkerWriter {
    private func writeFields(
        _ common: BatchEffect?, _ random: BatchEffect?, _ isSameInterval: Bool, _ output: inout ByteWriter
    ) {
        guard let common else {
            return output.append(hasRandom ? ",,,,,,,,,,,,,,\n" : ",,,,,,,,\n")
        }
        let start = output.count
        write(common, &output)
        let written = start..<output.count
        field(common.cochranQ, &output)
        field(common.qPValue, &output)
        field(common.iSquared, &output)
        if let random {
            field(random.tauSquared, &output)
            if isSameInterval, random.estimate == common.estimate, random.standardError == common.standardError {
                output.appendAgain(written)
            } else {
                write(random, &output)
            }
        }
        output.append(.lineFeed)
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

    private func writeQuoted(_ text: ArraySlice<UInt8>, _ output: inout ByteWriter) {
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

// MARK: - JSON

extension MarkerWriter {
    private func writeMembers(
        _ common: BatchEffect?, _ random: BatchEffect?, _ count: Int, _ output: inout ByteWriter
    ) {
        output.append(", \"common\": ")
        writeObject(common, &output)
        if hasRandom {
            output.append(", \"random\": ")
            writeObject(random, &output)
        }
        output.append(", \"heterogeneity\": {\"estimator\": ")
        if let estimator {
            output.append("\"")
            output.append(contentsOf: estimator.rawValue)
            output.append("\"")
        } else {
            output.append("null")
        }
        output.append(", \"tauSquared\": ")
        number(random?.tauSquared, &output)
        output.append(", \"iSquaredFromQ\": ")
        number(common?.iSquared, &output)
        output.append(", \"cochranQ\": ")
        number(common?.cochranQ, &output)
        output.append(", \"degreesOfFreedom\": ")
        if count > 0 { output.append(count - 1) } else { output.append("null") }
        output.append(", \"pValue\": ")
        number(common?.qPValue, &output)
        output.append("}")
    }

    private func writeObject(_ effect: BatchEffect?, _ output: inout ByteWriter) {
        guard let effect else { return output.append("null") }
        output.append("{\"estimate\": ")
        number(effect.estimate, &output)
        output.append(", \"standardError\": ")
        number(effect.standardError, &output)
        output.append(", \"pValue\": ")
        number(effect.pValue, &output)
        output.append(", \"confidenceInterval\": [")
        number(effect.confidenceInterval.lower, &output)
        output.append(", ")
        number(effect.confidenceInterval.upper, &output)
        output.append("]}")
    }

    private func number(_ number: Double?, _ output: inout ByteWriter) {
        let before = output.count
        if let number { output.append(number, digits: Int32(digits)) }
        if output.count == before { output.append("null") }
    }

    private func writeString(_ text: ArraySlice<UInt8>, _ output: inout ByteWriter) {
        output.append(.quote)
        text.withUnsafeBufferPointer { output.append(escapingForJSON: $0) }
        output.append(.quote)
    }
}

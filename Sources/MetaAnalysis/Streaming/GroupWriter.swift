/// Writes the pooled effects of groups as text, one line for each group.
package struct GroupWriter: Sendable {
    package enum Form: Sendable {
        /// Rows under `header`; a value that is not estimable is left empty.
        case csv
        /// Objects of a list, separated by commas; a value that is not estimable is `null`.
        case json
    }

    /// Columns of the CSV form.
    package static let header: StaticString =
        "group,k,estimate,standard_error,ci_low,ci_high,p_value,tau2,i2,q,q_p_value\n"

    package var form: Form
    /// Significant digits, 1 to 17; 0 for the fewest digits that read back to the same number.
    package var digits: Int
    /// Code of the estimator of τ² for the JSON form.
    package var estimator: HeterogeneityEstimator?
    /// Whether the next object of the list has none before it.
    var isFirst = true

    package init(_ form: Form, digits: Int = 0, estimator: HeterogeneityEstimator? = nil) {
        self.form = form
        self.digits = digits
        self.estimator = estimator
    }

    /// Writes the line of a group.
    ///
    /// - Parameters:
    ///   - label: label as in the file, with quotes doubled.
    ///   - effect: pooled effect; `nil` if no study of the group can be pooled.
    mutating func write(_ label: UnsafeBufferPointer<UInt8>, _ effect: BatchEffect?, to output: inout ByteWriter) {
        switch form {
        case .csv: writeRow(label, effect, &output)
        case .json: writeObject(label, effect, &output)
        }
    }

    private func writeRow(_ label: UnsafeBufferPointer<UInt8>, _ effect: BatchEffect?, _ output: inout ByteWriter) {
        let digits = Int32(digits)
        let mustBeQuoted =
            label.first == .space || label.last == .space
            || label.contains { $0 == UInt8(ascii: ",") || $0 == .quote || $0 == .lineFeed || $0 == .carriageReturn }
        if mustBeQuoted { output.append(.quote) }
        output.append(label)
        if mustBeQuoted { output.append(.quote) }
        output.append(UInt8(ascii: ","))
        output.append(effect?.k ?? 0)
        guard let effect else { return output.append(",,,,,,,,,\n") }
        let interval = effect.confidenceInterval
        func field(_ number: Double?) {
            output.append(UInt8(ascii: ","))
            if let number { output.append(number, digits: digits) }
        }
        field(effect.estimate)
        field(effect.standardError)
        field(interval.lower)
        field(interval.upper)
        field(effect.pValue)
        field(effect.tauSquared)
        field(effect.iSquared)
        field(effect.cochranQ)
        field(effect.qPValue)
        output.append(.lineFeed)
    }

    private mutating func writeObject(
        _ label: UnsafeBufferPointer<UInt8>, _ effect: BatchEffect?, _ output: inout ByteWriter
    ) {
        let digits = Int32(digits)
        func number(_ number: Double?) {
            let before = output.count
            if let number { output.append(number, digits: digits) }
            if output.count == before { output.append("null") }
        }
        output.append(isFirst ? "\n    {\"group\": \"" : ",\n    {\"group\": \"")
        isFirst = false
        output.append(escapingForJSON: label, quotesAreDoubled: true)
        output.append("\", \"k\": ")
        output.append(effect?.k ?? 0)
        output.append(", \"estimate\": ")
        number(effect?.estimate)
        output.append(", \"standardError\": ")
        number(effect?.standardError)
        output.append(", \"pValue\": ")
        number(effect?.pValue)
        output.append(", \"confidenceInterval\": ")
        if let interval = effect?.confidenceInterval {
            output.append("[")
            number(interval.lower)
            output.append(", ")
            number(interval.upper)
            output.append("]")
        } else {
            output.append("null")
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
        number(effect?.tauSquared)
        output.append(", \"iSquared\": ")
        number(effect?.iSquared)
        output.append(", \"cochranQ\": ")
        number(effect?.cochranQ)
        output.append(", \"degreesOfFreedom\": ")
        number(effect.map { Double($0.k - 1) })
        output.append(", \"pValue\": ")
        number(effect?.qPValue)
        output.append("}}")
    }
}

/// A run that pools groups of studies whose effects are in arrays, and writes the pooled effects as text or as arrays.
///
/// ```swift
/// var run = ArrayPoolingRun(BatchPooling(), arrays, form: .csv(digits: 0), file: "effects.npz")
/// try run.pool(arrays.block(from: 0), effects: effectBytes, precisions: varianceBytes)
/// ```
package struct ArrayPoolingRun: ~Copyable {
    package enum Form: Sendable {
        /// Lines of `GroupWriter`, with groups numbered from 1.
        case csv(digits: Int)
        /// One array with a record for each group.
        case records
        /// One array for each number, written at the end.
        case columns
    }

    package struct Counts: Sendable {
        /// Number of groups without a study that can be pooled.
        package var emptyGroups = 0
        /// Number of studies whose effect or precision is NaN.
        package var missing = 0
        package var bad = 0
    }

    /// First bad studies that were skipped, at most 20.
    package private(set) var badStudies: [MetaAnalysisError] = []
    /// Groups that could not be pooled; in the output they look like groups without studies.
    package private(set) var leftOutGroups = LeftOutGroups()
    package private(set) var counts = Counts()
    /// Output written so far; the caller removes it.
    package var output = ByteWriter(capacity: 1 << 18)

    private let arrays: GroupedArrays
    private let pooling: BatchPooling
    private let form: Form
    private let file: String
    private let skipsBad: Bool
    private var writer: GroupWriter
    private var pooled: PooledBatch
    private var columns: [[UInt64]] = Array(repeating: [], count: Self.names.count)

    /// Names of the arrays and fields, which are those of the CSV form.
    package static let names = [
        "k", "estimate", "standard_error", "ci_low", "ci_high", "p_value", "tau2", "i2", "q", "q_p_value",
    ]

    private static let listedBadStudies = 20

    /// Makes a run.
    ///
    /// - Parameters:
    ///   - file: name of the file for error messages.
    ///   - skippingBad: whether studies with impossible numbers, and groups that cannot be pooled, are left out and listed instead of
    ///     ending the run.
    package init(
        _ pooling: BatchPooling, _ arrays: GroupedArrays, form: Form, file: String, skippingBad: Bool = false
    ) {
        self.arrays = arrays
        self.pooling = pooling
        self.form = form
        self.file = file
        skipsBad = skippingBad
        pooled = PooledBatch(pooling)
        switch form {
        case .csv(let digits):
            writer = GroupWriter(.csv, digits: digits)
            output.append(GroupWriter.header)
        case .records:
            writer = GroupWriter(.csv)
            let fields = Self.names.map { "('\($0)', '\($0 == "k" ? "<i8" : "<f8")')" }.joined(separator: ", ")
            for byte in NumPyHeader.bytes(type: "[\(fields)]", count: arrays.groupCount) { output.append(byte) }
        case .columns:
            writer = GroupWriter(.csv)
            for index in columns.indices { columns[index].reserveCapacity(arrays.groupCount) }
        }
    }

    /// Pools a block of groups; it must follow the last block.
    ///
    /// - Parameters:
    ///   - block: range of the groups.
    ///   - effects: stored effects of the block.
    ///   - precisions: stored precisions of the block.
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) that names the group and the study, counted from 1.
    package mutating func pool(
        _ block: Range<Int>, effects: UnsafeRawBufferPointer, precisions: UnsafeRawBufferPointer
    ) throws {
        let count = arrays.studyCount(block)
        var estimates = Self.numbers(effects, arrays.elements.0, count)
        var variances = Self.numbers(precisions, arrays.elements.1, count)
        if arrays.precision == .standardError {
            for index in 0..<count where !(variances[index] <= 0) { variances[index] *= variances[index] }
        }
        for index in 0..<count
        where
            !(variances[index] >= EffectEstimate.leastVariance && variances[index] < .infinity
            && estimates[index].isFinite)
        {
            if estimates[index].isNaN || variances[index].isNaN {
                counts.missing += 1
                continue
            }
            let given = Self.number(precisions, arrays.elements.1, index)
            let error = fault(index, block, estimates[index], given)
            guard skipsBad else { throw error }
            counts.bad += 1
            if badStudies.count < Self.listedBadStudies { badStudies.append(error) }
            estimates[index] = .nan
            variances[index] = .nan
        }
        let batch = try StudyBatch(estimates: estimates, variances: variances, layout: arrays.layout(block))
        try pooling.fitWhatCanBePooled(batch, into: &pooled)
        for fault in pooled.faults {
            try leftOutGroups.append(
                fault, "group \(block.lowerBound + fault.group + 1)", at: MetaAnalysisError.Location(file: file),
                isSkipped: skipsBad)
        }
        for (index, effect) in pooled.enumerated() { write(block.lowerBound + index, effect) }
        // Groups with a fault have studies, so they are not empty.
        counts.emptyGroups -= pooled.faults.count
    }

    /// Returns one of the arrays of the form `columns`, with its header.
    package func column(_ index: Int) -> [UInt8] {
        let values = columns[index]
        let header = NumPyHeader.bytes(type: index == 0 ? "'<i8'" : "'<f8'", count: values.count)
        return [UInt8](unsafeUninitializedCapacity: header.count + 8 * values.count) { bytes, initialized in
            let bytes = UnsafeMutableRawBufferPointer(bytes)
            bytes.copyBytes(from: header)
            values.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: bytes[header.count...]).copyMemory(from: $0)
            }
            initialized = bytes.count
        }
    }
}

extension ArrayPoolingRun {
    private mutating func write(_ group: Int, _ effect: BatchEffect?) {
        if effect == nil { counts.emptyGroups += 1 }
        if case .csv = form {
            var digits: [UInt8] = []
            var left = group + 1
            while left > 0 {
                digits.append(UInt8(ascii: "0") + UInt8(left % 10))
                left /= 10
            }
            digits.reverse()
            digits.withUnsafeBufferPointer { writer.write($0, effect, to: &output) }
            return
        }
        let interval = effect?.confidenceInterval
        let isKnown = interval?.isUnbounded == false
        write(0, UInt64(effect?.k ?? 0))
        write(1, effect?.estimate)
        write(2, effect?.standardError)
        write(3, isKnown ? interval?.lower : nil)
        write(4, isKnown ? interval?.upper : nil)
        write(5, effect?.pValue)
        write(6, effect?.tauSquared)
        write(7, effect?.iSquared)
        write(8, effect?.cochranQ)
        write(9, effect?.qPValue)
    }

    @inline(__always)
    private mutating func write(_ column: Int, _ number: Double?) {
        write(column, (number ?? .nan).bitPattern)
    }

    @inline(__always)
    private mutating func write(_ column: Int, _ bits: UInt64) {
        if case .columns = form {
            columns[column].append(bits.littleEndian)
        } else {
            withUnsafeBytes(of: bits.littleEndian) { bytes in
                bytes.withMemoryRebound(to: UInt8.self) { output.append($0) }
            }
        }
    }

    private func fault(_ index: Int, _ block: Range<Int>, _ estimate: Double, _ precision: Double) -> MetaAnalysisError
    {
        let (group, study) = arrays.place(of: index, in: block)
        let isEffect = !estimate.isFinite
        let what =
            isEffect
            ? "effect is \(estimate.plain)"
            : "\(arrays.precision == .variance ? "sampling variance" : "standard error") is \(precision.plain)"
        let remedy =
            if isEffect {
                "give a finite number, or NaN where there is none"
            } else if precision > 0, precision.isFinite {
                // The precision or its square is too near 0, or infinite.
                "give the effects in other units"
            } else {
                "give a finite number greater than 0, or NaN where there is none"
            }
        return MetaAnalysisError(
            .invalidOutcome, "the \(what) in study \(study) of group \(group)", remedy: remedy,
            location: MetaAnalysisError.Location(file: file, column: isEffect ? "yi" : arrays.precision.rawValue))
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ element: NumPyHeader.Element, _ index: Int) -> Double
    {
        if element == .float64 {
            return Double(
                bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
        }
        return Double(
            Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))))
    }

    private static func numbers(
        _ bytes: UnsafeRawBufferPointer, _ element: NumPyHeader.Element, _ count: Int
    ) -> [Double] {
        precondition(bytes.count >= count * element.size, "the block has too few bytes")
        return [Double](unsafeUninitializedCapacity: count) { numbers, initialized in
            for index in 0..<count { numbers.initializeElement(at: index, to: number(bytes, element, index)) }
            initialized = count
        }
    }
}

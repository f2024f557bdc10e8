/// The header of an array that NumPy saved: the type of its elements, their order, and the shape.
///
/// The format is that of `numpy.lib.format`, versions 1 to 3: a magic string and a version (eight bytes), the length of the header, and the
/// header as a Python dictionary.
package struct NumPyHeader: Hashable, Sendable {
    package enum Element: String, Hashable, Sendable, CaseIterable {
        case float32 = "<f4"
        case float64 = "<f8"
        case int32 = "<i4"
        case int64 = "<i8"

        package var size: Int {
            switch self {
            case .float32, .int32: 4
            case .float64, .int64: 8
            }
        }

        package var isFloat: Bool { self == .float32 || self == .float64 }
    }

    package var element: Element
    /// Whether the first index changes fastest.
    package var isFortranOrder: Bool
    package var shape: [Int]
    /// Number of bytes before the first number.
    package var byteCount: Int

    /// Number of elements of the array.
    package var count: Int { shape.reduce(1, *) }

    /// Number of bytes of the elements.
    package var dataSize: Int { count * element.size }

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Longer headers are those of structured types.
    private static let longestHeader = 1 << 16

    /// Reads a header; the result is `nil` if it continues after these bytes.
    ///
    /// - Parameters:
    ///   - bytes: beginning of the file.
    ///   - isLast: whether the bytes are the whole file.
    ///   - location: location for error messages.
    /// - Throws: `MetaAnalysisError` (`.malformedTable`).
    package init?(
        _ bytes: UnsafeRawBufferPointer, isLast: Bool, location: MetaAnalysisError.Location = .init()
    ) throws {
        func fault(_ message: String, _ remedy: String) -> MetaAnalysisError {
            MetaAnalysisError(.malformedTable, message, remedy: remedy, location: location)
        }
        let truncated = fault("the array ends within its header", "copy or save the file anew")
        guard bytes.prefix(6).elementsEqual(Self.magic.prefix(bytes.count)) else {
            throw fault("this is not an array as NumPy saves it", "save it with numpy.save or numpy.savez")
        }
        guard bytes.count >= 12 else {
            if isLast { throw truncated }
            return nil
        }
        guard (1...3).contains(bytes[6]), bytes[7] == 0 else {
            throw fault(
                "the array has format version \(bytes[6]).\(bytes[7])",
                "save it with numpy.save, which writes version 1.0")
        }
        let start = bytes[6] == 1 ? 10 : 12
        var length = Int(bytes[8]) | Int(bytes[9]) << 8
        if bytes[6] > 1 { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
        guard length <= Self.longestHeader else {
            throw fault("the header of the array takes \(length) bytes", "save a plain array of numbers")
        }
        byteCount = start + length
        guard bytes.count >= byteCount else {
            if isLast { throw truncated }
            return nil
        }
        var scanner = PythonScanner(bytes: Array(bytes[start..<byteCount]))
        guard let fields = scanner.dictionary(), case .boolean(let isFortran)? = fields["fortran_order"],
            case .tuple(let sizes)? = fields["shape"], let type = fields["descr"]
        else { throw fault("the header of the array cannot be read", "save it with numpy.save") }
        guard case .text(let code) = type, let element = Element(rawValue: code) else {
            let shown = if case .text(let code) = type { "'\(code)'" } else { "a structure" }
            throw fault("the elements of the array are \(shown)", "save it as '<f8', by array.astype('<f8')")
        }
        self.element = element
        isFortranOrder = isFortran
        shape = sizes
        var total = element.size
        for size in sizes {
            let (product, overflows) = total.multipliedReportingOverflow(by: size)
            guard !overflows else { throw fault("the shape of the array is \(Self.text(sizes))", "save it anew") }
            total = product
        }
    }

    /// Returns the bytes of a header.
    ///
    /// - Parameter type: code such as `'<f8'` with its quotes, or a list of names and codes.
    static func bytes(type: String, count: Int) -> [UInt8] {
        var text = "{'descr': \(type), 'fortran_order': False, 'shape': (\(count),), }"
        // The elements begin at a multiple of 64 bytes.
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        let length = text.utf8.count
        return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
    }

    /// Returns a shape as Python writes it.
    static func text(_ shape: [Int]) -> String {
        "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
    }
}

/// Reads the subset of Python literals that occurs in headers of arrays.
private struct PythonScanner {
    enum Value {
        case text(String)
        case boolean(Bool)
        case tuple([Int])
        /// A list, as in structured types.
        case other
    }

    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads a dictionary; `nil` for anything else.
    mutating func dictionary() -> [String: Value]? {
        guard take("{") else { return nil }
        var fields: [String: Value] = [:]
        while !take("}") {
            guard case .text(let key)? = value(), take(":"), let value = value() else { return nil }
            fields[key] = value
            guard take(",") else { return take("}") ? fields : nil }
        }
        return fields
    }

    private mutating func value() -> Value? {
        if take("'") { return string(until: UInt8(ascii: "'")) }
        if take("\"") { return string(until: UInt8(ascii: "\"")) }
        if take("True") { return .boolean(true) }
        if take("False") { return .boolean(false) }
        if take("(") { return tuple() }
        guard take("[") else { return nil }
        var depth = 1
        while index < bytes.count, depth > 0 {
            if bytes[index] == UInt8(ascii: "[") { depth += 1 }
            if bytes[index] == UInt8(ascii: "]") { depth -= 1 }
            index += 1
        }
        return depth == 0 ? .other : nil
    }

    private mutating func string(until quote: UInt8) -> Value? {
        guard let end = bytes[index...].firstIndex(of: quote) else { return nil }
        defer { index = end + 1 }
        return .text(String(decoding: bytes[index..<end], as: UTF8.self))
    }

    private mutating func tuple() -> Value? {
        var numbers: [Int] = []
        while !take(")") {
            let start = index
            while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
            guard let number = Int(String(decoding: bytes[start..<index], as: UTF8.self)) else { return nil }
            numbers.append(number)
            // Python 2 wrote long integers with an L.
            _ = take("L")
            guard take(",") else { return take(")") ? .tuple(numbers) : nil }
        }
        return .tuple(numbers)
    }

    private mutating func take(_ text: String) -> Bool {
        while index < bytes.count, bytes[index].isBlankOrBreak { index += 1 }
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        while index < bytes.count, text != "'", text != "\"", bytes[index].isBlankOrBreak { index += 1 }
        return true
    }
}

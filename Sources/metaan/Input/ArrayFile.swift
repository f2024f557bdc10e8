import MetaAnalysis

/// An array saved by NumPy, in a file of its own or in an archive, which is read from its beginning.
final class ArrayFile {
    /// Name of the array: that of the file or member without `.npy`.
    let name: String
    let file: RandomAccessFile
    private(set) var header: NumPyHeader
    private var bytes: ArrayBytes

    /// Greatest number of bytes of an array, or a part of it, in memory at a time.
    static let greatestSize = 1 << 30

    /// Reads the header.
    ///
    /// - Throws: `CommandFailure`, `MetaAnalysisError`.
    init(_ name: String, _ file: RandomAccessFile, _ bytes: ArrayBytes) throws {
        self.name = name
        self.file = file
        let location = MetaAnalysisError.Location(file: file.name, column: name)
        var start: [UInt8] = []
        while true {
            let more = try bytes.next(start.isEmpty ? 128 : start.count)
            start += more
            let header = try start.withUnsafeBytes {
                try NumPyHeader($0, isLast: more.isEmpty, location: location)
            }
            if let header {
                self.header = header
                break
            }
        }
        self.bytes = bytes
        self.bytes.giveBack(start[header.byteCount...])
        guard bytes.size - header.byteCount == header.dataSize else {
            throw MetaAnalysisError(
                .malformedTable,
                "the array has \(bytes.size - header.byteCount) bytes of numbers where its header says \(header.dataSize)",
                remedy: "copy or save it anew", location: location)
        }
    }

    /// Fills the buffer with the next elements.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws {
        guard try bytes.read(into: buffer) == buffer.count else {
            throw MetaAnalysisError(
                .malformedTable, "the array ends before its last number", remedy: "copy or save it anew",
                location: MetaAnalysisError.Location(file: file.name, column: name))
        }
    }

    /// Returns all elements of an array of whole numbers.
    ///
    /// - Parameter greatestSize: greatest number of bytes in memory.
    func wholeNumbers(greatestSize: Int = ArrayFile.greatestSize) throws -> [Int] {
        guard header.shape.count == 1, !header.element.isFloat else {
            throw MetaAnalysisError(
                .malformedTable, "the array is not one of whole numbers with one index",
                remedy: "save it by array.astype('<i8')",
                location: MetaAnalysisError.Location(file: file.name, column: name))
        }
        guard header.dataSize <= greatestSize else {
            throw MetaAnalysisError(
                .malformedTable, "the array has more than \(TableLimits.bytes(greatestSize))",
                remedy: "pool the groups in parts",
                location: MetaAnalysisError.Location(file: file.name, column: name))
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        var numbers: [Int] = []
        numbers.reserveCapacity(header.count)
        while numbers.count < header.count {
            let count = min(buffer.count / header.element.size, header.count - numbers.count)
            try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(count * header.element.size)))
            for index in 0..<count {
                numbers.append(
                    header.element == .int64
                        ? Int(Int64(littleEndian: buffer.load(fromByteOffset: 8 * index, as: Int64.self)))
                        : Int(Int32(littleEndian: buffer.load(fromByteOffset: 4 * index, as: Int32.self))))
            }
        }
        return numbers
    }

    /// Returns the arrays of a file: one, or those of an archive.
    ///
    /// - Throws: `CommandFailure`, `MetaAnalysisError`.
    static func all(in file: RandomAccessFile) throws -> [(name: String, open: () throws -> ArrayFile)] {
        guard try file.bytes(at: 0, count: 2) == ZipArchive.magic else {
            let stem = file.name.split(separator: "/").last.map(String.init) ?? file.name
            let name = stem.hasSuffix(".npy") ? String(stem.dropLast(4)) : stem
            return [(name, { try ArrayFile(name, file, ArrayBytes(file, offset: 0, size: file.size)) })]
        }
        return try ZipArchive(file).members.map { member in
            let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
            return (name, { try ArrayFile(name, file, ArrayBytes(file, member)) })
        }
    }
}

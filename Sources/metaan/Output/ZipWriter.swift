import CZlib

/// Writes a ZIP archive of stored members, as `numpy.savez` does; equal members give equal bytes.
struct ZipWriter {
    private let destination: OutputStream
    private var directory: [UInt8] = []
    private var count = 0
    private var position = 0

    init(_ destination: OutputStream) { self.destination = destination }

    mutating func add(_ name: String, _ bytes: [UInt8]) throws {
        let checksum = bytes.withUnsafeBytes { metaan_crc32(0, $0.baseAddress, $0.count) }
        // The time is midnight of January 1, 1980, the earliest possible.
        var fields = Self.bytes(45, 2) + Self.bytes(0, 2) + Self.bytes(0, 2) + Self.bytes(0, 2) + Self.bytes(0x21, 2)
        fields += Self.bytes(Int(checksum), 4) + Self.bytes(0xFFFF_FFFF, 4) + Self.bytes(0xFFFF_FFFF, 4)
        fields += Self.bytes(name.utf8.count, 2)
        // Sizes have eight bytes, because an array may exceed 4 GiB.
        let sizes = Self.bytes(bytes.count, 8) + Self.bytes(bytes.count, 8)
        let local =
            [0x50, 0x4B, 3, 4] + fields + Self.bytes(20, 2) + Array(name.utf8) + Self.bytes(1, 2) + Self.bytes(16, 2)
            + sizes
        directory +=
            [0x50, 0x4B, 1, 2] + Self.bytes(45, 2) + fields + Self.bytes(28, 2) + Self.bytes(0, 2) + Self.bytes(0, 2)
        directory += Self.bytes(0, 2) + Self.bytes(0, 4) + Self.bytes(0xFFFF_FFFF, 4) + Array(name.utf8)
        directory += Self.bytes(1, 2) + Self.bytes(24, 2) + sizes + Self.bytes(position, 8)
        try destination.write(local)
        try destination.write(bytes)
        position += local.count + bytes.count
        count += 1
    }

    func finish() throws {
        var end: [UInt8] = [0x50, 0x4B, 6, 6] + Self.bytes(44, 8) + Self.bytes(45, 2) + Self.bytes(45, 2)
        end += Self.bytes(0, 4) + Self.bytes(0, 4) + Self.bytes(count, 8) + Self.bytes(count, 8)
        end += Self.bytes(directory.count, 8) + Self.bytes(position, 8)
        end += [0x50, 0x4B, 6, 7] + Self.bytes(0, 4) + Self.bytes(position + directory.count, 8) + Self.bytes(1, 4)
        end += [0x50, 0x4B, 5, 6] + Self.bytes(0, 2) + Self.bytes(0, 2) + Self.bytes(count, 2) + Self.bytes(count, 2)
        end += Self.bytes(directory.count, 4) + Self.bytes(0xFFFF_FFFF, 4) + Self.bytes(0, 2)
        try destination.write(directory)
        try destination.write(end)
    }

    /// Returns a number as bytes, the lowest byte first.
    private static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}

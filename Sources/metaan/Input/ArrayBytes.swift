import CZlib

/// The bytes of a file or of a member of an archive, in order; deflated data are decompressed.
final class ArrayBytes {
    /// Number of bytes.
    let size: Int
    private let file: RandomAccessFile
    /// Position of the next stored or compressed byte, and the number of bytes left.
    private var offset: Int
    private var left: Int
    private var inflater: Inflater?
    private var packed: UnsafeMutableRawBufferPointer
    private var packedHeld = 0..<0
    /// Checksum of the bytes read so far, and the expected checksum of all bytes.
    private var checksum: UInt32 = 0
    private let wantedChecksum: UInt32?
    /// Number of bytes that were not read yet.
    private var unread: Int
    /// Bytes that are returned before those of the file.
    private var held: ArraySlice<UInt8> = []

    init(_ file: RandomAccessFile, offset: Int, size: Int) {
        self.file = file
        self.offset = offset
        self.size = size
        left = size
        unread = size
        wantedChecksum = nil
        packed = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// Makes the bytes of a member of an archive.
    ///
    /// - Throws: `CommandFailure` with status `dataWrong`.
    init(_ file: RandomAccessFile, _ member: ZipArchive.Member) throws {
        let header = try file.bytes(at: member.headerOffset, count: 30)
        guard header.count == 30, header.starts(with: [0x50, 0x4B, 3, 4]) else { throw ZipArchive.damage(file) }
        let start = member.headerOffset + 30 + header.number(at: 26, bytes: 2) + header.number(at: 28, bytes: 2)
        guard member.packedSize >= 0, member.size >= 0, start <= file.size, member.packedSize <= file.size - start
        else {
            throw ZipArchive.damage(file)
        }
        guard member.method == 0 || member.method == 8 else {
            throw CommandFailure(
                .dataWrong,
                "\(file.name):\(member.name): the member is packed by method \(member.method); save it with numpy.savez"
            )
        }
        // Memory is allocated for the size stated in the archive, so it must not exceed what the compressed bytes can expand to.
        let greatestSize = member.method == 0 ? member.packedSize : member.packedSize * Inflater.greatestRatio
        guard member.size <= greatestSize, member.method == 8 || member.size == greatestSize else {
            throw ZipArchive.damage(file)
        }
        self.file = file
        offset = start
        size = member.size
        left = member.packedSize
        unread = member.size
        wantedChecksum = UInt32(truncatingIfNeeded: member.checksum)
        packed = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        if member.method == 8 {
            packed = .allocate(byteCount: 1 << 16, alignment: 16)
            inflater = try Inflater(file)
        }
    }

    deinit { packed.deallocate() }

    /// Returns the next bytes; none at the end.
    func next(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            initialized = try read(into: UnsafeMutableRawBufferPointer(bytes))
        }
    }

    /// Returns bytes that were read too early, so that they are read again.
    func giveBack(_ bytes: ArraySlice<UInt8>) { held = bytes + held }

    /// Fills the buffer.
    ///
    /// - Returns: Number of bytes that were read; it is less than the size of the buffer only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var count = min(held.count, buffer.count)
        buffer.copyBytes(from: held.prefix(count))
        held = held.dropFirst(count)
        while count < buffer.count {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let more = try readFile(into: room)
            if more == 0 { break }
            count += more
            try check(UnsafeRawBufferPointer(start: room.baseAddress, count: more))
        }
        return count
    }

    /// Updates the checksum of a member, and compares it after the last byte.
    private func check(_ bytes: UnsafeRawBufferPointer) throws {
        guard let wantedChecksum else { return }
        checksum = metaan_crc32(checksum, bytes.baseAddress, bytes.count)
        unread -= bytes.count
        if unread < 0 || (unread == 0 && checksum != wantedChecksum) { throw ZipArchive.damage(file) }
    }

    private func readFile(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let inflater else {
            let count = try file.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(left)))
            offset += count
            left -= count
            return count
        }
        while !inflater.isAtEnd {
            if packedHeld.isEmpty {
                let room = UnsafeMutableRawBufferPointer(rebasing: packed.prefix(left))
                packedHeld = 0..<(try file.read(at: offset, into: room))
                offset += packedHeld.count
                left -= packedHeld.count
                guard !packedHeld.isEmpty else { throw ZipArchive.damage(file) }
            }
            let (taken, written) = try inflater.inflate(
                UnsafeMutableRawBufferPointer(rebasing: packed[packedHeld]), into: buffer)
            packedHeld = (packedHeld.lowerBound + taken)..<packedHeld.upperBound
            if written > 0 { return written }
        }
        return 0
    }
}

/// Decompresses raw deflated data.
private final class Inflater {
    /// Greatest expansion: deflated data need at least two bits for the longest repetition, of 258 bytes.
    static let greatestRatio = 258 * 8 / 2

    private(set) var isAtEnd = false
    private let stream: UnsafeMutablePointer<z_stream>
    private let file: RandomAccessFile

    init(_ file: RandomAccessFile) throws {
        self.file = file
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard metaan_deflate_start(stream) == Z_OK else { throw ZipArchive.damage(file) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func inflate(
        _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> (taken: Int, written: Int) {
        let room = min(output.count, 1 << 30)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        switch CZlib.inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isAtEnd = true
        default: throw ZipArchive.damage(file)
        }
        return (input.count - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out))
    }
}

import CZlib

/// Decompresses gzip data in pieces; consecutive members form one text.
final class GzipDecoder {
    enum Refusal: Error {
        /// The data are damaged or truncated.
        case damage
        /// The data expand to more than `greatestRatio` times their size.
        case expansion
    }

    /// Greatest ratio of expansion; rows that differ at all stay below it, and only repetitions of the same bytes exceed it.
    static let greatestRatio = 500
    static let magic: [UInt8] = [0x1F, 0x8B]

    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether a member has begun but not ended.
    private var isInside = false
    private var bytesTaken = 0
    private var bytesWritten = 0
    private let freeBytes: Int

    /// - Parameter freeBytes: number of decompressed bytes below which any ratio is accepted.
    init(freeBytes: Int = 1 << 26) throws(Refusal) {
        self.freeBytes = freeBytes
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard metaan_gzip_start(stream) == Z_OK else { throw .damage }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// - Returns: Number of bytes of the input that were used and number of bytes that were written.
    func decode(
        _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(Refusal) -> (taken: Int, written: Int) {
        var taken = 0
        if !isInside {
            // Tapes and block devices pad data with zeros.
            while taken < input.count, input[taken] == 0 { taken += 1 }
            guard taken < input.count else { return (taken, 0) }
            inflateReset(stream)
            isInside = true
        }
        stream.pointee.next_in = input.baseAddress.map { ($0 + taken).assumingMemoryBound(to: UInt8.self) }
        stream.pointee.avail_in = UInt32(input.count - taken)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isInside = false
        default: throw .damage
        }
        taken = input.count - Int(stream.pointee.avail_in)
        let written = output.count - Int(stream.pointee.avail_out)
        bytesTaken += taken
        bytesWritten += written
        guard bytesWritten <= max(freeBytes, bytesTaken * Self.greatestRatio) else { throw .expansion }
        return (taken, written)
    }

    /// Marks the end of the input.
    ///
    /// - Throws: `Refusal.damage` if the data end within a member.
    func finish() throws(Refusal) {
        if isInside { throw .damage }
    }
}

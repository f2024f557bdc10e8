import SystemPackage

/// The bytes of an input, read in pieces into one buffer; gzip data are decompressed.
///
/// Pieces are copied by `read` instead of being mapped, because mapped pages would count as memory of the program.
final class ByteStream {
    let name: String
    /// Size of the stored file; `nil` for a pipe.
    let size: Int?
    /// Number of bytes of the stored file that were read.
    private(set) var bytesRead = 0
    /// Whether no bytes follow those in the buffer.
    private(set) var isAtEnd = false

    private let file: FileDescriptor
    private let closesFile: Bool
    private var buffer: UnsafeMutableRawBufferPointer
    private var held = 0..<0
    private var decoder: GzipDecoder?
    /// Compressed bytes that were read but not decompressed.
    private var packed = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var packedHeld = 0..<0

    /// Opens an input.
    ///
    /// - Parameter pipeWait: seconds to wait for a program that writes to a named pipe.
    /// - Throws: `CommandFailure` with status `noInput`.
    init(_ source: InputSource, pieceSize: Int = 1 << 18, pipeWait: Double = 5) throws {
        name = source.name
        let isPipe = source.path.map(Platform.isPipe) ?? false
        if let path = source.path {
            if Platform.isFolder(path) {
                throw CommandFailure(.noInput, "\(path): this is a folder; name a file in it")
            }
            do {
                file = try FileDescriptor.open(path, .readOnly, options: isPipe ? .nonBlocking : [])
            } catch let error as Errno {
                throw CommandFailure(.noInput, "\(path): cannot be opened (\(error)); check its permissions")
            }
        } else {
            file = .standardInput
        }
        closesFile = source.path != nil
        let status = try? Stat(file)
        size = status?.type == .regular ? status.map { Int($0.size) } : nil
        buffer = .allocate(byteCount: pieceSize, alignment: 16)
        if isPipe { try waitForWriter(seconds: pipeWait) }
        try fill()
        while held.count < GzipDecoder.magic.count, !isAtEnd { try fill() }
        if buffer[held].starts(with: GzipDecoder.magic) { try startDecoding() }
    }

    deinit {
        buffer.deallocate()
        packed.deallocate()
        if closesFile { try? file.close() }
    }

    /// Bytes that were read but not consumed; they stay in place until the next call of `fill()`.
    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(UnsafeMutableRawBufferPointer(rebasing: buffer[held]).assumingMemoryBound(to: UInt8.self))
    }

    func consume(_ count: Int) { held = (held.lowerBound + count)..<held.upperBound }

    /// Adds at least as many bytes as are not consumed yet, or sets `isAtEnd`.
    ///
    /// A long row is therefore scanned again only after its bytes have doubled, not after every piece.
    ///
    /// - Throws: `CommandFailure`: `noInput` if the file cannot be read, `dataWrong` for damaged gzip data and for data that expand to far
    ///   more than a table does.
    func fill() throws {
        guard !isAtEnd else { return }
        makeRoom()
        let wanted = 2 * held.count
        repeat {
            let free = UnsafeMutableRawBufferPointer(rebasing: buffer[held.upperBound...])
            let count = try decoder.map { try decode($0, into: free) } ?? read(into: free)
            held = held.lowerBound..<(held.upperBound + count)
            if count == 0 { isAtEnd = true }
        } while held.count < wanted && !isAtEnd
    }

    /// Whether the bytes are compressed, so that the size of the file differs from that of the text.
    var isCompressed: Bool { decoder != nil }

    /// Waits until a program writes to a pipe that was opened without waiting; until then a named pipe appears to be at its end.
    private func waitForWriter(seconds: Double) throws {
        let step: Int32 = 20
        for _ in 0...Int(seconds * 1000) / Int(step) {
            do {
                held = 0..<(try file.read(into: buffer))
                if !held.isEmpty { return try Platform.makeBlocking(file) }
            } catch Errno.resourceTemporarilyUnavailable {
                // There is a writer, which has not written yet.
                return try Platform.makeBlocking(file)
            }
            Platform.pause(milliseconds: step)
        }
        throw CommandFailure(
            .noInput,
            "\(name): this is a pipe to which no program wrote within \(Int(seconds)) seconds; start the writer first, or name a file"
        )
    }

    /// Moves the remaining bytes to the front of the buffer, which is enlarged if a single row fills half of it.
    private func makeRoom() {
        let left = held.count
        if left > buffer.count / 2 {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[held]))
            buffer.deallocate()
            buffer = larger
        } else if held.lowerBound > 0, left > 0 {
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<left]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: buffer[held]))
        }
        held = 0..<left
    }

    private func read(into free: UnsafeMutableRawBufferPointer) throws -> Int {
        do {
            let count = try file.read(into: free)
            bytesRead += count
            return count
        } catch let error as Errno {
            throw CommandFailure(.noInput, "\(name): cannot be read (\(error)); check the file")
        }
    }

    private func startDecoding() throws {
        decoder = try? GzipDecoder()
        packed = .allocate(byteCount: max(held.count, 1 << 16), alignment: 16)
        packed.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[held]))
        packedHeld = 0..<held.count
        held = 0..<0
        isAtEnd = false
        try fill()
    }

    private func decode(_ decoder: GzipDecoder, into free: UnsafeMutableRawBufferPointer) throws -> Int {
        do {
            while true {
                if packedHeld.isEmpty {
                    packedHeld = 0..<(try read(into: packed))
                    guard !packedHeld.isEmpty else {
                        try decoder.finish()
                        return 0
                    }
                }
                let (taken, written) = try decoder.decode(
                    UnsafeMutableRawBufferPointer(rebasing: packed[packedHeld]), into: free)
                packedHeld = (packedHeld.lowerBound + taken)..<packedHeld.upperBound
                if written > 0 { return written }
            }
        } catch GzipDecoder.Refusal.damage {
            throw CommandFailure(
                .dataWrong,
                "\(name): the gzip data are damaged or end too early; get the file anew, or check it with gzip -t"
            )
        } catch GzipDecoder.Refusal.expansion {
            throw CommandFailure(
                .dataWrong,
                """
                \(name): the gzip data unpack to more than \(GzipDecoder.greatestRatio) times their size, as no table does; \
                check the file, or unpack it first
                """)
        }
    }
}

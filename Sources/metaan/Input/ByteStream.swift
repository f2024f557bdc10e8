import SystemPackage

/// The bytes of an input, read piece by piece into one buffer; what is compressed with gzip is taken apart on the way.
///
/// Pieces are copied by `read`, not mapped: mapped pages would count as memory of the program.
final class ByteStream {
    let name: String
    /// Size of the file as it is stored; `nil` for a pipe.
    let size: Int?
    /// Bytes of the file that were read, as it is stored.
    private(set) var bytesRead = 0
    /// Whether nothing follows the bytes that are there.
    private(set) var isAtEnd = false

    private let file: FileDescriptor
    private let closesFile: Bool
    private var buffer: UnsafeMutableRawBufferPointer
    private var held = 0..<0
    private var decoder: GzipDecoder?
    /// Compressed bytes that were read and not taken apart.
    private var packed = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var packedHeld = 0..<0

    /// - Throws: `CommandFailure` with status `noInput`.
    init(_ source: InputSource, pieceSize: Int = 1 << 18) throws {
        name = source.name
        if let path = source.path {
            if Platform.isFolder(path) {
                throw CommandFailure(.noInput, "\(path): this is a folder; name a file in it")
            }
            do {
                file = try FileDescriptor.open(path, .readOnly)
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
        try fill()
        while held.count < GzipDecoder.magic.count, !isAtEnd { try fill() }
        if buffer[held].starts(with: GzipDecoder.magic) { try startDecoding() }
    }

    deinit {
        buffer.deallocate()
        packed.deallocate()
        if closesFile { try? file.close() }
    }

    /// The bytes that were read and not consumed; they stay in place until the next call of `fill()`.
    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(UnsafeMutableRawBufferPointer(rebasing: buffer[held]).assumingMemoryBound(to: UInt8.self))
    }

    func consume(_ count: Int) { held = (held.lowerBound + count)..<held.upperBound }

    /// Adds bytes to those that were not consumed, or sets `isAtEnd`.
    ///
    /// - Throws: `CommandFailure`: `noInput` when the file cannot be read, `dataWrong` for damaged gzip data.
    func fill() throws {
        guard !isAtEnd else { return }
        makeRoom()
        let free = UnsafeMutableRawBufferPointer(rebasing: buffer[held.upperBound...])
        let count = try decoder.map { try decode($0, into: free) } ?? read(into: free)
        held = held.lowerBound..<(held.upperBound + count)
        if count == 0 { isAtEnd = true }
    }

    /// Moves what is left to the front of the buffer, which grows when a single row fills half of it.
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
        } catch is GzipDecoder.Damage {
            throw CommandFailure(
                .dataWrong,
                "\(name): the gzip data are damaged or end too early; get the file anew, or check it with gzip -t"
            )
        }
    }
}

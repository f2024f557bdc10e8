import SystemPackage

/// A file of which any part can be read.
final class RandomAccessFile {
    let name: String
    let size: Int
    private let file: FileDescriptor

    /// Opens a file.
    ///
    /// - Throws: `CommandFailure` with status `noInput`.
    init(_ source: InputSource) throws {
        name = source.name
        guard let path = source.path else {
            throw CommandFailure(.noInput, "-: arrays cannot be read from standard input; name a file")
        }
        if Platform.isFolder(path) { throw CommandFailure(.noInput, "\(path): this is a folder; name a file in it") }
        do {
            // Without this option, opening a pipe would wait for its writer before it can be rejected.
            file = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
        } catch let error as Errno {
            throw CommandFailure(.noInput, "\(path): cannot be opened (\(error)); check its permissions")
        }
        guard let status = try? Stat(file), status.type == .regular else {
            throw CommandFailure(.noInput, "\(path): arrays are not read from a pipe or a device; name a file")
        }
        size = Int(status.size)
    }

    deinit { try? file.close() }

    /// Reads bytes into a buffer.
    ///
    /// - Returns: Number of bytes that were read; it is less than the size of the buffer only at the end of the file.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var count = 0
        do {
            while count < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                let more = try file.read(fromAbsoluteOffset: Int64(offset + count), into: rest)
                if more == 0 { break }
                count += more
            }
        } catch let error as Errno {
            throw CommandFailure(.noInput, "\(name): cannot be read (\(error)); check the file")
        }
        return count
    }

    /// Returns `count` bytes, or fewer at the end of the file.
    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        guard offset >= 0, offset <= size, count > 0 else { return [] }
        return try [UInt8](unsafeUninitializedCapacity: min(count, size - offset)) { bytes, initialized in
            initialized = try read(at: offset, into: UnsafeMutableRawBufferPointer(bytes))
        }
    }
}

import SystemPackage

/// The destination of an answer.
enum OutputFile {
    /// The text to write and its destination: a path, or `nil` for standard output.
    struct Part {
        var bytes: [UInt8]
        var path: String?

        init(_ bytes: [UInt8], to path: String?) {
            self.bytes = bytes
            self.path = path
        }

        init(_ text: String, to path: String?) { self.init(Array(text.utf8), to: path) }
    }

    /// Writes the text to standard output, or to a file that is written completely or not at all; see `OutputStream`.
    static func write(_ text: String, to path: String?) throws { try write([Part(text, to: path)]) }

    /// Writes several files and standard output together. Files appear after everything was written, so a failure leaves no files.
    ///
    /// - Throws: `CommandFailure`, with status `usage` if two parts have the same file.
    static func write(_ parts: [Part]) throws {
        let places = parts.compactMap(\.path).map {
            ((try? Platform.destination(FilePath($0))) ?? FilePath($0)).lexicallyNormalized()
        }
        if Set(places).count < places.count {
            let names = parts.compactMap(\.path).joined(separator: " and ")
            throw CommandFailure(.usage, "\(names) are one file; name a file for each")
        }
        func write() throws {
            let streams = try parts.map { try OutputStream($0.path) }
            // If the reader of standard output has closed it, no file appears either.
            for (part, stream) in zip(parts, streams) { try stream.write(part.bytes) }
            for stream in streams { try stream.finish() }
        }
        // A reader of standard output can make the program wait, and the run must be interruptible then.
        if parts.contains(where: { $0.path == nil }) { try write() } else { try Platform.uninterrupted(write) }
    }

    /// Writes a line to standard error; a closed standard error is not a failure.
    static func report(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll((line + "\n").utf8)
    }
}

import SystemPackage

/// Where the answer goes.
enum OutputFile {
    /// What is written, and where to: `nil` for standard output.
    struct Part {
        var bytes: [UInt8]
        var path: String?

        init(_ bytes: [UInt8], to path: String?) {
            self.bytes = bytes
            self.path = path
        }

        init(_ text: String, to path: String?) { self.init(Array(text.utf8), to: path) }
    }

    /// Writes the text to standard output, or, wholly or not at all, to a file; see `OutputStream`.
    static func write(_ text: String, to path: String?) throws { try write([Part(text, to: path)]) }

    /// Writes several files, and what goes to standard output, together: files appear once all is written, so that what fails leaves
    /// nothing behind.
    ///
    /// - Throws: `CommandFailure`, with status `usage` when two parts go to one file.
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
            // A reader of standard output that has gone away leaves no file either.
            for (part, stream) in zip(parts, streams) { try stream.write(part.bytes) }
            for stream in streams { try stream.finish() }
        }
        // A reader of standard output may keep it waiting, and the run is to be interrupted then.
        if parts.contains(where: { $0.path == nil }) { try write() } else { try Platform.uninterrupted(write) }
    }

    /// Writes a line to standard error; a closed one is no reason to fail.
    static func report(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll((line + "\n").utf8)
    }
}

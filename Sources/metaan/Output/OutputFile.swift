import SystemPackage

/// Where the answer goes.
enum OutputFile {
    /// Writes the text to standard output, or, wholly or not at all, to a file; see `OutputStream`.
    static func write(_ text: String, to path: String?) throws {
        func write() throws {
            let stream = try OutputStream(path)
            try stream.write(text.utf8)
            try stream.finish()
        }
        if path == nil { try write() } else { try Platform.uninterrupted(write) }
    }

    /// Writes a line to standard error; a closed one is no reason to fail.
    static func report(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll((line + "\n").utf8)
    }
}

import SystemPackage

/// Where the answer goes.
enum OutputFile {
    /// Writes the text to standard output, or, wholly or not at all, to a file.
    ///
    /// The file is written under another name in the same folder and then takes the place of one that is there.
    ///
    /// - Throws: `CommandFailure` with status `cannotCreate` or `cannotWrite`; with an empty message when the reader of
    ///   standard output has gone away, which is its right.
    static func write(_ text: String, to path: String?) throws {
        guard let path else {
            do {
                try FileDescriptor.standardOutput.writeAll(text.utf8)
            } catch Errno.brokenPipe {
                throw CommandFailure(.cannotWrite, "")
            } catch let error as Errno {
                throw CommandFailure(
                    .cannotWrite,
                    "standard output: cannot be written (\(error)); check where it goes or take --output FILE")
            }
            return
        }
        try Platform.uninterrupted { try replace(FilePath(path), with: text) }
    }

    /// Writes a line to standard error; a closed one is no reason to fail.
    static func report(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll((line + "\n").utf8)
    }

    private static func replace(_ path: FilePath, with text: String) throws {
        // A link stays a link: what it points to is replaced.
        let target = Platform.resolved(path) ?? path
        guard let name = target.lastComponent, !Platform.isFolder(target) else {
            throw CommandFailure(.cannotCreate, "\(path): this is a folder; name a file for --output")
        }
        if let type = try? Stat(target).type, type != .regular {
            return try writeThrough(target, text)
        }
        let temporary = target.removingLastComponent()
            .appending(".\(name.string).\(Platform.processIdentifier).tmp")
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        } catch let error as Errno {
            throw CommandFailure(
                .cannotCreate, "\(path): cannot be created (\(error)); check that the folder exists and can be written")
        }
        do {
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
            try Platform.rename(temporary, to: target)
        } catch let error as Errno {
            Platform.remove(temporary)
            throw CommandFailure(
                .cannotWrite, "\(path): cannot be written (\(error)); check the space left on the disk")
        }
    }

    /// A device or a pipe cannot be replaced, only written.
    private static func writeThrough(_ path: FilePath, _ text: String) throws {
        do {
            let file = try FileDescriptor.open(path, .writeOnly)
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch let error as Errno {
            throw CommandFailure(.cannotWrite, "\(path): cannot be written (\(error)); name another file")
        }
    }
}

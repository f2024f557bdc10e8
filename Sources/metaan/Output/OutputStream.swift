import SystemPackage

/// An output that is written in pieces: standard output, or a file that appears completely or not at all.
///
/// A file is written under a temporary name in the same folder and replaces an existing file at the end. If the run fails or is interrupted
/// before that, the temporary file is removed.
final class OutputStream {
    private enum Kind {
        case standardOutput
        /// A device or a pipe, which cannot be replaced, only written.
        case device
        case replacement(temporary: FilePath, target: FilePath)
    }

    /// Name given by the caller, for messages.
    private let name: String
    private let kind: Kind
    private let file: FileDescriptor
    private var isOpen = true

    /// Opens the output.
    ///
    /// - Parameter path: path of the file; `nil` for standard output.
    /// - Throws: `CommandFailure` with status `cannotCreate` or `cannotWrite`.
    init(_ path: String?) throws {
        guard let path else {
            (name, kind, file) = ("standard output", .standardOutput, .standardOutput)
            return
        }
        name = path
        // A link is kept: its target is replaced, or created.
        let target: FilePath
        do {
            target = try Platform.destination(FilePath(path))
        } catch let error as Errno {
            throw CommandFailure(.cannotCreate, "\(path): cannot be created (\(error)); name another file")
        }
        guard let last = target.lastComponent, !Platform.isFolder(target) else {
            throw CommandFailure(.cannotCreate, "\(path): this is a folder; name a file for --output")
        }
        if let type = try? Stat(target).type, type != .regular {
            kind = .device
            do {
                file = try FileDescriptor.open(target, .writeOnly)
            } catch let error as Errno {
                throw CommandFailure(.cannotWrite, "\(path): cannot be written (\(error)); name another file")
            }
            return
        }
        let isThere = Platform.exists(target)
        guard !isThere || Platform.isWritable(target) else {
            throw CommandFailure(
                .cannotWrite, "\(path): the file may not be written; change its permissions, or name another file")
        }
        let temporary = target.removingLastComponent()
            .appending(".\(last.string).\(Platform.processIdentifier).tmp")
        kind = .replacement(temporary: temporary, target: target)
        Platform.removeWhenInterrupted(temporary)
        do {
            file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
            if isThere { Platform.copyPermissions(of: target, to: file) }
        } catch let error as Errno {
            Platform.removeWhenInterrupted(nil)
            throw CommandFailure(
                .cannotCreate, "\(path): cannot be created (\(error)); check that the folder exists and can be written")
        }
    }

    deinit { discard() }

    /// Writes bytes.
    ///
    /// - Throws: `CommandFailure` with status `cannotWrite`; the message is empty if the reader of standard output has closed it, which is
    ///   not an error.
    func write(_ bytes: some Sequence<UInt8>) throws {
        do {
            try file.writeAll(bytes)
        } catch let error as Errno {
            throw failure(error)
        }
    }

    /// Moves the file to its final name.
    func finish() throws {
        guard isOpen else { return }
        do {
            switch kind {
            case .standardOutput: break
            case .device:
                isOpen = false
                try file.close()
            case .replacement(let temporary, let target):
                try Platform.uninterrupted {
                    isOpen = false
                    do {
                        try file.close()
                        try Platform.rename(temporary, to: target)
                    } catch {
                        Platform.remove(temporary)
                        throw error
                    }
                    Platform.removeWhenInterrupted(nil)
                }
            }
        } catch let error as Errno {
            throw failure(error)
        }
    }

    /// Removes the temporary file and keeps an existing file unchanged.
    private func discard() {
        guard isOpen else { return }
        isOpen = false
        guard case .replacement(let temporary, _) = kind else { return }
        try? file.close()
        Platform.remove(temporary)
        Platform.removeWhenInterrupted(nil)
    }

    private func failure(_ error: Errno) -> CommandFailure {
        switch kind {
        case .standardOutput where error == .brokenPipe: CommandFailure(.cannotWrite, "")
        case .standardOutput:
            CommandFailure(
                .cannotWrite, "\(name): cannot be written (\(error)); check where it goes or take --output FILE")
        case .device: CommandFailure(.cannotWrite, "\(name): cannot be written (\(error)); name another file")
        case .replacement:
            CommandFailure(.cannotWrite, "\(name): cannot be written (\(error)); check the space left on the disk")
        }
    }
}

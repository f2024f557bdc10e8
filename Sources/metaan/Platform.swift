import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Functions of the operating system beyond files and paths.
enum Platform {
    /// Makes an interruption end with its own exit status, and a closed reader of the output an error of the write.
    static func prepareSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGINT) { _ in
            if let name = temporaryName { unlink(name) }
            _exit(130)
        }
        // Programs started from worker threads inherit the signal mask of these threads.
        var interruption = sigset_t()
        sigemptyset(&interruption)
        sigaddset(&interruption, SIGINT)
        sigprocmask(SIG_UNBLOCK, &interruption, nil)
    }

    /// Registers a file that is removed if the program is interrupted or terminated; `nil` unregisters it.
    static func removeWhenInterrupted(_ path: FilePath?) {
        // Signals are blocked, so that a handler never sees a partly written name.
        uninterrupted {
            free(temporaryName)
            temporaryName = path.flatMap { $0.withPlatformString { strdup($0) } }
        }
        for number in [SIGTERM, SIGHUP] {
            let previous = signal(number) { number in
                if let name = temporaryName { unlink(name) }
                signal(number, SIG_DFL)
                raise(number)
            }
            // A signal that the caller has the program ignore (nohup) remains ignored.
            if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(number, SIG_IGN) }
        }
    }

    /// Whether standard error is a terminal.
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func exit(_ status: ExitStatus) -> Never {
        #if canImport(Glibc)
            Glibc.exit(status.rawValue)
        #elseif canImport(Musl)
            Musl.exit(status.rawValue)
        #elseif canImport(Darwin)
            Darwin.exit(status.rawValue)
        #endif
    }

    /// Runs the operation with interruptions blocked, so that it is done completely or not at all.
    static func uninterrupted<Result>(_ operation: () throws -> Result) rethrows -> Result {
        var held = sigset_t()
        var previous = sigset_t()
        sigemptyset(&held)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&held, number) }
        sigprocmask(SIG_BLOCK, &held, &previous)
        defer { sigprocmask(SIG_SETMASK, &previous, nil) }
        return try operation()
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    static var processIdentifier: Int32 { getpid() }

    /// Folder of the running program, with links resolved.
    static var executableFolder: FilePath? {
        #if os(Linux)
            let path = resolved("/proc/self/exe")
        #else
            let path = CommandLine.arguments.first.flatMap { resolved(FilePath($0)) }
        #endif
        return path?.removingLastComponent()
    }

    /// Returns the path with links resolved; `nil` if the file does not exist.
    static func resolved(_ path: FilePath) -> FilePath? {
        path.withPlatformString { name in
            guard let resolved = realpath(name, nil) else { return nil }
            defer { free(resolved) }
            return FilePath(platformString: resolved)
        }
    }

    /// Returns the path to which writing to this path writes: links are resolved, even to a file that does not exist.
    ///
    /// - Throws: `Errno` for circular links.
    static func destination(_ path: FilePath) throws -> FilePath {
        var path = path
        // The limit is that of the system.
        for _ in 0..<40 {
            if let resolved = resolved(path) { return resolved }
            guard let link = linkedPath(path) else { return path }
            path = link.isAbsolute ? link : path.removingLastComponent().appending(link.components)
        }
        throw Errno.tooManySymbolicLinkLevels
    }

    /// Returns the target of a link; `nil` for anything else.
    private static func linkedPath(_ path: FilePath) -> FilePath? {
        path.withPlatformString { name in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { text in
                guard let start = text.baseAddress, case let count = readlink(name, start, Int(PATH_MAX)), count > 0
                else { return nil }
                start[count] = 0
                return FilePath(platformString: start)
            }
        }
    }

    /// Returns whether the caller may write to an existing file.
    static func isWritable(_ path: FilePath) -> Bool { path.withPlatformString { access($0, W_OK) } == 0 }

    /// Gives a file the permissions of another one and, if it is allowed, the same owner and group.
    static func copyPermissions(of path: FilePath, to file: FileDescriptor) {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return }
        // The owner is set first, because a new owner clears special permission bits.
        _ = fchown(file.rawValue, status.st_uid, status.st_gid)
        _ = fchmod(file.rawValue, status.st_mode & 0o7777)
    }

    static func isPipe(_ path: FilePath) -> Bool { (try? Stat(path))?.type == .fifo }

    static func pause(milliseconds: Int32) { poll(nil, 0, milliseconds) }

    /// Makes reads wait for bytes.
    static func makeBlocking(_ file: FileDescriptor) throws {
        let flags = fcntl(file.rawValue, F_GETFL, 0)
        guard flags >= 0, fcntl(file.rawValue, F_SETFL, flags & ~O_NONBLOCK) >= 0 else {
            throw Errno(rawValue: errno)
        }
    }

    static func isFolder(_ path: FilePath) -> Bool {
        (try? Stat(path))?.type == .directory
    }

    static func exists(_ path: FilePath) -> Bool {
        (try? Stat(path)) != nil
    }

    /// Returns the names in a folder, in the order of their bytes; empty if it cannot be read.
    static func names(in folder: FilePath) -> [String] {
        let path = folder.isEmpty ? "." : folder
        guard let stream = path.withPlatformString({ opendir($0) }) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Renames a file and replaces a file that has the new name.
    static func rename(_ source: FilePath, to destination: FilePath) throws {
        let result = source.withPlatformString { source in
            destination.withPlatformString { destination in renameFile(source, destination) }
        }
        if result != 0 { throw Errno(rawValue: errno) }
    }

    static func remove(_ path: FilePath) {
        _ = path.withPlatformString { unlink($0) }
    }
}

/// Name of the file that the signal handler removes.
nonisolated(unsafe) private var temporaryName: UnsafeMutablePointer<CChar>?

private func renameFile(_ source: UnsafePointer<CChar>, _ destination: UnsafePointer<CChar>) -> Int32 {
    rename(source, destination)
}

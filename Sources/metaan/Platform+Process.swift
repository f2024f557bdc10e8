import SystemPackage

#if canImport(Glibc)
    @preconcurrency import Glibc
#elseif canImport(Musl)
    @preconcurrency import Musl
#elseif canImport(Darwin)
    @preconcurrency import Darwin
#endif

extension Platform {
    /// Runs a program of the search path with the bytes as its input, and collects its output.
    ///
    /// - Returns: The exit and the output of the program; `nil` if it does not exist.
    /// - Throws: `Errno` if the system refuses.
    static func run(
        _ program: String, _ arguments: [String], input: some Sequence<UInt8>
    ) throws -> (status: Int32, output: [UInt8])? {
        let source = try unnamedFile(holding: input)
        defer { try? source.close() }
        let (reading, writing) = try FileDescriptor.pipe()
        defer { try? reading.close() }
        var identifier: pid_t = 0
        let failure = spawn(program, arguments, input: source, output: writing, &identifier)
        try writing.close()
        guard failure == 0 else {
            if failure == ENOENT || failure == EACCES { return nil }
            throw Errno(rawValue: failure)
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try reading.read(into: $0) }
            if count == 0 { break }
            output += buffer[..<count]
        }
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
        let isExit = status & 0x7F == 0
        return (isExit ? (status >> 8) & 0xFF : 1, output)
    }

    /// Returns a file without a name that contains the bytes, positioned at its beginning.
    private static func unnamedFile(holding bytes: some Sequence<UInt8>) throws -> FileDescriptor {
        let folder = environment("TMPDIR") ?? "/tmp"
        var name = Array((folder + "/metaan-XXXXXX").utf8CString)
        let number = mkstemp(&name)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        unlink(name)
        let file = FileDescriptor(rawValue: number)
        try file.writeAll(bytes)
        try file.seek(offset: 0, from: .start)
        return file
    }

    private static func spawn(
        _ program: String, _ arguments: [String], input: FileDescriptor, output: FileDescriptor,
        _ identifier: inout pid_t
    ) -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0)
        posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in words { free(pointer) } }
        return posix_spawnp(&identifier, program, &actions, nil, words, environ)
    }
}

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

struct FileFailure: Error {
    let path: String
}

/// Doubles one after the other, in the byte order of the machine.
enum DoubleFile {
    static func read(_ path: String) throws -> [Double] {
        guard let file = fopen(path, "rb") else { throw FileFailure(path: path) }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let count = ftell(file) / 8
        rewind(file)
        return try [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = fread(buffer.baseAddress, 8, count, file)
            guard initialized == count else { throw FileFailure(path: path) }
        }
    }

    static func write(_ columns: [[Double]], to path: String) throws {
        guard let file = fopen(path, "wb") else { throw FileFailure(path: path) }
        defer { fclose(file) }
        for column in columns {
            guard fwrite(column, 8, column.count, file) == column.count else { throw FileFailure(path: path) }
        }
    }
}

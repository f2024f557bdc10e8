import SystemPackage

/// The bytes of an input and the name by which messages and results call it.
struct InputFile {
    /// The path as found; "-" for standard input; a shipped data set by its place among the data sets.
    var name: String
    var bytes: [UInt8]
    /// Which file was read, where it is not simply the one that was named.
    var note: String?

    /// Reads what an argument names: standard input ("-"), a file, a file whose name differs in case only, or a data set
    /// shipped with the program, in this order.
    ///
    /// - Throws: `CommandFailure` with status `noInput`.
    static func read(_ argument: String, library: DataLibrary = DataLibrary()) throws -> InputFile {
        if argument == "-" {
            return InputFile(name: "-", bytes: try contents(.standardInput, name: "-"))
        }
        let path = FilePath(argument)
        if Platform.exists(path) { return InputFile(name: argument, bytes: try contents(path, name: argument)) }
        let matches = path.matchesIgnoringCase()
        if matches.count > 1 {
            let names = matches.map(\.string).joined(separator: ", ")
            throw CommandFailure(
                .noInput, "\(argument): there is no such file, but \(names); write one of them exactly")
        }
        if let match = matches.first {
            let name = match.string
            return InputFile(
                name: name, bytes: try contents(match, name: name), note: "reading \(name), as there is no \(argument)")
        }
        if let shipped = try library.find(argument) {
            return InputFile(
                name: shipped.file, bytes: try contents(shipped.path, name: shipped.path.string),
                note: "reading the data set \(shipped.path.string)")
        }
        throw CommandFailure(
            .noInput,
            "\(argument): there is no such file or data set; check the path, or see `metaan datasets` for those shipped"
        )
    }

    private static func contents(_ path: FilePath, name: String) throws -> [UInt8] {
        if Platform.isFolder(path) {
            throw CommandFailure(.noInput, "\(name): this is a folder; name a file in it")
        }
        do {
            let file = try FileDescriptor.open(path, .readOnly)
            return try file.closeAfter { try contents(file, name: name) }
        } catch let error as Errno {
            throw CommandFailure(.noInput, "\(name): cannot be opened (\(error)); check its permissions")
        }
    }

    private static func contents(_ file: FileDescriptor, name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            let size = (try? Stat(file)).map { Int($0.size) } ?? 0
            bytes.reserveCapacity(size + 1)
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
            defer { chunk.deallocate() }
            while true {
                let count = try file.read(into: chunk)
                if count == 0 { return bytes }
                bytes.append(contentsOf: chunk.prefix(count))
            }
        } catch let error as Errno {
            throw CommandFailure(.noInput, "\(name): cannot be read (\(error)); check the file")
        }
    }
}

extension FilePath {
    /// Existing paths that differ from this one in nothing but the case of letters.
    func matchesIgnoringCase() -> [FilePath] {
        var matches = [root.map { FilePath(root: $0) } ?? FilePath("")]
        for component in components {
            matches = matches.flatMap { folder -> [FilePath] in
                guard component.kind == .regular else { return [folder.appending(component)] }
                let wanted = component.string.lowercased()
                return Platform.names(in: folder).filter { $0.lowercased() == wanted }.map { folder.appending($0) }
            }
        }
        return matches.filter { !Platform.isFolder($0) && Platform.exists($0) }
    }
}

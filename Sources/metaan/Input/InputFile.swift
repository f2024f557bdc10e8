import MetaAnalysis
import SystemPackage

/// The input that an argument names.
struct InputSource {
    /// Path of the file; "-" for standard input, and the relative path for a shipped data set.
    var name: String
    /// Path to open; `nil` for standard input.
    var path: FilePath?
    /// Note on which file is read, if its name differs from the argument.
    var note: String?

    /// Finds standard input ("-"), a file, a file whose name differs only in case, or a shipped data set, in this order.
    ///
    /// - Throws: `CommandFailure` with status `noInput`.
    static func find(_ argument: String, library: DataLibrary = DataLibrary()) throws -> InputSource {
        if argument == "-" { return InputSource(name: "-") }
        let path = FilePath(argument)
        if Platform.exists(path) { return InputSource(name: argument, path: path) }
        let matches = path.matchesIgnoringCase()
        if matches.count > 1 {
            let names = matches.map(\.string).joined(separator: ", ")
            throw CommandFailure(
                .noInput, "\(argument): there is no such file, but \(names); write one of them exactly")
        }
        if let match = matches.first {
            return InputSource(
                name: match.string, path: match, note: "reading \(match.string), as there is no \(argument)")
        }
        if let shipped = try library.find(argument) {
            return InputSource(
                name: shipped.file, path: shipped.path, note: "reading the data set \(shipped.path.string)")
        }
        throw CommandFailure(
            .noInput,
            "\(argument): there is no such file or data set; check the path, or see `metaan datasets` for those shipped"
        )
    }
}

/// The bytes of an input and its name in messages and results.
struct InputFile {
    /// Name as in `InputSource`.
    var name: String
    var bytes: [UInt8]
    var note: String?

    /// Reads the input that an argument names; gzip data are decompressed.
    ///
    /// - Throws: `CommandFailure` with status `noInput`; `dataWrong` for damaged gzip data, for a file that is too large and for one that
    ///   does not begin with the header of a table.
    static func read(
        _ argument: String, library: DataLibrary = DataLibrary(), limits: TableLimits = TableLimits()
    ) throws -> InputFile {
        let source = try InputSource.find(argument, library: library)
        let stream = try ByteStream(source, pieceSize: 1 << 16)
        func checkSize(_ size: Int) throws {
            guard size > limits.tableBytes else { return }
            throw CommandFailure(
                .dataWrong,
                """
                \(source.name): the file has more than \(TableLimits.bytes(limits.tableBytes)), too many for one table; keep the rows \
                and columns that the analysis needs, or pool many analyses as a stream with pool --by COLUMN
                """)
        }
        // Endless input and input other than text are detected at the beginning.
        do {
            while try !TableHeader.isComplete(
                in: stream.bytes, isLast: stream.isAtEnd, name: source.name, limits: limits)
            {
                try stream.fill()
            }
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: source.name)
        }
        if let size = stream.size, !stream.isCompressed { try checkSize(size) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(stream.size ?? 0, limits.tableBytes) + 1)
        while true {
            bytes.append(contentsOf: stream.bytes)
            stream.consume(stream.bytes.count)
            if stream.isAtEnd { return InputFile(name: source.name, bytes: bytes, note: source.note) }
            try checkSize(bytes.count)
            try stream.fill()
        }
    }
}

extension FilePath {
    /// Returns existing paths that differ from this one only in case.
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

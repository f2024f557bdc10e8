import MetaAnalysis
import SystemPackage

/// The data sets shipped with the program, which are found without configuration.
struct DataLibrary {
    /// A data set as listed in the index; texts are unchanged.
    struct Entry {
        var name: String
        /// Path relative to the folder of the library, which results use as the name of the file.
        var file: String
        var title: String
        var kind: String
        /// Measure that its analyses usually use; empty for a table that is not pooled.
        var measure: String
        /// Number of studies, or of rows of a table.
        var count: String
        var source: String
        var path: FilePath
    }

    static let indexFile = "datasets/index.csv"

    /// Folders in which the library may be; the first one with an index is used.
    var candidates: [FilePath]

    /// Makes the list of folders: the one in the variable METAAN_DATA, the installed one, that of a checkout around the program, and
    /// `Fixtures` in the current folder.
    init() {
        candidates = Platform.environment("METAAN_DATA").map { [FilePath($0)] } ?? []
        if var folder = Platform.executableFolder {
            candidates.append(folder.removingLastComponent().appending("share/metaan"))
            while true {
                candidates.append(folder.appending("Fixtures"))
                guard folder.removeLastComponent() else { break }
            }
        }
        candidates.append("Fixtures")
    }

    static let notFound = CommandFailure(
        .noInput, "the data sets shipped with the program are not found; set METAAN_DATA to their folder")

    var folder: FilePath? { candidates.first { Platform.exists($0.appending(Self.indexFile)) } }

    /// Returns all data sets, in the order of the index.
    ///
    /// - Throws: `CommandFailure` if there is no library.
    func entries() throws -> [Entry] {
        guard let folder else { throw Self.notFound }
        let path = folder.appending(Self.indexFile)
        let index = try InputFile.read(path.string)
        do {
            let table = try Table(csv: index.bytes, name: index.name)
            func text(_ row: Int, _ column: String) -> String {
                table.column(named: column).flatMap { table.text(row: row, column: $0) } ?? ""
            }
            return (0..<table.rowCount).map { row in
                Entry(
                    name: text(row, "name"), file: text(row, "file"), title: text(row, "title"),
                    kind: text(row, "kind"),
                    measure: text(row, "measure"), count: text(row, "k"), source: text(row, "source"),
                    path: folder.appending(text(row, "file")))
            }
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: index.name)
        }
    }

    /// Returns the data set of this name, ignoring case and the extension `.csv`; `nil` if there is none, or no library.
    func find(_ name: String) throws -> Entry? {
        guard folder != nil else { return nil }
        let wanted = name.lowercased()
        return try entries().first { entry in
            [entry.name, entry.name + ".csv", entry.file].contains { $0.lowercased() == wanted }
        }
    }
}

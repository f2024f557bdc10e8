// Where the data sets and reference values of this package are, and what they hold.

public import Foundation

/// The data sets and reference values kept beside the sources.
///
/// For tests and benchmarks only: files are found from the place of this source file, so a checkout is needed.
public enum Fixtures {
    /// The folder that holds every fixture.
    public static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The file or folder at a path below ``folder``, such as `"datasets/bcg.csv"`.
    public static func url(_ path: String) -> URL {
        folder.appendingPathComponent(path)
    }

    /// The bytes of the file at a path below ``folder``.
    public static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: url(path)))
    }

    /// Every shipped data set, in the order of `datasets/index.csv`.
    public static var datasets: [Dataset] {
        get throws {
            let text = String(decoding: try bytes("datasets/index.csv"), as: UTF8.self)
            return try text.split(separator: "\n").dropFirst().map { try Dataset(line: $0) }
        }
    }

    /// The golden files of a folder (`reference` when none is named, which has the same layout), sorted by name.
    public static func goldenFiles(in reference: URL = url("reference")) throws -> [URL] {
        try FileManager.default
            .contentsOfDirectory(at: reference.appendingPathComponent("golden"), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}

extension Fixtures {
    /// One line of `datasets/index.csv`.
    public struct Dataset: Sendable, Equatable {
        /// The bare name under which the program finds it, such as `"bcg"`.
        public let name: String
        /// The path below ``Fixtures/folder``.
        public let file: String
        /// What the studies compare, in a few words.
        public let title: String
        /// The kind of data; `"table"` marks a file that is looked up and not pooled.
        public let kind: String
        /// The measure to pool with, in metafor's code; empty for a table.
        public let measure: String
        /// The number of studies, or of rows for a table.
        public let count: Int
        /// The DOI of the primary publication, or where to read about it.
        public let source: String

        init(line: Substring) throws {
            let fields = Fixtures.fields(of: line)
            guard fields.count == 7, let count = Int(fields[5]) else {
                throw CocoaError(.fileReadCorruptFile)
            }
            name = fields[0]
            file = fields[1]
            title = fields[2]
            kind = fields[3]
            measure = fields[4]
            self.count = count
            source = fields[6]
        }
    }

    /// The fields of one CSV line without line breaks inside quotes.
    private static func fields(of line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}

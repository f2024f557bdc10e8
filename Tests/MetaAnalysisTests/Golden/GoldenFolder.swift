import Foundation
import MetaAnalysisFixtures

@testable import MetaAnalysis

/// Why a case, or one of its fields, says nothing about the library.
struct NotApplicable: Error, Hashable {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}

/// A folder of reference values with the data they were computed from.
struct GoldenFolder: Sendable {
    let url: URL
    /// What the folder is called in its counts.
    let title: String
    /// The file that says how many of its cases pass.
    let counts: URL
    /// Files of the families that the driver reads.
    let files: [File]
    /// Number of cases of the other families.
    let otherFamilies: [String: Int]
    private let tables: [String: Table]

    struct File: Sendable {
        var name: String
        var content: GoldenFile
    }

    static let families =
        ["escalc", "uni", "alt", "confint", "mh", "extra", "grid", "bias", "diag"]
        + GoldenCaseCheck.selectionFamilies
        + GoldenCaseCheck.regressionFamilies + networkFamilies

    static let networkFamilies = [
        "pairwise", "netmeta", "inner", "netsplit", "decomp", "rank", "league", "structure", "netmetabin", "netcomb",
        "discomb",
    ]

    /// The folder of this package, and the one that `METAAN_REFERENCE` names.
    static func all() throws -> [GoldenFolder] {
        let named = ProcessInfo.processInfo.environment["METAAN_REFERENCE"].map { URL(fileURLWithPath: $0) }
        return try [ofPackage()]
            + [named].compactMap(\.self).map {
                try GoldenFolder($0, title: "The folder that METAAN_REFERENCE names", counts: "extended.txt")
            }
    }

    static func ofPackage() throws -> GoldenFolder {
        try GoldenFolder(Fixtures.url("reference"), title: "Fixtures/reference", counts: "package.txt")
    }

    private init(_ url: URL, title: String, counts: String) throws {
        self.url = url
        self.title = title
        self.counts = Fixtures.url("reference/counts/" + counts)
        var files: [File] = []
        var others: [String: Int] = [:]
        for file in try Fixtures.goldenFiles(in: url) {
            let name = file.lastPathComponent
            let family = file.deletingPathExtension().pathExtension
            if family.isEmpty || Self.families.contains(family) {
                files.append(File(name: name, content: try GoldenFile(contentsOf: file)))
            } else {
                others[family, default: 0] += try CaseCount(contentsOf: file).count
            }
        }
        self.files = files
        otherFamilies = others
        var tables: [String: Table] = [:]
        for file in files {
            let dataset = file.content.dataset
            let inputs = file.content.inputs?.values.map(\.dataset) ?? []
            for path in inputs + [dataset] where !path.isEmpty && tables[path] == nil {
                let bytes = [UInt8](try Data(contentsOf: url.appendingPathComponent(path)))
                tables[path] = try Table(csv: bytes, name: path)
            }
        }
        self.tables = tables
    }

    func table(_ path: String) throws -> Table {
        guard let table = tables[path] else { throw NotApplicable("no data \(path)") }
        return table
    }
}

/// How many cases a file has, without reading them.
private struct CaseCount: Decodable {
    var cases: [Skipped]?

    struct Skipped: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    var count: Int { cases?.count ?? 0 }

    init(contentsOf url: URL) throws {
        self = try JSONDecoder().decode(CaseCount.self, from: try Data(contentsOf: url))
    }
}

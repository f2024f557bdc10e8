import Foundation
import Testing

/// How many cases of each family pass, and how many are not applicable for which reason: these counts are checked in, so that a case
/// that is no longer run, or no longer compared, fails the test.
///
/// With the variable METAAN_RECORD set the file is written anew: read the difference before committing it.
struct GoldenCounts {
    private let heading: String
    let lines: [String]

    init(_ report: GoldenReport, of folder: GoldenFolder) {
        heading = "# \(folder.title): cases that agree with R, and cases that are not applicable, by family and reason."
        lines = Self.lines(report.families, report.otherFamilies)
    }

    static func lines(_ families: [String: GoldenReport.Family], _ others: [String: Int]) -> [String] {
        let read = families.map { name, family in
            (
                name,
                ["\(name): \(family.passed) passed"]
                    + family.notApplicable.sorted { $0.key < $1.key }
                    .map { "\(name): \($0.value) not applicable, \($0.key)" }
            )
        }
        let unread = others.map { name, count in
            (name, ["\(name): \(count) not applicable, \(GoldenReport.otherFamily)"])
        }
        return (read + unread).sorted { $0.0 < $1.0 }.flatMap(\.1)
    }

    func expectRecorded(at file: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if ProcessInfo.processInfo.environment["METAAN_RECORD"] != nil {
            try Data(([heading] + lines).joined(separator: "\n").appending("\n").utf8).write(to: file)
        }
        let recorded = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map(String.init).filter { !$0.hasPrefix("#") }
        let differences = Self.differences(found: lines, recorded: recorded)
        #expect(
            differences.isEmpty,
            """
            \(file.lastPathComponent) counts other cases; METAAN_RECORD=1 writes it anew:
            \(differences.joined(separator: "\n"))
            """, sourceLocation: sourceLocation)
    }

    /// The lines that only one of them has.
    static func differences(found: [String], recorded: [String]) -> [String] {
        recorded.filter { !found.contains($0) }.map { "recorded: \($0)" }
            + found.filter { !recorded.contains($0) }.map { "found: \($0)" }
    }
}

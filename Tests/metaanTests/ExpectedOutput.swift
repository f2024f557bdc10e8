import Foundation
import Testing

/// The whole output of a run, compared with a text in `Expected/`.
///
/// With the variable METAAN_RECORD set the texts are written anew: read the difference before committing it.
enum ExpectedOutput {
    static let folder = CommandRun.packageFolder.appendingPathComponent("Tests/metaanTests/Expected")

    static func compare(
        _ run: CommandRun, of arguments: [String], with name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let text = transcript(run, arguments)
        let file = folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["METAAN_RECORD"] != nil { try Data(text.utf8).write(to: file) }
        let expected = try String(contentsOf: file, encoding: .utf8)
        guard text != expected else { return }
        let pairs = zip(
            text.split(separator: "\n", omittingEmptySubsequences: false),
            expected.split(separator: "\n", omittingEmptySubsequences: false))
        let first = pairs.first { $0 != $1 }
        Issue.record(
            "\(name) differs, first in\n  \(first?.0 ?? "(end)")\nwhere it is expected to be\n  \(first?.1 ?? "(end)")",
            sourceLocation: sourceLocation)
    }

    /// Command, exit status and both streams; the folder of the package, which differs between machines, as "…".
    private static func transcript(_ run: CommandRun, _ arguments: [String]) -> String {
        let shown = arguments.map { $0.contains(" ") || $0.isEmpty ? "'\($0)'" : $0 }.joined(separator: " ")
        let text = "$ metaan \(shown)\n--- status \(run.status)\n--- output\n\(run.text)--- errors\n\(run.errors)"
        let portable = text.replacingOccurrences(of: CommandRun.packageFolder.path, with: "…")
        return arguments.contains { ["csv", "json"].contains($0) } ? rounded(portable) : portable
    }

    /// Numbers printed in full, to ten digits: the last ones differ between mathematical libraries.
    private static func rounded(_ text: String) -> String {
        text.replacing(/-?[0-9]+\.[0-9]{9,}(?:e[-+]?[0-9]+)?|-?[0-9](?:\.[0-9]+)?e-[0-9]+/) { match in
            Double(match.output).map { String(format: "%.10g", $0) } ?? String(match.output)
        }
    }
}

/// A run whose whole output is kept.
struct OutputExample: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    var input = ""

    var testDescription: String { name }

    func expectRun() throws {
        let run = try CommandRun(arguments, input: Data(input.utf8))
        #expect(run.status == 0)
        try ExpectedOutput.compare(run, of: arguments, with: name)
    }

    /// One line on standard error with the place, the fault and what to do, and nothing on standard output.
    func expectFailure(_ status: Int32) throws {
        let run = try CommandRun(arguments, input: Data(input.utf8))
        #expect(run.status == status)
        #expect(run.output.isEmpty)
        let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("note: ") }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("error: ") == true)
        #expect(lines.first?.contains("; ") == true)
        try ExpectedOutput.compare(run, of: arguments, with: name)
    }
}

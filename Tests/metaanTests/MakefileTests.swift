import Foundation
import Testing

@Suite struct MakefileTests {
    /// A name that no suite has would leave what it stands for out of `make sanitize` without a word.
    @Test func everySanitizedNameIsThatOfASuite() throws {
        let makefile = try String(
            contentsOf: CommandRun.packageFolder.appendingPathComponent("Makefile"), encoding: .utf8)
        let names = try #require(makefile.firstMatch(of: /\nSANITIZED := (.*)\n/)).1.split(separator: "|")
        #expect(names.count > 10)
        let files = FileManager.default.enumerator(
            at: CommandRun.packageFolder.appendingPathComponent("Tests"), includingPropertiesForKeys: nil)
        let suites = try (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
            .flatMap {
                try String(contentsOf: $0, encoding: .utf8).matches(of: /struct (\w+Tests)\b/).map { String($0.1) }
            }
        for name in names { #expect(suites.contains { $0.contains(name) }, "\(name)") }
    }

    /// The folders that recipes name, in letters of the same case: not every system takes one for the other.
    @Test func thePathsOfFixturesExist() throws {
        let makefile = try String(
            contentsOf: CommandRun.packageFolder.appendingPathComponent("Makefile"), encoding: .utf8)
        let paths = makefile.matches(of: /[Ff]ixtures\/[\w.]+/).map { String($0.0) }
        #expect(paths.count >= 4)
        let folder = CommandRun.packageFolder.appendingPathComponent("Fixtures")
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path).map { "Fixtures/" + $0 })
        #expect(Set(paths).subtracting(names) == [])
    }
}

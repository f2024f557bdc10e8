import Foundation
import Testing

/// README shows what the program prints.
struct ReadmeTests {
    @Test func exampleIsTheTrueOutput() throws {
        let readme = try String(
            contentsOf: CommandRun.packageFolder.appendingPathComponent("README.md"), encoding: .utf8)
        let command = "pool bcg --measure RR"
        let run = try CommandRun(command.split(separator: " ").map(String.init))
        #expect(run.status == 0)
        #expect(readme.contains("$ metaan \(command)\n\(run.text)```"))
    }
}

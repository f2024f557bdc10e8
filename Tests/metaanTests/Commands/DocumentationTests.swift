import ArgumentParser
import Foundation
import Testing

@testable import metaan

/// `docs/cli.md` names what the program has, and nothing else.
@Suite struct CommandLineDocumentationTests {
    private static let read = Result {
        try String(contentsOf: CommandRun.packageFolder.appendingPathComponent("docs/cli.md"), encoding: .utf8)
    }

    private static var document: String { get throws { try read.get() } }

    private static var options: Set<String> {
        let helps = [
            Metaan.helpMessage(), PoolCommand.helpMessage(), RegressCommand.helpMessage(),
            SensitivityCommand.helpMessage(),
            BiasCommand.helpMessage(), NetworkCommand.helpMessage(), EffectsCommand.helpMessage(),
            PlotCommand.helpMessage(), ReportCommand.helpMessage(), MeasuresCommand.helpMessage(),
            DatasetsCommand.helpMessage(), ArticleCommand.helpMessage(), ConvertCommand.helpMessage(),
        ]
        // Options stand at the start of a line of the help; those in its sentences are mentioned only.
        return Set(helps.flatMap { $0.matches(of: /\n  (?:-[a-z], )?(--[a-z0-9-]+)/).map { String($0.1) } })
    }

    @Test func everyOptionIsDocumented() throws {
        #expect(Self.options.count > 20)
        for option in Self.options { #expect(try Self.document.contains("`\(option)"), "\(option)") }
    }

    @Test func everyDocumentedOptionExists() throws {
        let named = Set(try Self.document.matches(of: /`(--[a-z0-9-]+)/).map { String($0.1) })
        #expect(named.subtracting(Self.options) == [])
    }

    @Test func everyCommandIsDocumented() throws {
        let commands = Metaan.configuration.subcommands.map { $0._commandName }
        #expect(commands.count == 12)
        for command in commands { #expect(try Self.document.contains("`metaan \(command)"), "\(command)") }
    }

    @Test func everyExitStatusIsDocumented() throws {
        for status in ExitStatus.allCases {
            let row = try Regex("\\| (\(status.rawValue)|[0-9]+, \(status.rawValue))[ ,]")
            #expect(try Self.document.contains(row), "\(status)")
        }
    }

    @Test(arguments: [
        ["pool", "bcg", "--subgroup", "alloc"], ["network", "franchini2012", "--better", "lower"], ["effects", "bcg"],
        [
            "regress", "bcg", "--measure", "RR", "--moderators", "ablat + factor(alloc)", "--at",
            "ablat=30,alloc=random", "--test", "alloc", "--compare", "ablat", "--influence", "--cluster", "alloc",
            "--permutations", "100", "--scale", "ablat",
        ],
        ["bias", "bcg", "--measure", "OR"],
        ["convert", "mean", "q1=8", "median=10", "q3=13", "n=20"],
        ["measures", "RR"], ["datasets", "bcg"],
        ["article"],
        ["sensitivity", "bcg", "--cumulative", "year", "--influence", "--baujat", "--gosh", "--leave-one-out"],
        ["pool", "--join", "MarkerName", "Fixtures/reference/join/cohort1.txt", "Fixtures/reference/join/cohort2.txt"],
    ])
    func everyKeyIsDocumented(arguments: [String]) throws {
        let run = try CommandRun(arguments + ["--format", "json"])
        let keys = Set(run.text.matches(of: /"([A-Za-z]+)":/).map { String($0.1) })
        #expect(!keys.isEmpty)
        for key in keys { #expect(try Self.document.contains("`\(key)`"), "\(key)") }
    }

    @Test(arguments: [
        ("pool", ["pool", "bcg"]), ("effects", ["effects", "bcg"]), ("bias", ["bias", "bcg"]),
        ("sensitivity", ["sensitivity", "bcg"]),
        ("pool --join", ["pool", "--join", "MarkerName", "Fixtures/reference/join/cohort1.txt"]),
    ])
    func headersOfCSVAreDocumented(command: String, arguments: [String]) throws {
        let header = try CommandRun(arguments + ["--format", "csv"]).text.split(separator: "\n")[0]
        #expect(try Self.document.contains("`\(header)`"))
    }
}

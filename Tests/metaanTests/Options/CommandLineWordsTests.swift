import ArgumentParser
import Foundation
import Testing

@testable import metaan

@Suite struct CommandLineWordsTests {
    /// What the parser itself says of the options of a command.
    private struct Tool: Decodable {
        struct Command: Decodable {
            var commandName: String
            var arguments: [Argument]?
            var subcommands: [Command]?
        }

        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }

            var kind: String
            var isRepeating: Bool
            var preferredName: Name?
            var names: [Name]?
        }

        var command: Command
    }

    private static func commands() throws -> [Tool.Command] {
        let tool = try JSONDecoder().decode(Tool.self, from: Data(Metaan._dumpHelp().utf8))
        return (tool.command.subcommands ?? []).filter { $0.commandName != "help" }
    }

    /// Every option of every command that takes one value is refused where it stands twice, by its name, or combined.
    @Test func noOptionLosesAValue() throws {
        let commands = try Self.commands()
        #expect(commands.count == Metaan.configuration.subcommands.count)
        var refused = 0
        for command in commands {
            for argument in command.arguments ?? [] where argument.kind != "positional" {
                for name in argument.names ?? [] where name.name != "help" && name.name != "version" {
                    let word = name.kind == "long" ? "--\(name.name)" : "-\(name.name)"
                    let twice =
                        argument.kind == "flag"
                        ? [command.commandName, word, word] : [command.commandName, word, "1", word, "2"]
                    if argument.kind == "flag" || argument.isRepeating {
                        #expect(try CommandLineWords.prepared(twice) == twice)
                    } else if name.name == "columns" || name.name == "moderators" {
                        #expect(try CommandLineWords.prepared(twice).count == 2)
                    } else {
                        refused += 1
                        let failure = #expect(throws: CommandFailure.self) { try CommandLineWords.prepared(twice) }
                        #expect(failure?.status == .usage)
                        #expect(failure?.message.hasPrefix(word == "-o" ? "--output " : word + " ") == true)
                    }
                }
            }
        }
        #expect(refused > 100)
    }

    @Test func listsAndSumsAreCombined() throws {
        #expect(
            try CommandLineWords.prepared(["regress", "f", "--moderators", "a", "--level", "0.9", "--moderators=b - 1"])
                == ["regress", "f", "--moderators=a + b - 1", "--level=0.9"])
        #expect(
            try CommandLineWords.prepared(["pool", "--columns", "yi=a", "f", "--columns", "vi=b"])
                == ["pool", "--columns=yi=a,vi=b", "f"])
    }

    @Test func valuesMayBeginWithAMinus() throws {
        #expect(try CommandLineWords.prepared(["bias", "f", "--target", "-0.1"]) == ["bias", "f", "--target=-0.1"])
        #expect(try CommandLineWords.prepared(["regress", "--at", "-x=3"]) == ["regress", "--at=-x=3"])
        #expect(try CommandLineWords.prepared(["pool", "--strict", "-"]) == ["pool", "--strict", "-"])
        // An option without its value is left to the parser.
        #expect(try CommandLineWords.prepared(["pool", "--level", "--strict"]) == ["pool", "--level", "--strict"])
        #expect(try CommandLineWords.prepared(["pool", "--level", "-o", "x"]) == ["pool", "--level", "-o", "x"])
    }

    @Test func whatFollowsTwoMinusesIsNoOption() throws {
        let words = ["pool", "--level", "0.9", "--", "--level", "0.8"]
        #expect(try CommandLineWords.prepared(words) == ["pool", "--level=0.9", "--", "--level", "0.8"])
        #expect(try CommandLineWords.prepared(["--version"]) == ["--version"])
    }
}

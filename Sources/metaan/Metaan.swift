import ArgumentParser
import MetaAnalysis

@main
struct Metaan: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "metaan",
        abstract: "Meta-analysis from a table of study outcomes to a pooled answer.",
        discussion: """
            Give a CSV or TSV file with one row per study: the columns say what kind of
            data it holds, and the answer says what was done with it.

            EXAMPLES
              metaan pool bcg --measure RR   pool the BCG trials as risk ratios
              metaan pool trials.csv         pool a file of your own
              metaan regress bcg --moderators ablat   effects against properties
              metaan network dong2013        several treatments at once
              metaan bias trials.csv         small-study effects, publication bias
              metaan plot forest trials.csv -o forest.svg   a figure of it
              metaan effects trials.csv      effects and variances of the studies
              metaan convert mean trials.csv   means and SDs from medians and quartiles
              metaan sensitivity trials.csv  how far the answer depends on single studies
              metaan report trials.csv -o report.html   all of it on one page
              metaan measures SMD            what a measure is and needs
              metaan datasets                the data sets that come with the program
              metaan article                 figures of an article, recomputed

            EXIT STATUS
              0 done, 64 wrong command line, 65 wrong data, 66 no such input,
              70 numerical failure, 73 or 74 output cannot be written, 130 interrupted.
              An error is one line on standard error.
            """,
        version: version,
        subcommands: [
            PoolCommand.self, RegressCommand.self, SensitivityCommand.self, BiasCommand.self, NetworkCommand.self,
            PlotCommand.self, ReportCommand.self, EffectsCommand.self, ConvertCommand.self, MeasuresCommand.self,
            DatasetsCommand.self,
            ArticleCommand.self,
        ])

    static func main() async {
        Platform.prepareSignals()
        do {
            try checkCommand(CommandLine.arguments.dropFirst().first)
            var command = try parseAsRoot(CommandLineWords.prepared(Array(CommandLine.arguments.dropFirst())))
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Rejects a word that is not a command. The parser would report the number of the words after it instead.
    static func checkCommand(_ word: String?) throws {
        guard let word, !word.isEmpty, !word.hasPrefix("-") else { return }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard !names.contains(word) else { return }
        let near = names.filter { $0.isNear(word.lowercased()) }
        let remedy =
            near.isEmpty
            ? "take one of \(names.joined(separator: ", ")), as in metaan pool FILE"
            : "did you mean \(near.joined(separator: " or "))?"
        throw CommandFailure(.usage, "there is no command \"\(word)\"; \(remedy)")
    }

    /// Ends the process with the message and the status of an error; a request for help is not an error.
    private static func end(with error: any Error) -> Never {
        do {
            let failure = try failure(for: error)
            if !failure.message.isEmpty { OutputFile.report("error: " + failure.message.singleLine) }
            Platform.exit(failure.status)
        } catch {
            Platform.exit(.failure)
        }
    }

    private static func failure(for error: any Error) throws -> CommandFailure {
        switch error {
        case let failure as CommandFailure: return failure
        case let error as MetaAnalysisError: return CommandFailure(error, file: nil)
        default: break
        }
        guard exitCode(for: error).isSuccess else {
            let message = message(for: error)
            let isUsage = exitCode(for: error) == .validationFailure
            return CommandFailure(
                isUsage ? .usage : .failure,
                isUsage ? message.withRemedy : "\(message); please report this")
        }
        do {
            try OutputFile.write(fullMessage(for: error) + "\n", to: nil)
            return CommandFailure(.done, "")
        } catch let failure as CommandFailure {
            return failure
        }
    }
}

extension String {
    /// Returns whether one word begins with the other, or at most two letters are wrong, missing or added.
    fileprivate func isNear(_ other: String) -> Bool {
        if other.count > 1, hasPrefix(other) || other.hasPrefix(self) { return true }
        var distances = Array(0...other.count)
        for (row, letter) in enumerated() {
            var diagonal = distances[0]
            distances[0] = row + 1
            for (column, wanted) in other.enumerated() {
                let replaced = diagonal + (letter == wanted ? 0 : 1)
                diagonal = distances[column + 1]
                distances[column + 1] = Swift.min(replaced, diagonal + 1, distances[column] + 1)
            }
        }
        return distances[other.count] <= Swift.min(2, other.count / 2)
    }

    /// The message in the form "what is wrong; what to do". Messages of metaan have both parts; a remedy is added to those of the parser.
    fileprivate var withRemedy: String {
        if contains("; ") { return self }
        // The advice of the parser is in a sentence of its own.
        guard let end = indices.first(where: { self[$0] == "." && self[$0...].hasPrefix(". ") }) else {
            return (hasSuffix(".") ? String(dropLast()) : self) + "; see metaan --help"
        }
        let advice = self[end...].dropFirst(2)
        return self[..<end] + "; " + advice.prefix(1).lowercased() + advice.dropFirst()
    }
}

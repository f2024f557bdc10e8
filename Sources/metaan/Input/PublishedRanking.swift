import MetaAnalysis
import SystemPackage

/// Published rankings by outcome.
struct PublishedRanking {
    /// Path of the table.
    var file: String
    private var ranks: [String: [PublishedRank]]

    /// Name of a table that is used by default if it is in the same folder as the input.
    private static let neighbor = "published_rankings.csv"

    /// Reads `outcome` (or `network_outcome`, the name of the outcome in the network), `treatment`, `p_best_percent`, `rank_as_printed` and
    /// `source`.
    ///
    /// - Throws: `CommandFailure` for a table that cannot be read.
    init(_ argument: String) throws {
        let input = try InputFile.read(argument)
        do {
            let table = try Table(csv: input.bytes, name: input.name)
            let own = table.column(named: "network_outcome") == nil ? "outcome" : "network_outcome"
            let outcomes = try table.texts(in: own)
            let treatments = try table.texts(in: "treatment")
            let probabilities = try table.numbers(in: "p_best_percent")
            let printed = table.column(named: "rank_as_printed") == nil ? [] : try table.numbers(in: "rank_as_printed")
            let sources = table.column(named: "source") == nil ? [] : try table.texts(in: "source")
            var ranks: [String: [PublishedRank]] = [:]
            for row in 0..<table.rowCount {
                guard let outcome = outcomes[row], let treatment = treatments[row], let probability = probabilities[row]
                else { continue }
                ranks[outcome, default: []].append(
                    PublishedRank(
                        treatment: Treatment(treatment), probabilityBest: probability,
                        rank: printed.isEmpty ? nil : printed[row].flatMap { Int(exactly: $0) },
                        source: (sources.isEmpty ? nil : sources[row]) ?? input.name))
            }
            file = input.name
            self.ranks = ranks
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: input.name)
        }
    }

    /// Returns the table that an option names, or the one in the same folder as the input; `nil` if there is none.
    static func find(_ option: String?, beside file: String) throws -> PublishedRanking? {
        if let option { return option.isEmpty ? nil : try PublishedRanking(option) }
        guard file != "-" else { return nil }
        var path = FilePath(file)
        if !Platform.exists(path), let folder = DataLibrary().folder { path = folder.appending(file) }
        guard Platform.exists(path) else { return nil }
        let neighbor = path.removingLastComponent().appending(neighbor)
        guard neighbor != path, Platform.exists(neighbor) else { return nil }
        return try PublishedRanking(neighbor.string)
    }

    func ranks(of outcome: String?) -> [PublishedRank] { outcome.flatMap { ranks[$0] } ?? [] }
}

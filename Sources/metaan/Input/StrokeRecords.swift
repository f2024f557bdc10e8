import MetaAnalysis
import SystemPackage

/// The published records on stem cells after stroke, by row.
struct StrokeRecords {
    /// A row of a table.
    struct Record {
        fileprivate var table: Table
        fileprivate var row: Int

        /// Returns the text of a field.
        ///
        /// - Throws: `CommandFailure` if the field is missing.
        func text(_ column: String) throws -> String {
            guard let position = table.column(named: column), let text = table.text(row: row, column: position) else {
                throw StrokeRecords.incomplete("\(table.name), line \(table.line(ofRow: row)), column \(column)")
            }
            return text
        }

        func number(_ column: String) throws -> Double {
            let text = try text(column)
            guard let number = Double(decimal: text) else {
                throw StrokeRecords.incomplete("\(table.name), line \(table.line(ofRow: row)), column \(column)")
            }
            return number
        }
    }

    /// A numerical result as stated in the article.
    struct Claim {
        var id: String
        var statement: String
        var printed: String
        var unit: String?
        var source: String

        var published: ArticleFigure.Quantity { .init(printed: printed) }

        func number() throws -> Double {
            guard let number = Double(decimal: printed) else {
                throw StrokeRecords.incomplete("article_claims.csv, \(id)")
            }
            return number
        }

        func figure(_ value: ArticleFigure.Quantity, recomputed: Bool, note: String?) -> ArticleFigure {
            let agrees: Bool
            if case .number(let number) = value, let printed = PrintedNumber(printed) {
                agrees = printed.holds(for: number)
            } else {
                agrees = value == published
            }
            return ArticleFigure(
                id: id, statement: statement, value: value, recomputed: recomputed, published: published,
                source: source,
                agrees: agrees, unit: unit, note: note)
        }
    }

    /// Outcome of the rankings that represents motor function.
    let motorOutcome = "FMA"
    private let levy: [Record]
    private let chiu: [Record]
    private let rankings: [Record]
    private let claims: [Record]
    private let contrasts: Table

    init(library: DataLibrary) throws {
        guard let folder = library.folder else { throw DataLibrary.notFound }
        func table(_ name: String) throws -> Table {
            let file = try InputFile.read(folder.appending("stroke").appending(name + ".csv").string)
            do {
                return try Table(csv: file.bytes, name: "stroke/\(name).csv")
            } catch let error as MetaAnalysisError {
                throw CommandFailure(error, file: file.name)
            }
        }
        func records(_ name: String) throws -> [Record] {
            let table = try table(name)
            return (0..<table.rowCount).map { Record(table: table, row: $0) }
        }
        levy = try records("levy2019")
        chiu = try records("chiu2022")
        rankings = try records("published_rankings")
        claims = try records("article_claims")
        contrasts = try table("contrasts")
    }

    func claim(_ id: String) throws -> Claim {
        let record = try first(claims, ["id": id], "article_claims.csv")
        return Claim(
            id: id, statement: try record.text("statement"), printed: try record.text("published"),
            unit: try? record.text("unit"), source: try record.text("source"))
    }

    func levy(_ measure: String, months: Int? = nil, kind: String? = nil) throws -> Record {
        var conditions = ["measure": measure]
        if let months { conditions["timepoint_months"] = String(months) }
        if let kind { conditions["value_kind"] = kind }
        return try first(levy, conditions, "levy2019.csv")
    }

    func chiu(_ measure: String) throws -> Record { try first(chiu, ["measure": measure], "chiu2022.csv") }

    /// Returns the outcomes with a ranking, in the order of the table.
    func rankedOutcomes() throws -> [String] {
        var outcomes: [String] = []
        for record in rankings {
            let outcome = try record.text("outcome")
            if !outcomes.contains(outcome) { outcomes.append(outcome) }
        }
        return outcomes
    }

    func ranking(_ outcome: String) throws -> [Record] { try rankings.filter { try $0.text("outcome") == outcome } }

    /// Returns the contrasts found for the outcome of a ranking.
    func network(_ outcome: String) throws -> NetworkData {
        let name = try first(rankings, ["outcome": outcome], "published_rankings.csv").text("network_outcome")
        guard let data = try NetworkColumns().read(contrasts).first(where: { $0.outcome == name }) else {
            throw Self.incomplete("contrasts.csv: \(name)")
        }
        return data
    }

    private func first(_ records: [Record], _ conditions: [String: String], _ file: String) throws -> Record {
        let found = records.first { record in
            conditions.allSatisfy { column, value in (try? record.text(column)) == value }
        }
        guard let found else {
            let wanted = conditions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            throw Self.incomplete("\(file): \(wanted)")
        }
        return found
    }

    static func incomplete(_ what: String) -> CommandFailure {
        CommandFailure(
            .dataWrong,
            "the stroke records lack \(what); install the data sets that belong to this version of the program")
    }
}

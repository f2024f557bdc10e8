import ArgumentParser
import MetaAnalysis
import SystemPackage

struct DatasetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datasets",
        abstract: "The data sets that come with the program, or one of them with its first lines.",
        discussion: """
            Every command takes a data set by its bare name in place of a file. They are
            looked for in the folder that the variable METAAN_DATA names, beside the
            installed program, and in the folder Fixtures.

            EXAMPLES
              metaan datasets
              metaan datasets bcg
              metaan pool bcg --measure RR
            """)

    @Argument(help: "Name of a data set.")
    var name: String?

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let library = DataLibrary()
        guard let name else {
            return try output.write(DatasetsAnswer(datasets: try library.entries()), file: DataLibrary.indexFile)
        }
        guard let entry = try library.find(name) else {
            throw CommandFailure(.noInput, "there is no data set \(name); see metaan datasets for those there are")
        }
        let file = try InputFile.read(entry.path.string)
        do {
            let table = try Table(csv: file.bytes, name: entry.file)
            try output.write(DatasetsAnswer(datasets: [entry], table: table), file: entry.file)
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: entry.file)
        }
    }
}

/// The list of shipped data sets, or one data set with its rows.
struct DatasetsAnswer: Answer {
    static let command = "datasets"
    private static let shownRows = 5

    var datasets: [DataLibrary.Entry]
    var table: Table?

    var diagnostics: [Diagnostic] { [] }

    func summary() -> Summary {
        guard let table, let entry = datasets.first else { return list }
        var facts = ["place: \(entry.path.string)", "data: \(entry.kind)", "rows: \(table.rowCount)"]
        if !entry.measure.isEmpty { facts.append("usual measure: \(entry.measure)") }
        if !entry.source.isEmpty { facts.append("source: \(entry.source)") }
        facts.append("columns: " + table.columns.joined(separator: ", "))
        return Summary([
            .heading("\(entry.name): \(entry.title)"), .list(facts),
            .verbatim(firstLines(table).text.droppingLineBreak),
        ])
    }

    private var list: Summary {
        var kinds: [String] = []
        for entry in datasets where !kinds.contains(entry.kind) { kinds.append(entry.kind) }
        var blocks: [Summary.Block] = []
        for kind in kinds {
            blocks.append(.paragraph(kind.prefix(1).uppercased() + kind.dropFirst()))
            blocks.append(
                .table(
                    Summary.Table(
                        columns: [
                            .init("Name", .leading), .init("Rows"), .init("Measure", .leading),
                            .init("Title", .leading, .wrap),
                        ],
                        rows: datasets.filter { $0.kind == kind }.map {
                            .init([$0.name, $0.count, $0.measure, $0.title])
                        })))
        }
        blocks.append(
            .paragraph("See metaan datasets NAME for one of them; every command takes the name in place of a file."))
        return Summary(blocks)
    }

    private func firstLines(_ table: Table) -> DelimitedText {
        var lines = DelimitedText(columns: table.columns)
        for row in 0..<min(Self.shownRows, table.rowCount) {
            lines.rows.append(table.columns.indices.map { .text(table.text(row: row, column: $0)) })
        }
        return lines
    }

    func csv() -> DelimitedText {
        if let table { return firstLines(table) }
        var lines = DelimitedText(columns: ["name", "file", "title", "kind", "measure", "k", "source"])
        for entry in datasets {
            lines.append([
                "name": .text(entry.name), "file": .text(entry.file), "title": .text(entry.title),
                "kind": .text(entry.kind), "measure": .text(entry.measure), "k": .text(entry.count),
                "source": .text(entry.source),
            ])
        }
        return lines
    }
}

extension DatasetsAnswer {
    private enum CodingKeys: String, CodingKey { case datasets }

    private struct Record: Encodable {
        var name: String
        var file: String
        var title: String
        var kind: String
        var measure: String?
        var rows: Int?
        var source: String?
        var columns: [String]?
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let records = datasets.map { entry in
            Record(
                name: entry.name, file: entry.file, title: entry.title, kind: entry.kind,
                measure: entry.measure.isEmpty ? nil : entry.measure, rows: Int(entry.count),
                source: entry.source.isEmpty ? nil : entry.source, columns: table?.columns)
        }
        try container.encode(records, forKey: .datasets)
    }
}

extension String {
    fileprivate var droppingLineBreak: String { hasSuffix("\n") ? String(dropLast()) : self }
}

import ArgumentParser
import MetaAnalysis

struct ArticleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "article",
        abstract: "The figures of an article on stem cells after stroke, beside the published ones.",
        discussion: """
            Every figure is either recomputed from the published data on stem cells after
            stroke or looked up there, and says which. Rankings are looked up, as the studies
            behind them are not published; beside them stands what the contrasts found give.

            EXAMPLES
              metaan article
              metaan article --format json
            """)

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let records = try StrokeRecords(library: DataLibrary())
        do {
            try output.write(ArticleAnswer(figures: StrokeArticle(records).figures()), file: "article")
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: nil)
        }
    }
}

/// The numerical results of the article.
struct ArticleAnswer: Answer {
    static let command = "article"

    var figures: [ArticleFigure]

    var diagnostics: [Diagnostic] { [] }

    func summary() -> Summary {
        let rows = figures.map { figure in
            Summary.Table.Row([
                figure.statement, figure.shown, figure.shownPublished,
                figure.recomputed ? "recomputed" : "looked up",
                figure.agrees.map { $0 ? "yes" : "NO" } ?? "–",
            ])
        }
        var notes: [String] = []
        for figure in figures {
            guard let note = figure.note, !notes.contains(note) else { continue }
            notes.append(note)
        }
        var sources: [String] = []
        for figure in figures where !sources.contains(figure.source) { sources.append(figure.source) }
        return Summary([
            .heading("Stem cells after stroke: figures recomputed and as published"),
            .table(
                Summary.Table(
                    columns: [
                        .init("Figure", .leading, .wrap), .init("Here"), .init("Published"), .init("How", .leading),
                        .init("Agrees", .leading),
                    ], rows: rows)),
            .list(notes), .paragraph("Sources: " + sources.joined(separator: "; ") + "."),
        ])
    }

    func csv() -> DelimitedText {
        var table = DelimitedText(columns: [
            "id", "statement", "value", "ci_low", "ci_high", "unit", "recomputed", "published", "source", "agrees",
        ])
        for figure in figures {
            table.append([
                "id": .text(figure.id), "statement": .text(figure.statement), "value": figure.value.field,
                "ci_low": .number(figure.interval?.lower), "ci_high": .number(figure.interval?.upper),
                "unit": .text(figure.unit), "recomputed": .text("\(figure.recomputed)"),
                "published": figure.published?.field ?? .text(nil), "source": .text(figure.source),
                "agrees": .text(figure.agrees.map { "\($0)" }),
            ])
        }
        return table
    }
}

/// A numerical result of the article: the value from the data and the published value.
struct ArticleFigure: Encodable {
    var id: String
    var statement: String
    var value: Quantity
    /// Whether the value was computed here, rather than looked up.
    var recomputed: Bool
    /// Published value as printed; `nil` if none was published.
    var published: Quantity?
    var source: String
    /// Whether the values agree; `nil` if none was published.
    var agrees: Bool?
    var unit: String?
    /// 95% confidence interval of the value.
    var interval: ConfidenceInterval?
    /// Explanation of how the value was computed.
    var note: String?

    /// A number, or a statement in words.
    enum Quantity: Encodable, Equatable {
        case number(Double)
        case text(String)

        /// Makes a number if the text is one, otherwise a statement.
        init(printed text: String) {
            self = Double(decimal: text).map { .number($0) } ?? .text(text)
        }

        var shown: String {
            switch self {
            case .number(let value): NumberFormat.count(value)
            case .text(let value): value
            }
        }

        var field: DelimitedText.Field {
            switch self {
            case .number(let value): .number(value)
            case .text(let value): .text(value)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let value): try container.encode(value)
            case .text(let value): try container.encode(value)
            }
        }
    }

    /// The value and its interval, rounded for readers.
    var shown: String {
        guard case .number(let number) = value else { return value.shown }
        if id.hasSuffix("-p") { return NumberFormat.significant(number, digits: 2) }
        let isWhole = number == number.rounded() && interval == nil
        let text = (isWhole ? NumberFormat.count(number) : NumberFormat.fixed(number, decimals: 1)) + sign
        guard let interval else { return text }
        return
            "\(text) (\(NumberFormat.fixed(interval.lower, decimals: 1)) to \(NumberFormat.fixed(interval.upper, decimals: 1)))"
    }

    var shownPublished: String {
        guard let published else { return "–" }
        if case .number = published { return published.shown + sign }
        return published.shown
    }

    private var sign: String { unit == "percent" ? "%" : "" }
}

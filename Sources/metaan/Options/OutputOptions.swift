import ArgumentParser
import MetaAnalysis

/// Options for the form and the destination of the answer.
struct OutputOptions: ParsableArguments {
    enum Format: String, CodedArgument {
        case text, markdown, json, csv
    }

    @Option(help: "Form of the answer: text for people (the default), markdown, json (schema metaan/1), csv.")
    var format: Format?

    @Option(
        name: [.customShort("o"), .long],
        help: .init(
            "Write the answer to a file, wholly or not at all; a file that is there is replaced.", valueName: "file"))
    var output: String?

    @Flag(help: "Treat every warning as a failure (exit status 65).")
    var strict = false

    /// Writes warnings to standard error, and the answer in the requested form.
    ///
    /// - Parameters:
    ///   - answer: answer, of which only the requested form is rendered.
    ///   - file: name of the input for messages.
    ///   - figures: function that returns figures to be written together with the answer.
    func write(_ answer: some Answer, file: String, with figures: () throws -> [OutputFile.Part] = { [] }) throws {
        let warnings = try answer.diagnostics.warnings(of: file, strict: strict)
        let text: String
        switch format ?? .text {
        case .text: text = try answer.summary().text()
        case .markdown: text = try answer.summary().markdown
        case .json: text = try OrderedJSONEncoder().encode(AnswerDocument(answer: answer))
        case .csv: text = try answer.csv().text
        }
        let figures = try figures()
        warnings.forEach(OutputFile.report)
        try OutputFile.write([OutputFile.Part(text, to: output)] + figures)
    }
}

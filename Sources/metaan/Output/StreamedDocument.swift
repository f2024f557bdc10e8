import MetaAnalysis

/// The parts of a document before and after analyses that are written one by one.
///
/// In JSON it is the document of `AnswerDocument`; `input` follows the analyses, because the number of rows is known only then.
struct StreamedDocument {
    var command: String
    var isJSON: Bool

    func head(_ settings: some Encodable) throws -> String {
        guard isJSON else { return "\(GroupWriter.header)" }
        let text = try OrderedJSONEncoder().encode(Head(command: command, settings: settings))
        // The object continues, so its closing line is removed.
        return text.dropLast("\n}\n".count) + ",\n  \"analyses\": ["
    }

    func tail(_ input: some Encodable, warnings: [String]) throws -> String {
        guard isJSON else { return "" }
        let text = try OrderedJSONEncoder().encode(Tail(input: input, diagnostics: warnings.map(Warning.init)))
        return "\n  ],\n" + text.dropFirst("{\n".count)
    }

    private struct Head<Settings: Encodable>: Encodable {
        private enum CodingKeys: String, CodingKey { case schema, version, command, settings }

        var command: String
        var settings: Settings

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(AnswerDocument<PoolAnswer>.schema, forKey: .schema)
            try container.encode(Metaan.version, forKey: .version)
            try container.encode(command, forKey: .command)
            try container.encode(settings, forKey: .settings)
        }
    }

    private struct Tail<Input: Encodable>: Encodable {
        var input: Input
        var diagnostics: [Warning]
    }

    private struct Warning: Encodable {
        var severity = "warning"
        var code = "studyExcluded"
        var message: String
        var studies: [String] = []

        init(_ message: String) { self.message = message }
    }
}

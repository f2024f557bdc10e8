import MetaAnalysis

/// The result of a command, in every form of output; encoding gives the keys of its own part of the JSON document.
protocol Answer: Encodable {
    /// Name of the command.
    static var command: String { get }
    var diagnostics: [Diagnostic] { get }
    func summary() throws -> Summary
    func csv() throws -> DelimitedText
}

/// An answer with the keys at the beginning of all JSON documents.
struct AnswerDocument<Content: Answer>: Encodable {
    /// Name and version of the schema; the version changes if a key is renamed or removed.
    static var schema: String { "metaan/1" }

    private enum CodingKeys: String, CodingKey { case schema, version, command }

    var answer: Content

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.schema, forKey: .schema)
        try container.encode(Metaan.version, forKey: .version)
        try container.encode(Content.command, forKey: .command)
        try answer.encode(to: encoder)
    }
}

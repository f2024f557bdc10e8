import ArgumentParser
import MetaAnalysis

struct MeasuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measures",
        abstract: "The effect measures, or one of them with its definition, inputs and source.",
        discussion: """
            EXAMPLES
              metaan measures
              metaan measures SMD
              metaan measures --format json
            """)

    @Argument(help: "Code of a measure in any case, such as RR.")
    var code: String?

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        var measures = MeasureDescription.all
        if let code {
            measures = measures.filter { $0.code == code.uppercased() }
            guard !measures.isEmpty else {
                throw CommandFailure(
                    .usage,
                    "there is no measure \(code); take one of "
                        + MeasureDescription.codes.joined(separator: ", "))
            }
        }
        try output.write(MeasuresAnswer(measures: measures, isList: code == nil), file: "measures")
    }
}

/// The catalog of effect measures.
struct MeasuresAnswer: Answer {
    static let command = "measures"

    var measures: [MeasureDescription]
    /// Whether all measures are listed, instead of explaining a few.
    var isList: Bool

    var diagnostics: [Diagnostic] { [] }

    func summary() -> Summary {
        isList ? list : Summary(measures.flatMap(explanation))
    }

    private var list: Summary {
        var blocks: [Summary.Block] = []
        for kind in OutcomeKind.allCases {
            let rows = measures.filter { $0.kind == kind }.map { measure in
                Summary.Table.Row([
                    measure.code + (measure.code == kind.defaultMeasure ? " *" : ""), measure.title,
                    measure.scale.rawValue, measure.variances.map(\.rawValue).joined(separator: ", "),
                ])
            }
            guard !rows.isEmpty else { continue }
            let roles = kind.roles.filter { roles in kind.measures.contains { $0.roles.contains(roles) } }
                .map(\.codes).joined(separator: ", or ")
            blocks.append(.paragraph("\(kind.title.prefix(1).uppercased() + kind.title.dropFirst()) (\(roles))"))
            blocks.append(
                .table(
                    Summary.Table(
                        columns: [
                            .init("Code", .leading), .init("Effect", .leading, .wrap),
                            .init("Scale", .leading), .init("Variances", .leading),
                        ], rows: rows)))
        }
        blocks.append(.paragraph("* taken when no measure is asked for. See metaan measures CODE for a definition."))
        return Summary(blocks)
    }

    private func explanation(_ measure: MeasureDescription) -> [Summary.Block] {
        var facts = [
            "data: \(measure.kind.title)",
            "columns: " + measure.roles.map(\.codes).joined(separator: ", or "),
            "scale: \(measure.scale.rawValue)",
            "variances: " + measure.variances.map(\.rawValue).joined(separator: ", "),
        ]
        if measure.kind != .reported {
            facts.insert(
                "or the effect alone: " + measure.reportedRoles.map(\.codes).joined(separator: ", or "), at: 2)
        }
        if measure.hasBiasCorrection { facts.append("bias correction: yes; --uncorrected leaves it out") }
        if let original = measure.originalCorrection {
            facts.append("as first published, with --original-correction: \(original)")
        }
        if measure.usesContinuityCorrection { facts.append("continuity correction: yes; see --correction") }
        facts.append("source: \(measure.source)")
        return [
            .heading("\(measure.code): \(measure.title)"), .paragraph(measure.definition), .list(facts),
            .paragraph("Example: \(example(measure))"), .paragraph("In R:"), .verbatim(measure.metaforCall),
        ]
    }

    private func example(_ measure: MeasureDescription) -> String {
        let inputs = measure.inputs.map { "\($0.key.rawValue) = \(NumberFormat.count($0.value))" }.joined(
            separator: ", ")
        return "\(inputs) give y = \(measure.example.estimate), v = \(measure.example.variance)."
    }

    func csv() -> DelimitedText {
        var table = DelimitedText(columns: [
            "code", "title", "kind", "roles", "scale", "variances", "definition", "source",
        ])
        for measure in measures {
            table.append([
                "code": .text(measure.code), "title": .text(measure.title), "kind": .text(measure.kind.rawValue),
                "roles": .text(measure.roles.map(\.codes).joined(separator: "; ")),
                "scale": .text(measure.scale.rawValue),
                "variances": .text(measure.variances.map(\.rawValue).joined(separator: " ")),
                "definition": .text(measure.definition), "source": .text(measure.source),
            ])
        }
        return table
    }
}

extension MeasuresAnswer {
    private enum CodingKeys: String, CodingKey { case measures }
    private enum MeasureKeys: String, CodingKey { case roles, reportedRoles, isDefault, exampleInputs, metafor }

    private struct Input: Encodable {
        var role: String
        var value: Double
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        var list = container.nestedUnkeyedContainer(forKey: .measures)
        for measure in measures {
            let place = list.superEncoder()
            try measure.encode(to: place)
            var extra = place.container(keyedBy: MeasureKeys.self)
            try extra.encode(measure.roles, forKey: .roles)
            try extra.encode(measure.reportedRoles, forKey: .reportedRoles)
            let inputs = measure.inputs.map { Input(role: $0.key.rawValue, value: $0.value) }
            try extra.encode(inputs, forKey: .exampleInputs)
            try extra.encode(measure.kind.defaultMeasure == measure.code, forKey: .isDefault)
            try extra.encode(measure.metaforCall, forKey: .metafor)
        }
    }
}

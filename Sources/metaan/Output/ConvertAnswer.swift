import MetaAnalysis

/// The rows of a file, or the numbers of the command line, with the converted values.
struct ConvertAnswer: Answer {
    static let command = "convert"

    struct Settings: Encodable {
        var kind: ConversionKind
        var conversion: ConversionSettings
        var columns: String?
        var filters: [String]
    }

    /// Input file; `nil` for numbers of the command line.
    var input: InputRecord?
    var settings: Settings
    var converted: ConvertedTable

    /// Diagnostics of the conversion, without labels of studies for numbers of the command line.
    var diagnostics: [Diagnostic] {
        guard input == nil else { return converted.diagnostics }
        return converted.diagnostics.map { Diagnostic($0.severity, $0.code, $0.message) }
    }

    func summary() throws -> Summary {
        var names: [String] = []
        for value in converted.rows.flatMap(\.records).compactMap(\.self).flatMap(\.values)
        where !names.contains(value.name) {
            names.append(value.name)
        }
        let hasLabels = input != nil
        let rows = converted.rows.map { row in
            let values = row.records.compactMap(\.self).flatMap(\.values)
            return Summary.Table.Row(
                (hasLabels ? [row.label] : [])
                    + names.map { name in
                        values.first { $0.name == name }.map { Self.readable($0.value) } ?? ""
                    } + [row.route ?? "not converted"])
        }
        let columns =
            (hasLabels ? [Summary.Table.Column("Study", .leading, .cut)] : []) + names.map { .init($0) }
            + [.init("Route", .leading, .wrap)]
        let title = settings.kind.title
        return Summary([
            .heading(title.prefix(1).uppercased() + title.dropFirst() + (input.map { ": \($0.title)" } ?? "")),
            .table(Summary.Table(columns: columns, rows: rows)),
        ]) + notes
    }

    /// Formats whole numbers without decimals, others with five digits.
    private static func readable(_ value: Double) -> String {
        value.rounded() == value && abs(value) < 1e15
            ? NumberFormat.count(value) : NumberFormat.significant(value, digits: 5)
    }

    private var notes: Summary {
        guard !diagnostics.isEmpty else { return Summary() }
        return Summary([.list(diagnostics.map(\.sentence))])
    }

    func csv() -> DelimitedText {
        var table = DelimitedText(columns: converted.columns + ["route"])
        table.rows = converted.rows.map { row in
            row.cells.map { cell in
                switch cell {
                case .text(let text): .text(text)
                case .number(let number): .number(number)
                case nil: .text(nil)
                }
            } + [.text(row.route)]
        }
        return table
    }
}

extension ConvertAnswer {
    private enum CodingKeys: String, CodingKey { case input, settings, conversions, diagnostics }

    private struct Conversion: Encodable {
        var label: String?
        var row: Int?
        var route: String?
        var values: Values
    }

    /// Numbers by name, in their order.
    private struct Values: Encodable {
        var values: [ConversionRecord.Value]

        private struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Name.self)
            for value in values { try container.encode(value.value, forKey: Name(stringValue: value.name)) }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(settings, forKey: .settings)
        let conversions = converted.rows.map { row in
            Conversion(
                label: input == nil ? nil : row.label, row: input == nil ? nil : row.line, route: row.route,
                values: Values(values: row.records.compactMap(\.self).flatMap(\.values)))
        }
        try container.encode(conversions, forKey: .conversions)
        try container.encode(diagnostics, forKey: .diagnostics)
    }
}

/// Comma-separated text (RFC 4180): a header, then rows of fields.
struct DelimitedText {
    /// A field: a number in its shortest form, text that is quoted if necessary, or nothing for a missing value.
    enum Field {
        case number(Double?)
        case text(String?)

        fileprivate var written: String {
            switch self {
            case .number(let value?): return value.isFinite ? "\(value)" : ""
            case .text(let value?):
                let mustBeQuoted =
                    value.contains { ",\"\r\n\r\n".contains($0) } || value.first == " " || value.last == " "
                guard mustBeQuoted else { return value }
                return "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                    + "\""
            case .number(nil), .text(nil): return ""
            }
        }
    }

    var columns: [String]
    var rows: [[Field]] = []

    init(columns: [String]) { self.columns = columns }

    /// Adds a row of fields by column; columns without a field are left empty.
    mutating func append(_ fields: [String: Field]) {
        rows.append(columns.map { fields[$0] ?? .text(nil) })
    }

    var text: String {
        ([columns.map { Field.text($0) }] + rows).map { $0.map(\.written).joined(separator: ",") + "\n" }.joined()
    }
}

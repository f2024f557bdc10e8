/// A condition on one column, as `--filter` and `Table.filtered(_:)` take it.
package struct RowFilter: Sendable {
    package let column: Int
    package let values: [String]
    package let keepsEqual: Bool
    private let wanted: [FilterValue]

    init(column: Int, values: [String], keepsEqual: Bool) {
        self.column = column
        self.values = values
        self.keepsEqual = keepsEqual
        wanted = values.map { FilterValue(Array($0.utf8)) }
    }

    /// Reads `column=value`, `column=value|value` or `column!=value|value`.
    ///
    /// - Throws: `MetaAnalysisError`: `.invalidSetting` for a condition of another form, `.missingColumn`.
    package init(_ condition: String, for table: Table) throws {
        // A name may contain "=" itself, so the first split that gives a column is used.
        var firstName: Substring?
        for index in condition.indices where condition[index] == "=" {
            var name = condition[..<index]
            let isEqual = name.last != "!"
            if !isEqual { name.removeLast() }
            firstName = firstName ?? name
            guard let column = table.column(named: name.trimmingBlanks()) else { continue }
            let values = condition[condition.index(after: index)...]
                .split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
            self.init(column: column, values: values, keepsEqual: isEqual)
            return
        }
        guard let firstName else {
            throw MetaAnalysisError(
                .invalidSetting, "the filter \(quoted(condition)) has no \"=\"",
                remedy: "write column=value, column=value|value or column!=value")
        }
        self.init(column: try table.requireColumn(firstName.trimmingBlanks()), values: [], keepsEqual: true)
    }

    /// Whether a row with this field is kept.
    ///
    /// Values are compared as text and, if both are numbers, as numbers. An empty value or `NA` means a missing field.
    ///
    /// - Parameters:
    ///   - field: bytes of the field, without blanks and quotes at its ends.
    ///   - hasDoubledQuotes: whether every quote inside is doubled.
    func keeps(_ field: Span<UInt8>, hasDoubledQuotes: Bool) -> Bool {
        let number: Double? = if case .number(let value) = parseNumber(field) { value } else { nil }
        for value in wanted where value.matches(field, number, hasDoubledQuotes: hasDoubledQuotes) {
            return keepsEqual
        }
        return !keepsEqual
    }

    /// Returns the error for a filter that leaves no rows.
    ///
    /// - Parameters:
    ///   - table: the table that was filtered.
    ///   - present: values in the column.
    func nothingLeft(in table: Table, present: [String]?) -> MetaAnalysisError {
        let list =
            (present ?? []).prefix(12).map(quoted).joined(separator: ", ") + ((present ?? []).count > 12 ? ", …" : "")
        return MetaAnalysisError(
            .tooFewStudies,
            "no row has \(quoted(table.columns[column])) \(keepsEqual ? "equal to" : "different from") "
                + values.map(quoted).joined(separator: " or "),
            remedy: list.isEmpty ? "check the filters before it" : "the values there are: \(list)",
            location: MetaAnalysisError.Location(file: table.name, column: table.columns[column]))
    }
}

/// A value, prepared for comparison with fields.
private struct FilterValue {
    /// Bytes of the value; `nil` means a missing field.
    var text: [UInt8]?
    /// The value as a string if it is not ASCII, because the same character may then be written in several ways.
    var string: String?
    var number: Double?

    init(_ bytes: [UInt8]) {
        text = bytes.span.isMissing(bytes.span.trimmedRange) ? nil : bytes
        if !bytes.allSatisfy({ $0 < 0x80 }) { string = String(decoding: bytes, as: UTF8.self) }
        if case .number(let value) = parseNumber(bytes.span) { number = value }
    }

    func matches(_ field: Span<UInt8>, _ other: Double?, hasDoubledQuotes: Bool) -> Bool {
        if let number, let other { return number == other }
        guard let text else { return field.isMissing(field.trimmedRange) }
        if field.isMissing(field.trimmedRange) { return false }
        if let string {
            return field.withUnsafeBufferPointer {
                TextField(0..<$0.count, hasDoubledQuotes: hasDoubledQuotes).string(in: $0) == string
            }
        }
        var index = 0
        for byte in text {
            guard index < field.count, field[index] == byte else { return false }
            index += byte == .quote && hasDoubledQuotes ? 2 : 1
        }
        return index == field.count
    }
}

/// A table together with the values to which its rows were converted.
public struct ConvertedTable: Hashable, Sendable {
    /// The content of a cell.
    public enum Cell: Hashable, Sendable {
        /// Text as it was read from the file.
        case text(String)
        /// Number that the conversion gave.
        case number(Double)
    }

    /// A row of the table with its converted values.
    public struct Row: Hashable, Sendable {
        /// Name of the study, or "row" and its line if the table has no column of studies.
        public var label: String
        /// Line of the file, counted from 1 with the header.
        public var line: Int
        /// Cells in the order of `ConvertedTable.columns`; `nil` for an empty cell.
        public var cells: [Cell?]
        /// Conversion of each group in the row; `nil` for a group that could not be converted.
        public var records: [ConversionRecord?]

        /// Routes of the groups in the row, each once, separated by semicolons; `nil` if no group was converted.
        public var route: String? {
            var seen: Set<String> = []
            let routes = records.compactMap { $0?.route }.filter { seen.insert($0).inserted }
            return routes.isEmpty ? nil : routes.joined(separator: "; ")
        }
    }

    /// Kind of the conversion.
    public var kind: ConversionKind
    /// Names of the columns: first those of the table that was read, then those that were added.
    public var columns: [String]
    /// Names of the columns that were added.
    public var added: [String]
    /// Rows in the order of the table.
    public var rows: [Row]
    /// Notes and warnings about rows, such as rows that could not be converted.
    public var diagnostics: [Diagnostic]
    /// Number of groups in a row.
    public var groupCount: Int
}

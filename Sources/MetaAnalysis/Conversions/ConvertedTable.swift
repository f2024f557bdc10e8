/// A table with what its rows were converted to.
public struct ConvertedTable: Hashable, Sendable {
    public enum Cell: Hashable, Sendable {
        /// As it was read.
        case text(String)
        /// As it was found.
        case number(Double)
    }

    public struct Row: Hashable, Sendable {
        public var label: String
        /// Line of the file, counted from 1.
        public var line: Int
        /// In the order of `ConvertedTable.columns`; `nil` where there is nothing.
        public var cells: [Cell?]
        /// One for each group; `nil` for one that could not be converted.
        public var records: [ConversionRecord?]

        /// How the row was read: the routes of its groups, each once; `nil` when none was.
        public var route: String? {
            var seen: Set<String> = []
            let routes = records.compactMap { $0?.route }.filter { seen.insert($0).inserted }
            return routes.isEmpty ? nil : routes.joined(separator: "; ")
        }
    }

    public var kind: ConversionKind
    /// Those of the table that was read, then those that were added.
    public var columns: [String]
    /// Columns that the table did not have.
    public var added: [String]
    public var rows: [Row]
    public var diagnostics: [Diagnostic]
    /// How many groups a row holds.
    public var groupCount: Int
}

/// Studies of one outcome as they were read from a table, with what was left out and what was decided on the way.
public struct StudyData: Hashable, Sendable {
    /// Value of the `outcome` column; `nil` when the table has none.
    public var outcome: String?
    /// In the order of the file; empty when no row was complete.
    public var studies: StudyCollection
    /// Index in the table of every study's row, for further columns such as moderators.
    public var tableRows: [Int]
    /// Rows that lack a value, by name and with the reason.
    public var excluded: [ExcludedStudy]
    public var diagnostics: [Diagnostic]
    /// Name in the file of the column read for each role (`ai`, `sd1i`, `study`, …).
    public var columns: [String: String]
    /// Names of the columns read whose numbers are percentages, as are those of their intervals.
    public var percentages: Set<String> = []
    /// Code of the measure that the columns say, where none was asked for; `nil` takes that of the kind of data.
    public var measure: String?
}

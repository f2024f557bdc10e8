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
    /// What the rows of the outcome have in common in the file.
    package var conditions: [RowCondition] = []
    /// Those of `excluded` that are totals of other rows.
    package var totals: [ExcludedStudy] = []

    /// The effects under the measure of this code, with what reading the rows left out and noted before.
    ///
    /// - Throws: as `StudyCollection.effectSizes(measureCode:settings:)`.
    public func effectSizes(
        measureCode: String? = nil, settings: EffectSettings = EffectSettings()
    ) throws -> EffectSizes {
        var effects = try studies.effectSizes(measureCode: measureCode ?? measure, settings: settings)
        effects.excluded = (excluded + effects.excluded).sorted { ($0.row ?? 0) < ($1.row ?? 0) }
        // The file says more of rows of one study than their labels do.
        let told = Set(diagnostics.filter { $0.code == .duplicateLabels }.flatMap(\.studies))
        let further = effects.diagnostics.filter { $0.code != .duplicateLabels || !told.isSuperset(of: $0.studies) }
        effects.diagnostics = diagnostics + further
        return effects
    }
}

/// Studies of one outcome that were read from a table, with the rows left out and the decisions made.
public struct StudyData: Hashable, Sendable {
    /// Value of the `outcome` column, and of the time point if time points are separate; `nil` if the table has neither.
    public var outcome: String?
    /// Studies in the order of the file; empty if no row was complete.
    public var studies: StudyCollection
    /// Index of the row of each study in the table, for further columns such as moderators.
    public var tableRows: [Int]
    /// Rows that were left out because they lack a value or sum up other rows, each with the reason.
    public var excluded: [ExcludedStudy]
    /// Notes and warnings about the reading: kinds, routes, rows left out, doubtful numbers.
    public var diagnostics: [Diagnostic]
    /// Name in the file of the column that was read for each role (`ai`, `sd1i`, `study`, …).
    public var columns: [String: String]
    /// Names of the columns whose numbers are percentages, as are those of their intervals.
    public var percentages: Set<String> = []
    /// Code of the measure that a column name shows, if no measure was given; `nil` means that of the kind of data.
    public var measure: String?
    /// Values that the rows of the outcome have in common in the file.
    package var conditions: [RowCondition] = []
    /// The part of `excluded` that sums up other rows.
    package var totals: [ExcludedStudy] = []

    /// Computes the effects under the measure of this code. Rows left out and diagnostics of the reading are included.
    ///
    /// - Throws: as `StudyCollection.effectSizes(measureCode:settings:)`.
    public func effectSizes(
        measureCode: String? = nil, settings: EffectSettings = EffectSettings()
    ) throws -> EffectSizes {
        var effects = try studies.effectSizes(measureCode: measureCode ?? measure, settings: settings)
        effects.excluded = (excluded + effects.excluded).sorted { ($0.row ?? 0) < ($1.row ?? 0) }
        // The file has more information about rows of one study than their labels do.
        let told = Set(diagnostics.filter { $0.code == .duplicateLabels }.flatMap(\.studies))
        let further = effects.diagnostics.filter { $0.code != .duplicateLabels || !told.isSuperset(of: $0.studies) }
        effects.diagnostics = diagnostics + further
        return effects
    }
}

/// Settings by which columns of a table become studies: the role of each column, and the kind of data that is wanted.
///
/// Columns are found by metafor's names (`ai`, `n1i`, `sd2i`, `yi`, …) or by those of other programs (`event.e`, `mean_c`, `seTE`, …),
/// ignoring case. If a measure is given, it determines the kind of data. Otherwise each outcome has the kind for which most of its rows are
/// complete. If several kinds are equal, the first in this order is used: means of two groups, paired means, events of two groups, rates of
/// two groups, reliability, mean of one group, rate, proportion, correlation, log-rank test, effect as reported. A kind whose columns are
/// all part of another kind's (the correlation of means at two times) is not considered. The change of one group is recognized by the names
/// `mean_change sd_change n`; `mi sdi ni` are the mean of one group, unless a measure of change is wanted. Matched pairs, genotypes,
/// regressions and areas under a curve share their names with other kinds, and are recognized only if one of their measures is wanted.
///
/// If a measure is given, a row that lacks the data but reports the effect is used by its effect (`MixedStudies`). The effect is either
/// `yi`, always on the analysis scale, with `vi`, `sei` or `ci_low ci_high`, or an effect as articles print it, with an interval on that
/// scale: `ratio` (`or`, `hr`, …; also with a p-value, or the variance or standard error of its logarithm), `proportion`, `rate`, `r`,
/// `alpha` or `efficacy`. A column whose name does not show the measure is used only if other rows of the outcome have the data, or if the
/// table has no columns for the data. Proportions and efficacies are percentages if their column is called percent or most of its numbers
/// are above 1.
///
/// Groups with a median (`median1i` with `q1_1i q3_1i` or `min1i max1i`), or with a mean and its standard error or interval, are completed
/// to mean and standard deviation first (`TableConversion`). Diagnostics name the route of every study.
///
/// ```swift
/// let outcomes = try StudyColumns(measure: "RR").read(table)
/// let effects = try outcomes[0].studies.effectSizes(measureCode: "RR")
/// ```
public struct StudyColumns: Hashable, Sendable, Codable {
    /// Columns by role, for columns whose names do not show their role: `["ai": "deaths"]`. A role may be given by any of its names. An
    /// empty column name switches the role off.
    public var assignments: [String: String]
    /// Code of the measure that is wanted, in upper or lower case; `nil`, the default, accepts any kind of data.
    public var measure: String?
    /// Level of the confidence intervals in `ci_low` and `ci_high`, between 0 and 1. Default 0.95.
    public var intervalLevel: Double
    /// Method for the mean and standard deviation of a group from its quantiles; `nil`, the default, means `.luoWanShi`.
    public var quantileMethod: QuantileMethod?
    /// Whether time points are analyzed separately, like outcomes, if studies have several. Default true; false suits an analysis that
    /// accounts for time or for the dependence between rows.
    public var splitsByTime: Bool

    /// Makes settings; by default, columns are found by their names and any kind of data is read.
    public init(
        assignments: [String: String] = [:], measure: String? = nil, intervalLevel: Double = 0.95,
        quantileMethod: QuantileMethod? = nil, splitsByTime: Bool = true
    ) {
        self.assignments = assignments
        self.measure = measure
        self.intervalLevel = intervalLevel
        self.quantileMethod = quantileMethod
        self.splitsByTime = splitsByTime
    }

    /// Reads the studies of every outcome, in the order in which the outcomes first appear.
    ///
    /// A row that lacks a value is left out and listed in `StudyData.excluded`. O(rows × columns looked at).
    ///
    /// - Throws: `MetaAnalysisError` with the file and, if they apply, line and column: `.malformedTable` for text in place of a number,
    ///   `.invalidOutcome` for data that no study can have, `.missingColumn` if no kind of data is complete, `.invalidSetting` for an
    ///   unknown role, `.unsupportedCombination` for an unknown measure.
    public func read(_ table: Table) throws -> [StudyData] { try read(table, mixing: measure != nil) }

    /// Reads the studies of every outcome.
    ///
    /// - Parameters:
    ///   - table: the table to read.
    ///   - mixes: whether rows that report the effect alone are used beside the others; they cannot be if no measure is given.
    ///   - isPart: whether the rows are part of a file. Nothing is then guessed from their numbers, and doubtful numbers are not reported.
    func read(_ table: Table, mixing mixes: Bool, isPart: Bool = false) throws -> [StudyData] {
        try Self.check(intervalLevel: intervalLevel)
        let (table, converted, faults) = try completed(table)
        let finder = try ColumnFinder(table, assignments: assignments)
        let effects = mixes ? measure.flatMap { KindDetection.reportedEffects(of: $0, finder) } : nil
        let detection: KindDetection
        do {
            detection = try KindDetection(table, finder: finder, measure: measure, orEffects: effects)
        } catch let error as MetaAnalysisError where error.code == .missingColumn && measure == nil {
            guard let implied = KindDetection.impliedMeasure(finder) else { throw error }
            return try read(table, implied: implied)
        }
        let headings = RevManHeadings.rows(table)
        let parts = try OutcomeParts(
            table, finder, rows: (0..<table.rowCount).filter { !headings.contains($0) }, dataColumns: detection.columns,
            splitsByTime: splitsByTime)
        return try parts.parts.enumerated().map { index, part in
            let (data, notes) = detection.choose(rows: part.rows, outcome: part.outcome)
            let totals = TotalRows(
                table, rows: part.rows, data: data, label: finder.structure("study"), group: finder.structure("group"))
            let rows = totals.studies
            var builder = StudyBuilder(
                table: table, data: data, or: effects, finder: finder, measure: measure, intervalLevel: intervalLevel,
                looksForDoubts: !isPart, looksForRepeats: !isPart)
            let layouts = data.layouts + (effects?.layouts ?? [])
            builder.percentages = Percentages(layouts, rows: rows, in: table, guesses: !isPart)
            let doubts = try ScaleOfColumns.check(
                data.kind == .reported ? data.layouts : effects?.layouts ?? [], rows: rows, in: table, measure: measure)
            let studies = try builder.studies(rows: rows)
            var diagnostics = index == 0 ? RevManHeadings.note(headings, table) + parts.diagnostics : []
            diagnostics += notes + totals.diagnostics(label: builder.label) + builder.percentages.diagnostics + doubts
            if data.kind == .proportion,
                let match = data.layouts.first(where: { $0.roles.first == .proportion })?.matches[0]
            {
                diagnostics.append(
                    Diagnostic(
                        .note, .defaultChosen,
                        "where no events are given, they are the proportion in \(quoted(table.columns[match.column])) times the "
                            + "number of participants, to a whole number where one rounds to it"))
            }
            if let quantileMethod, converted.isEmpty {
                diagnostics.append(
                    Diagnostic(
                        .note, .unusualCombination,
                        "no column holds the median of a group, and \(quantileMethod.rawValue) was not needed"))
            }
            if !converted.isEmpty, data.kind == .twoGroupMeans || data.kind == .singleMean {
                diagnostics += Self.notes(on: builder.tableRows.map { converted[$0] })
                let excluded = Set(builder.excluded.map(\.label))
                diagnostics += faults.filter { excluded.isSuperset(of: $0.studies) }
            }
            if builder.label == nil {
                diagnostics.append(
                    Diagnostic(
                        .note, .defaultChosen, "no column names the studies; they are called by their lines in the file"
                    ))
            }
            diagnostics += builder.excluded.map {
                Diagnostic(.warning, .studyExcluded, "left out: \($0.reason)", studies: [$0.label])
            }
            if !isPart {
                diagnostics += builder.warnings(on: studies)
                diagnostics += UnreadEffects.notes(table, finder, read: detection.columns)
            }
            if !isPart, let group = finder.structure("group") {
                let names = Spellings(part.rows.map { table.text(row: $0, column: group) })
                diagnostics += names.warnings("groups", "they are kept apart; write them alike to make them one group")
                    .map { Diagnostic(.warning, .similarGroups, $0.message) }
            }
            let reported = if case .mixed = studies { effects?.layouts ?? [] } else { [DataColumns.Layout]() }
            return StudyData(
                outcome: part.outcome, studies: studies, tableRows: builder.tableRows,
                excluded: (builder.excluded + totals.excluded(label: builder.label)).sorted {
                    ($0.row ?? 0) < ($1.row ?? 0)
                },
                diagnostics: diagnostics, columns: columnNames(table, finder, data.layouts + reported),
                percentages: Set(builder.percentages.columns.map { table.columns[$0] }),
                conditions: part.conditions, totals: totals.excluded(label: builder.label))
        }
    }

    /// Reads a table that has nothing but effects of one measure, which the name of their column shows.
    private func read(_ table: Table, implied: (code: String, column: Int)) throws -> [StudyData] {
        var columns = self
        columns.measure = implied.code
        return try columns.read(table).map { data in
            var data = data
            data.measure = implied.code
            data.diagnostics.insert(
                Diagnostic(
                    .note, .defaultChosen,
                    "the measure is \(implied.code), as the column \(quoted(table.columns[implied.column])) says"),
                at: 0)
            return data
        }
    }

    /// Checks the level of reported intervals.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a level outside (0, 1).
    static func check(intervalLevel: Double) throws {
        guard intervalLevel > 0, intervalLevel < 1 else {
            throw MetaAnalysisError(
                .invalidSetting, "the level of the reported intervals is \(intervalLevel)",
                remedy: "take a number between 0 and 1, such as 0.95")
        }
    }

    /// Reads assignments written as `role=column,role=column`.
    ///
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for text of another form and for a role given twice.
    public static func assignments(_ text: String) throws -> [String: String] {
        var result: [String: String] = [:]
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, case let role = sides[0].trimmingBlanks(), !role.isEmpty else {
                throw MetaAnalysisError(
                    .invalidSetting, "\(quoted(String(part))) does not assign a column to a role",
                    remedy: "write role=column,role=column")
            }
            guard result.updateValue(sides[1].trimmingBlanks(), forKey: role) == nil else {
                throw MetaAnalysisError(
                    .invalidSetting, "the role \(quoted(role)) is given two columns", remedy: "give it one")
            }
        }
        return result
    }
}

extension StudyColumns {
    private func columnNames(
        _ table: Table, _ finder: ColumnFinder, _ layouts: [DataColumns.Layout]
    ) -> [String: String] {
        var names: [String: String] = [:]
        for layout in layouts {
            for (role, match) in zip(layout.roles, layout.matches) {
                names[role.rawValue] = table.columns[match.column]
            }
        }
        for role in ColumnNames.structure.keys {
            if let column = finder.structure(role) { names[role] = table.columns[column] }
        }
        return names
    }
}

/// How columns of a table become studies: which column holds which role, and which kind of data is wanted.
///
/// Columns go by metafor's names (`ai`, `n1i`, `sd2i`, `yi`, …) or by those of other programs (`event.e`, `mean_c`,
/// `seTE`, …), ignoring case. The kind of data is that of the measure asked for. Without one it is, for every outcome, the
/// kind of which the most rows are complete; of equals the first in this order: means of two groups, paired means, events
/// of two groups, rates of two groups, reliability, mean of one group, rate, proportion, correlation, effect as reported.
/// A kind whose columns are all part of another kind's (the correlation within means at two times) does not compete with it.
/// The change of one group counts as such under the names `mean_change sd_change n`; under `mi sdi ni` it is the mean of
/// one group, unless a measure of change is asked for. Matched pairs and genotypes have the names of two groups, and are taken
/// for what they are when one of their measures is asked for.
///
/// Where a measure is asked for, a row that lacks its data but reports the effect is taken by that (`MixedStudies`): `yi`, always on the
/// analysis scale, with `vi`, `sei` or `ci_low ci_high`; or the effect as articles print it, with an interval on that scale: `ratio` (`or`,
/// `hr`, …; also with a p-value, or the variance or standard error of its logarithm), `proportion`, `rate`, `r`, `alpha` or `efficacy`. A
/// column whose name does not say the measure is taken beside rows of the same outcome that have the data, and in a table without columns
/// for them. Proportions and efficacies in columns called percent, or most of which are above 1, are percentages.
///
/// Groups of which the median is known (`median1i` with `q1_1i q3_1i` or `min1i max1i`), or the mean with its standard error or interval,
/// beside others with mean and standard deviation, are completed first (`TableConversion`), and diagnostics name the route of every study.
///
/// ```swift
/// let outcomes = try StudyColumns(measure: "RR").read(table)
/// let effects = try outcomes[0].studies.effectSizes(measureCode: "RR")
/// ```
public struct StudyColumns: Hashable, Sendable, Codable {
    /// Column for a role, where the names do not say it: `["ai": "deaths"]`. A role may be given by any name it goes by; an
    /// empty column switches the role off.
    public var assignments: [String: String]
    /// Code of the measure the studies are wanted for, in any case; `nil` takes whatever kind of data there is.
    public var measure: String?
    /// Level of the confidence intervals in `ci_low` and `ci_high`, between 0 and 1.
    public var intervalLevel: Double
    /// How the mean and standard deviation of a group are found from its quantiles; `nil` is `.luoWanShi`.
    public var quantileMethod: QuantileMethod?
    /// Whether rows of several time points, where studies have such, are analyzed apart as outcomes are: not where the analysis accounts
    /// for the time or for the dependence of the rows.
    public var splitsByTime: Bool

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

    /// The studies of every outcome, in the order in which the outcomes first appear.
    ///
    /// A row that lacks a value is left out by name. O(rows × columns looked at).
    ///
    /// - Throws: `MetaAnalysisError` with the file and, where there is one, line and column: `.malformedTable` for text
    ///   where a number belongs, `.invalidOutcome` for data that no study can have, `.missingColumn` when no kind of data
    ///   is complete, `.invalidSetting` for an unknown role, `.unsupportedCombination` for an unknown measure.
    public func read(_ table: Table) throws -> [StudyData] { try read(table, mixing: measure != nil) }

    /// - Parameters:
    ///   - mixes: whether rows that report the effect alone are taken beside the others: not where nobody said of which measure.
    ///   - isPart: whether the rows are part of a file, so that what they do not say by names must not be guessed from their numbers, and nobody
    ///     reads what is doubtful of them.
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

    /// The studies of a table in which a column says by its name which measure it is of, and nothing else is there.
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

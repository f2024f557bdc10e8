/// A reader of networks from the columns of a table. The table may have arms in rows (`treatment` and an outcome), studies in rows with
/// their arms side by side (`treat1 event1 n1 treat2 event2 n2 treat3 …`), contrasts in rows (`treat1`, `treat2` and an effect or the data
/// of two groups), or several of these.
///
/// ```swift
/// let outcomes = try NetworkColumns(measure: "OR").read(table)
/// let network = try outcomes[0].network(measureCode: "OR")
/// ```
///
/// Columns have the names that `StudyColumns` knows; a row with two treatments is a contrast. Effects of contrasts are those of `treat1`
/// minus `treat2`. Arms may report means with standard errors (`mean se`), or differences from the arm of their study that has no value
/// (`diff se`); see `ArmEffects` for their covariance.
public struct NetworkColumns: Hashable, Sendable, Codable {
    /// Names of columns by role, for roles that the names do not identify; an empty name turns the role off.
    public var assignments: [String: String]
    /// Code of the requested measure, in upper or lower case; `nil` takes any kind of data.
    public var measure: String?
    /// Level of the confidence intervals in `ci_low` and `ci_high`, in (0, 1).
    public var intervalLevel: Double

    /// Creates a reader, by default one that identifies columns by their names and takes 95% intervals.
    public init(assignments: [String: String] = [:], measure: String? = nil, intervalLevel: Double = 0.95) {
        self.assignments = assignments
        self.measure = measure
        self.intervalLevel = intervalLevel
    }

    /// Reads the network data of every outcome, in the order in which the outcomes first appear.
    ///
    /// A row without a required value is left out by name. O(rows × columns used).
    ///
    /// - Throws: `MetaAnalysisError` with the file and, where there is one, line and column: `.missingColumn` without
    ///   treatments or without a kind of data, `.malformedTable` for text where a number belongs or a treatment is missing,
    ///   `.invalidOutcome` for data that no study can have, `.unsupportedCombination` for an unknown measure.
    public func read(_ table: Table) throws -> [NetworkData] {
        try StudyColumns.check(intervalLevel: intervalLevel)
        let named = try ColumnFinder(table, assignments: assignments)
        let turned = named.ofStataPairs()
        let finder = turned ?? named
        let layout = try Layout(table, finder, isTurned: turned != nil)
        return try StudyColumns.outcomes(table, finder).map { outcome, rows in
            try NetworkReading(self, table, finder, layout, rows: rows, outcome: outcome).data
        }
    }

    /// The columns with the treatments of a row.
    struct Layout {
        var treatment: Int?
        var pair: (first: Int, second: Int)?
        /// Arms side by side, with numbers in the names of their columns.
        var numbered: NumberedArms?
        /// Whether the second treatment of a pair comes first in the file.
        var isTurned = false

        /// Columns of the treatments that a row has if it is not a single arm.
        var paired: [Int] {
            if let pair, (numbered?.arms.count ?? 2) == 2 { return [pair.second] }
            return numbered?.arms.map(\.treatment) ?? []
        }

        init(_ table: Table, _ finder: ColumnFinder, isTurned: Bool = false) throws {
            self.isTurned = isTurned
            numbered = NumberedArms(table, finder)
            treatment = finder.network("treatment")
            let first = finder.network("treat1") ?? (finder.network("treat2") == nil ? nil : treatment)
            if let first, let second = finder.network("treat2") {
                pair = (first, second)
                if treatment == first { treatment = nil }
            }
            if pair == nil, numbered == nil, treatment == nil {
                treatment = finder.match(ColumnNames.furtherTreatments)?.column
            }
            if let numbered, let own = treatment, numbered.arms.contains(where: { $0.treatment == own }) {
                treatment = nil
            }
            let half = ["treat1", "treat2"].compactMap { role in finder.network(role).map { (role, $0) } }
            if treatment == nil, pair == nil, numbered == nil, half.count == 1 {
                let lacking = half[0].0 == "treat1" ? "treat2" : "treat1"
                throw MetaAnalysisError(
                    .missingColumn,
                    "the contrasts have \(half[0].0) (column \(quoted(table.columns[half[0].1]))) but no \(lacking)",
                    remedy: "add or assign a column for \(lacking); the columns are \(table.columnList)",
                    location: table.location())
            }
            guard treatment != nil || pair != nil || numbered != nil else {
                throw MetaAnalysisError(
                    .missingColumn, "no column names the treatments",
                    remedy:
                        "give arms a column treatment, arms side by side the columns treat1, treat2 and so on, or contrasts the"
                        + " columns treat1 and treat2; the columns are \(table.columnList)", location: table.location())
            }
        }
    }
}

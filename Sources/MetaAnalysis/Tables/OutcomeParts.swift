/// The rows of a table, divided into parts that are analyzed separately: outcomes, and time points if studies have several.
struct OutcomeParts {
    struct Part {
        /// Value of the outcome, then of the time point; `nil` if the table has neither.
        var outcome: String?
        var rows: [Int]
        var conditions: [RowCondition]
    }

    private(set) var parts: [Part]
    /// Notes and warnings about columns that were, or were not, treated as outcomes or time points.
    private(set) var diagnostics: [Diagnostic] = []

    /// Divides rows by outcome and time point.
    ///
    /// - Parameters:
    ///   - table: the table.
    ///   - finder: finds its columns by role.
    ///   - rows: rows that are not headings.
    ///   - dataColumns: columns that hold data, whatever their name.
    ///   - splitsByTime: whether time points are analyzed separately.
    init(_ table: Table, _ finder: ColumnFinder, rows: [Int], dataColumns: Set<Int>, splitsByTime: Bool) throws {
        let outcomes = try StudyColumns.outcomes(table, finder, rows: rows)
        parts = [Part(outcome: nil, rows: rows, conditions: [])]
        if outcomes.count > 1 || outcomes.first?.outcome != nil {
            if let numbering = Self.numbering(outcomes, table, finder) {
                diagnostics.append(numbering)
            } else {
                let columns = StudyColumns.outcomeColumns(table, finder)
                parts = outcomes.map { outcome, rows in
                    Part(
                        outcome: outcome, rows: rows,
                        conditions: columns.compactMap { RowCondition(table, row: rows.first, column: $0) })
                }
            }
        }
        let spellings = Spellings(parts.map(\.outcome))
        diagnostics += spellings.warnings("outcomes", "they are analyzed apart; write them alike to pool them together")
        guard splitsByTime, let time = finder.timePoint, let label = finder.structure("study"),
            !dataColumns.contains(time),
            time != finder.structure("group"), time != finder.structure("outcome"), time != label
        else { return }
        let split = parts.map { Self.byTime($0, table, time: time, label: label) }
        guard split.contains(where: { $0.count > 1 }) else { return }
        parts = split.flatMap(\.self)
        var seen: Set<String> = []
        let values = parts.compactMap { $0.conditions.last?.value }.filter { seen.insert($0).inserted }
        diagnostics.append(
            Diagnostic(
                .note, .defaultChosen,
                "studies have rows at several time points, so that each time point is analyzed by itself, as an outcome (column "
                    + "\(quoted(table.columns[time])): \(values.prefix(6).joined(separator: ", "))\(values.count > 6 ? ", …" : "")); "
                    + "--columns timepoint= keeps them together"))
    }

    /// Returns a warning if the column of outcomes has a different number in every row and therefore only counts the rows.
    private static func numbering(
        _ outcomes: [(outcome: String?, rows: [Int])], _ table: Table, _ finder: ColumnFinder
    ) -> Diagnostic? {
        guard outcomes.count > 2, outcomes.allSatisfy({ $0.rows.count == 1 }), let column = finder.structure("outcome"),
            outcomes.allSatisfy({ (try? table.number(row: $0.rows[0], column: column)) != nil })
        else { return nil }
        return Diagnostic(
            .warning, .defaultChosen,
            "the column \(quoted(table.columns[column])) has another number in each of the \(outcomes.count) rows, so that it counts rows"
                + " and is not read as the outcome; all rows are analyzed together (--columns outcome= says so, --columns outcome=NAME"
                + " names another column)")
    }

    /// Divides the rows of a part by time point if at least a third of the studies have several times and most rows are at times with
    /// several studies.
    private static func byTime(_ part: Part, _ table: Table, time: Int, label: Int) -> [Part] {
        var times: [String: [String]] = [:]
        var studies: [String: Set<String>] = [:]
        var order: [String] = []
        var rows: [String: [Int]] = [:]
        for row in part.rows {
            guard let study = table.text(row: row, column: label) else { continue }
            guard let value = table.text(row: row, column: time) else { return [part] }
            if rows[value] == nil { order.append(value) }
            rows[value, default: []].append(row)
            studies[value, default: []].insert(study)
            if times[study]?.contains(value) != true { times[study, default: []].append(value) }
        }
        let repeated = times.values.count { $0.count > 1 }
        let accompanied = order.filter { (studies[$0]?.count ?? 0) > 1 }.reduce(0) { $0 + (rows[$1]?.count ?? 0) }
        let count = rows.values.reduce(0) { $0 + $1.count }
        guard repeated > 0, 3 * repeated >= times.count, 2 * accompanied > count, count == part.rows.count else {
            return [part]
        }
        return order.map { value in
            Part(
                outcome: part.outcome.map { "\($0), \(value)" } ?? value, rows: rows[value] ?? [],
                conditions: part.conditions + [RowCondition(column: table.columns[time], value: value)])
        }
    }
}

/// A value of a column that rows have in common.
package struct RowCondition: Hashable, Sendable {
    package var column: String
    package var value: String

    init(column: String, value: String) {
        self.column = column
        self.value = value
    }

    init?(_ table: Table, row: Int?, column: Int) {
        guard let row, let value = table.text(row: row, column: column) else { return nil }
        self.init(column: table.columns[column], value: value)
    }
}

extension StudyColumns {
    /// Whether a column of this name holds the time at which a study was measured: "time", "follow-up (months)", "visit".
    public static func namesTimePoints(_ column: String) -> Bool { ColumnNames.isTimePoint(ColumnNames.folded(column)) }

    /// Returns the columns that together name the outcome. In exports of RevMan, outcomes are numbered within their comparison.
    static func outcomeColumns(_ table: Table, _ finder: ColumnFinder) -> [Int] {
        guard let outcome = finder.structure("outcome") else { return [] }
        let whole = ["outcome_number": "comparison_number", "analysis_number": "analysis_group"]
        guard let name = whole[ColumnNames.folded(table.columns[outcome])],
            let comparison = table.columns.firstIndex(where: { ColumnNames.folded($0) == name })
        else { return [outcome] }
        return [comparison, outcome]
    }

    /// Returns the rows by outcome, in order of first appearance; all rows together if the table has no such column or it is empty.
    static func outcomes(
        _ table: Table, _ finder: ColumnFinder, rows: [Int]? = nil
    ) throws -> [(outcome: String?, rows: [Int])] {
        let all = rows ?? Array(0..<table.rowCount)
        let columns = outcomeColumns(table, finder)
        guard let column = columns.last else { return [(nil, all)] }
        let names = all.map { table.text(row: $0, column: column) }
        guard names.contains(where: { $0 != nil }) else { return [(nil, all)] }
        // If there is only one comparison, its number is not put before those of its outcomes.
        let comparisons = columns.count > 1 ? all.map { table.text(row: $0, column: columns[0]) } : []
        let isNumbered = Set(comparisons).count > 1
        var order: [(outcome: String?, rows: [Int])] = []
        var positions: [String: Int] = [:]
        for (index, row) in all.enumerated() {
            guard var name = names[index] else {
                throw MetaAnalysisError(
                    .malformedTable, "the row has no outcome where others have one",
                    remedy: "fill it in, or leave the row out", location: table.location(row: row, column: column))
            }
            if isNumbered { name = "\(comparisons[index] ?? "").\(name)" }
            if let position = positions[name] {
                order[position].rows.append(row)
            } else {
                positions[name] = order.count
                order.append((name, [row]))
            }
        }
        return order
    }
}

/// Checks of rows with several treatments, for analyses of one effect, which must not take them for studies of it.
extension NetworkColumns {
    /// Whether the rows of a table are about several treatments: two of them in a row, or a column of treatments in which some study has
    /// more than one.
    package func describe(_ table: Table) -> Bool {
        guard let finder = try? ColumnFinder(table, assignments: assignments), let layout = try? Layout(table, finder)
        else { return false }
        if layout.hasPairs(table) { return true }
        guard let treatment = finder.network("treatment"), layout.treatment == treatment else { return false }
        return NetworkRows(table, Array(0..<table.rowCount)).areArms(of: treatment, finder.structure("study"))
    }

    /// Rejects rows that compare several treatments, such as arms taken for studies of one group, or effects of different comparisons.
    ///
    /// Rows of one treatment, or of one comparison in one direction, are studies of one effect.
    ///
    /// - Parameters:
    ///   - outcomes: data that were read from the table.
    ///   - columns: columns whose values separate the rows in the analysis, as subgroups or factors. Rows in different groups may be
    ///     about different treatments.
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) that names the columns.
    package func requireOneComparison(
        _ table: Table, _ outcomes: [StudyData], apart columns: [String] = []
    ) throws {
        let finder = try ColumnFinder(table, assignments: assignments)
        guard let layout = try? Layout(table, finder) else { return }
        let separating = columns.compactMap { table.column(named: $0) }
        for outcome in outcomes {
            let groups = Dictionary(grouping: outcome.tableRows) { row in
                separating.map { table.text(row: row, column: $0) }
            }
            for rows in groups.values {
                if let error = refusal(NetworkRows(table, rows), outcome.studies.kind, layout, finder) { throw error }
            }
        }
    }

    private func refusal(
        _ rows: NetworkRows, _ kind: OutcomeKind, _ layout: Layout, _ finder: ColumnFinder
    ) -> MetaAnalysisError? {
        let table = rows.table
        func error(_ message: String, _ columns: [Int], _ roles: [String], others: String) -> MetaAnalysisError {
            let off = roles.map { $0 + "=" }.joined(separator: ",")
            return MetaAnalysisError(
                .unsupportedCombination, message,
                remedy:
                    "compare the treatments with the command network, take \(others), or, if the names say nothing about"
                    + " treatments, switch the role off (--columns \(off))",
                location: MetaAnalysisError.Location(file: table.name, column: columns.first.map { table.columns[$0] }))
        }
        let oneGroup: [OutcomeKind] = [.proportion, .rate, .singleMean]
        if let treatment = finder.network("treatment"), layout.treatment == treatment, oneGroup.contains(kind),
            rows.areArms(of: treatment, finder.structure("study"))
        {
            return error(
                "the rows are arms of several treatments (column \(quoted(table.columns[treatment]))), not studies of one effect",
                [treatment], ["treatment"],
                others: "the rows of one treatment (--filter) or the treatments as subgroups")
        }
        guard layout.hasPairs(table) else { return nil }
        let treatments = layout.pair.map { [$0.first, $0.second] } ?? layout.numbered?.arms.map(\.treatment) ?? []
        let all = layout.numbered.map { $0.arms.count > 2 ? $0.arms.map(\.treatment) : treatments } ?? treatments
        guard rows.comparisons(of: all).count > 1 else { return nil }
        let names = all.map { quoted(table.columns[$0]) }.joined(separator: ", ")
        return error(
            "the rows compare different treatments, or the same the other way round (columns \(names)), so that they are no studies of"
                + " one effect", all, ["treat1", "treat2"], others: "the rows of one comparison (--filter)")
    }
}

extension NetworkColumns.Layout {
    /// Whether columns name the treatments of a row, rather than times or other numbers under the names `t1` and `t2`.
    fileprivate func hasPairs(_ table: Table) -> Bool {
        let columns = pair.map { [$0.first, $0.second] } ?? numbered?.arms.map(\.treatment) ?? []
        guard let first = columns.first else { return false }
        guard columns.map({ ColumnNames.folded(table.columns[$0]) }) == ["t1", "t2"] else { return true }
        return (0..<table.rowCount).contains { row in
            !table.isMissing(row: row, column: first) && (try? table.number(row: row, column: first)) == nil
        }
    }
}

/// Some rows of a table, grouped by the treatments they name.
private struct NetworkRows {
    let table: Table
    let rows: [Int]

    init(_ table: Table, _ rows: [Int]) {
        self.table = table
        self.rows = rows
    }

    /// Whether some study has rows of several treatments.
    func areArms(of treatment: Int, _ study: Int?) -> Bool {
        guard let study else { return false }
        var treatments: [String: String] = [:]
        for row in rows {
            guard let label = table.text(row: row, column: study), let name = table.text(row: row, column: treatment)
            else { continue }
            if let other = treatments[label], other != name { return true }
            treatments[label] = name
        }
        return false
    }

    /// Returns the sets of treatments that are compared, each in the order of its row.
    func comparisons(of columns: [Int]) -> Set<[String]> {
        Set(rows.map { row in columns.compactMap { table.text(row: row, column: $0) } }.filter { $0.count > 1 })
    }
}

/// The columns that hold one kind of data, with one layout for each way in which a row may hold it.
struct DataColumns {
    var kind: OutcomeKind
    var layouts: [Layout]

    struct Layout {
        /// Position among the layouts of the kind.
        let index: Int
        let roles: [Role]
        /// One column for each role.
        let matches: [ColumnFinder.Match]
        /// Whether the column names show that the effect is of the measure wanted, and not of any measure.
        var isExplicit = false
    }

    /// Returns the layout that fits a row best, and the roles that the row lacks in it; none for a complete row.
    func bestFit(row: Int, in table: Table) -> (layout: Int, lacking: [Int]) {
        var best: (layout: Int, lacking: [Int])?
        for (index, layout) in layouts.enumerated() {
            let lacking = layout.matches.indices.filter { table.isMissing(row: row, column: layout.matches[$0].column) }
            if lacking.count < best?.lacking.count ?? .max { best = (index, lacking) }
            if lacking.isEmpty { break }
        }
        return best ?? (0, [])
    }

    func isComplete(row: Int, in table: Table) -> Bool { bestFit(row: row, in: table).lacking.isEmpty }

    /// Whether all means and standard deviations of a row are 0, as RevMan writes them beside counts.
    func isBlank(row: Int, in table: Table) -> Bool {
        guard kind == .twoGroupMeans || kind == .singleMean else { return false }
        let layout = layouts[bestFit(row: row, in: table).layout]
        return zip(layout.roles, layout.matches).allSatisfy { role, match in
            role.isSize || (try? table.number(row: row, column: match.column)) == 0
        }
    }
}

/// Makes studies of a known kind from rows of a table.
struct StudyBuilder {
    let table: Table
    private var data: DataColumns
    /// Columns of effects that rows may report instead of data.
    let effects: DataColumns?
    let label: Int?
    let group: Int?
    let cluster: Int?
    /// Column with the number of participants of reported effects.
    private let participants: Int?
    let measure: String?
    let intervalLevel: Double
    /// Columns whose numbers are percentages.
    var percentages = Percentages.none
    private(set) var excluded: [ExcludedStudy] = []
    private(set) var tableRows: [Int] = []
    /// Rows whose reported effect is not read, with the reason.
    private var unread: [Int: String] = [:]
    private let repeats: RepeatedStudies?
    private let contradictions: RowContradictions?
    private var spellings = Spellings(ofLabels: true)
    private var doubts = StudyDoubts()
    private var repeated: [Diagnostic] = []

    init(
        table: Table, data: DataColumns, or effects: DataColumns? = nil, finder: ColumnFinder, measure: String?,
        intervalLevel: Double, looksForDoubts: Bool = true, looksForRepeats: Bool = false
    ) {
        self.table = table
        self.data = data
        contradictions = looksForDoubts ? RowContradictions(table, finder) : nil
        let columns = (data.layouts + (effects?.layouts ?? [])).flatMap { $0.matches.map(\.column) }
        repeats = looksForRepeats ? RepeatedStudies(table, finder, data: Set(columns)) : nil
        self.effects = effects
        label = finder.structure("study")
        group = finder.structure("group")
        cluster = finder.structure("cluster")
        participants = data.kind == .reported || effects != nil ? finder.participants : nil
        self.measure = measure
        self.intervalLevel = intervalLevel
    }

    /// Returns warnings about doubtful numbers, labels and repeated rows of the studies read.
    func warnings(on studies: StudyCollection) -> [Diagnostic] {
        spellings.warnings(
            "studies", "their rows are read as those of one study; give different studies different labels")
            + repeated + doubts.warnings(without: studies.lookLikeRatios ? [.lopsidedInterval] : [])
    }

    /// Makes the studies of these rows.
    ///
    /// - Throws: `MetaAnalysisError` with file, line and column: `.malformedTable` for text in place of a number, `.invalidOutcome` for
    ///   data that no study can have.
    mutating func studies(rows: [Int]) throws -> StudyCollection {
        if let effects { try mixed(rows, effects) } else { try ofKind(rows) }
    }

    private mutating func ofKind(_ rows: [Int]) throws -> StudyCollection {
        data.kind == .reported ? .reported(try reported(rows)) : try ofType(data.kind.outcomeType, rows)
    }

    private mutating func ofType<Outcome: TabulatedOutcome>(
        _ type: Outcome.Type, _ rows: [Int]
    ) throws -> StudyCollection {
        Outcome.collection(try collect(rows))
    }

    private mutating func collect<Outcome: TabulatedOutcome>(
        _ rows: [Int], measure: Outcome.Measure? = nil
    ) throws -> [Study<Outcome>] {
        let measure = try measure ?? Outcome.measure(code: self.measure)
        var studies: [Study<Outcome>] = []
        studies.reserveCapacity(rows.count)
        for row in rows {
            let line = table.line(ofRow: row)
            let name =
                label.flatMap { table.text(row: row, column: $0) }.map { spellings.canonical($0) } ?? "row \(line)"
            let fit = data.bestFit(row: row, in: table)
            let layout = data.layouts[fit.layout]
            // Numbers are checked in incomplete rows too, because a typing error is not a missing value.
            let values = try layout.matches.map { try table.number(row: row, column: $0.column) ?? .nan }
            guard fit.lacking.isEmpty else {
                let list = fit.lacking.map { "\(layout.roles[$0].rawValue) (column \(columnName(layout.matches[$0])))" }
                let reason = ["missing " + list.joined(separator: ", "), unread[row]].compactMap(\.self)
                excluded.append(
                    ExcludedStudy(
                        label: name, row: line, group: group.flatMap { table.text(row: row, column: $0) },
                        reason: reason.joined(separator: "; ")))
                continue
            }
            do {
                let outcome = try Outcome.layouts[layout.index].outcome(
                    percentages.scaled(values, of: layout), intervalLevel: intervalLevel)
                try outcome.validate(for: measure)
                studies.append(
                    Study(
                        name, outcome, row: line, group: group.flatMap { table.text(row: row, column: $0) },
                        cluster: cluster.flatMap { table.text(row: row, column: $0) }))
                tableRows.append(row)
                guard let contradictions else { continue }
                doubts.add(outcome.doubts(for: measure), of: name) { [columns = table.columns] role in
                    Role(rawValue: role).flatMap(layout.roles.firstIndex).map { columns[layout.matches[$0].column] }
                }
                if data.kind == .twoByTwo { doubts.add(contradictions.ofCells(row), of: name) { _ in nil } }
            } catch var error as MetaAnalysisError {
                error.location.file = table.name
                error.location.row = line
                error.location.study = name
                if let role = error.location.column.flatMap(Role.init), let index = layout.roles.firstIndex(of: role) {
                    error.location.column = columnName(layout.matches[index])
                }
                throw error
            }
        }
        if let repeats {
            repeated += repeats.look(at: &studies, rows: tableRows.suffix(studies.count), kind: data.kind)
        }
        return studies
    }

    /// Makes studies of the kind together with studies that lack its data but report the effect. If no row has the data, the reported
    /// effects may be of another measure, unless the name of their column shows the measure.
    private mutating func mixed(_ rows: [Int], _ effects: DataColumns) throws -> StudyCollection {
        if data.kind == .reported, let kind = measure.flatMap(MeasureDescription.find)?.kind, kind != .reported {
            return .mixed(MixedStudies(kind.noStudies, reported: try reported(rows)))
        }
        let hasData = rows.contains { data.isComplete(row: $0, in: table) }
        var known: [Int] = []
        for row in rows where !data.isComplete(row: row, in: table) {
            let fit = effects.bestFit(row: row, in: table)
            let isKnown = fit.lacking.isEmpty && (hasData || effects.layouts[fit.layout].isExplicit)
            if isKnown { known.append(row) } else { unread[row] = reasonNotRead(row, effects, fit.lacking.isEmpty) }
        }
        guard !known.isEmpty else { return try ofKind(rows) }
        for row in known { try checkNumbers(row) }
        let others = Set(known)
        let computed = try ofKind(rows.filter { !others.contains($0) })
        var reader = self
        reader.data = effects
        let reported = try reader.reported(known)
        tableRows = reader.tableRows.sorted()
        (doubts, repeated, spellings) = (reader.doubts, reader.repeated, reader.spellings)
        return .mixed(MixedStudies(computed, reported: reported))
    }

    /// Returns the reason why the reported effect of a row without data is not read; `nil` if the row reports none.
    private func reasonNotRead(_ row: Int, _ effects: DataColumns, _ isComplete: Bool) -> String? {
        if isComplete {
            return
                "an effect is reported, but no row beside it has the data, and its column does not say of which measure it is"
        }
        let estimate = effects.layouts.lazy.map { $0.matches[0].column }.first {
            !table.isMissing(row: row, column: $0)
        }
        return estimate.map {
            "the effect reported in \(table.columns[$0]) lacks its variance, standard error or interval"
        }
    }

    /// Checks the numbers of a row whose data are not used, because a typing error is not a missing value.
    private func checkNumbers(_ row: Int) throws {
        for match in data.layouts.flatMap(\.matches) { _ = try table.number(row: row, column: match.column) }
    }

    /// Makes reported effects, with the number of participants if it is known. An effect does not need it, so an invalid number of
    /// participants is ignored.
    private mutating func reported(_ rows: [Int]) throws -> [Study<ReportedEffect>] {
        let own = measure.flatMap { ReportedEffect.Measure(rawValue: $0.uppercased()) } ?? .generic
        var studies = try collect(rows, measure: own) as [Study<ReportedEffect>]
        for (study, row) in zip(studies, tableRows.suffix(studies.count)) {
            guard let contradictions else { break }
            let layout = data.layouts[data.bestFit(row: row, in: table).layout]
            doubts.add(contradictions.ofEffect(row, layout, study.outcome.form), of: study.label) { _ in nil }
        }
        guard let participants else { return studies }
        for (index, row) in tableRows.suffix(studies.count).enumerated() {
            if let size = try? table.number(row: row, column: participants), size > 0, size.isFinite {
                studies[index].outcome.participants = size
            }
        }
        return studies
    }

    private func columnName(_ match: ColumnFinder.Match) -> String { table.columns[match.column] }
}

/// A reader that builds a network from the rows of one outcome.
struct NetworkReading {
    let settings: NetworkColumns
    let table: Table
    let finder: ColumnFinder
    var data: NetworkData

    init(
        _ settings: NetworkColumns, _ table: Table, _ finder: ColumnFinder, _ layout: NetworkColumns.Layout,
        rows: [Int], outcome: String?
    ) throws {
        self.settings = settings
        self.table = table
        self.finder = finder
        data = NetworkData(outcome: outcome, file: table.name)
        let paired = rows.filter { row in layout.paired.contains { !table.isMissing(row: row, column: $0) } }
        let isPaired = Set(paired)
        let single = rows.filter { !isPaired.contains($0) }
        if !single.isEmpty {
            guard let column = layout.treatment else {
                throw MetaAnalysisError(
                    .malformedTable, "the row has no second treatment", remedy: "fill it in, or leave the row out",
                    location: table.location(row: single[0], column: layout.paired.last))
            }
            guard finder.structure("study") != nil else {
                throw MetaAnalysisError(
                    .missingColumn, "no column says which arms belong to one study",
                    remedy: "name the column study, or assign it (study=NAME)", location: table.location())
            }
            try readArms([ArmRows(rows: single, treatment: column, finder: finder.withArmNames(besides: column))])
        }
        if !paired.isEmpty { try readPaired(paired, layout) }
        data.preference = try preference(rows)
        data.qualityCounts = qualityCounts(rows)
        for role in ["study", "outcome"] {
            if let column = finder.structure(role) { data.columns[role] = table.columns[column] }
        }
        for role in ColumnNames.network.keys {
            if let column = finder.network(role) { data.columns[role] = table.columns[column] }
        }
        if let column = layout.treatment { data.columns["treatment"] = table.columns[column] }
    }

    // MARK: Arms

    /// Rows that hold one arm each, in the same columns.
    struct ArmRows {
        var rows: [Int]
        var treatment: Int
        var finder: ColumnFinder
    }

    private static let armKinds: [OutcomeKind] = [.singleMean, .rate, .proportion]

    /// Returns the kinds of one group whose pairs have the requested measure.
    func armKinds() throws -> [OutcomeKind] {
        guard let measure = settings.measure?.uppercased() else { return Self.armKinds }
        guard let description = MeasureDescription.find(measure) else { throw unknownMeasure(measure) }
        switch description.kind {
        case .twoByTwo: return [.proportion]
        case .twoGroupMeans: return [.singleMean]
        case .twoGroupRates: return [.rate]
        default:
            throw MetaAnalysisError(
                .unsupportedCombination,
                "\(description.code) compares no two groups, so that arms do not give it",
                remedy: "take a measure of two groups, such as OR, MD or IRR", location: table.location())
        }
    }

    /// Reads arms in rows or side by side; arms of one study that agree in everything are read once.
    private mutating func readArms(_ blocks: [ArmRows]) throws {
        for block in blocks {
            guard let study = block.finder.structure("study"), blocks.count == 1 else { continue }
            if let row = block.rows.first(where: { table.isMissing(row: $0, column: study) }) {
                throw MetaAnalysisError(
                    .malformedTable, "the arm has no study", remedy: "fill it in, or leave the row out",
                    location: table.location(row: row, column: study))
            }
        }
        let blocks = try readEffects(blocks)
        var kinds = try blocks.isEmpty ? [] : armKinds()
        var arms: ArmCollection?
        for block in blocks {
            let (builder, studies) = try build(block.rows, among: kinds, block.finder)
            kinds = [studies.kind]
            let names = try builder.tableRows.map { try treatment($0, block.treatment) }
            let own = NetworkReading.arms(studies, names)
            arms = try arms.map { try $0.appending(own, distinct: blocks.count > 1) } ?? own
            note(excluded(builder, block))
        }
        if let arms { data.arms = arms }
    }

    private static func arms(_ studies: StudyCollection, _ names: [Treatment]) -> ArmCollection {
        func arms<Outcome: ArmOutcome>(_ studies: [Study<Outcome>]) -> [NetworkArm<Outcome>] {
            zip(studies, names).map { study, treatment in
                NetworkArm(study: study.label, treatment, study.outcome, row: study.row, group: study.group)
            }
        }
        switch studies {
        case .proportion(let studies): return .proportion(arms(studies))
        case .singleMean(let studies): return .singleMean(arms(studies))
        case .rate(let studies): return .rate(arms(studies))
        default: preconditionFailure("kinds of one group were asked for")
        }
    }

    private func excluded(_ builder: StudyBuilder, _ block: ArmRows) -> [ExcludedStudy] {
        let lines = Dictionary(uniqueKeysWithValues: block.rows.map { (table.line(ofRow: $0), $0) })
        return builder.excluded.map { study in
            var study = study
            if let row = study.row.flatMap({ lines[$0] }), let name = table.text(row: row, column: block.treatment) {
                study.reason = "arm \(inOneLine(name)): " + study.reason
            }
            return study
        }
    }

    // MARK: Several treatments in a row

    /// Reads rows with several treatments: as arms side by side if there are more than two or no effect is reported with them, otherwise as
    /// contrasts.
    private mutating func readPaired(_ rows: [Int], _ layout: NetworkColumns.Layout) throws {
        if let numbered = layout.numbered, try numbered.arms.count > 2 || holdsArms(numbered, rows) {
            return try readNumbered(numbered, rows)
        }
        guard let pair = layout.pair ?? layout.numbered.map({ ($0.arms[0].treatment, $0.arms[1].treatment) }) else {
            return
        }
        try readPairs(rows, pair, isTurned: layout.isTurned)
        if let numbered = layout.numbered { try requireNoStray(beside: numbered, rows) }
    }

    /// Whether both of two arms have data in numbered columns, and no reported effect that takes precedence.
    private func holdsArms(_ numbered: NumberedArms, _ rows: [Int]) throws -> Bool {
        guard settings.measure != nil || !isComplete(.reported, rows) else { return false }
        guard let kinds = try? armKinds() else { return false }
        // A single column of errors for all arms is that of a contrast.
        let errors = numbered.arms.compactMap { ArmEffects.Columns($0.finder)?.error }
        let haveEffects = Set(errors).count == numbered.arms.count
        return numbered.arms.allSatisfy { arm in
            guard let found = try? KindDetection(table, finder: arm.finder, measure: settings.measure, among: kinds)
            else { return haveEffects && !isComplete(.reported, rows) }
            let data = found.choose(rows: rows, outcome: nil).data
            return rows.contains { data.isComplete(row: $0, in: table) }
        }
    }

    private mutating func readNumbered(_ numbered: NumberedArms, _ rows: [Int]) throws {
        var blocks: [ArmRows] = []
        for (position, arm) in numbered.arms.enumerated() {
            let own = try rows.filter { row in
                guard let count = numbered.count, let known = try table.number(row: row, column: count) else {
                    return true
                }
                return Double(position) < known
            }
            let named = own.filter { !table.isMissing(row: $0, column: arm.treatment) }
            if let row = own.first(where: { row in
                table.isMissing(row: row, column: arm.treatment)
                    && arm.data.contains { !table.isMissing(row: row, column: $0) }
            }) {
                throw MetaAnalysisError(
                    .malformedTable, "the arm has data but no treatment", remedy: "name it, or leave its data out",
                    location: table.location(row: row, column: arm.treatment))
            }
            if !named.isEmpty { blocks.append(ArmRows(rows: named, treatment: arm.treatment, finder: arm.finder)) }
        }
        try readArms(blocks)
        noteLabels(rows)
        try requireNoStray(beside: numbered, rows)
    }

    /// Rejects data of an arm whose treatment no column names.
    ///
    /// - Throws: `MetaAnalysisError` (`.missingColumn`) where an arm beyond those that have a treatment has data.
    private func requireNoStray(beside numbered: NumberedArms, _ rows: [Int]) throws {
        let used = Set(data.columns.values.compactMap { table.column(named: $0) })
        guard let stray = numbered.stray(beside: used, in: table, rows: rows) else { return }
        throw MetaAnalysisError(
            .missingColumn,
            "the column \(quoted(table.columns[stray.column])) holds data of arm \(stray.number), and no column names its treatment",
            remedy:
                "name the column of its treatment as those of the other arms are named; the columns are \(table.columnList)",
            location: table.location())
    }

    // MARK: Contrasts

    private mutating func readPairs(
        _ rows: [Int], _ columns: (first: Int, second: Int), isTurned: Bool
    ) throws {
        let (builder, studies) = try build(rows, among: try pairKinds(rows), finder)
        data.pairs = studies
        data.pairTreatments = try builder.tableRows.map {
            (try treatment($0, columns.first), try treatment($0, columns.second))
        }.map { NetworkData.PairTreatments(treatment: $0, versus: $1) }
        noteDirection(studies.kind, columns, isTurned: isTurned)
        noteLabels(builder.tableRows)
        note(builder.excluded)
    }

    private mutating func noteLabels(_ rows: [Int]) {
        guard let study = finder.structure("study") else {
            data.diagnostics.append(
                Diagnostic(
                    .note, .defaultChosen, "no column names the studies; every row is taken as a study of its own"))
            return
        }
        for row in rows where table.isMissing(row: row, column: study) {
            data.diagnostics.append(
                Diagnostic(
                    .note, .defaultChosen, "without a label, the row is taken as a study of its own",
                    studies: ["row \(table.line(ofRow: row))"]))
        }
    }

    /// Notes the direction in which effects of contrasts are read, which only their columns determine.
    private mutating func noteDirection(_ kind: OutcomeKind, _ columns: (first: Int, second: Int), isTurned: Bool) {
        guard kind == .reported else { return }
        let names = ColumnNames.stataPair
        let (first, second) = (table.columns[columns.first], table.columns[columns.second])
        var note = Diagnostic(
            .note, .defaultChosen,
            "effects are read as treat1 minus treat2 (columns \(quoted(first)) and \(quoted(second))); assign the two the other way round"
                + " if the file means treat2 minus treat1")
        if isTurned {
            note.message =
                "effects are read as \(first) minus \(second), as the command network of Stata writes them: treat1 minus treat2 with"
                + " \(first) as treat1"
        } else if ColumnNames.folded(first) == names.first, ColumnNames.folded(second) == names.second {
            note = Diagnostic(
                .warning, .unusualCombination,
                "effects are read as treat1 minus treat2, which is \(first) minus \(second); the command network of Stata writes effects of"
                    + " \(second) minus \(first) under these names")
        }
        data.diagnostics.append(note)
    }

    /// Returns reported effects, unless a measure is requested and the rows have the data of two groups for it.
    private func pairKinds(_ rows: [Int]) throws -> [OutcomeKind] {
        let groups: [OutcomeKind] = [.twoGroupMeans, .twoByTwo, .twoGroupRates]
        guard let measure = settings.measure?.uppercased() else {
            if isComplete(.reported, rows) { return [.reported] }
            let others = try? KindDetection(table, finder: finder, measure: nil, among: groups)
            return others == nil ? [.reported] : groups
        }
        let description = try MeasureDescription.requireContrast(measure)
        guard groups.contains(description.kind), isComplete(description.kind, rows) else { return [.reported] }
        return [description.kind]
    }

    /// Whether some of these rows hold this kind of data.
    private func isComplete(_ kind: OutcomeKind, _ rows: [Int]) -> Bool {
        guard let found = try? KindDetection(table, finder: finder, measure: settings.measure, among: [kind]) else {
            return false
        }
        let data = found.choose(rows: rows, outcome: nil).data
        return rows.contains { data.isComplete(row: $0, in: table) }
    }

    // MARK: Both

    private mutating func build(
        _ rows: [Int], among kinds: [OutcomeKind], _ finder: ColumnFinder
    ) throws -> (builder: StudyBuilder, studies: StudyCollection) {
        let detection = try KindDetection(table, finder: finder, measure: settings.measure, among: kinds)
        let (columns, notes) = detection.choose(rows: rows, outcome: data.outcome)
        data.diagnostics += notes
        // The measure belongs to two groups or to contrasts, not to the data of single rows.
        let own = columns.kind.measures.contains { $0.code == settings.measure?.uppercased() } ? settings.measure : nil
        var builder = StudyBuilder(
            table: table, data: columns, finder: finder, measure: own, intervalLevel: settings.intervalLevel)
        if columns.kind == .reported {
            data.diagnostics += try ScaleOfColumns.check(
                columns.layouts, rows: rows, in: table, measure: settings.measure)
        }
        let totals = TotalRows(table, rows: rows, data: columns, label: builder.label, group: nil, addsUp: false)
        note(totals.excluded(label: builder.label))
        let studies = try builder.studies(rows: totals.studies)
        data.diagnostics += builder.warnings(on: studies)
        for layout in columns.layouts {
            for (role, match) in zip(layout.roles, layout.matches) where data.columns[role.rawValue] == nil {
                data.columns[role.rawValue] = table.columns[match.column]
            }
        }
        return (builder, studies)
    }

    mutating func note(_ excluded: [ExcludedStudy]) {
        data.excluded += excluded
        data.diagnostics += excluded.map {
            Diagnostic(.warning, .studyExcluded, "left out: \($0.reason)", studies: [$0.label])
        }
    }

    func treatment(_ row: Int, _ column: Int) throws -> Treatment {
        guard let name = table.text(row: row, column: column) else {
            throw MetaAnalysisError(
                .malformedTable, "the row has no treatment", remedy: "name it, or leave the row out",
                location: table.location(row: row, column: column))
        }
        return Treatment(name)
    }

    /// Returns the direction that is better for the patient, if a column names it and all rows agree.
    private func preference(_ rows: [Int]) throws -> Preference? {
        guard let column = finder.network("better") else { return nil }
        var found: Preference?
        for row in rows {
            guard let text = table.text(row: row, column: column) else { continue }
            guard let preference = Preference(rawValue: text.lowercased()) else {
                throw MetaAnalysisError(
                    .malformedTable, "\(quoted(text)) is no direction", remedy: "write lower or higher",
                    location: table.location(row: row, column: column))
            }
            guard found == nil || found == preference else {
                throw MetaAnalysisError(
                    .malformedTable, "rows of one outcome disagree about which direction is better",
                    remedy: "let all rows say lower, or all higher", location: table.location(row: row, column: column))
            }
            found = preference
        }
        return found
    }

    private func qualityCounts(_ rows: [Int]) -> [String: Int] {
        guard let column = finder.network("quality") else { return [:] }
        return Dictionary(
            rows.compactMap { table.text(row: $0, column: column) }.map { ($0, 1) }, uniquingKeysWith: +)
    }

    private func unknownMeasure(_ measure: String) -> MetaAnalysisError {
        MetaAnalysisError(
            .unsupportedCombination, "there is no measure \(quoted(measure))",
            remedy: "take one of " + MeasureDescription.codes.joined(separator: ", "))
    }
}

/// How columns of a table become a network: arms in rows (`treatment` and what was observed), contrasts in rows (`treat1`,
/// `treat2` and an effect or the data of two groups), or some of both.
///
/// ```swift
/// let outcomes = try NetworkColumns(measure: "OR").read(table)
/// let network = try outcomes[0].network(measureCode: "OR")
/// ```
///
/// Columns go by the names that `StudyColumns` knows; a row belongs to the contrasts when it has two treatments.
public struct NetworkColumns: Hashable, Sendable, Codable {
    /// Column for a role, where the names do not say it; an empty column switches the role off.
    public var assignments: [String: String]
    /// Code of the measure the network is wanted for, in any case; `nil` takes whatever kind of data there is.
    public var measure: String?
    /// Level of the confidence intervals in `ci_low` and `ci_high`, between 0 and 1.
    public var intervalLevel: Double

    public init(assignments: [String: String] = [:], measure: String? = nil, intervalLevel: Double = 0.95) {
        self.assignments = assignments
        self.measure = measure
        self.intervalLevel = intervalLevel
    }

    /// The network data of every outcome, in the order in which the outcomes first appear.
    ///
    /// A row that lacks a value is left out by name. O(rows × columns looked at).
    ///
    /// - Throws: `MetaAnalysisError` with the file and, where there is one, line and column: `.missingColumn` without
    ///   treatments or without a kind of data, `.malformedTable` for text where a number belongs or a treatment is missing,
    ///   `.invalidOutcome` for data that no study can have, `.unsupportedCombination` for an unknown measure.
    public func read(_ table: Table) throws -> [NetworkData] {
        try StudyColumns.check(intervalLevel: intervalLevel)
        let finder = try ColumnFinder(table, assignments: assignments)
        let layout = try Layout(table, finder)
        return try StudyColumns.outcomes(table, finder).map { outcome, rows in
            try NetworkReading(self, table, finder, layout, rows: rows, outcome: outcome).data
        }
    }

    /// Whether the rows of a table are about several treatments: two of them in a row, or a column of treatments of which some study
    /// has more than one.
    package func describe(_ table: Table) -> Bool {
        guard let finder = try? ColumnFinder(table, assignments: assignments), let layout = try? Layout(table, finder)
        else { return false }
        if layout.pair != nil { return true }
        guard let treatment = layout.treatment, let study = finder.structure("study") else { return false }
        var treatments: [String: String] = [:]
        for row in 0..<table.rowCount {
            guard let label = table.text(row: row, column: study), let name = table.text(row: row, column: treatment)
            else {
                continue
            }
            if let other = treatments[label], other != name { return true }
            treatments[label] = name
        }
        return false
    }

    /// The columns that say which treatments a row is about.
    fileprivate struct Layout {
        var treatment: Int?
        var pair: (first: Int, second: Int)?

        init(_ table: Table, _ finder: ColumnFinder) throws {
            treatment = finder.network("treatment")
            let first = finder.network("treat1") ?? (finder.network("treat2") == nil ? nil : treatment)
            if let first, let second = finder.network("treat2") {
                pair = (first, second)
                if treatment == first { treatment = nil }
            }
            let half = ["treat1", "treat2"].compactMap { role in finder.network(role).map { (role, $0) } }
            if treatment == nil, pair == nil, half.count == 1 {
                let lacking = half[0].0 == "treat1" ? "treat2" : "treat1"
                throw MetaAnalysisError(
                    .missingColumn,
                    "the contrasts have \(half[0].0) (column \(quoted(table.columns[half[0].1]))) but no \(lacking)",
                    remedy: "add or assign a column for \(lacking); the columns are \(table.columnList)",
                    location: table.location())
            }
            guard treatment != nil || pair != nil else {
                throw MetaAnalysisError(
                    .missingColumn, "no column names the treatments",
                    remedy: "give arms a column treatment, or contrasts the columns treat1 and treat2; the columns are"
                        + " \(table.columnList)", location: table.location())
            }
        }
    }
}

/// The rows of one outcome on their way to a network.
private struct NetworkReading {
    private let settings: NetworkColumns
    private let table: Table
    private let finder: ColumnFinder
    private(set) var data: NetworkData

    init(
        _ settings: NetworkColumns, _ table: Table, _ finder: ColumnFinder, _ layout: NetworkColumns.Layout,
        rows: [Int], outcome: String?
    ) throws {
        self.settings = settings
        self.table = table
        self.finder = finder
        data = NetworkData(outcome: outcome, file: table.name)
        let paired = rows.filter { row in
            layout.pair.map { !table.isMissing(row: row, column: $0.second) } ?? false
        }
        let isPaired = Set(paired)
        let single = rows.filter { !isPaired.contains($0) }
        if !single.isEmpty {
            guard let column = layout.treatment else {
                throw MetaAnalysisError(
                    .malformedTable, "the row has no second treatment", remedy: "fill it in, or leave the row out",
                    location: table.location(row: single[0], column: layout.pair?.second))
            }
            try readArms(single, treatment: column)
        }
        if let pair = layout.pair, !paired.isEmpty { try readPairs(paired, pair) }
        data.preference = try preference(rows)
        data.qualityCounts = qualityCounts(rows)
        for role in ["study", "outcome"] {
            if let column = finder.structure(role) { data.columns[role] = table.columns[column] }
        }
        for role in ColumnNames.network.keys {
            if let column = finder.network(role) { data.columns[role] = table.columns[column] }
        }
    }

    // MARK: Arms

    private static let armKinds: [OutcomeKind] = [.singleMean, .rate, .proportion]

    /// The kind of one group of which two have the measure.
    private func armKinds() throws -> [OutcomeKind] {
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

    private mutating func readArms(_ rows: [Int], treatment: Int) throws {
        guard let study = finder.structure("study") else {
            throw MetaAnalysisError(
                .missingColumn, "no column says which arms belong to one study",
                remedy: "name the column study, or assign it (study=NAME)", location: table.location())
        }
        if let row = rows.first(where: { table.isMissing(row: $0, column: study) }) {
            throw MetaAnalysisError(
                .malformedTable, "the arm has no study", remedy: "fill it in, or leave the row out",
                location: table.location(row: row, column: study))
        }
        let (builder, studies) = try build(rows, among: try armKinds())
        var names: [Treatment] = []
        for row in builder.tableRows { names.append(try self.treatment(row, treatment)) }
        func arms<Outcome: ArmOutcome>(_ studies: [Study<Outcome>]) -> [NetworkArm<Outcome>] {
            zip(studies, names).map { study, treatment in
                NetworkArm(study: study.label, treatment, study.outcome, row: study.row, group: study.group)
            }
        }
        switch studies {
        case .proportion(let studies): data.arms = .proportion(arms(studies))
        case .singleMean(let studies): data.arms = .singleMean(arms(studies))
        case .rate(let studies): data.arms = .rate(arms(studies))
        default: preconditionFailure("kinds of one group were asked for")
        }
        let lines = Dictionary(uniqueKeysWithValues: rows.map { (table.line(ofRow: $0), $0) })
        note(
            builder.excluded.map { study in
                var study = study
                if let row = study.row.flatMap({ lines[$0] }), let name = table.text(row: row, column: treatment) {
                    study.reason = "arm \(inOneLine(name)): " + study.reason
                }
                return study
            })
    }

    // MARK: Contrasts

    private mutating func readPairs(_ rows: [Int], _ columns: (first: Int, second: Int)) throws {
        let (builder, studies) = try build(rows, among: try pairKinds(rows))
        data.pairs = studies
        data.pairTreatments = try builder.tableRows.map {
            (try treatment($0, columns.first), try treatment($0, columns.second))
        }.map { NetworkData.PairTreatments(treatment: $0, versus: $1) }
        if let study = finder.structure("study") {
            for row in builder.tableRows where table.isMissing(row: row, column: study) {
                data.diagnostics.append(
                    Diagnostic(
                        .note, .defaultChosen, "without a label, the row is taken as a study of its own",
                        studies: ["row \(table.line(ofRow: row))"]))
            }
        } else {
            data.diagnostics.append(
                Diagnostic(
                    .note, .defaultChosen, "no column names the studies; every row is taken as a study of its own"))
        }
        note(builder.excluded)
    }

    /// Effects as reported, unless a measure is asked for that the rows have the data of two groups for.
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
        _ rows: [Int], among kinds: [OutcomeKind]
    ) throws -> (builder: StudyBuilder, studies: StudyCollection) {
        let detection = try KindDetection(table, finder: finder, measure: settings.measure, among: kinds)
        let (columns, notes) = detection.choose(rows: rows, outcome: data.outcome)
        data.diagnostics += notes
        // The measure is one of two groups or of contrasts, not of what single rows hold.
        let own = columns.kind.measures.contains { $0.code == settings.measure?.uppercased() } ? settings.measure : nil
        var builder = StudyBuilder(
            table: table, data: columns, finder: finder, measure: own, intervalLevel: settings.intervalLevel)
        let totals = TotalRows(table, rows: rows, data: columns, label: builder.label, group: nil, addsUp: false)
        note(totals.excluded(label: builder.label))
        let studies = try builder.studies(rows: totals.studies)
        data.diagnostics += builder.warnings(on: studies)
        for layout in columns.layouts {
            for (role, match) in zip(layout.roles, layout.matches) { data.columns[role] = table.columns[match.column] }
        }
        return (builder, studies)
    }

    private mutating func note(_ excluded: [ExcludedStudy]) {
        data.excluded += excluded
        data.diagnostics += excluded.map {
            Diagnostic(.warning, .studyExcluded, "left out: \($0.reason)", studies: [$0.label])
        }
    }

    private func treatment(_ row: Int, _ column: Int) throws -> Treatment {
        guard let name = table.text(row: row, column: column) else {
            throw MetaAnalysisError(
                .malformedTable, "the row has no treatment", remedy: "name it, or leave the row out",
                location: table.location(row: row, column: column))
        }
        return Treatment(name)
    }

    /// The direction that helps the patient, where a column says it and all rows agree.
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

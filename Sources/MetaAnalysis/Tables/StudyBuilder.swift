/// The columns that give one kind of data, one entry for each way in which a row may hold it.
struct DataColumns {
    var kind: OutcomeKind
    var layouts: [Layout]

    struct Layout {
        var roles: [String]
        var matches: [ColumnFinder.Match]
        /// Whether the columns say that they hold an effect of the measure wanted, not of any.
        var isExplicit = false
    }

    /// Roles that a row lacks in the layout that fits it best; empty for a complete row.
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
            role.hasPrefix("n") || (try? table.number(row: row, column: match.column)) == 0
        }
    }
}

/// Numbers of one row by role.
struct RoleValues {
    let roles: [String]
    let values: [Double]

    func has(_ role: String) -> Bool { roles.contains(role) }

    subscript(role: String) -> Double {
        guard let index = roles.firstIndex(of: role) else { preconditionFailure("no role \(role) in \(roles)") }
        return values[index]
    }
}

/// Turns rows of a table into studies of a kind that has been decided.
struct StudyBuilder {
    let table: Table
    private var data: DataColumns
    /// Columns of effects that rows may report instead.
    let effects: DataColumns?
    let label: Int?
    let group: Int?
    let cluster: Int?
    /// Of effects as reported.
    private let participants: Int?
    let measure: String?
    let intervalLevel: Double
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

    /// What is doubtful of the studies read.
    func warnings(on studies: StudyCollection) -> [Diagnostic] {
        spellings.warnings(
            "studies", "their rows are read as those of one study; give different studies different labels")
            + repeated + doubts.warnings(without: studies.lookLikeRatios ? [.lopsidedInterval] : [])
    }

    /// - Throws: `MetaAnalysisError` with file, line and column: `.malformedTable` for text where a number belongs,
    ///   `.invalidOutcome` for data that no study can have.
    mutating func studies(rows: [Int]) throws -> StudyCollection {
        if let effects { try mixed(rows, effects) } else { try ofKind(rows) }
    }

    private mutating func ofKind(_ rows: [Int]) throws -> StudyCollection {
        switch data.kind {
        case .twoByTwo: .twoByTwo(try collect(rows) { try TwoByTwoTable($0) })
        case .twoGroupMeans: .twoGroupMeans(try collect(rows) { TwoGroupMeans($0) })
        case .pairedMeans: .pairedMeans(try collect(rows) { PairedMeans($0) })
        case .twoGroupRates: .twoGroupRates(try collect(rows) { TwoGroupRates($0) })
        case .pairedTable: .pairedTable(try collect(rows) { PairedTable($0) })
        case .pairedMargins: .pairedMargins(try collect(rows) { PairedMargins($0) })
        case .singleMean: .singleMean(try collect(rows) { SingleMean($0) })
        case .proportion: .proportion(try collect(rows) { Proportion($0) })
        case .rate: .rate(try collect(rows) { Rate($0) })
        case .correlation: .correlation(try collect(rows) { Correlation($0) })
        case .reliability: .reliability(try collect(rows) { Reliability($0) })
        case .partialCorrelation: .partialCorrelation(try collect(rows) { PartialCorrelation($0) })
        case .determination: .determination(try collect(rows) { Determination($0) })
        case .superiority: .superiority(try collect(rows) { Superiority($0) })
        case .genotypes: .genotypes(try collect(rows) { Genotypes($0) })
        case .logRank: .logRank(try collect(rows) { LogRank($0) })
        case .reported: .reported(try reported(rows))
        }
    }

    private mutating func collect<Outcome: StudyOutcome>(
        _ rows: [Int], measure: Outcome.Measure? = nil, _ make: (RoleValues) throws -> Outcome
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
            // Numbers are checked in incomplete rows too: a slip of the pen is not a missing value.
            let values = try layout.matches.map { try table.number(row: row, column: $0.column) ?? .nan }
            guard fit.lacking.isEmpty else {
                let list = fit.lacking.map { "\(layout.roles[$0]) (column \(columnName(layout.matches[$0])))" }
                let reason = ["missing " + list.joined(separator: ", "), unread[row]].compactMap(\.self)
                excluded.append(ExcludedStudy(label: name, row: line, reason: reason.joined(separator: "; ")))
                continue
            }
            do {
                let outcome = try make(RoleValues(roles: layout.roles, values: values))
                try outcome.validate(for: measure)
                studies.append(
                    Study(
                        name, outcome, row: line, group: group.flatMap { table.text(row: row, column: $0) },
                        cluster: cluster.flatMap { table.text(row: row, column: $0) }))
                tableRows.append(row)
                guard let contradictions else { continue }
                doubts.add(outcome.doubts(for: measure), of: name) { [columns = table.columns] role in
                    layout.roles.firstIndex(of: role).map { columns[layout.matches[$0].column] }
                }
                if data.kind == .twoByTwo { doubts.add(contradictions.ofCells(row), of: name) { _ in nil } }
            } catch var error as MetaAnalysisError {
                error.location.file = table.name
                error.location.row = line
                error.location.study = name
                if let role = error.location.column, let index = layout.roles.firstIndex(of: role) {
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

    /// Studies of the kind, and those that lack its data but report the effect. Where none has the data, what is reported may be the effect
    /// of another measure, unless its column says of which it is.
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

    /// Why a row that lacks the data is not read by the effect that it reports; `nil` where it reports none.
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

    /// A slip of the pen is not a missing value.
    private func checkNumbers(_ row: Int) throws {
        for match in data.layouts.flatMap(\.matches) { _ = try table.number(row: row, column: match.column) }
    }

    /// Effects as reported, with the number of participants where it is known. As the effect does not need it, one that is not a number
    /// above 0 is no reason to refuse the row.
    private mutating func reported(_ rows: [Int]) throws -> [Study<ReportedEffect>] {
        let level = intervalLevel
        // Beside data, or instead of them, a hazard ratio has the role of a ratio, and all else is on the analysis scale.
        let own = measure.flatMap { ReportedEffect.Measure(rawValue: $0.uppercased()) } ?? .generic
        var studies = try collect(rows, measure: own) { ReportedEffect($0, level: level) }
        for (study, row) in zip(studies, tableRows.suffix(studies.count)) {
            guard let contradictions else { break }
            let layout = data.layouts[data.bestFit(row: row, in: table).layout]
            let found = contradictions.ofEffect(
                row, layout, takesLogarithm: study.outcome.isRatio || own == .hazardRatio)
            doubts.add(found, of: study.label) { _ in nil }
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

// MARK: - Outcomes from roles

extension TwoByTwoTable {
    /// - Throws: `MetaAnalysisError` (`.invalidOutcome`) for a negative number in a column that the cells do not show.
    fileprivate init(_ values: RoleValues) throws {
        let hasNonEvents = values.has("bi")
        for (role, group) in [(hasNonEvents ? "bi" : "n1i", "treated"), (hasNonEvents ? "di" : "n2i", "control")] {
            let name = "number of participants \(hasNonEvents ? "without the event " : "")in the \(group) group"
            try OutcomeValue(values[role], role, name).requireFiniteAndNotNegative()
        }
        if hasNonEvents {
            self.init(
                treatedEvents: values["ai"], treatedNonEvents: values["bi"], controlEvents: values["ci"],
                controlNonEvents: values["di"])
        } else {
            self.init(events: values["ai"], of: values["n1i"], versus: values["ci"], of: values["n2i"])
        }
    }
}

extension TwoGroupMeans {
    fileprivate init(_ values: RoleValues) {
        self.init(
            treatedSize: values["n1i"], treatedMean: values["m1i"], treatedDeviation: values["sd1i"],
            controlSize: values["n2i"], controlMean: values["m2i"], controlDeviation: values["sd2i"])
    }
}

extension PairedMeans {
    fileprivate init(_ values: RoleValues) {
        self =
            values.has("mi")
            ? .change(mean: values["mi"], deviation: values["sdi"], size: values["ni"])
            : .times(
                firstMean: values["m1i"], firstDeviation: values["sd1i"], secondMean: values["m2i"],
                secondDeviation: values["sd2i"], size: values["ni"], correlation: values["ri"])
    }
}

extension TwoGroupRates {
    fileprivate init(_ values: RoleValues) {
        self.init(
            treatedEvents: values["x1i"], treatedTime: values["t1i"], controlEvents: values["x2i"],
            controlTime: values["t2i"])
    }
}

extension PairedTable {
    fileprivate init(_ values: RoleValues) {
        self.init(both: values["ai"], firstOnly: values["bi"], secondOnly: values["ci"], neither: values["di"])
    }
}

extension PairedMargins {
    fileprivate init(_ values: RoleValues) {
        self.init(
            firstEvents: values["ai"], firstNonEvents: values["bi"], secondEvents: values["ci"],
            secondNonEvents: values["di"], correlation: values["ri"])
    }
}

extension SingleMean {
    fileprivate init(_ values: RoleValues) {
        self.init(mean: values["mi"], deviation: values["sdi"], size: values["ni"])
    }
}

extension Proportion {
    fileprivate init(_ values: RoleValues) { self.init(events: values["xi"], size: values["ni"]) }
}

extension Rate {
    fileprivate init(_ values: RoleValues) { self.init(events: values["xi"], time: values["ti"]) }
}

extension Correlation {
    fileprivate init(_ values: RoleValues) { self.init(coefficient: values["ri"], size: values["ni"]) }
}

extension Reliability {
    fileprivate init(_ values: RoleValues) {
        self.init(alpha: values["ai"], items: values["mi"], size: values["ni"])
    }
}

extension Genotypes {
    fileprivate init(_ values: RoleValues) {
        self.init(dominant: values["ai"], heterozygous: values["bi"], recessive: values["ci"])
    }
}

extension PartialCorrelation {
    fileprivate init(_ values: RoleValues) {
        let evidence: Evidence =
            if values.has("ti") {
                .statistic(values["ti"])
            } else if values.has("pi") {
                .pValue(values["pi"])
            } else {
                .coefficient(values["ri"])
            }
        self.init(
            evidence: evidence, size: values["ni"], predictors: values["mi"],
            determination: values.has("r2i") ? values["r2i"] : nil)
    }
}

extension Determination {
    fileprivate init(_ values: RoleValues) {
        let evidence: Evidence =
            if values.has("r2i") {
                .coefficient(values["r2i"])
            } else if values.has("fi") {
                .statistic(values["fi"])
            } else {
                .pValue(values["pi"])
            }
        self.init(evidence: evidence, size: values["ni"], predictors: values["mi"])
    }
}

extension Superiority {
    fileprivate init(_ values: RoleValues) {
        self.init(probability: values["ai"], treatedSize: values["n1i"], controlSize: values["n2i"])
    }
}

extension LogRank {
    fileprivate init(_ values: RoleValues) { self.init(excess: values["oe"], variance: values["v"]) }
}

extension ReportedEffect {
    fileprivate init(_ values: RoleValues, level: Double) {
        let precision: Precision =
            if values.has("vi") {
                .variance(values["vi"])
            } else if values.has("sei") {
                .standardError(values["sei"])
            } else {
                .interval(lower: values["ci_low"], upper: values["ci_high"], level: level)
            }
        let isRatio = values.has("ratio")
        self.init(estimate: values[isRatio ? "ratio" : "yi"], precision: precision, isRatio: isRatio)
    }
}

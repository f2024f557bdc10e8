import ArgumentParser
import MetaAnalysis

/// The file of studies and how its columns and rows are to be read.
struct InputOptions: ParsableArguments {
    @Argument(
        help: """
            CSV or TSV file with a header line, one row per study; "-" for standard input. A name that differs from the \
            file's in case only is found too, and so is a data set shipped with the program by its bare name.
            """)
    var file: String

    @Option(
        help: .init(
            """
            Columns for roles where their names do not say it, such as ai=deaths_drug,n1i=n_drug. An empty name switches \
            a role off. May be repeated.
            """, valueName: "role=name,…"))
    var columns: String?

    @Option(
        parsing: .singleValue,
        help: .init(
            """
            Take only rows in which a column has a value: 'column=value', 'column=value|value', 'column!=value'. May be \
            repeated; all must hold.
            """, valueName: "column=value"))
    var filter: [String] = []

    @Option(
        help: .init("Level of the confidence intervals that the file holds in ci_low and ci_high.", valueName: "level"),
        transform: Double.init(option:))
    var reportedLevel: Double?

    /// Level of the intervals in the file.
    var intervalLevel: Double { reportedLevel ?? 0.95 }

    func validate() throws { try LevelOptions.check(intervalLevel, option: "--reported-level") }

    /// What is to be said where the file has no intervals of that level.
    ///
    /// - Parameter reportsIntervals: whether a row gives its precision as an interval.
    func idleLevel(_ reportsIntervals: Bool) -> [Diagnostic] {
        guard reportedLevel != nil, !reportsIntervals else { return [] }
        return [
            Diagnostic(
                .note, .unusualCombination,
                "--reported-level has no effect: no row gives its precision by ci_low and ci_high")
        ]
    }

    /// Reads the file and the studies of every outcome that a measure can be computed from.
    ///
    /// - Parameters:
    ///   - measure: code of the measure asked for; `nil` takes the kind of data found.
    ///   - quantiles: how means are found from quantiles.
    ///   - group: column to be read as the subgroup of each study.
    ///   - used: further columns that the analysis takes account of, so that it does not split by them.
    ///   - hasClusters: whether the analysis allows for rows that depend on each other.
    ///   - opened: the file, where it has been read already.
    ///   - factors: further columns that tell the rows of different treatments apart; `nil` where no effects are put together.
    /// - Throws: `CommandFailure` also for arms or contrasts of several treatments, which are no studies of one effect.
    func read(
        measure: String?, quantiles: QuantileOptions, group: String? = nil, using used: [String] = [],
        hasClusters: Bool = false, from opened: InputFile? = nil, apart factors: [String]? = []
    ) throws -> Reading {
        try withTable(opened, group: group) { table, separator, assignments in
            let columns = StudyColumns(
                assignments: assignments, measure: measure, intervalLevel: intervalLevel,
                quantileMethod: quantiles.method,
                splitsByTime: !hasClusters
                    && !used.contains { StudyColumns.namesTimePoints($0) || $0 == assignments["timepoint"] })
            let network = NetworkColumns(assignments: assignments)
            let outcomes: [StudyData]
            do {
                outcomes = try columns.read(table)
            } catch var error as MetaAnalysisError where error.code == .missingColumn && network.describe(table) {
                error.remedy = "compare the treatments with the command network, or " + error.remedy
                throw error
            }
            if let factors {
                let own = group?.lowercased() == "group" ? outcomes.first?.columns["group"] : group
                try network.requireOneComparison(table, outcomes, apart: factors + [own].compactMap(\.self))
            }
            var reading = Reading(
                file: table.name, separator: separator, table: table, outcomes: outcomes, measure: measure)
            reading.quantileMethod = quantiles.method
            reading.diagnostics += idleLevel(
                outcomes.contains { data in
                    data.studies.reportsIntervals || data.diagnostics.contains { $0.code == .converted }
                })
            if group?.lowercased() == "group", !reading.outcomes.contains(where: { $0.columns["group"] != nil }) {
                throw CommandFailure(
                    .dataWrong, "\(table.name): no column has the role group; name the column with --subgroup COLUMN")
            }
            return reading
        }
    }

    /// Reads the file and the arms or contrasts of every outcome.
    func readNetwork(
        measure: String?, group: String? = nil, from opened: InputFile? = nil
    ) throws -> NetworkReading {
        try withTable(opened, group: group) { table, _, assignments in
            var outcomes = try NetworkColumns(assignments: assignments, measure: measure, intervalLevel: intervalLevel)
                .read(table)
            let note = idleLevel(outcomes.contains { $0.pairs?.reportsIntervals ?? false })
            for index in outcomes.indices { outcomes[index].diagnostics += note }
            return NetworkReading(table: table, outcomes: outcomes)
        }
    }

    /// Hands over the table that the filters leave and the columns assigned, for what is not a table of studies.
    func withTable<Result>(_ read: (Table, [String: String]) throws -> Result) throws -> Result {
        try withTable(nil, group: nil) { table, _, assignments in try read(table, assignments) }
    }

    /// The bytes of the file, with a line on standard error where another name was asked for.
    func open() throws -> InputFile {
        let input = try InputFile.read(file)
        if let note = input.note { OutputFile.report("note: " + note) }
        return input
    }

    /// Whether the rows are arms or contrasts of several treatments: two treatments in a row, or several treatments within a study.
    func describesNetwork(_ opened: InputFile) throws -> Bool {
        try withTable(opened, group: nil) { table, _, assignments in
            NetworkColumns(assignments: assignments).describe(table)
        }
    }

    /// Hands over the table that the filters leave and the columns assigned; a failure names the file.
    private func withTable<Result>(
        _ opened: InputFile?, group: String?, _ read: (Table, Table.Separator, [String: String]) throws -> Result
    ) throws -> Result {
        let input = try opened ?? open()
        do {
            var assignments = try columns.map { try StudyColumns.assignments($0) } ?? [:]
            if let group, group.lowercased() != "group" { assignments["group"] = group }
            var table = try Table(csv: input.bytes, name: input.name, limits: TableLimits())
            for condition in filter { table = try table.filtered(condition) }
            return try read(table, Table.separator(of: input.bytes), assignments)
        } catch let error as MetaAnalysisError {
            throw CommandFailure(error, file: input.name)
        }
    }
}

/// The studies of a file, outcome by outcome.
struct Reading {
    var file: String
    var separator: Table.Separator
    /// Rows that the filters left.
    var table: Table
    /// Those with studies that can be analysed.
    var outcomes: [StudyData]
    /// On outcomes that cannot.
    var diagnostics: [Diagnostic] = []
    /// As asked for.
    var quantileMethod: QuantileMethod?

    init(file: String, separator: Table.Separator, table: Table, outcomes: [StudyData], measure: String?) {
        self.file = file
        self.separator = separator
        self.table = table
        let usable = outcomes.filter { $0.studies.count > 0 }
        self.outcomes = usable.isEmpty ? outcomes : usable
        guard !usable.isEmpty else { return }
        for outcome in outcomes where outcome.studies.count == 0 {
            let wanted = measure.map { " for the measure \($0.uppercased())" } ?? ""
            diagnostics.append(
                Diagnostic(
                    .warning, .studyExcluded,
                    "outcome \"\(outcome.outcome ?? "")\" left out: no row has complete data\(wanted)"))
        }
    }

    /// The effects of one outcome, with what reading the rows left out and noted before.
    ///
    /// - Parameter keepsGroups: whether a column with the role group is of interest.
    /// - Throws: `CommandFailure` that names the column of the file where the library names its role.
    func effects(
        _ data: StudyData, measure: String?, settings: EffectSettings, keepsGroups: Bool = true
    ) throws -> EffectSizes {
        try located(in: data) {
            var effects = try data.effectSizes(measureCode: measure, settings: settings)
            if !keepsGroups {
                effects.effects.indices.forEach { effects.effects[$0].group = nil }
                effects.excluded.indices.forEach { effects.excluded[$0].group = nil }
                effects.diagnostics.removeAll { $0.code == .similarGroups }
            }
            return effects
        }
    }

    /// Runs a step on one outcome; a failure names the file, the outcome of several, and the column.
    func located<Result>(in data: StudyData, _ step: () throws -> Result) throws -> Result {
        try CommandFailure.locating(
            in: file, outcome: outcomes.count > 1 ? data.outcome : nil, columns: data.columns, step)
    }
}

/// The arms or contrasts of a file, outcome by outcome.
struct NetworkReading {
    /// Rows that the filters left.
    var table: Table
    var outcomes: [NetworkData]

    /// Runs a step on one outcome; a failure names the file, the outcome of several, and the column.
    func located<Result>(in data: NetworkData, _ step: () throws -> Result) throws -> Result {
        try CommandFailure.locating(
            in: table.name, outcome: outcomes.count > 1 ? data.outcome : nil, columns: data.columns, step)
    }
}

import ArgumentParser
import MetaAnalysis

/// Options for the file of studies and for reading its columns and rows.
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

    /// Confidence level of the intervals in the file.
    var intervalLevel: Double { reportedLevel ?? 0.95 }

    func validate() throws { try LevelOptions.check(intervalLevel, option: "--reported-level") }

    /// Returns a note if the level was given but the file has no intervals of that level.
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

    /// Reads the file and the studies of every outcome for which a measure can be computed.
    ///
    /// - Parameters:
    ///   - measure: code of the requested measure; `nil` uses the default of the kind of data.
    ///   - quantiles: method for means from quantiles.
    ///   - group: column of the subgroups of the studies.
    ///   - used: further columns that the analysis uses, by which it does not split the data.
    ///   - hasClusters: whether the analysis allows for dependent rows.
    ///   - opened: file, if it was read already.
    ///   - factors: further columns that distinguish the rows of different treatments; `nil` if effects are not combined.
    /// - Throws: `CommandFailure`, also for arms or contrasts of several treatments, which are not studies of one effect.
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

    /// Calls `read` with the filtered table and the assigned columns, for data other than a table of studies.
    func withTable<Result>(_ read: (Table, [String: String]) throws -> Result) throws -> Result {
        try withTable(nil, group: nil) { table, _, assignments in try read(table, assignments) }
    }

    /// Returns the bytes of the file, and writes a line to standard error if its name differs from the given one.
    func open() throws -> InputFile {
        let input = try InputFile.read(file)
        if let note = input.note { OutputFile.report("note: " + note) }
        return input
    }

    /// Returns whether the rows are arms or contrasts of several treatments: two treatments in a row, or several treatments in a study.
    func describesNetwork(_ opened: InputFile) throws -> Bool {
        try withTable(opened, group: nil) { table, _, assignments in
            NetworkColumns(assignments: assignments).describe(table)
        }
    }

    /// Calls `read` with the filtered table and the assigned columns; a failure names the file.
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

/// The studies of a file by outcome.
struct Reading {
    var file: String
    var separator: Table.Separator
    /// Rows that pass the filters.
    var table: Table
    /// Outcomes with studies that can be analyzed.
    var outcomes: [StudyData]
    /// Diagnostics on outcomes that cannot be analyzed.
    var diagnostics: [Diagnostic] = []
    /// Method for means from quantiles that was requested; `nil` for none.
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

    /// Computes the effects of one outcome, with the exclusions and notes from reading the rows.
    ///
    /// - Parameter keepsGroups: whether a column with the role group is used.
    /// - Throws: `CommandFailure` that names the column of the file instead of its role.
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

    /// Runs a step on one outcome. A failure names the file, the outcome if there are several, and the column.
    func located<Result>(in data: StudyData, _ step: () throws -> Result) throws -> Result {
        try CommandFailure.locating(
            in: file, outcome: outcomes.count > 1 ? data.outcome : nil, columns: data.columns, step)
    }
}

/// The arms or contrasts of a file by outcome.
struct NetworkReading {
    /// Rows that pass the filters.
    var table: Table
    var outcomes: [NetworkData]

    /// Runs a step on one outcome. A failure names the file, the outcome if there are several, and the column.
    func located<Result>(in data: NetworkData, _ step: () throws -> Result) throws -> Result {
        try CommandFailure.locating(
            in: table.name, outcome: outcomes.count > 1 ? data.outcome : nil, columns: data.columns, step)
    }
}

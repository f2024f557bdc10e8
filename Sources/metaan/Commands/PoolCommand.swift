import ArgumentParser
import MetaAnalysis

struct PoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool",
        abstract: "Pool the effects of studies, one analysis for each outcome in the file.",
        discussion: """
            Reads the studies, computes their effects, and pools them. The answer names
            the measure, the model, the estimator and the interval, what was left out and
            why, and what the data forced.

            The defaults are random effects, between-study variance by REML, and the
            Hartung–Knapp interval: together they keep the stated coverage best when
            studies are few and differ. With --model common, mantel-haenszel or peto the
            interval is the Wald interval, as those models have no between-study variance.

            EXAMPLES
              metaan pool bcg --measure RR
              metaan pool bcg --measure RR --subgroup alloc --plot forest.svg
              metaan pool trials.csv --columns ai=deaths1,n1i=all1,ci=deaths0,n2i=all0
              metaan pool msc --filter 'quality=A|A2' --format json --output msc.json
              metaan pool bcg --measure OR --model mantel-haenszel --emit r
              metaan pool markers.csv.gz --by marker --estimator DL --output pooled.csv
              metaan pool --join MarkerName cohort1.txt cohort2.txt.gz --output pooled.csv
              metaan pool --arrays effects.npz --output pooled.npz
            """)

    enum Language: String, CodedArgument { case r }

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var level: LevelOptions

    @Option(
        help: .init(
            """
            Pool the subgroups named by a column as well and test the difference between them; group means the column \
            that has that role.
            """, valueName: "column"))
    var subgroup: String?

    @Option(
        name: .customLong("subgroup-tau2"),
        help: "A between-study variance for each subgroup (the default), or one for all.")
    var subgroupTauSquared: SubgroupHeterogeneity?

    @Option(
        help:
            "Print the call in another language that gives the same, instead of the answer: r, for the package metafor."
    )
    var emit: Language?

    @OptionGroup(title: "Groups") var groups: GroupOptions
    @OptionGroup(title: "Cohorts") var cohorts: JoinOptions
    @OptionGroup(title: "Arrays") var arrays: ArrayOptions

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var figure: SideFigure

    func validate() throws {
        if figure.path != nil, groups.by != nil || cohorts.join != nil || arrays.arrays || emit != nil {
            throw ValidationError("--plot has no meaning with --by, --join, --arrays and --emit; leave it out")
        }
        try validateGroups()
        try validateJoin()
        try validateArrays()
        if subgroupTauSquared != nil {
            guard subgroup != nil else {
                throw ValidationError("--subgroup-tau2 needs subgroups; add --subgroup COLUMN")
            }
            if subgroupTauSquared == .common, model.chosenModel != .random {
                throw ValidationError(
                    "--subgroup-tau2 common has no meaning with --model \(model.chosenModel.rawValue); leave it out")
            }
        }
        if model.chosenModel == .peto, let measure = effects.measure, !["PETO", "OR"].contains(measure.uppercased()) {
            throw ValidationError("--model peto pools odds ratios (PETO), not \(measure); leave out --measure")
        }
    }

    func run() throws {
        try checkFileCount()
        if let by = groups.by { return try poolGroups(by: by) }
        if arrays.arrays { return try poolArrays() }
        if let key = cohorts.join { return try joinCohorts(by: key) }
        let reading = try input.read(measure: measure, group: subgroup)
        let answer = try answer(reading)
        if emit == .r { return try OutputFile.write(script(reading, answer).text, to: output.output) }
        try figure.write {
            answer.figures
        } after: {
            try output.write(answer, file: reading.file)
        }
    }

    /// The measure that the file is read for.
    var measure: String? { model.chosenModel == .peto ? "PETO" : effects.measure }

    /// Pools what was read with the options of this command.
    func answer(_ reading: Reading) throws -> PoolAnswer {
        if subgroup?.lowercased() == "group", !reading.outcomes.contains(where: { $0.columns["group"] != nil }) {
            throw CommandFailure(
                .dataWrong, "\(reading.file): no column has the role group; name the column with --subgroup COLUMN")
        }
        let pooling = model.pooling(level: level.level, uncorrected: effects.uncorrected)
        let analyses = try reading.outcomes.map { data in
            var found = try reading.effects(data, measure: measure, settings: effectSettings)
            if subgroup == nil { found.effects.indices.forEach { found.effects[$0].group = nil } }
            return try reading.located(in: data) {
                var pooled = try pooling.fit(found)
                pooled.outcome = data.outcome
                guard subgroup != nil else { return PoolAnswer.Analysis(data: data, pooled: pooled) }
                var parts = try pooling.subgroups(found, subgroupTauSquared ?? .separate)
                for index in parts.subgroups.indices { parts.subgroups[index].outcome = data.outcome }
                return PoolAnswer.Analysis(data: data, pooled: pooled, subgroups: parts)
            }
        }
        return PoolAnswer(
            input: InputRecord(reading), settings: RunSettings(self, analyses.map(\.pooled)), analyses: analyses,
            readingDiagnostics: reading.diagnostics, choices: choices(analyses))
    }

    /// The call of R that gives the same.
    func script(_ reading: Reading, _ answer: PoolAnswer) -> MetaforScript {
        MetaforScript(
            reading: reading, analyses: answer.analyses, filters: input.filter,
            pooling: model.pooling(level: level.level, uncorrected: effects.uncorrected), settings: effectSettings,
            subgroup: subgroupColumn(reading), level: level.level, reportedLevel: input.reportedLevel)
    }

    /// With the Mantel–Haenszel method "uncorrected" is said of its test.
    private var effectSettings: EffectSettings {
        var settings = effects.settings
        if model.chosenModel == .mantelHaenszel { settings.biasCorrected = true }
        return settings
    }

    private func subgroupColumn(_ reading: Reading) -> String? {
        guard let subgroup else { return nil }
        return reading.outcomes.first?.columns["group"] ?? subgroup
    }

    private func choices(_ analyses: [PoolAnswer.Analysis]) -> [[String]] {
        analyses.map { analysis in
            let measure =
                effects.measure == nil && model.chosenModel != .peto
                ? ["measure \(analysis.pooled.settings.measure) for \(analysis.data.studies.kind.title)"] : []
            return measure + model.choices
        }
    }
}

/// What was asked for in all analyses together; `nil` where they differ or where it does not apply.
struct RunSettings: Encodable {
    var measure: String?
    var model: String
    var estimator: String?
    var interval: IntervalMethod?
    var level: Double
    var predictionInterval: PredictionIntervalMethod?
    var tauSquaredInterval: TauSquaredIntervalMethod?
    var tauSquared: Double?
    var weighting: Weighting?
    var effects: EffectSettings?
    var columns: String?
    var filters: [String]
    var subgroup: String?
    var subgroupTauSquared: SubgroupHeterogeneity?
    var by: String?

    init(_ command: PoolCommand, _ results: [PooledEffect]) {
        func shared<Value: Equatable>(_ path: (PoolingSettings) -> Value?) -> Value? {
            guard let first = results.first.flatMap({ path($0.settings) }) else { return nil }
            return results.allSatisfy { path($0.settings) == first } ? first : nil
        }
        measure = shared(\.measure)
        model = command.model.chosenModel.rawValue
        estimator = shared(\.estimator)
        interval = shared(\.interval)
        level = command.level.level
        predictionInterval = shared(\.predictionInterval)
        tauSquaredInterval = shared(\.tauSquaredInterval)
        tauSquared = command.model.tauSquared
        weighting = shared(\.weighting)
        effects = shared(\.effects)
        columns = command.input.columns
        filters = command.input.filter
        subgroup = command.subgroup
        subgroupTauSquared = command.subgroup == nil ? nil : command.subgroupTauSquared ?? .separate
    }
}

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
    @OptionGroup(title: "Effects") var quantiles: QuantileOptions
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
        help: """
            A between-study variance for each subgroup, or one for all. By default each has its own, and the test between them \
            takes one for all where a subgroup has fewer than five studies.
            """)
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
        try SubgroupHeterogeneity.check(subgroupTauSquared, hasSubgroups: subgroup != nil, model)
        try model.check(effects)
    }

    func run() throws {
        try checkFileCount()
        if let by = groups.by { return try poolGroups(by: by) }
        if arrays.arrays { return try poolArrays() }
        if let key = cohorts.join { return try joinCohorts(by: key) }
        let reading = try input.read(measure: model.measure(effects), quantiles: quantiles, group: subgroup)
        let answer = try answer(reading)
        if emit == .r { return try OutputFile.write(script(reading, answer).text, to: output.output) }
        try output.write(answer, file: reading.file) { try figure.parts(answer.figures) }
    }

    /// Pools the data with the options of this command.
    func answer(_ reading: Reading) throws -> PoolAnswer {
        let pooling = model.pooling(level: level.level, uncorrected: effects.uncorrected)
        let parts = try reading.outcomes.map { data in
            let found = try reading.effects(
                data, measure: model.measure(effects), settings: model.settings(effects), keepsGroups: subgroup != nil)
            return try reading.part(data, found) {
                var pooled = try pooling.fit(found)
                pooled.outcome = data.outcome
                guard subgroup != nil else { return PoolAnswer.Analysis(data: data, pooled: pooled) }
                let groups = try pooling.subgroups(found, subgroupTauSquared).named(outcome: data.outcome)
                return PoolAnswer.Analysis(data: data, pooled: pooled, subgroups: groups)
            }
        }
        try reading.requireOne(of: parts)
        let analyses = parts.compactMap(\.found)
        return PoolAnswer(
            input: InputRecord(reading), settings: RunSettings(self, analyses.map(\.pooled)), parts: parts,
            readingDiagnostics: reading.diagnostics,
            choices: analyses.map {
                model.choices(effects, measure: $0.pooled.settings.measure, for: $0.data)
            })
    }

    /// Returns the R code with the same results.
    func script(_ reading: Reading, _ answer: PoolAnswer) -> MetaforScript {
        MetaforScript(
            reading: reading, analyses: answer.analyses, filters: input.filter,
            pooling: model.pooling(level: level.level, uncorrected: effects.uncorrected),
            settings: model.settings(effects),
            subgroup: subgroupColumn(reading), level: level.level, reportedLevel: input.intervalLevel)
    }

    private func subgroupColumn(_ reading: Reading) -> String? {
        guard let subgroup else { return nil }
        return reading.outcomes.first?.columns["group"] ?? subgroup
    }
}

extension SubgroupHeterogeneity {
    /// Rejects the option if there are no subgroups, or no between-study variance to share.
    static func check(_ asked: SubgroupHeterogeneity?, hasSubgroups: Bool, _ model: ModelOptions) throws {
        guard let asked else { return }
        guard hasSubgroups else { throw ValidationError("--subgroup-tau2 needs subgroups; add --subgroup COLUMN") }
        if asked == .common, model.chosenModel != .random {
            throw ValidationError(
                "--subgroup-tau2 common has no meaning with --model \(model.chosenModel.rawValue); leave it out")
        }
    }
}

/// The settings that all analyses have in common; `nil` if they differ or do not apply.
struct RunSettings: Encodable {
    var measure: String?
    var model: String
    var estimator: HeterogeneityEstimator?
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
        let all = results.map(\.settings)
        measure = all.shared(\.measure)
        model = command.model.chosenModel.rawValue
        estimator = all.shared(\.estimator)
        interval = all.shared(\.interval)
        level = command.level.level
        predictionInterval = all.shared(\.predictionInterval)
        tauSquaredInterval = all.shared(\.tauSquaredInterval)
        tauSquared = command.model.tauSquared
        weighting = all.shared(\.weighting)
        effects = all.shared(\.effects)
        columns = command.input.columns
        filters = command.input.filter
        subgroup = command.subgroup
        subgroupTauSquared = command.subgroup == nil ? nil : command.subgroupTauSquared ?? .separate
    }
}

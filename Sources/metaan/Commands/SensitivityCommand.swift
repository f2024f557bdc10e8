import ArgumentParser
import MetaAnalysis

struct SensitivityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sensitivity",
        abstract: "How far the pooled effect depends on single studies.",
        discussion: """
            Pools as pool does, with the same options, and again without each study, with
            one study after the other, or with every subset of the studies; and measures
            how badly each study fits and how much it moves the result. Without one of
            --leave-one-out, --cumulative, --influence, --baujat and --gosh the answer is
            leave-one-out and influence.

            EXAMPLES
              metaan sensitivity bcg --measure RR
              metaan sensitivity bcg --measure RR --cumulative year
              metaan sensitivity bcg --estimator DL --interval wald --influence --baujat
              metaan sensitivity bcg --subgroup alloc --leave-one-out
              metaan sensitivity bcg --model common --gosh --format csv --output gosh.csv
              metaan sensitivity bcg --influence --emit r
            """)

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Effects") var quantiles: QuantileOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var level: LevelOptions
    @OptionGroup(title: "Analyses") var analyses: SensitivityOptions

    @Option(
        help: .init(
            """
            Analyse the subgroups named by a column as well, each by itself; group means the column that has that role.
            """, valueName: "column"))
    var subgroup: String?

    @Option(
        help:
            "Print the call in another language that gives the same, instead of the answer: r, for the package metafor."
    )
    var emit: PoolCommand.Language?

    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        try model.check(effects)
        if emit != nil, subgroup != nil {
            throw ValidationError("--emit r writes the analysis of all studies; leave out --subgroup, or use --filter")
        }
    }

    func run() async throws {
        let reading = try input.read(
            measure: model.measure(effects), quantiles: quantiles, group: subgroup,
            using: [analyses.cumulative].compactMap { $0 })
        let answer = try await answer(reading)
        if emit == .r {
            let script = MetaforScript(
                reading: reading, analyses: answer.analyses.map { .init(data: $0.data, pooled: $0.found.pooled) },
                filters: input.filter, pooling: pooling, settings: model.settings(effects), subgroup: nil,
                level: level.level,
                reportedLevel: input.intervalLevel,
                after: { MetaforScript.sensitivity(analyses, $0, isCountModel: isCountModel) })
            return try OutputFile.write(script.text, to: output.output)
        }
        try output.write(answer, file: reading.file)
    }

    private var pooling: Pooling { model.pooling(level: level.level, uncorrected: effects.uncorrected) }

    /// Analyzes the data with the options of this command.
    func answer(_ reading: Reading) async throws -> SensitivityAnswer {
        var parts: [PartResult<SensitivityAnswer.Analysis>] = []
        for data in reading.outcomes {
            let sizes = try reading.effects(
                data, measure: model.measure(effects), settings: model.settings(effects), keepsGroups: subgroup != nil)
            let order = try StudyValues(analyses.cumulative, data, reading)
            if subgroup != nil {
                for part in try reading.located(in: data, { try sizes.subsetsByGroup() }) {
                    parts.append(try await analysis(of: part.effects, order, data, reading, group: part.name))
                }
            }
            parts.append(try await analysis(of: sizes, order, data, reading))
        }
        try reading.requireOne(of: parts)
        let found = parts.compactMap(\.found)
        return SensitivityAnswer(
            input: InputRecord(reading), settings: SensitivityRunSettings(self, found.map(\.found.pooled)),
            parts: parts, readingDiagnostics: reading.diagnostics, choices: found.map(choices))
    }

    private var isCountModel: Bool { model.chosenModel == .mantelHaenszel || model.chosenModel == .peto }

    private func analysis(
        of sizes: EffectSizes, _ order: StudyValues, _ data: StudyData, _ reading: Reading, group: String? = nil
    ) async throws -> PartResult<SensitivityAnswer.Analysis> {
        let model = pooling.model
        let part = try reading.part(data, sizes, group: group) {
            var pooled = try model.fit(sizes)
            pooled.outcome = data.outcome
            pooled.group = group
            var analysis = SensitivityAnalysis(pooled)
            if analyses.wantsLeaveOneOut { analysis.leaveOneOut = try model.leaveOneOut(sizes) }
            if analyses.cumulative != nil {
                analysis.cumulative = try model.cumulative(
                    sizes, orderedBy: order.values(of: sizes), analyses.order ?? .ascending)
            }
            if analyses.wantsInfluence { analysis.influence = try model.influence(sizes) }
            if analyses.baujat { analysis.baujat = try model.baujat(sizes) }
            return SensitivityAnswer.Analysis(data: data, found: analysis)
        }
        guard case .found(var analysis) = part, analyses.gosh else { return part }
        analysis.found.subsets = try await model.subsets(sizes, analyses.selection, threads: analyses.threads ?? 2)
        return .found(analysis)
    }

    private func choices(_ analysis: SensitivityAnswer.Analysis) -> [String] {
        model.choices(effects, measure: analysis.found.pooled.settings.measure, for: analysis.data) + analyses.choices
    }
}

/// The variable by which the studies of one outcome are ordered.
struct StudyValues {
    /// Values of a column by line of the file.
    private var byLine: [Int: String]?
    private var ofEffect: ((_ estimate: Double, _ variance: Double) -> Double)?

    init(_ column: String?, _ data: StudyData, _ reading: Reading) throws {
        guard let column else { return }
        if reading.table.column(named: column) == nil {
            switch column.lowercased() {
            case "input": return
            case "estimate", "effect": ofEffect = { estimate, _ in estimate }
            case "variance": ofEffect = { _, variance in variance }
            default: break
            }
            if ofEffect != nil { return }
        }
        let texts = try reading.located(in: data) { try reading.table.texts(in: column) }
        byLine = Dictionary(
            zip(data.tableRows.map(reading.table.line), data.tableRows.map { texts[$0] }).compactMap { line, text in
                text.map { (line, $0) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Returns a value for each study of a pooled effect.
    func values(of studies: [PooledStudy]) -> [String?]? {
        if let ofEffect {
            return studies.map { study in
                study.estimate.flatMap { estimate in study.variance.map { "\(ofEffect(estimate, $0))" } }
            }
        }
        guard let byLine else { return nil }
        return studies.map { study in study.row.flatMap { byLine[$0] } }
    }

    /// Returns a value for each study of the source.
    func values(of sizes: EffectSizes) -> [String?]? {
        guard let source = sizes.source else { return nil }
        if let ofEffect {
            var values = [String?](repeating: nil, count: source.count)
            for effect in sizes.effects { values[effect.position] = "\(ofEffect(effect.estimate, effect.variance))" }
            return values
        }
        guard let byLine else { return nil }
        return (0..<source.count).map { index in source.row(at: index).flatMap { byLine[$0] } }
    }
}

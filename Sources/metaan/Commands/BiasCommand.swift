import ArgumentParser
import MetaAnalysis

struct BiasCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bias",
        abstract:
            "Small-study effects and publication bias: tests, trim and fill, fail-safe numbers, PET-PEESE, selection.",
        discussion: """
            Asks whether small studies show other effects than large ones, and what the
            effect is by methods that small studies move less. Without options every
            analysis that the data allow is made; those left out are named with the reason.
            An asymmetric funnel is not proof of publication bias: small and large studies
            may differ for other reasons.

            Tests need ten studies or more, of different sizes. For odds ratios prefer
            harbord, peters or arcsine, for standardized mean differences pustejovsky, as
            their standard errors depend on the effect.

            EXAMPLES
              metaan bias bcg --measure RR
              metaan bias bcg --measure OR --test harbord,peters,begg
              metaan bias trials.csv --test egger --predictor sqrtninv
              metaan bias trials.csv --trim-and-fill L0,R0 --side left --model common
              metaan bias trials.csv --fail-safe orwin --target 0.1
              metaan bias trials.csv --selection stepfun:0.025,0.5 --selection beta
              metaan bias trials.csv --selection stepfun:0.05,0.5=1,0.8,0.4
              metaan bias trials.csv --format json --output bias.json
              metaan bias bcg --measure RR --plot funnel.svg
              metaan bias bcg --measure RR --emit r
            """)

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Effects") var quantiles: QuantileOptions
    @OptionGroup(title: "Analyses") var bias: BiasOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var level: LevelOptions

    @Option(
        help:
            "Print the calls in another language that give the same, instead of the answer: r, for the packages metafor and meta."
    )
    var emit: PoolCommand.Language?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var figure: SideFigure

    func validate() throws {
        if figure.path != nil, emit != nil {
            throw ValidationError("--plot has no meaning with --emit; leave it out")
        }
        guard model.chosenModel == .random || model.chosenModel == .common else {
            throw ValidationError(
                "--model \(model.chosenModel.rawValue) pools counts, which have no funnel plot; take --model random or common"
            )
        }
    }

    func run() throws {
        let reading = try input.read(measure: effects.measure, quantiles: quantiles)
        let answer = try answer(reading)
        if emit == .r {
            let pools = answer.analyses.map { PoolAnswer.Analysis(data: $0.data, pooled: $0.report.pooled) }
            let script = MetaforScript(
                reading: reading, analyses: pools, filters: input.filter, pooling: pooling,
                settings: effects.settings, subgroup: nil, level: level.level, reportedLevel: input.intervalLevel)
            let calls = answer.analyses.map { BiasScript($0.report).lines }
            return try OutputFile.write(script.appending(calls), to: output.output)
        }
        try output.write(answer, file: reading.file) { try figure.parts(answer.figures) }
    }

    private var pooling: Pooling { model.pooling(level: level.level, uncorrected: effects.uncorrected) }

    /// Analyzes the data with the options of this command.
    func answer(_ reading: Reading) throws -> BiasAnswer {
        var analysis = bias.analysis
        // Egger's test uses the normal distribution unless another one is requested, as in R, whereas pooling has its own default.
        analysis.interval = model.interval ?? .wald
        let parts = try reading.outcomes.map { data in
            let found = try reading.effects(data, measure: effects.measure, settings: effects.settings)
            return try reading.part(data, found) {
                var report = try pooling.smallStudyReport(found, analysis)
                report.outcome = data.outcome
                return BiasAnswer.Analysis(data: data, report: report)
            }
        }
        try reading.requireOne(of: parts)
        let analyses = parts.compactMap(\.found)
        return BiasAnswer(
            input: InputRecord(reading), settings: .init(self, analyses.map(\.report.pooled)), parts: parts,
            readingDiagnostics: reading.diagnostics,
            choices: analyses.map {
                model.choices(effects, measure: $0.report.pooled.settings.measure, for: $0.data)
            })
    }
}

extension Pooling {
    fileprivate func smallStudyReport(_ effects: EffectSizes, _ analysis: SmallStudyAnalysis) throws -> SmallStudyReport
    {
        switch self {
        case .random(let model): try analysis.fit(effects, model: model)
        case .common(let model): try analysis.fit(effects, model: model)
        case .other: throw Self.poolsCounts
        }
    }
}

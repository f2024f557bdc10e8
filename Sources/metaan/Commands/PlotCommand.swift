import ArgumentParser
import MetaAnalysis
import MetaAnalysisPlots

/// The figures the program draws.
enum PlotKind: String, CodedArgument {
    case forest, funnel, cumulative
    case leaveOneOut = "leave-one-out"
}

struct PlotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draw a figure of the studies and their pooled effect.",
        discussion: """
            Pools as pool does, with the same options, and draws what was found: SVG on
            standard output, or a file of SVG, PNG or PDF. A file with several outcomes
            gives their figures below each other.

            KINDS
              forest          studies with their intervals, and the pooled effect
              funnel          effects against standard errors
              cumulative      pooled effects as one study after the other joins in
              leave-one-out   pooled effects without each study in turn

            EXAMPLES
              metaan plot forest bcg --measure RR -o forest.svg
              metaan plot forest bcg --measure RR --subgroup alloc --theme light -o forest.png
              metaan plot forest trials.csv --favours 'drug,placebo' --data forest.csv -o forest.pdf
              metaan plot funnel bcg --measure RR --contours --trim-and-fill L0 --egger -o funnel.svg
              metaan plot cumulative bcg --measure RR --order-by year -o cumulative.svg
              metaan plot leave-one-out bcg --measure RR > leave-one-out.svg
            """)

    @Argument(help: "What to draw.")
    var kind: PlotKind

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var level: LevelOptions
    @OptionGroup(title: "Figure") var plot: PlotOptions
    @OptionGroup(title: "Output") var figure: FigureOptions

    func validate() throws {
        let wrong = [
            ("--subgroup", plot.subgroup != nil, [PlotKind.forest]), ("--also-common", plot.alsoCommon, [.forest]),
            ("--favours", plot.favours != nil, [.forest, .cumulative, .leaveOneOut]),
            ("--order-by", plot.orderBy != nil, [.cumulative]), ("--order", plot.order != nil, [.cumulative]),
            ("--contours", plot.contours, [.funnel]), ("--trim-and-fill", plot.trimAndFill != nil, [.funnel]),
            ("--egger", plot.egger, [.funnel]),
        ].first { $0.1 && !$0.2.contains(kind) }
        if let wrong {
            throw ValidationError("\(wrong.0) has no meaning with the plot \(kind.rawValue); leave it out")
        }
        if model.chosenModel == .peto, let measure = effects.measure, !["PETO", "OR"].contains(measure.uppercased()) {
            throw ValidationError("--model peto pools odds ratios (PETO), not \(measure); leave out --measure")
        }
    }

    func run() async throws {
        let measure = model.chosenModel == .peto ? "PETO" : effects.measure
        let reading = try input.read(measure: measure, group: plot.subgroup)
        if plot.subgroup?.lowercased() == "group", !reading.outcomes.contains(where: { $0.columns["group"] != nil }) {
            throw CommandFailure(
                .dataWrong, "\(reading.file): no column has the role group; name the column with --subgroup COLUMN")
        }
        var settings = effects.settings
        // With the Mantel–Haenszel method "uncorrected" is said of its test.
        if model.chosenModel == .mantelHaenszel { settings.biasCorrected = true }
        var drawn: [DrawnFigure] = []
        for data in reading.outcomes {
            var sizes = try reading.effects(data, measure: measure, settings: settings)
            if plot.subgroup == nil { sizes.effects.indices.forEach { sizes.effects[$0].group = nil } }
            drawn.append(try await draw(sizes, data, reading))
        }
        try figure.write(drawn, readingDiagnostics: reading.diagnostics, file: reading.file)
    }
}

/// A figure with its numbers and what is to be said of them.
struct DrawnFigure {
    var outcome: String?
    var figure: Figure
    var data: FigureData
    var diagnostics: [Diagnostic]
}

extension FigureOptions {
    /// Writes warnings to standard error, then the numbers, then the figure.
    func write(_ drawn: [DrawnFigure], readingDiagnostics: [Diagnostic], file: String) throws {
        let warnings = (readingDiagnostics + drawn.flatMap(\.diagnostics)).filter { $0.severity == .warning }
        if strict, let first = warnings.first {
            throw CommandFailure(
                .dataWrong, "\(file): \(first.account); remove the cause, or leave out --strict")
        }
        guard let whole = Figure.stacked(drawn.map(\.figure)) else {
            throw CommandFailure(.dataWrong, "\(file): there is nothing to draw; check the file")
        }
        for warning in warnings { OutputFile.report("warning: \(file): " + warning.account) }
        if let data { try OutputFile.write(FigureData.csv(drawn.map { ($0.outcome, $0.data) }), to: data) }
        try FigureFile(output).write(whole)
    }
}

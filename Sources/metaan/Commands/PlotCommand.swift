import ArgumentParser
import MetaAnalysis
import MetaAnalysisPlots

/// The kinds of figures that the program draws.
enum PlotKind: String, CodedArgument {
    case forest, funnel, cumulative
    case leaveOneOut = "leave-one-out"
    case baujat, radial, labbe, bubble, gosh, drapery
    case quantiles = "qq"
    case influence, network
    case networkForest = "network-forest"
    case splitForest = "split-forest"
    case comparisonFunnel = "comparison-adjusted-funnel"
    case rankogram, sucra, league
    case netHeat = "net-heat"

    static var aliases: [String: PlotKind] { ["galbraith": .radial, "l'abbe": .labbe, "loo": .leaveOneOut] }

    /// Whether the figure is of a network, from a file of arms or contrasts.
    var isOfNetwork: Bool { Self.ofNetworks.contains(self) }

    private static let ofNetworks: [PlotKind] = [
        .network, .networkForest, .splitForest, .comparisonFunnel, .rankogram, .sucra, .league, .netHeat,
    ]
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
              cumulative      pooled effects as one study after the other joins in
              leave-one-out   pooled effects without each study in turn
              funnel          effects against standard errors
              radial          standardized effects against precision (Galbraith)
              baujat          part in the heterogeneity against influence
              influence       what each study changes, in eight panels
              qq              residuals against normal quantiles
              labbe           risks of the two groups against each other
              bubble          effects against a property of the studies
              drapery         p-values against every effect
              gosh            pooled effect and heterogeneity of subsets
              network         treatments and what was compared
              network-forest  treatments against the reference
              split-forest    direct against indirect evidence
              comparison-adjusted-funnel
                              effects less those of their comparison
              rankogram       probabilities of ranks
              sucra           treatments from best to worst
              league          every treatment against every other
              net-heat        designs that disagree

            EXAMPLES
              metaan plot forest bcg --measure RR -o forest.svg
              metaan plot forest bcg --measure RR --subgroup alloc --theme light -o forest.png
              metaan plot forest bcg --measure RR --order-by year -o by-year.svg
              metaan plot forest trials.csv --favours 'drug,placebo' --data forest.csv -o forest.pdf
              metaan plot funnel bcg --measure RR --contours --trim-and-fill L0 --egger -o funnel.svg
              metaan plot cumulative bcg --measure RR --order-by year -o cumulative.svg
              metaan plot bubble bcg --measure RR --moderator ablat --theme light > bubble.svg
              metaan plot rankogram dong2013 --measure OR --better lower -o ranks.svg
              metaan plot comparison-adjusted-funnel senn2013 --sequence plac -o small.svg
            """)

    @Argument(help: "What to draw.")
    var kind: PlotKind

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Effects") var quantiles: QuantileOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var level: LevelOptions
    @OptionGroup(title: "Figure") var plot: PlotOptions
    @OptionGroup(title: "Output") var figure: FigureOptions

    func validate() throws {
        let forests: [PlotKind] = [.forest, .cumulative, .leaveOneOut, .networkForest, .splitForest]
        let networks = PlotKind.allCases.filter(\.isOfNetwork)
        let uses: [(option: String, isGiven: Bool, kinds: [PlotKind])] = [
            ("--subgroup", plot.subgroup != nil, [.forest]),
            ("--subgroup-tau2", plot.subgroupTauSquared != nil, [.forest]),
            ("--also-common", plot.alsoCommon, [.forest]),
            ("--favours", plot.favours != nil, forests), ("--order-by", plot.orderBy != nil, [.forest, .cumulative]),
            ("--order", plot.order != nil, [.forest, .cumulative]), ("--contours", plot.contours, [.funnel]),
            ("--trim-and-fill", plot.trimAndFill != nil, [.funnel]), ("--egger", plot.egger, [.funnel]),
            ("--moderator", plot.moderator != nil, [.bubble]), ("--seed", plot.seed != nil, [.gosh]),
            ("--reference", plot.reference != nil, [.networkForest]),
            ("--better", plot.better != nil, [.rankogram, .sucra, .league]),
            ("--split", plot.split != nil, [.splitForest]),
            ("--sequence", plot.sequence != nil, [.comparisonFunnel]),
            ("--repair-multiarm", plot.repairMultiarm, networks),
        ]
        let wrong = uses.first { $0.isGiven && !$0.kinds.contains(kind) }
        if let wrong {
            throw ValidationError("\(wrong.option) has no meaning with the plot \(kind.rawValue); leave it out")
        }
        try SubgroupHeterogeneity.check(plot.subgroupTauSquared, hasSubgroups: plot.subgroup != nil, model)
        if kind == .bubble, plot.moderator == nil {
            throw ValidationError("the plot bubble needs a property of the studies; add --moderator COLUMN")
        }
        if kind == .comparisonFunnel, plot.sequenceOfTreatments.isEmpty {
            throw ValidationError(
                "the plot comparison-adjusted-funnel shows something only where treatments follow each other in an order that"
                    + " means something; add --sequence 'oldest,…,newest', or --sequence with the treatment of comparison"
            )
        }
        let isOfCounts = model.chosenModel == .mantelHaenszel || model.chosenModel == .peto
        if isOfCounts, plot.trimAndFill != nil || plot.egger {
            throw ValidationError(
                "--trim-and-fill and --egger have no meaning with --model \(model.chosenModel.rawValue), which pools counts; leave"
                    + " them out, or take --model random or common")
        }
        if isOfCounts, kind == .bubble || kind.isOfNetwork {
            throw ValidationError(
                "--model \(model.chosenModel.rawValue) has no meaning with the plot \(kind.rawValue); take random or common"
            )
        }
        try model.check(effects)
    }

    func run() async throws {
        if kind.isOfNetwork { return try drawNetworks() }
        let reading = try input.read(
            measure: model.measure(effects), quantiles: quantiles, group: plot.subgroup,
            using: [plot.orderBy, plot.moderator].compactMap { $0 })
        var drawn: [DrawnFigure] = []
        var parts: [PartResult<DrawnFigure>] = []
        var left: [Diagnostic] = []
        for data in reading.outcomes {
            let sizes = try reading.effects(
                data, measure: model.measure(effects), settings: model.settings(effects),
                keepsGroups: plot.subgroup != nil)
            let part = try await draw(sizes, data, reading)
            parts.append(part)
            switch part {
            case .found(let figure): drawn.append(figure)
            case .notEstimable(let part):
                if let figure = draw(part, data) {
                    drawn.append(figure)
                } else {
                    left += part.diagnostics.named(part.name)
                }
            }
        }
        try reading.requireOne(of: parts)
        try figure.write(drawn, readingDiagnostics: reading.diagnostics + left, file: reading.file)
    }
}

/// A figure with its numbers and diagnostics.
struct DrawnFigure {
    var outcome: String?
    var figure: Figure
    var data: FigureData
    var diagnostics: [Diagnostic]
}

extension DrawnFigure {
    init(_ plot: some Plot, _ theme: Theme, outcome: String?, diagnostics: [Diagnostic]) {
        self.init(outcome: outcome, figure: plot.figure(theme: theme), data: plot.data, diagnostics: diagnostics)
    }
}

extension FigureOptions {
    /// Writes warnings to standard error, then the figure and its numbers.
    func write(_ drawn: [DrawnFigure], readingDiagnostics: [Diagnostic], file: String) throws {
        let diagnostics = drawn.flatMap { $0.diagnostics.named(drawn.count > 1 ? $0.outcome : nil) }
        let warnings = try (readingDiagnostics + diagnostics).warnings(of: file, strict: strict)
        guard let whole = Figure.stacked(drawn.map(\.figure)) else {
            throw CommandFailure(.dataWrong, "\(file): there is nothing to draw; check the file")
        }
        var parts = [try FigureFile(output).part(whole)]
        if let data { parts.append(OutputFile.Part(FigureData.csv(drawn.map { ($0.outcome, $0.data) }), to: data)) }
        warnings.forEach(OutputFile.report)
        try OutputFile.write(parts)
    }
}

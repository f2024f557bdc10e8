import MetaAnalysis
import MetaAnalysisPlots

extension PlotCommand {
    /// Draws every outcome of a file of arms or contrasts.
    func drawNetworks() throws {
        let (table, outcomes) = try input.readNetwork(measure: effects.measure)
        var drawn: [DrawnFigure] = []
        var rankings: [Ranking] = []
        for data in outcomes {
            do {
                var run = NetworkRun(self, data, in: table.name)
                if kind == .sucra { rankings.append(try run.ranking()) }
                drawn.append(kind == .sucra ? run.drawn(SucraPlot(rankings)) : try run.draw())
            } catch var error as MetaAnalysisError {
                if let role = error.location.column, let column = data.columns[role] { error.location.column = column }
                if let outcome = data.outcome, outcomes.count > 1, error.location.row == nil {
                    error.message = "outcome \"\(outcome)\": " + error.message
                    error.remedy += ", or choose outcomes with --filter 'outcome=…'"
                }
                throw CommandFailure(error, file: table.name)
            }
        }
        // Outcomes stand beside each other in one strip.
        if kind == .sucra, let last = drawn.last {
            let diagnostics = drawn.flatMap { $0.diagnostics.named(drawn.count > 1 ? $0.outcome : nil) }
            drawn = [DrawnFigure(outcome: nil, figure: last.figure, data: last.data, diagnostics: diagnostics)]
        }
        try figure.write(drawn, readingDiagnostics: [], file: table.name)
    }

    fileprivate var networkSettings: NetworkMetaAnalysis {
        var settings = NetworkMetaAnalysis(
            reference: plot.reference.map { Treatment($0) }, model: model.chosenModel == .random ? .random : .common,
            interval: model.interval ?? .wald, knownTauSquared: model.tauSquared, level: level.level)
        if case .estimator(let estimator) = model.estimator { settings.heterogeneity = estimator }
        return settings
    }
}

/// What a figure of one outcome of a network is made from.
private struct NetworkRun {
    let command: PlotCommand
    let data: NetworkData
    let file: String
    private var diagnostics: [Diagnostic] = []

    init(_ command: PlotCommand, _ data: NetworkData, in file: String) {
        self.command = command
        self.data = data
        self.file = file
    }

    private var options: PlotOptions { command.plot }
    private var theme: Theme { command.figure.theme }

    private func network() throws -> TreatmentNetwork {
        try data.network(
            measureCode: command.effects.measure, settings: command.effects.settings, repairing: options.repairMultiarm)
    }

    private mutating func fit(_ network: TreatmentNetwork) throws -> NetworkFit {
        var fit = try command.networkSettings.fit(network)
        fit.outcome = data.outcome
        diagnostics = fit.diagnostics
        return fit
    }

    mutating func ranking() throws -> Ranking { try ranking(try fit(try network())) }

    private mutating func ranking(_ fit: NetworkFit) throws -> Ranking {
        guard let preference = options.better ?? data.preference else {
            throw CommandFailure(
                .usage, "\(file): ranks need the direction of benefit; add --better lower or --better higher")
        }
        // A strip of SUCRAs shows no probabilities of ranks.
        let ranking = Ranking(fit, preferring: preference, rankProbabilities: command.kind == .rankogram)
        diagnostics += ranking.diagnostics
        return ranking
    }

    private func drawn(_ figure: Figure, _ numbers: FigureData) -> DrawnFigure {
        DrawnFigure(outcome: data.outcome, figure: figure, data: numbers, diagnostics: diagnostics)
    }

    func drawn(_ plot: SucraPlot) -> DrawnFigure { drawn(plot.figure(theme: theme), plot.data) }

    private func drawn(_ plot: ForestPlot) -> DrawnFigure {
        var plot = plot
        plot.favours = options.favoursPair
        return drawn(plot.figure(theme: theme), plot.data)
    }

    mutating func draw() throws -> DrawnFigure {
        let network = try network()
        if command.kind == .network {
            diagnostics = network.diagnostics
            let plot = NetworkPlot(network, outcome: data.outcome)
            return drawn(plot.figure(theme: theme), plot.data)
        }
        let fit = try fit(network)
        switch command.kind {
        case .networkForest: return drawn(ForestPlot(fit))
        case .splitForest:
            let splits = try NodeSplitting(method: options.split ?? .backCalculation).test(
                network, model: command.networkSettings)
            guard splits.contains(where: { $0.difference != nil }) else {
                throw CommandFailure(
                    .dataWrong,
                    "\(file): no comparison has both direct and indirect evidence to hold against each other; take network-forest"
                )
            }
            return drawn(ForestPlot(splits, of: fit))
        case .comparisonFunnel:
            let effects = try ComparisonAdjustedEffects(network, fit, sequence: options.sequenceOfTreatments)
            diagnostics += effects.diagnostics
            let plot = ComparisonFunnelPlot(effects, of: fit)
            return drawn(plot.figure(theme: theme), plot.data)
        case .netHeat:
            // Heterogeneity within designs only, so that it does not hide what designs disagree on.
            let isRandom = fit.settings.model == "random"
            let tauSquared = isRandom ? fit.inconsistency.designByTreatment?.tauSquared ?? 0 : 0
            let heat = try NetHeat(network, tauSquared: tauSquared)
            diagnostics += heat.diagnostics
            let hat = try DesignHatMatrix(network, tauSquared: tauSquared)
            let plot = NetHeatPlot(heat, hat: hat, outcome: data.outcome)
            return drawn(plot.figure(theme: theme), plot.data)
        case .rankogram:
            let plot = RankPlot(try ranking(fit))
            return drawn(plot.figure(theme: theme), plot.data)
        default:
            let preference = options.better ?? data.preference
            let order = preference.map {
                Ranking(fit, preferring: $0, rankProbabilities: false).treatments.map(\.treatment)
            }
            let plot = LeaguePlot(fit, order: order)
            return drawn(plot.figure(theme: theme), plot.data)
        }
    }
}

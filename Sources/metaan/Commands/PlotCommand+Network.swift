import MetaAnalysis
import MetaAnalysisPlots

extension PlotCommand {
    /// Draws every outcome of a file of arms or contrasts.
    func drawNetworks() throws {
        let reading = try input.readNetwork(measure: effects.measure)
        let settings = try model.forNetwork(reference: plot.reference).settings(level: level.level)
        var rankings: [Ranking] = []
        var drawn = try reading.outcomes.map { data in
            try reading.located(in: data) {
                var run = NetworkRun(self, settings, data, in: reading.table.name)
                guard kind == .sucra else { return try run.draw() }
                rankings.append(try run.ranking())
                return run.drawn(SucraPlot(rankings))
            }
        }
        // Outcomes are columns of one strip.
        if kind == .sucra, let last = drawn.last {
            let diagnostics = drawn.flatMap { $0.diagnostics.named(drawn.count > 1 ? $0.outcome : nil) }
            drawn = [DrawnFigure(outcome: nil, figure: last.figure, data: last.data, diagnostics: diagnostics)]
        }
        try figure.write(drawn, readingDiagnostics: [], file: reading.table.name)
    }
}

/// The data for a figure of one outcome of a network.
private struct NetworkRun {
    let command: PlotCommand
    let settings: NetworkMetaAnalysis
    let data: NetworkData
    let file: String
    private var diagnostics: [Diagnostic] = []

    init(_ command: PlotCommand, _ settings: NetworkMetaAnalysis, _ data: NetworkData, in file: String) {
        self.command = command
        self.settings = settings
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
        var fit = try settings.fit(network)
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
        // A strip of SUCRAs does not show rank probabilities.
        let ranking = Ranking(fit, preferring: preference, rankProbabilities: command.kind == .rankogram)
        diagnostics += ranking.diagnostics
        return ranking
    }

    func drawn(_ plot: some Plot) -> DrawnFigure {
        DrawnFigure(plot, theme, outcome: data.outcome, diagnostics: diagnostics)
    }

    private func drawn(_ plot: ForestPlot) -> DrawnFigure {
        var plot = plot
        plot.favours = options.favoursPair
        return DrawnFigure(plot, theme, outcome: data.outcome, diagnostics: diagnostics)
    }

    mutating func draw() throws -> DrawnFigure {
        let network = try network()
        if command.kind == .network {
            diagnostics = network.diagnostics
            return drawn(NetworkPlot(network, outcome: data.outcome))
        }
        let fit = try fit(network)
        switch command.kind {
        case .networkForest: return drawn(ForestPlot(fit))
        case .splitForest:
            let splits = try NodeSplitting(method: options.split ?? .backCalculation).test(
                network, model: settings)
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
            return drawn(ComparisonFunnelPlot(effects, of: fit))
        case .netHeat:
            let heat = try NetHeat(network, tauSquared: fit.tauSquaredWithinDesigns)
            diagnostics += heat.diagnostics
            let hat = try DesignHatMatrix(network, tauSquared: fit.tauSquaredWithinDesigns)
            return drawn(NetHeatPlot(heat, hat: hat, outcome: data.outcome))
        case .rankogram:
            return try drawn(RankPlot(ranking(fit)))
        default:
            let preference = options.better ?? data.preference
            let order = preference.map {
                Ranking(fit, preferring: $0, rankProbabilities: false).treatments.map(\.treatment)
            }
            return drawn(LeaguePlot(fit, order: order))
        }
    }
}

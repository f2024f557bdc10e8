import MetaAnalysis
import MetaAnalysisPlots

extension PlotCommand {
    /// Draws every outcome of a file of arms or contrasts.
    func drawNetworks() throws {
        let reading = try input.readNetwork(measure: effects.measure)
        let settings = try model.forNetwork(reference: plot.reference).settings(level: level.level)
        let drawn = try reading.outcomes.map { data in
            try reading.located(in: data) { try draw(data, settings, in: reading.table.name) }
        }
        try figure.write(drawn, readingDiagnostics: [], file: reading.table.name)
    }

    private func draw(_ data: NetworkData, _ settings: NetworkMetaAnalysis, in file: String) throws -> DrawnFigure {
        let network = try data.network(
            measureCode: effects.measure, settings: effects.settings, repairing: plot.repairMultiarm)
        func drawn(_ figure: Figure, _ numbers: FigureData, _ diagnostics: [Diagnostic]) -> DrawnFigure {
            DrawnFigure(outcome: data.outcome, figure: figure, data: numbers, diagnostics: diagnostics)
        }
        if kind == .network {
            let plot = NetworkPlot(network, outcome: data.outcome)
            return drawn(plot.figure(theme: figure.theme), plot.data, network.diagnostics)
        }
        var fit = try settings.fit(network)
        fit.outcome = data.outcome
        let ranking = (plot.better ?? data.preference).map { Ranking(fit, preferring: $0) }
        switch kind {
        case .networkForest:
            var plot = ForestPlot(fit)
            plot.favours = self.plot.favoursPair
            return drawn(plot.figure(theme: figure.theme), plot.data, fit.diagnostics)
        case .rankogram:
            guard let ranking else {
                throw CommandFailure(
                    .usage, "\(file): ranks need the direction of benefit; add --better lower or --better higher")
            }
            let plot = RankPlot(ranking)
            return drawn(plot.figure(theme: figure.theme), plot.data, fit.diagnostics + ranking.diagnostics)
        default:
            let order = ranking?.treatments.sorted { $0.meanRank < $1.meanRank }.map(\.treatment)
            let plot = LeaguePlot(fit, order: order)
            return drawn(plot.figure(theme: figure.theme), plot.data, fit.diagnostics)
        }
    }
}

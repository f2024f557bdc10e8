import MetaAnalysis
import MetaAnalysisPlots

extension PlotCommand {
    /// Draws every outcome of a file of arms or contrasts.
    func drawNetworks() throws {
        let (table, outcomes) = try input.readNetwork(measure: effects.measure)
        var drawn: [DrawnFigure] = []
        for data in outcomes {
            do {
                drawn.append(try draw(data, in: table.name))
            } catch var error as MetaAnalysisError {
                if let role = error.location.column, let column = data.columns[role] { error.location.column = column }
                if let outcome = data.outcome, outcomes.count > 1, error.location.row == nil {
                    error.message = "outcome \"\(outcome)\": " + error.message
                    error.remedy += ", or choose outcomes with --filter 'outcome=…'"
                }
                throw CommandFailure(error, file: table.name)
            }
        }
        try figure.write(drawn, readingDiagnostics: [], file: table.name)
    }

    private func draw(_ data: NetworkData, in file: String) throws -> DrawnFigure {
        let network = try data.network(
            measureCode: effects.measure, settings: effects.settings, repairing: plot.repairMultiarm)
        func drawn(_ figure: Figure, _ numbers: FigureData, _ diagnostics: [Diagnostic]) -> DrawnFigure {
            DrawnFigure(outcome: data.outcome, figure: figure, data: numbers, diagnostics: diagnostics)
        }
        if kind == .network {
            let plot = NetworkPlot(network, outcome: data.outcome)
            return drawn(plot.figure(theme: figure.theme), plot.data, network.diagnostics)
        }
        var fit = try networkSettings.fit(network)
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

    private var networkSettings: NetworkMetaAnalysis {
        var settings = NetworkMetaAnalysis(
            reference: plot.reference.map { Treatment($0) }, model: model.chosenModel == .random ? .random : .common,
            interval: model.interval ?? .wald, knownTauSquared: model.tauSquared, level: level.level)
        if case .estimator(let estimator) = model.estimator { settings.heterogeneity = estimator }
        return settings
    }
}

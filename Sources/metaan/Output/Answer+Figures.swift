import MetaAnalysis
import MetaAnalysisPlots

extension PoolAnswer {
    /// A forest plot for each outcome.
    var figures: [Figure] {
        analyses.map { ForestPlot($0.pooled, data: $0.data.studies, subgroups: $0.subgroups).figure() }
    }
}

extension BiasAnswer {
    /// A funnel plot for each outcome, with the studies of trim and fill and Egger's line if they were requested.
    var figures: [Figure] {
        analyses.map { analysis in
            let report = analysis.report
            var pooled = report.pooled
            pooled.outcome = report.outcome
            return FunnelPlot(
                pooled, filled: report.trimAndFill.first, egger: report.tests.first { $0.name == .egger }
            ).figure()
        }
    }
}

extension NetworkAnswer.Analysis {
    /// The network graph.
    fileprivate var graph: Figure { NetworkPlot(network, outcome: heading).figure() }

    /// A forest plot of the treatments versus the reference.
    fileprivate var forest: Figure {
        var plot = ForestPlot(fit)
        plot.heading = heading
        return plot.figure()
    }

    private var heading: String? {
        let names = [fit.outcome, part.map { "part \($0)" }].compactMap(\.self)
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}

extension NetworkAnswer {
    /// The network graph above the forest plot, for each outcome.
    var sideFigures: [Figure] {
        analyses.flatMap { analysis in
            let forest = analysis.forest
            return [analysis.graph.centered(in: forest.width), forest]
        }
    }

    /// The network graph, the forest plot, and the ranks if the direction of benefit is known, for each outcome.
    var figures: [Figure] {
        analyses.flatMap { analysis in
            [analysis.graph, analysis.forest] + (analysis.ranking.map { [RankPlot($0).figure()] } ?? [])
        }
    }
}

extension RegressAnswer {
    /// A bubble plot for each outcome for which it was requested.
    var figures: [Figure] { analyses.compactMap { $0.bubble?.figure() } }
}

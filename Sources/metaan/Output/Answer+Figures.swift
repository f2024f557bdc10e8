import MetaAnalysis
import MetaAnalysisPlots

extension PoolAnswer {
    /// A forest plot for each outcome.
    var figures: [Figure] {
        analyses.map { ForestPlot($0.pooled, data: $0.data.studies, subgroups: $0.subgroups).figure() }
    }
}

extension BiasAnswer {
    /// A funnel plot for each outcome, with the studies of trim and fill and Egger's line where they were asked for.
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

extension NetworkAnswer {
    /// What was compared with what, over the treatments against the reference, for each outcome.
    var sideFigures: [Figure] {
        analyses.flatMap { analysis in
            let names = [analysis.fit.outcome, analysis.part.map { "part \($0)" }].compactMap(\.self)
            var forest = ForestPlot(analysis.fit)
            forest.heading = names.isEmpty ? nil : names.joined(separator: ", ")
            let figure = forest.figure()
            let graph = NetworkPlot(analysis.network, outcome: forest.heading).figure()
            return [graph.centered(in: figure.width), figure]
        }
    }

    /// The treatments against the reference, and their ranks where the direction of benefit is known, for each outcome.
    var figures: [Figure] {
        analyses.flatMap { analysis in
            [ForestPlot(analysis.fit).figure()] + (analysis.ranking.map { [RankPlot($0).figure()] } ?? [])
        }
    }
}

extension RegressAnswer {
    /// A bubble plot for each outcome, where it was asked for.
    var figures: [Figure] { analyses.compactMap { $0.bubble?.figure() } }
}

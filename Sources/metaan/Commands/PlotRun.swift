import MetaAnalysis
import MetaAnalysisPlots

extension PlotCommand {
    /// The figure of one outcome.
    func draw(_ sizes: EffectSizes, _ data: StudyData, _ reading: Reading) async throws -> DrawnFigure {
        let pooling = model.pooling(level: level.level, uncorrected: effects.uncorrected)
        return try reading.located(in: data) {
            var pooled = try pooling.fit(sizes)
            pooled.outcome = data.outcome
            var diagnostics = pooled.diagnostics
            func forest(_ plot: ForestPlot) -> DrawnFigure {
                var plot = plot
                plot.favours = self.plot.favoursPair
                return DrawnFigure(
                    outcome: data.outcome, figure: plot.figure(theme: figure.theme), data: plot.data,
                    diagnostics: diagnostics)
            }
            switch kind {
            case .forest:
                let parts = try plot.subgroup.map { _ in try pooling.subgroups(sizes, .separate) }
                let others = plot.alsoCommon ? [try CommonEffect(level: level.level).fit(sizes)] : []
                diagnostics += (parts?.allDiagnostics ?? []).filter { !diagnostics.contains($0) }
                return forest(ForestPlot(pooled, data: data.studies, subgroups: parts, others: others))
            case .cumulative:
                let order = try StudyValues(plot.orderBy ?? "input", data, reading)
                let found = try pooling.model.cumulative(
                    sizes, orderedBy: order.values(of: sizes), plot.order ?? .ascending)
                diagnostics += found.diagnostics.filter { !diagnostics.contains($0) }
                return forest(ForestPlot(found, of: pooled, orderedBy: plot.orderBy))
            case .leaveOneOut:
                let found = try pooling.model.leaveOneOut(sizes)
                diagnostics += found.diagnostics.filter { !diagnostics.contains($0) }
                return forest(ForestPlot(found, of: pooled))
            case .funnel:
                let filled = try plot.trimAndFill.map { try pooling.filled(sizes, $0) }
                let test = plot.egger ? try EggerTest(level: level.level).test(sizes) : nil
                diagnostics += (filled?.pooled.diagnostics ?? []).filter { !diagnostics.contains($0) }
                diagnostics += (test?.diagnostics ?? []).filter { !diagnostics.contains($0) }
                var plot = FunnelPlot(pooled, filled: filled, egger: test)
                plot.hasContours = self.plot.contours
                return DrawnFigure(
                    outcome: data.outcome, figure: plot.figure(theme: figure.theme), data: plot.data,
                    diagnostics: diagnostics)
            }
        }
    }
}

extension Pooling {
    fileprivate func filled(_ effects: EffectSizes, _ estimator: MissingStudiesEstimator) throws -> TrimAndFillFit {
        switch self {
        case .random(let model): try TrimAndFill(model, estimator: estimator).fit(effects)
        case .other(let model): try TrimAndFill(model as? CommonEffect ?? CommonEffect(), estimator: estimator).fit(effects)
        }
    }
}

import MetaAnalysis
import MetaAnalysisPlots
import Testing

/// A kind of figure made outside of the library takes one type.
private struct LinePlot: Plot {
    var values: [Double]

    var data: FigureData { FigureData(columns: ["value"], rows: values.map { [.number($0)] }) }

    func figure(theme: Theme) -> Figure {
        let effects = values.enumerated().map { EffectSize(label: "\($0)", estimate: $1, variance: 1) }
        let pooled = try? CommonEffect().fit(EffectSizes(effects: effects))
        return pooled.map { ForestPlot($0).figure(theme: theme) } ?? Figure.stacked([])
            ?? LinePlot(values: [0]).figure(theme: theme)
    }
}

@Suite struct PlotTests {
    @Test func aPlotOfAnotherModuleIsAFigure() {
        let plot = LinePlot(values: [1, 2])
        #expect(plot.svg().hasPrefix("<svg") || plot.svg().contains("<svg"))
        #expect(plot.svg() == plot.figure(theme: .journal).svg())
        #expect(plot.data.rows.count == 2)
    }

    /// What a program holds of several kinds of figures.
    @Test func plotsOfSeveralKinds() throws {
        let effects = EffectSizes(effects: [
            EffectSize(label: "a", estimate: 1, variance: 1), EffectSize(label: "b", estimate: 2, variance: 2),
        ])
        let pooled = try RandomEffects().fit(effects)
        let plots: [any Plot] = [ForestPlot(pooled), FunnelPlot(pooled), RadialPlot(pooled), DraperyPlot(pooled)]
        #expect(Set(plots.map { $0.svg() }).count == 4)
        #expect(plots.allSatisfy { !$0.data.rows.isEmpty })
    }
}

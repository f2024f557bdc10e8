import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct LabbePlotTests {
    private let trials = Labels.hostile.enumerated().map { index, label in
        Study(label, TwoByTwoTable(events: Double(index), of: 40, versus: Double(index * 2 % 19 + 1), of: 41))
    }

    @Test(arguments: TwoByTwoTable.Measure.allCases)
    func theLineIsDrawnWhereItIsDescribed(measure: TwoByTwoTable.Measure) throws {
        let pooled = try EffectSizes(trials, measure: measure).pooled()
        let plot = try #require(LabbePlot(pooled, data: .twoByTwo(trials)))
        expectSoundInEveryTheme(measure.rawValue) { plot.figure(theme: $0) }
        let figure = plot.figure()
        let isDrawn = figure.marks.contains { mark in
            guard case .path(let points, _) = mark else { return false }
            return points.count > 1
        }
        let isOfMargins = [.phi, .fisherPhi, .tetrachoric, .fisherTetrachoric].contains(measure)
        #expect(isDrawn == !isOfMargins)
        #expect(figure.summary.contains("dashed line") == isDrawn)
        #expect(LabbePlot(pooled, data: .reported([])) == nil)
    }
}

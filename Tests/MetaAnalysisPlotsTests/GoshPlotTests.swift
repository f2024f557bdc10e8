import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct GoshPlotTests {
    @Test(arguments: [1, 2, 8])
    func anyNumberOfStudies(count: Int) async throws {
        let sizes = effects(studies(count))
        let model = CommonEffect()
        let plot = GoshPlot(try await model.subsets(sizes), of: try sizes.pooled(model))
        expectSoundInEveryTheme("GOSH") { plot.figure(theme: $0) }
        #expect(plot.data.rows.count == 1 << count - 1)
    }
}

import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct BaujatPlotTests {
    @Test(arguments: StudyLabels.samples)
    func anyStudies(labels: [String]) throws {
        let sizes = effects(labels)
        let plot = BaujatPlot(try RandomEffects().baujat(sizes), of: try sizes.pooled())
        expectSoundInEveryTheme("Baujat") { plot.figure(theme: $0) }
        #expect(plot.data.rows.count == labels.count)
    }
}

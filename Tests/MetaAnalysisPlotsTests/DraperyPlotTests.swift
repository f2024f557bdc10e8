import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct DraperyPlotTests {
    @Test(arguments: StudyLabels.samples)
    func anyStudies(labels: [String]) throws {
        let plot = DraperyPlot(try effects(labels).pooled())
        expectSoundInEveryTheme("drapery") { plot.figure(theme: $0) }
        #expect(plot.studies.count == labels.count)
    }
}

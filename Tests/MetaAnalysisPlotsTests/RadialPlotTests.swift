import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct RadialPlotTests {
    @Test(arguments: StudyLabels.samples)
    func anyStudies(labels: [String]) throws {
        let plot = RadialPlot(try effects(labels).pooled())
        expectSoundInEveryTheme("radial") { plot.figure(theme: $0) }
        #expect(plot.data.rows.count == labels.count)
    }

    @Test func studiesOffTheBandAreNamed() throws {
        var sizes = effects(studies(13), tau: 0.1)
        sizes.effects[4].estimate = 9
        let figure = RadialPlot(try sizes.pooled(CommonEffect())).figure()
        #expect(figure.marks.flatMap(\.labels).contains { $0.text == "Study 5" })
    }
}

import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct QuantilePlotTests {
    @Test(arguments: StudyLabels.samples)
    func anyStudies(labels: [String]) throws {
        let sizes = effects(labels)
        let plot = QuantilePlot(try RandomEffects().influence(sizes), of: try sizes.pooled())
        expectSoundInEveryTheme("Q–Q") { plot.figure(theme: $0) }
    }

    @Test func outliersAreNamed() throws {
        var sizes = effects(studies(13), tau: 0.1)
        sizes.effects[4].estimate = 9
        let figure = QuantilePlot(try CommonEffect().influence(sizes), of: try sizes.pooled()).figure()
        #expect(figure.marks.flatMap(\.labels).contains { $0.text == "Study 5" })
    }
}

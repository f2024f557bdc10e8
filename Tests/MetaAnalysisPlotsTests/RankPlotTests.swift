import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct RankPlotTests {
    // Exact probabilities of ranks take their time where treatments are many.
    @Test(arguments: NetworkSample.names.filter { $0.count <= 7 })
    func anyTreatments(names: [String]) throws {
        let fit = try NetworkSample.fit(NetworkSample.network(names), heading: names[0])
        let plot = RankPlot(Ranking(fit, preferring: .lower))
        expectSoundInEveryTheme("ranks") { plot.figure(theme: $0) }
        #expect(plot.data.rows.count == names.count * names.count)
    }
}

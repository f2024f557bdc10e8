import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct LeaguePlotTests {
    @Test(arguments: NetworkSample.names)
    func anyTreatments(names: [String]) throws {
        let plot = LeaguePlot(try NetworkSample.fit(NetworkSample.network(names), heading: names[0]))
        expectSoundInEveryTheme("league") { plot.figure(theme: $0) }
    }
}

import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct ForestPlotNetworkTests {
    @Test(arguments: NetworkSample.names)
    func anyTreatments(names: [String]) throws {
        let plot = ForestPlot(try NetworkSample.fit(NetworkSample.network(names), heading: names[0]))
        #expect(plot.rows.count == names.count - 1)
        expectSoundInEveryTheme("network forest") { plot.figure(theme: $0) }
    }

    @Test(arguments: [1e19, -1e19, 1e150])
    func effectsBeyondAllNumbers(effect: Double) throws {
        let contrasts = [
            Contrast(study: "1", "A", versus: "B", estimate: effect, variance: 1),
            Contrast(study: "2", "B", versus: "C", estimate: 0.1, variance: 1),
        ]
        let network = try TreatmentNetwork(contrasts, measure: "OR", scale: .log)
        let plot = ForestPlot(try NetworkMetaAnalysis(reference: "C").fit(network))
        expectSoundInEveryTheme("\(effect)") { plot.figure(theme: $0) }
    }
}

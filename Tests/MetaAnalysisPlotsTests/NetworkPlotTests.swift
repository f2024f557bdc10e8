import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct NetworkPlotTests {
    @Test(arguments: NetworkSample.names)
    func anyTreatments(names: [String]) throws {
        let network = try NetworkSample.network(names)
        let plot = NetworkPlot(network, outcome: names[0])
        #expect(plot.nodes.count == network.treatments.count)
        #expect(plot.multiArm.count == (names.count > 2 ? 1 : 0))
        expectSoundInEveryTheme("network") { plot.figure(theme: $0) }
    }

    @Test func participantsMakeTheNodes() throws {
        let plot = NetworkPlot(try NetworkSample.network(["A", "B", "C"]))
        #expect(plot.nodes.allSatisfy { $0.participants != nil })
        #expect(plot.edges.count == 3)
        #expect(plot.data.rows.count == 6)
    }
}

import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct ForestPlotNodeSplitTests {
    private func plot(_ names: [String]) throws -> (ForestPlot, [NodeSplit]) {
        let network = try NetworkSample.network(names)
        let splits = try NodeSplitting().test(network, model: NetworkMetaAnalysis())
        return (ForestPlot(splits, of: try NetworkSample.fit(network, heading: names[0])), splits)
    }

    @Test(arguments: NetworkSample.names)
    func anyTreatments(names: [String]) throws {
        var (plot, _) = try plot(names)
        plot.favours = (names[0], names[1])
        expectSoundInEveryTheme("split forest") { plot.figure(theme: $0) }
    }

    @Test func rowsAreThoseOfTheSplits() throws {
        let (plot, splits) = try plot(["A", "B", "C", "D"])
        let shown = splits.filter { $0.difference != nil }
        #expect(!shown.isEmpty && plot.rows.count { $0.role == .section } == shown.count)
        #expect(plot.rows.filter { $0.label == "Direct" }.map(\.estimate) == shown.map { $0.direct?.estimate })
        #expect(plot.rows.filter { $0.label == "Indirect" }.map(\.estimate) == shown.map { $0.indirect?.estimate })
        #expect(plot.rows.filter { $0.role == .pooled }.map(\.estimate) == shown.map(\.network.estimate))
        #expect(plot.figure().title.contains("\(shown.count) comparisons"))
    }
}

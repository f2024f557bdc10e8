import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct ComparisonFunnelPlotTests {
    private func plot(_ names: [String]) throws -> ComparisonFunnelPlot {
        let network = try NetworkSample.network(names)
        let fit = try NetworkSample.fit(network, heading: names[0])
        return ComparisonFunnelPlot(
            try ComparisonAdjustedEffects(network, fit, sequence: [Treatment(names[1])]), of: fit)
    }

    @Test(arguments: NetworkSample.names)
    func anyTreatments(names: [String]) throws {
        let plot = try plot(names)
        expectSoundInEveryTheme("comparison-adjusted funnel") { plot.figure(theme: $0) }
    }

    @Test func everyComparisonHasASymbolOfItsOwnUpToThirteen() throws {
        // Of a ring, and from four treatments on one that only the study of three arms compares.
        for (treatments, count) in [(3, 3), (11, 12), (12, 13), (13, 14), (40, 41)] {
            let figure = try plot((1...treatments).map { "T\($0 + 100)" }).figure()
            let entries = figure.marks.flatMap(\.labels).filter { $0.text.contains(" : ") }
            #expect(entries.count == (count > 13 ? 12 : count))
            let hasRest = figure.marks.flatMap(\.labels).contains { $0.text.contains("other comparisons") }
            #expect(hasRest == (count > 13))
        }
    }

    @Test func pointsStandAtTheirNumbers() throws {
        let plot = try plot(["A", "B", "C", "D"])
        #expect(plot.data.rows.count == plot.effects.points.count)
        let symbols = plot.figure().marks.filter { mark in
            guard case .group(_, let title) = mark else { return false }
            return title.contains("Study") || title.contains("Three arms")
        }
        #expect(symbols.count == plot.effects.points.count)
        // Larger standard errors stand lower.
        let heights = symbols.compactMap { $0.bounds?.center.y }
        let order = plot.effects.points.indices.sorted {
            plot.effects.points[$0].standardError < plot.effects.points[$1].standardError
        }
        for (upper, lower) in zip(order, order.dropFirst()) { #expect(heights[upper] <= heights[lower] + 1) }
    }
}

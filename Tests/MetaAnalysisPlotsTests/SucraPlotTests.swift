import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct SucraPlotTests {
    private func ranking(_ names: [String], heading: String? = nil) throws -> Ranking {
        let fit = try NetworkSample.fit(NetworkSample.network(names), heading: heading)
        return Ranking(fit, preferring: .lower, rankProbabilities: false)
    }

    @Test(arguments: NetworkSample.names)
    func anyTreatments(names: [String]) throws {
        let one = SucraPlot([try ranking(names, heading: names[0])])
        expectSoundInEveryTheme("SUCRA") { one.figure(theme: $0) }
        let several = SucraPlot(
            try names.prefix(4).map { try ranking(Array(names.prefix(3)), heading: $0) } + [ranking(names)])
        expectSoundInEveryTheme("SUCRA of outcomes") { several.figure(theme: $0) }
    }

    @Test func cellsAreDarkerFromWorstToBest() throws {
        let plot = SucraPlot([try ranking(["A", "B", "C", "D"])])
        let shades = plot.figure().marks.compactMap { mark -> Double? in
            guard case .group(let inner, _) = mark, case .rectangle(_, let fill?, _)? = inner.first else { return nil }
            return fill.opacity
        }
        #expect(shades.count == 4 && shades == shades.sorted(by: >))
        #expect(plot.data.rows.count == 4)
    }

    @Test func whatAnOutcomeDoesNotRankIsEmpty() throws {
        let plot = SucraPlot([try ranking(["A", "B"], heading: "one"), try ranking(["A", "B", "C"], heading: "two")])
        let empty = plot.figure().marks.count { mark in
            guard case .group(_, let title) = mark else { return false }
            return title == "Not ranked"
        }
        #expect(empty == 1)
    }
}

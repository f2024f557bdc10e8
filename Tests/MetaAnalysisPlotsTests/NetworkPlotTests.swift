import MetaAnalysis
import MetaAnalysisPlots
import Testing

/// Plots of networks: few and many treatments, with names that figures must stand.
@Suite struct NetworkPlotTests {
    /// Treatments in a ring, each against the next and every second against the first, and one study of three arms.
    private func network(_ names: [String]) throws -> TreatmentNetwork {
        var arms: [NetworkArm<Proportion>] = []
        for (index, name) in names.enumerated() {
            let next = names[(index + 1) % names.count]
            for copy in 0...(index % 3) {
                let study = "Study \(index) \(copy)"
                arms.append(
                    NetworkArm(
                        study: study, Treatment(name), Proportion(events: Double(5 + index % 7 + copy), size: 50)))
                arms.append(
                    NetworkArm(study: study, Treatment(next), Proportion(events: Double(9 + index % 5), size: 60)))
            }
        }
        if names.count > 2 {
            for name in names.prefix(3) {
                arms.append(NetworkArm(study: "Three arms", Treatment(name), Proportion(events: 11, size: 70)))
            }
        }
        return try TreatmentNetwork(arms, measure: .oddsRatio)
    }

    static let names: [[String]] = [
        ["A", "B", "C"], Labels.scripts, Labels.hostile.prefix(6).map { $0 + " treatment" },
        Labels.hostile.filter { !$0.allSatisfy(\.isWhitespace) }.map { $0 + " treatment" },
        (1...40).map { "Treatment \($0) of a long name" },
    ]

    @Test(arguments: names)
    func everyPlot(names: [String]) throws {
        let network = try network(names)
        let graph = NetworkPlot(network, outcome: names[0])
        #expect(graph.nodes.count == network.treatments.count)
        #expect(graph.multiArm.count == 1)
        var fit = try NetworkMetaAnalysis().fit(network)
        fit.outcome = names[0]
        let (league, forest) = (LeaguePlot(fit), ForestPlot(fit))
        // Exact probabilities of ranks take their time where treatments are many.
        let ranks = names.count <= 7 ? RankPlot(Ranking(fit, preferring: .lower)) : nil
        for theme in Theme.allCases {
            expectSound(graph.figure(theme: theme), "network")
            if let ranks { expectSound(ranks.figure(theme: theme), "ranks") }
            expectSound(league.figure(theme: theme), "league")
            expectSound(forest.figure(theme: theme), "forest")
        }
        #expect(forest.rows.count == names.count - 1)
    }

    @Test func participantsMakeTheNodes() throws {
        let graph = NetworkPlot(try network(["A", "B", "C"]))
        #expect(graph.nodes.allSatisfy { $0.participants != nil })
        #expect(graph.edges.count == 3)
        #expect(graph.data.rows.count == 6)
    }
}

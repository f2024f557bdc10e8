import MetaAnalysis
import MetaAnalysisPlots
import Testing

@Suite struct NetHeatPlotTests {
    private func plot(_ names: [String]) throws -> NetHeatPlot {
        let network = try NetworkSample.network(names)
        return NetHeatPlot(try NetHeat(network), hat: try DesignHatMatrix(network), outcome: names[0])
    }

    @Test(arguments: NetworkSample.names)
    func anyTreatments(names: [String]) throws {
        let plot = try plot(names)
        expectSoundInEveryTheme("net heat") { plot.figure(theme: $0) }
        #expect(plot.data.rows.count == plot.heat.designs.count * plot.heat.designs.count)
    }

    @Test func sharesAreThoseOfTheDirectEvidence() throws {
        // Without a study of three arms every design is a comparison, and its share on the diagonal that of its direct evidence.
        let contrasts = [("A", "B"), ("A", "C"), ("B", "C")].enumerated().map { index, pair in
            Contrast(
                study: "\(index)", Treatment(pair.0), versus: Treatment(pair.1), estimate: Double(index),
                variance: Double(index + 1))
        }
        let network = try TreatmentNetwork(contrasts)
        let fit = try NetworkMetaAnalysis(model: .common).fit(network)
        let plot = NetHeatPlot(try NetHeat(network), hat: try DesignHatMatrix(network))
        for (place, effect) in fit.effects.enumerated() {
            let share = try #require(plot.shares[place][place])
            #expect(abs(share - (effect.proportionDirect ?? 0)) < 1e-12)
        }
    }

    @Test func withoutLoopsThereIsAReason() throws {
        let contrasts = [Contrast(study: "1", "A", versus: "B", estimate: 1, variance: 1)]
        let network = try TreatmentNetwork(contrasts)
        let plot = NetHeatPlot(try NetHeat(network), hat: try DesignHatMatrix(network))
        expectSound(plot.figure(), "no loop")
        #expect(plot.figure().summary.contains("no inconsistency to locate"))
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct NetHeatTests {
    @Test func columnsAddUpToWhatDetachingTakes() throws {
        let network = DesignSample.loops
        let heat = try NetHeat(network)
        let decomposition = try DesignDecomposition(network)
        let q = try network.inconsistency().betweenDesigns.q
        // D:E agrees with everything: it contributes nothing, and is not listed.
        #expect(heat.designs == decomposition.designs.map(\.name).filter { $0 != "D:E" })
        for (column, name) in heat.designs.enumerated() {
            let design = try #require(decomposition.designs.first { $0.name == name })
            let sum = heat.changes.reduce(0) { $0 + $1[column] }
            let left = try #require(design.afterDetaching)
            #expect(Tolerance.closedForm.accepts(sum, q - left.q, scale: 1))
            #expect(Tolerance.closedForm.accepts(heat.changes[column][column], design.contribution, scale: 1))
        }
    }

    @Test func inATriangleEverySideDissolvesAll() throws {
        let heat = try NetHeat(DesignSample.triangle)
        for row in heat.changes.indices {
            for column in heat.changes.indices {
                #expect(Tolerance.closedForm.accepts(heat.changes[row][column], heat.changes[row][row], scale: 1))
            }
        }
    }

    @Test func theDesignThatDeviatesShowsInItsColumn() throws {
        // Six agreeing comparisons of four treatments, then one of them five standard errors off.
        var contrasts: [Contrast] = []
        for pair in ["AB", "AC", "AD", "BC", "BD", "CD"] {
            let arms = pair.map { Treatment(String($0)) }
            contrasts.append(Contrast(study: pair, arms[0], versus: arms[1], estimate: 0, variance: 1))
        }
        contrasts[0].estimate = 5
        let heat = try NetHeat(TreatmentNetwork(contrasts))
        let column = try #require(heat.designs.firstIndex(of: "A:B"))
        for row in heat.designs.indices {
            #expect(Tolerance.closedForm.accepts(heat.changes[row][column], heat.changes[row][row], scale: 1))
        }
        // Half of the evidence on a comparison of four is direct: the residual is 2.5 standard errors.
        #expect(Tolerance.closedForm.accepts(heat.changes[column][column], 6.25))
    }

    @Test func aStarHasNoHeat() throws {
        let heat = try NetHeat(DesignSample.star)
        #expect(heat.designs.isEmpty)
        #expect(heat.changes.isEmpty)
        #expect(heat.diagnostics.map(\.code) == [.notEstimable])
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct DesignDecompositionTests {
    @Test func designsAddUpToTheNetwork() throws {
        let network = DesignSample.loops
        let decomposition = try DesignDecomposition(network)
        let inconsistency = try network.inconsistency()
        #expect(decomposition.designs.map(\.name) == network.designs.map(\.name))
        let within = decomposition.designs.reduce(0) { $0 + $1.withinDesign.q }
        let between = decomposition.designs.reduce(0) { $0 + $1.contribution }
        #expect(Tolerance.closedForm.accepts(within, inconsistency.withinDesigns.q))
        #expect(Tolerance.closedForm.accepts(between, inconsistency.betweenDesigns.q))
    }

    @Test func detachingLeavesTheOthers() throws {
        let network = DesignSample.loops
        for design in try DesignDecomposition(network).designs {
            guard let left = design.afterDetaching else {
                #expect(design.name == "D:E")
                continue
            }
            let others = try network.without(design: design.name).inconsistency().betweenDesigns
            #expect(Tolerance.closedForm.accepts(left.q, others.q))
            #expect(left.degreesOfFreedom == others.degreesOfFreedom)
            #expect(Tolerance.quantile.accepts(try #require(left.pValue), try #require(others.pValue)))
        }
    }

    @Test func aTriangleIsDissolvedByAnySide() throws {
        for design in try DesignDecomposition(DesignSample.triangle).designs {
            #expect(design.afterDetaching?.q == 0)
            #expect(design.afterDetaching?.degreesOfFreedom == 0)
            #expect(design.afterDetaching?.pValue == nil)
            #expect(design.withinDesign.pValue == nil)
        }
    }

    @Test func aStarHasNothingToDetach() throws {
        let decomposition = try DesignDecomposition(DesignSample.star)
        #expect(decomposition.designs.allSatisfy { $0.afterDetaching == nil })
        #expect(decomposition.diagnostics.map(\.code) == [.notEstimable])
        #expect(decomposition.designs.map(\.studies) == [2, 3, 1])
    }

    @Test func randomEffectsGiveTheDesignByTreatmentTest() throws {
        let network = DesignSample.loops
        let test = try #require(try network.inconsistency().designByTreatment)
        let decomposition = try DesignDecomposition(network, tauSquared: test.tauSquared)
        let sum = decomposition.designs.reduce(0) { $0 + $1.contribution }
        #expect(Tolerance.closedForm.accepts(sum, test.q))
    }

    @Test(arguments: [-0.1, .nan, .infinity])
    func tauSquaredOutOfRangeIsRefused(_ tauSquared: Double) {
        let error = #expect(throws: MetaAnalysisError.self) {
            try DesignDecomposition(DesignSample.loops, tauSquared: tauSquared)
        }
        #expect(error?.code == .invalidSetting)
    }
}

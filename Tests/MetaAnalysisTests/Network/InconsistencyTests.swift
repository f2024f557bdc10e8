import Foundation
import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct InconsistencyTests {
    @Test func withinAndBetweenDesignsAddUp() throws {
        for seed: UInt64 in 1...5 {
            let network = DesignSample.network([("AB", 3), ("AC", 2), ("BC", 2), ("ABC", 2), ("BCD", 1)], seed: seed)
            let inconsistency = try network.inconsistency()
            let model = try OrthogonalContrasts(network).model()
            let q = model.leastSquares(weights: model.weights(at: 0)).residualSumOfSquares(model.responses)
            #expect(Tolerance.closedForm.accepts(inconsistency.total.q, q))
            #expect(inconsistency.total.q == inconsistency.withinDesigns.q + inconsistency.betweenDesigns.q)
            #expect(inconsistency.total.degreesOfFreedom == 10)
            #expect(inconsistency.withinDesigns.degreesOfFreedom == 6)
            #expect(inconsistency.betweenDesigns.degreesOfFreedom == 4)
        }
    }

    @Test func aStarHasNothingBetweenDesigns() throws {
        let network = DesignSample.star
        let fit = try NetworkMetaAnalysis().fit(network)
        let inconsistency = fit.inconsistency
        #expect(inconsistency.betweenDesigns.q == 0)
        #expect(inconsistency.betweenDesigns.degreesOfFreedom == 0)
        #expect(inconsistency.betweenDesigns.pValue == nil)
        #expect(inconsistency.designByTreatment == nil)
        let reasons = fit.diagnostics.filter { $0.code == .notEstimable && $0.message.contains("between designs") }
        #expect(reasons.count == 1)
        let pairwise = try ["B", "C", "D"].map {
            try CommonEffect().fit(network.effects(of: Treatment($0), versus: "A")).heterogeneity.cochranQ
        }
        #expect(Tolerance.closedForm.accepts(inconsistency.withinDesigns.q, pairwise.reduce(0, +)))
        #expect(inconsistency.withinDesigns.pValue == inconsistency.total.pValue)
    }

    @Test func twoTreatmentsHaveOneDesign() throws {
        let network = DesignSample.pair
        let inconsistency = try network.inconsistency()
        let pooled = try CommonEffect().fit(network.effects(of: "A", versus: "B"))
        #expect(Tolerance.closedForm.accepts(inconsistency.withinDesigns.q, pooled.heterogeneity.cochranQ))
        #expect(inconsistency.withinDesigns.degreesOfFreedom == 4)
        #expect(inconsistency.betweenDesigns.pValue == nil)
    }

    @Test func aTriangleIsTheDifferenceBetweenDirectAndIndirect() throws {
        let network = DesignSample.triangle
        let inconsistency = try network.inconsistency()
        func study(_ label: String) throws -> NetworkStudy.Pair {
            try #require(network.studies.first { $0.label == label }).pairs[0]
        }
        let (ab, ac, bc) = (try study("AB 0"), try study("AC 0"), try study("BC 0"))
        let difference = ab.estimate + bc.estimate - ac.estimate
        let q = difference * difference / (ab.variance + bc.variance + ac.variance)
        #expect(Tolerance.closedForm.accepts(inconsistency.betweenDesigns.q, q))
        #expect(inconsistency.betweenDesigns.degreesOfFreedom == 1)
        #expect(inconsistency.withinDesigns.degreesOfFreedom == 0)
        #expect(inconsistency.designByTreatment == nil)
        #expect(inconsistency.diagnostics.map(\.code) == [.notEstimable])
        #expect(inconsistency.diagnostics[0].message.contains("no design has two studies"))
    }

    @Test func theInteractionsAreWhatConsistencyLeavesAtTheirTauSquared() throws {
        let network = DesignSample.loops
        let contrasts = try OrthogonalContrasts(network)
        let test = try #require(try network.inconsistency().designByTreatment)
        #expect(test.tauSquared > 0)
        let consistency = try contrasts.model().profile(at: test.tauSquared).quadraticForm
        let within = network.designs.reduce(0) {
            $0 + DesignEvidence($1, of: network, contrasts, at: test.tauSquared).q
        }
        #expect(Tolerance.closedForm.accepts(test.q, consistency - within, scale: 1))
        #expect(test.degreesOfFreedom == 6)
    }

    @Test func neitherOrderNorDirectionOfContrastsMatters() throws {
        var contrasts = DesignSample.contrasts([("AB", 3), ("AC", 2), ("BC", 2), ("ABC", 2), ("BCD", 1)])
        let before = try TreatmentNetwork(contrasts).inconsistency()
        contrasts.reverse()
        for index in contrasts.indices where index.isMultiple(of: 2) {
            let old = contrasts[index]
            contrasts[index] = Contrast(
                study: old.study, old.versus, versus: old.treatment, estimate: -old.estimate, variance: old.variance)
        }
        #expect(try TreatmentNetwork(contrasts).inconsistency() == before)
    }

    @Test func unitsDoNotMatter() throws {
        let contrasts = DesignSample.contrasts([("AB", 3), ("AC", 2), ("BC", 2)])
        let plain = try NetworkMetaAnalysis().fit(TreatmentNetwork(contrasts)).inconsistency
        let factor = 0x1p400
        let large = contrasts.map {
            Contrast(
                study: $0.study, $0.treatment, versus: $0.versus, estimate: $0.estimate * factor,
                variance: $0.variance * factor * factor)
        }
        let scaled = try NetworkMetaAnalysis().fit(TreatmentNetwork(large)).inconsistency
        #expect(scaled.betweenDesigns == plain.betweenDesigns)
        let (one, other) = (try #require(scaled.designByTreatment), try #require(plain.designByTreatment))
        #expect(one.q == other.q)
        #expect(one.tauSquared == other.tauSquared * factor * factor)
    }

    @Test func recordsSurviveJSON() throws {
        let network = DesignSample.loops
        func copy<Value: Codable>(_ value: Value) throws -> Value {
            try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
        }
        let inconsistency = try network.inconsistency()
        #expect(try copy(inconsistency) == inconsistency)
        let decomposition = try DesignDecomposition(network)
        #expect(try copy(decomposition) == decomposition)
        let heat = try NetHeat(network)
        #expect(try copy(heat) == heat)
        let hat = try DesignHatMatrix(network)
        #expect(try copy(hat) == hat)
        let splits = try NodeSplitting().test(network, model: NetworkMetaAnalysis())
        #expect(try copy(splits) == splits)
    }
}

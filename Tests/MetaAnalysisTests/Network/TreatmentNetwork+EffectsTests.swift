import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct TreatmentNetworkEffectsTests {
    @Test func twoTreatmentsAreAPairwiseAnalysis() throws {
        let network = DesignSample.pair
        let fit = try NetworkMetaAnalysis(heterogeneity: .derSimonianLaird).fit(network)
        let pooled = try RandomEffects(heterogeneity: .derSimonianLaird, interval: .wald)
            .fit(network.effects(of: "A", versus: "B"))
        let effect = try #require(fit.effect(of: "A", versus: "B"))
        #expect(Tolerance.closedForm.accepts(effect.estimate, pooled.estimate))
        #expect(Tolerance.closedForm.accepts(effect.standardError, pooled.standardError))
    }

    @Test func theOtherDirectionHasTheOtherSign() throws {
        let network = DesignSample.loops
        let forth = network.effects(of: "B", versus: "C").effects
        let back = network.effects(of: "C", versus: "B").effects
        // Two- and three-arm studies alike.
        #expect(forth.map(\.label) == ["ABC 0", "BC 0", "BC 1", "BCD 0", "BCD 1"])
        #expect(forth.map(\.estimate) == back.map { -$0.estimate })
        #expect(forth.map(\.variance) == back.map(\.variance))
    }

    @Test func participantsAreThoseOfTheTwoArms() throws {
        let arms = [("A", 1.0, 20.0), ("B", 2, 30), ("C", 3, 50)].map { name, events, size in
            NetworkArm(study: "one", Treatment(name), Proportion(events: events, size: size))
        }
        let network = try TreatmentNetwork(arms, measure: .oddsRatio)
        let effects = network.effects(of: "C", versus: "A")
        #expect(effects.effects.map(\.sampleSize) == [70])
        #expect(effects.measure == "OR")
        #expect(effects.scale == .log)
    }

    @Test func whatNoStudyComparesHasNone() {
        #expect(DesignSample.star.effects(of: "B", versus: "C").count == 0)
        #expect(DesignSample.star.effects(of: "A", versus: "unknown").count == 0)
    }
}

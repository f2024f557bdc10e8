import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct DesignEvidenceTests {
    private static func evidence(
        _ network: TreatmentNetwork, _ name: String, at tauSquared: Double = 0
    ) throws -> DesignEvidence {
        let design = try #require(network.designs.first { $0.name == name })
        return DesignEvidence(design, of: network, try OrthogonalContrasts(network), at: tauSquared)
    }

    @Test(arguments: [0, 0.3])
    func twoArmsArePooledLikeStudies(_ tauSquared: Double) throws {
        let network = DesignSample.loops
        let design = try Self.evidence(network, "A:B", at: tauSquared)
        let effects = network.effects(of: "A", versus: "B")
        let own = effects.effects.filter { $0.label.hasPrefix("AB ") }
        let pooled = try RandomEffects(interval: .wald, knownTauSquared: tauSquared)
            .fit(EffectSizes(effects: own))
        #expect(Tolerance.closedForm.accepts(design.effects[0] - design.effects[1], pooled.estimate))
        let variance = design.covariance[0, 0] + design.covariance[1, 1] - 2 * design.covariance[0, 1]
        #expect(Tolerance.closedForm.accepts(variance.squareRoot(), pooled.standardError))
        #expect(design.degreesOfFreedom == 2)
        if tauSquared == 0 {
            #expect(Tolerance.closedForm.accepts(design.q, pooled.heterogeneity.cochranQ))
            let moments = try RandomEffects(heterogeneity: .derSimonianLaird).fit(EffectSizes(effects: own))
            let excess = max(0, (design.q - 2) / design.trace)
            #expect(Tolerance.closedForm.accepts(excess, moments.heterogeneity.tauSquared, scale: 0.1))
        }
    }

    @Test func oneStudyIsItsOwnEvidence() throws {
        let network = DesignSample.loops
        let design = try Self.evidence(network, "A:B:C")
        #expect(design.q == 0)
        #expect(design.degreesOfFreedom == 0)
        let study = try OrthogonalContrasts(network).effects(ofStudy: design.studies[0])
        for (own, effect) in zip(design.effects, study) {
            #expect(Tolerance.closedForm.accepts(own, effect, scale: 0.1))
        }
    }

    @Test func threeArmsArePooledTogether() throws {
        let network = DesignSample.loops
        let design = try Self.evidence(network, "B:C:D", at: 0.1)
        let alone = network.subset(design.studies)
        let fit = try NetworkMetaAnalysis(knownTauSquared: 0.1).fit(alone)
        for (own, effect) in zip(design.effects, fit.estimates) {
            #expect(Tolerance.closedForm.accepts(own, effect, scale: 0.1))
        }
        #expect(Tolerance.closedForm.accepts(design.covariance[0, 1], fit.covariance[0][1]))
        let common = try Self.evidence(network, "B:C:D")
        #expect(Tolerance.closedForm.accepts(common.q, fit.heterogeneity.cochranQ))
        #expect(common.degreesOfFreedom == 2)
    }
}

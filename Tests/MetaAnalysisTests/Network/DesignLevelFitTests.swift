import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct DesignLevelFitTests {
    private static func fit(_ network: TreatmentNetwork, at tauSquared: Double) throws -> DesignLevelFit {
        try DesignLevelFit(moderating: network, at: tauSquared)
    }

    @Test(arguments: [0, 0.05, 2])
    func twoStagesAreTheFitInOne(_ tauSquared: Double) throws {
        let network = DesignSample.loops
        let fit = try Self.fit(network, at: tauSquared)
        let one = try NetworkMetaAnalysis(knownTauSquared: tauSquared).fit(network)
        for index in network.treatments.indices {
            #expect(Tolerance.closedForm.accepts(fit.effects[index], one.estimates[index], scale: 0.1))
            #expect(Tolerance.closedForm.accepts(fit.covariance[index, index], one.covariance[index][index]))
        }
    }

    @Test func detachingIsFittingTheOthers() throws {
        let network = DesignSample.loops
        let fit = try Self.fit(network, at: 0)
        for (index, name) in fit.names.enumerated() {
            let detached = fit.detaching(index)
            guard name != "D:E" else {
                #expect(detached.sharedContrasts == 0)
                continue
            }
            // Without A:C:F nothing is known of F.
            #expect(detached.sharedContrasts == (name.count == 3 ? 1 : name == "A:C:F" ? 1 : 2))
            let others = try NetworkMetaAnalysis(model: .common).fit(network.without(design: name))
            for effect in others.effects {
                let first = try #require(network.index(of: effect.treatment))
                let second = try #require(network.index(of: effect.versus))
                #expect(
                    Tolerance.closedForm.accepts(
                        detached.effects[first] - detached.effects[second], effect.estimate, scale: 0.1))
            }
        }
    }

    @Test func aDesignThatDominatesIsDetachedToo() throws {
        // The direct evidence on A versus B has ten million times the precision of the rest.
        var contrasts = DesignSample.contrasts([("AB", 1), ("AC", 2), ("BC", 2), ("CD", 1), ("AD", 1)])
        contrasts[0].variance = 1e-8
        let network = try TreatmentNetwork(contrasts)
        let fit = try Self.fit(network, at: 0)
        let index = try #require(fit.names.firstIndex(of: "A:B"))
        let effects = fit.detaching(index).effects
        let rest = fit.designs.indices.reduce(0) { $1 == index ? $0 : $0 + fit.designs[$1].distance(from: effects) }
        let others = try network.without(design: "A:B").inconsistency()
        #expect(Tolerance.closedForm.accepts(rest, others.betweenDesigns.q))
    }

    @Test func partsThatNothingLinksAreNamed() throws {
        let network = DesignSample.network([("AB", 2), ("CD", 1)])
        let error = #expect(throws: MetaAnalysisError.self) { try Self.fit(network, at: 0) }
        #expect(error?.code == .disconnectedNetwork)
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct DesignPartTests {
    private static func designs(_ network: TreatmentNetwork, at tauSquared: Double = 0) throws -> [DesignEvidence] {
        let contrasts = try OrthogonalContrasts(network)
        return network.designs.map { DesignEvidence($0, of: network, contrasts, at: tauSquared) }
    }

    @Test func aPartIsTheNetworkOfItsStudies() throws {
        let network = DesignSample.network([("AB", 2), ("BC", 1), ("AC", 2), ("DEF", 2), ("DE", 1)])
        let designs = try Self.designs(network, at: 0.1)
        for (treatment, members) in [(1, [0, 1, 2]), (4, [3, 4, 5])] {
            let part = try DesignPart(of: designs, around: treatment, count: 6)
            #expect(part.treatments == members)
            let alone = try #require(network.parts.first { $0.treatments[0] == network.treatments[members[0]] })
            let fit = try NetworkMetaAnalysis(knownTauSquared: 0.1).fit(alone)
            for effect in fit.effects {
                let first = try #require(network.index(of: effect.treatment))
                let second = try #require(network.index(of: effect.versus))
                let difference = try #require(part.difference(first, second))
                #expect(
                    Tolerance.closedForm.accepts(difference.estimate, effect.estimate, scale: effect.standardError))
                #expect(Tolerance.closedForm.accepts(difference.variance.squareRoot(), effect.standardError))
            }
        }
    }

    @Test func whatIsNotLinkedHasNoDifference() throws {
        let network = DesignSample.network([("AB", 2), ("CD", 1)])
        let part = try DesignPart(of: Self.designs(network), around: 0, count: 4)
        #expect(part.difference(0, 1) != nil)
        #expect(part.difference(0, 2) == nil)
        let alone = try DesignPart(of: [], around: 2, count: 4)
        #expect(alone.treatments == [2])
        #expect(alone.effects == [0])
    }
}

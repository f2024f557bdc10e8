import Testing

@testable import MetaAnalysis

@Suite struct ConnectedPartsTests {
    private static func parts(_ designs: [(String, Int)]) throws -> ConnectedParts {
        let network = DesignSample.network(designs)
        let contrasts = try OrthogonalContrasts(network)
        return ConnectedParts(
            of: network.designs.map { DesignEvidence($0, of: network, contrasts, at: 0) },
            count: network.treatments.count)
    }

    @Test func chainsLink() throws {
        let parts = try Self.parts([("AB", 1), ("CD", 1), ("BC", 2), ("EFG", 1)])
        #expect(parts.count == 2)
        #expect(parts.areLinked(0, 3))
        #expect(parts.areLinked(4, 6))
        #expect(!parts.areLinked(0, 4))
    }

    @Test func nothingLinksNothing() {
        let parts = ConnectedParts(of: [], count: 3)
        #expect(parts.count == 3)
        #expect(parts.areLinked(1, 1))
        #expect(!parts.areLinked(0, 1))
    }
}

import Testing

@testable import MetaAnalysis

@Suite struct TreatmentNetworkDistancesTests {
    @Test func aChainAndAShortCut() throws {
        let chain = try EvidenceSample.network([("A", "B", 1), ("B", "C", 1), ("C", "D", 1)])
        #expect(chain.distances == [[0, 1, 2, 3], [1, 0, 1, 2], [2, 1, 0, 1], [3, 2, 1, 0]])
        let ring = try EvidenceSample.network([("A", "B", 1), ("B", "C", 1), ("C", "D", 1), ("D", "A", 1)])
        #expect(ring.distances[0] == [0, 1, 2, 1])
    }

    @Test func armsOfOneStudyAreNeighbors() throws {
        let network = try TreatmentNetwork(EvidenceSample.study("S", [("A", 0, 1), ("B", 0, 1), ("C", 0, 1)]))
        #expect(network.distances == [[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    }

    @Test func partsHaveNoDistance() throws {
        let network = try EvidenceSample.network([("A", "B", 1), ("C", "D", 1)])
        #expect(network.distances[0] == [0, 1, nil, nil])
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct QuantileCoordinateTests {
    private func coordinates(_ count: Int) throws -> [QuantileCoordinate] {
        let estimates = (0..<count).map { Double($0 * 37 % 101) / 20 }
        let sample = StudySample("any", estimates: estimates, variances: estimates.map { 0.3 + $0 / 10 })
        return try CommonEffect().influence(sample.effects).quantileCoordinates
    }

    /// The probabilities of R's `ppoints`: (r − 3/8)/(k + 1/4) up to ten, (r − 1/2)/k beyond.
    @Test(arguments: [2, 5, 10, 11, 40])
    func probabilitiesAreThoseOfR(count: Int) throws {
        let found = try coordinates(count)
        #expect(found.count == count)
        for (rank, point) in found.enumerated() {
            let number = Double(rank + 1)
            let expected = count <= 10 ? (number - 0.375) / (Double(count) + 0.25) : (number - 0.5) / Double(count)
            let probability = ReferenceDistribution.normal.lowerTail(point.quantile)
            #expect(Tolerance.quantile.accepts(probability, expected))
        }
    }

    @Test func quantilesAreSymmetricAndResidualsRise() throws {
        for count in [3, 9, 12] {
            let found = try coordinates(count)
            for (one, other) in zip(found, found.reversed()) { #expect(abs(one.quantile + other.quantile) < 1e-12) }
            #expect(found.map(\.residual) == found.map(\.residual).sorted())
        }
    }

    @Test func studiesWithoutAResidualHaveNoPlace() throws {
        let one = StudySample("one", estimates: [1], variances: [1])
        #expect(try CommonEffect().influence(one.effects).quantileCoordinates.isEmpty)
        let limits = InfluenceLimits(k: 7)
        #expect(Tolerance.quantile.accepts(limits.studentizedResidual, 1.959963984540054))
    }
}

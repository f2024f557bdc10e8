import Testing

@testable import MetaAnalysis

struct TetrachoricCorrelationTests {
    /// By 40 digits of mpmath.
    @Test(
        arguments: [
            ([4, 119, 11, 128], -0.263123037188391889, 0.0235663683222115527),
            ([1, 9, 6, 4], -0.763386938582716264, 0.039043425957681707),
            ([30, 1, 2, 40], 0.992038265199971622, 0.0000849111660798421351),
            ([1e9, 1, 7e8, 2e9], 0.995458932348790437, 8.31708126751730909e-8),
            ([12.5, 3.25, 0.75, 90], 0.982782585149164551, 0.000342069111599269774),
            ([2, 1e9, 3, 2e9], 0.0292165093651546131, 0.00872778441778434092),
            ([1e6, 1, 1, 1e6], 0.999999999995065208, 4.87043019948439697e-23),
        ] as [([Double], Double, Double)])
    func values(cells: [Double], value: Double, variance: Double) throws {
        let correlation = try #require(TetrachoricCorrelation(cells[0], cells[1], cells[2], cells[3]))
        #expect(abs(correlation.value - value) <= 1e-12 * variance.squareRoot() + 1e-16)
        #expect(abs(correlation.variance / variance - 1) < 1e-9, "\(correlation.variance / variance - 1)")
    }

    @Test func rowsAndColumnsPlayTheSamePart() throws {
        let one = try #require(TetrachoricCorrelation(12, 3, 5, 30))
        let other = try #require(TetrachoricCorrelation(12, 5, 3, 30))
        #expect(one.value.isNear(other.value) && one.variance.isNear(other.variance))
        let turned = try #require(TetrachoricCorrelation(3, 12, 30, 5))
        #expect(turned.value.isNear(-one.value) && turned.variance.isNear(one.variance))
    }

    @Test func independence() throws {
        let none = try #require(TetrachoricCorrelation(6, 14, 9, 21))
        #expect(abs(none.value) < 1e-15)
    }
}

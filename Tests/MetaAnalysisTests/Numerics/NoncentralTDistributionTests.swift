import Testing

@testable import MetaAnalysis

@Suite struct NoncentralTDistributionTests {
    private func error(_ value: Double, _ expected: Double) -> Double { abs(value / expected - 1) }

    @Test(arguments: [0.5, 1, 3.7, 20, 32, 32.1, 1e3, 1e6])
    func withoutShiftItIsStudentT(_ degreesOfFreedom: Double) {
        // A shift too small to matter, so that the integral is computed all the same.
        let shifted = NoncentralTDistribution(degreesOfFreedom: degreesOfFreedom, noncentrality: 1e-300)
        let t = ReferenceDistribution.studentT(degreesOfFreedom: degreesOfFreedom)
        for x in [-30, -3, -0.2, 0.7, 5.0, 30] {
            #expect(error(shifted.lowerTail(x), t.lowerTail(x)) < 5e-14)
            #expect(error(shifted.upperTail(x), t.upperTail(x)) < 5e-14)
        }
    }

    @Test func limitsAreNormal() {
        let limit = NoncentralTDistribution(degreesOfFreedom: .infinity, noncentrality: 0.5)
        #expect(limit.upperTail(2) == ReferenceDistribution.normal.upperTail(1.5))
        #expect(error(limit.quantile(0.3), 0.5 + ReferenceDistribution.normal.quantile(0.3)) < 5e-15)
        let atZero = NoncentralTDistribution(degreesOfFreedom: 3, noncentrality: 2)
        #expect(atZero.lowerTail(0) == ReferenceDistribution.normal.lowerTail(-2))
    }

    @Test func reflectionExchangesTheTails() {
        let distribution = NoncentralTDistribution(degreesOfFreedom: 7.5, noncentrality: 1.5)
        let reflected = NoncentralTDistribution(degreesOfFreedom: 7.5, noncentrality: -1.5)
        for x in [-4, 0.3, 2.0, 9] {
            #expect(distribution.lowerTail(x) == reflected.upperTail(-x))
            #expect(abs(distribution.lowerTail(x) + distribution.upperTail(x) - 1) < 5e-15)
        }
    }

    @Test(arguments: [(0.5, 3.0), (3, -2), (30, 1), (200, 12)])
    func quantilesInvertTheTails(_ degreesOfFreedom: Double, _ noncentrality: Double) {
        let distribution = NoncentralTDistribution(degreesOfFreedom: degreesOfFreedom, noncentrality: noncentrality)
        for p in [1e-12, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975] {
            #expect(error(distribution.lowerTail(distribution.quantile(p)), p) < 2e-13)
            #expect(error(distribution.upperTail(distribution.upperQuantile(p)), p) < 2e-13)
        }
    }

    @Test func itIsTotal() {
        let distribution = NoncentralTDistribution(degreesOfFreedom: 3, noncentrality: 1)
        #expect(distribution.lowerTail(-.infinity) == 0 && distribution.upperTail(.infinity) == 0)
        #expect(distribution.upperTail(1e200) >= 0 && distribution.upperTail(1e200) < 1e-300)
        #expect(distribution.quantile(0) == -.infinity && distribution.quantile(1) == .infinity)
        #expect(distribution.upperTail(.nan).isNaN && distribution.quantile(2).isNaN)
    }

    @Test(arguments: [(0, 1), (-1, 1), (.nan, 1), (3, .infinity), (3, .nan)] as [(Double, Double)])
    func impossibleParametersGiveNaN(_ degreesOfFreedom: Double, _ noncentrality: Double) {
        let distribution = NoncentralTDistribution(degreesOfFreedom: degreesOfFreedom, noncentrality: noncentrality)
        #expect(distribution.upperTail(1).isNaN && distribution.upperQuantile(0.5).isNaN)
    }
}

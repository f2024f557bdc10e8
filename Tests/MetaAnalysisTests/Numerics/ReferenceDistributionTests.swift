import Testing

@testable import MetaAnalysis

@Suite struct ReferenceDistributionTests {
    static let all: [ReferenceDistribution] = [
        .normal, .studentT(degreesOfFreedom: 4.5), .studentT(degreesOfFreedom: 1), .studentT(degreesOfFreedom: 2),
        .chiSquared(degreesOfFreedom: 1), .chiSquared(degreesOfFreedom: 2), .chiSquared(degreesOfFreedom: 12),
        .f(numerator: 3, denominator: 11), .beta(2.5, 3.5),
    ]

    @Test func twoSidedCriticalValues() {
        #expect(abs(ReferenceDistribution.normal.twoSidedQuantile(level: 0.95) - 1.959963984540054) < 4.5e-16)
        let t = ReferenceDistribution.studentT(degreesOfFreedom: 12)
        #expect(abs(t.twoSidedQuantile(level: 0.95) - 2.178812829667229) < 1e-15)
    }

    @Test func twoSidedPValueKeepsItsAccuracyWhenTiny() {
        // 2 (1 - Φ(37)) and its t counterpart with one degree of freedom, 2 atan(1/1e200)/π.
        let normal = ReferenceDistribution.normal.twoSidedPValue(-37)
        #expect(abs(normal / 1.1451142445049153e-299 - 1) < 1e-15)
        let cauchy = ReferenceDistribution.studentT(degreesOfFreedom: 1).twoSidedPValue(1e200)
        #expect(abs(cauchy / 6.366197723675814e-201 - 1) < 1e-15)
    }

    /// Effects may lie any number of standard errors from 0.
    @Test(arguments: [40, 1e8, 1e154, 1e160, 1e300, .greatestFiniteMagnitude, Double.infinity])
    func tailsFarOutAreZero(_ statistic: Double) {
        let normal = ReferenceDistribution.normal
        #expect(normal.upperTail(statistic) == 0 && normal.upperTail(-statistic) == 1)
        #expect(normal.lowerTail(-statistic) == 0 && normal.twoSidedPValue(statistic) == 0)
        for degrees in [1.0, 2, 3.5, 1000] {
            let t = ReferenceDistribution.studentT(degreesOfFreedom: degrees).twoSidedPValue(-statistic)
            #expect(t >= 0 && t < 0.02)
            #expect(ReferenceDistribution.chiSquared(degreesOfFreedom: degrees).upperTail(100 * statistic) < 1e-10)
        }
    }

    @Test(arguments: all)
    func tailsAddToOne(_ distribution: ReferenceDistribution) {
        for x in [0.01, 0.3, 0.5, 0.99] {
            #expect(abs(distribution.lowerTail(x) + distribution.upperTail(x) - 1) <= 2.3e-16)
        }
    }

    @Test(arguments: all)
    func quantilesInvertTheTails(_ distribution: ReferenceDistribution) {
        // Near 1 a quantile of beta is rounded by far more than its distance from 1 is worth; hence 1e-12.
        for p in [1e-12, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975] {
            #expect(abs(distribution.lowerTail(distribution.quantile(p)) / p - 1) < 1e-12)
            #expect(abs(distribution.upperTail(distribution.upperQuantile(p)) / p - 1) < 1e-12)
        }
    }

    @Test(arguments: all)
    func argumentsOutsideTheDomainGiveNaN(_ distribution: ReferenceDistribution) {
        #expect(distribution.lowerTail(.nan).isNaN)
        #expect(distribution.upperTail(.nan).isNaN)
        for p in [-0.1, 1.1, .nan] {
            #expect(distribution.quantile(p).isNaN)
            #expect(distribution.upperQuantile(p).isNaN)
        }
    }

    @Test(arguments: [
        ReferenceDistribution.studentT(degreesOfFreedom: 0), .studentT(degreesOfFreedom: .nan),
        .chiSquared(degreesOfFreedom: -1), .chiSquared(degreesOfFreedom: .infinity),
        .f(numerator: 0, denominator: 1), .f(numerator: 1, denominator: .nan), .beta(0, 1), .beta(1, .infinity),
    ])
    func impossibleParametersGiveNaN(_ distribution: ReferenceDistribution) {
        #expect(distribution.lowerTail(0.5).isNaN)
        #expect(distribution.upperTail(0.5).isNaN)
        #expect(distribution.quantile(0.5).isNaN)
        #expect(distribution.upperQuantile(0.5).isNaN)
    }

    @Test(arguments: all)
    func endsOfTheSupport(_ distribution: ReferenceDistribution) {
        #expect(distribution.lowerTail(-.infinity) == 0)
        #expect(distribution.upperTail(-.infinity) == 1)
        #expect(distribution.lowerTail(.infinity) == 1)
        #expect(distribution.upperTail(.infinity) == 0)
        #expect(distribution.quantile(0) == distribution.upperQuantile(1))
        #expect(distribution.quantile(1) == distribution.upperQuantile(0))
        #expect(distribution.lowerTail(distribution.quantile(0)) == 0)
        #expect(distribution.lowerTail(distribution.quantile(1)) == 1)
    }

    @Test func infiniteDegreesOfFreedomAreTheLimit() {
        let t = ReferenceDistribution.studentT(degreesOfFreedom: .infinity)
        #expect(t.upperTail(3) == ReferenceDistribution.normal.upperTail(3))
        #expect(t.upperQuantile(1e-9) == ReferenceDistribution.normal.upperQuantile(1e-9))
        let f = ReferenceDistribution.f(numerator: 3, denominator: .infinity)
        let chiSquared = ReferenceDistribution.chiSquared(degreesOfFreedom: 3)
        #expect(f.upperTail(2) == chiSquared.upperTail(6))
        #expect(f.quantile(0.3) == chiSquared.quantile(0.3) / 3)
    }
}

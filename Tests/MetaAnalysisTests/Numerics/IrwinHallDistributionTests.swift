import Testing

@testable import MetaAnalysis

@Suite struct IrwinHallDistributionTests {
    @Test func closedForms() {
        #expect(IrwinHallDistribution(count: 1).lowerTail(0.3) == 0.3)
        // The sum of two is a triangle, the volume below the corner of n is xⁿ/n!.
        #expect(abs(IrwinHallDistribution(count: 2).lowerTail(1.5) - 0.875) < 1e-15)
        #expect(abs(IrwinHallDistribution(count: 3).lowerTail(0.5) - 0.125 / 6) < 1e-16)
        #expect(abs(IrwinHallDistribution(count: 5).lowerTail(1) - 1.0 / 120) < 1e-17)
        #expect(abs(IrwinHallDistribution(count: 3).lowerTail(1.5) - 0.5) < 1e-15)
        #expect(IrwinHallDistribution(count: 4).lowerTail(-1) == 0 && IrwinHallDistribution(count: 4).lowerTail(5) == 1)
    }

    @Test(arguments: [1, 2, 3, 14, 80, 150, 151, 1000])
    func quantilesComeBack(count: Int) {
        let law = IrwinHallDistribution(count: count)
        for probability in [0.001, 0.025, 0.4, 0.5, 0.9, 0.975] {
            let x = law.quantile(probability)
            #expect(abs(law.lowerTail(x) - probability) < (count > 150 ? 1e-6 : 1e-13))
        }
        #expect(abs(law.quantile(0.1) + law.quantile(0.9) - Double(count)) < 1e-9)
    }
}

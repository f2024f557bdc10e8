import Testing

@testable import MetaAnalysis

@Suite struct IntervalQuantilesTests {
    @Test(arguments: IntervalMethod.allCases)
    func areThoseOfSingleFits(_ interval: IntervalMethod) {
        var quantiles = IntervalQuantiles(interval: interval, level: 0.9)
        quantiles.cover([1, 7, 7, 2, 5_000])
        let normal = ReferenceDistribution.normal.twoSidedQuantile(level: 0.9)
        for count in [1, 2, 7, 5_000] {
            let t = ReferenceDistribution.studentT(degreesOfFreedom: Double(count - 1)).twoSidedQuantile(level: 0.9)
            #expect(quantiles[count] == (interval == .wald || count == 1 ? normal : t))
        }
    }
}

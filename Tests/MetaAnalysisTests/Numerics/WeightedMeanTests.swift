import Testing

@testable import MetaAnalysis

struct WeightedMeanTests {
    @Test func weighsByWeight() {
        var mean = WeightedMean()
        #expect(mean.value.isNaN)
        mean.add(1, weight: 3)
        mean.add(5, weight: 1)
        mean.add(1e9, weight: 0)
        #expect(mean.value == 2)
    }
}

import Testing

@testable import MetaAnalysis

@Suite struct FunnelPredictorTests {
    private static let effects = EffectSizes(effects: [
        EffectSize(label: "a", estimate: 1, variance: 0.25, sampleSize: 16),
        EffectSize(label: "b", estimate: 2, variance: 4, sampleSize: 25),
    ])

    static let expected: [(FunnelPredictor, [Double])] = [
        (.standardError, [0.5, 2]), (.variance, [0.25, 4]), (.sampleSize, [16, 25]),
        (.inverseSampleSize, [0.0625, 0.04]),
        (.rootSampleSize, [4, 5]), (.inverseRootSampleSize, [0.25, 0.2]),
    ]

    @Test(arguments: expected)
    func values(predictor: FunnelPredictor, expected: [Double]) throws {
        #expect(try predictor.values(Self.effects) == expected)
    }

    @Test func aLimitNeedsAPredictorThatVanishes() {
        #expect(FunnelPredictor.allCases.filter { !$0.vanishesWithSize } == [.sampleSize, .rootSampleSize])
    }
}

import MetaAnalysisTestSupport
import Testing

@testable import MetaAnalysis

@Suite struct EffectSizeConfidenceIntervalTests {
    private let effect = EffectSize(label: "a", estimate: 2, variance: 0.25)

    @Test func byTheNormalDistribution() throws {
        let interval = try effect.confidenceInterval()
        #expect(Tolerance.quantile.accepts(interval.lower, 2 - 1.959963984540054 / 2))
        #expect(Tolerance.quantile.accepts(interval.upper, 2 + 1.959963984540054 / 2))
        #expect(Tolerance.quantile.accepts(try effect.confidenceInterval(level: 0.9).width, 1.6448536269514722))
    }

    @Test(arguments: [0, 1, -0.1, 95, .nan])
    func levelsOutsideTheirRange(_ level: Double) {
        let error = #expect(throws: MetaAnalysisError.self) { try effect.confidenceInterval(level: level) }
        #expect(error?.code == .invalidSetting)
    }
}

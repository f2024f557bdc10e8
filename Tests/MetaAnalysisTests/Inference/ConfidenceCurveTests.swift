import MetaAnalysis
import Testing

@Suite struct ConfidenceCurveTests {
    @Test func endsOfIntervalsHaveTheirPValue() throws {
        let study = EffectSize(label: "A", estimate: 0.3, variance: 0.04)
        let curve = ConfidenceCurve(estimate: 0.3, standardError: 0.2)
        for level in [0.5, 0.9, 0.95, 0.99] {
            let interval = try study.confidenceInterval(level: level)
            #expect(abs(curve.pValue(against: interval.lower) - (1 - level)) < 1e-12)
            #expect(abs(curve.pValue(against: interval.upper) - (1 - level)) < 1e-12)
        }
        #expect(curve.pValue(against: 0.3) == 1)
    }

    @Test func degreesOfFreedomWidenTheCurve() {
        let normal = ConfidenceCurve(estimate: 0, standardError: 1)
        let few = ConfidenceCurve(estimate: 0, standardError: 1, degreesOfFreedom: 3)
        #expect(few.pValue(against: 2) > normal.pValue(against: 2))
        #expect(ConfidenceCurve(estimate: 0, standardError: 0).pValue(against: 1).isNaN)
    }
}

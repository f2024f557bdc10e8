import Testing

@testable import MetaAnalysis

@Suite struct LogRatioTests {
    /// Next to 1 the excess decides, elsewhere the ratio.
    @Test func nearAndFar() {
        // ln(1 + 2⁻⁶⁰) in 20 digits; the ratio itself is 1.
        #expect(abs(logRatio(1, exceedingOneBy: 0x1p-60) / 8.6736173798840354701e-19 - 1) < 1e-15)
        #expect(logRatio(0.75, exceedingOneBy: -0.25).isNear(-0.28768207245178092744))
        #expect(logRatio(3, exceedingOneBy: .nan).isNear(1.0986122886681098))
        #expect(logRatio(0.25, exceedingOneBy: .nan).isNear(-1.3862943611198906))
    }

    /// The two ways agree where they meet.
    @Test(arguments: [0.5, 1.5]) func meeting(_ ratio: Double) {
        #expect(
            logRatio(ratio.nextUp, exceedingOneBy: ratio.nextUp - 1).isNear(logRatio(ratio, exceedingOneBy: ratio - 1)))
        #expect(
            logRatio(ratio.nextDown, exceedingOneBy: ratio.nextDown - 1).isNear(
                logRatio(ratio, exceedingOneBy: ratio - 1)))
    }
}

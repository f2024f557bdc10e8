import Testing

@testable import MetaAnalysis

@Suite struct EffectReadingTests {
    @Test(arguments: [
        ("RR", EffectScale.log, "risk ratio", "RR", true), ("MD", .identity, "mean difference", "MD", false),
        ("PLO", .logit, "proportion", "Proportion", true), ("ZCOR", .fisherZ, "correlation", "Correlation", true),
        ("ABT", .logComplement, "coefficient alpha", "Alpha", true), ("GEN", .identity, "effect", "Effect", false),
        ("IRS", .squareRoot, "rate", "Rate", true),
    ])
    func namesAndScales(code: String, scale: EffectScale, title: String, header: String, isBack: Bool) {
        let reading = EffectReading(measure: code, scale: scale)
        #expect(reading.title == title)
        #expect(reading.header == header)
        #expect(reading.isBackTransformed == isBack)
    }

    @Test func everyMeasureHasATitleForPeople() {
        for measure in MeasureDescription.all {
            let reading = EffectReading(measure: measure.code, scale: measure.scale)
            #expect(!reading.title.isEmpty && !reading.title.hasPrefix("log "), "\(measure.code)")
            #expect(!reading.name.contains("("), "\(measure.code)")
        }
    }

    @Test func valuesAreTakenBackOnce() {
        let reading = EffectReading(measure: "RR", scale: .log)
        #expect(reading.text(0) == "1.00")
        #expect(reading.text(nil as Double?) == "")
        #expect(reading.text(ConfidenceInterval(lower: -0.6931471805599453, upper: 0)) == "0.50 to 1.00")
        #expect(reading.text(ConfidenceInterval.unbounded) == "not estimable")
        #expect(reading.text(ConfidenceInterval(lower: 0, upper: 800)) == "1.00 to > 1.8e+308")
        #expect(reading.text(800) == "> 1.8e+308")
    }

    /// A scale on which what is read falls as what is stored rises keeps lower before upper.
    @Test func intervalsStayInOrder() {
        for scale in EffectScale.allCases where !scale.needsSampleSize {
            let interval = EffectReading(measure: "GEN", scale: scale).interval(
                ConfidenceInterval(lower: 0.2, upper: 0.4))
            #expect(interval.lower <= interval.upper, "\(scale)")
        }
    }

    @Test func onlyContrastsHaveAReference() {
        #expect(EffectReading(measure: "OR", scale: .log).reference(measure: "OR") == 0)
        #expect(EffectReading(measure: "ZCOR", scale: .fisherZ).reference(measure: "ZCOR") == 0)
        #expect(EffectReading(measure: "PLO", scale: .logit).reference(measure: "PLO") == nil)
        #expect(EffectReading(measure: "MN", scale: .identity).reference(measure: "MN") == nil)
    }

    @Test func sampleSizesTakeTheirOwnScalesBack() {
        let proportion = EffectReading(measure: "PFT", scale: .freemanTukey)
        #expect(!proportion.isBackTransformed && proportion.takenBack.title == "proportion")
        #expect(EffectReading(measure: "IRFT", scale: .freemanTukeyRate).takenBack.header == "Rate")
        let ratio = EffectReading(measure: "RR", scale: .log)
        #expect(ratio.takenBack == ratio)
    }

    @Test func theNarrowestIntervalGivesTheDecimals() {
        let reading = EffectReading(measure: "MD", scale: .identity)
        let intervals = [0.05, 30, .infinity, 0].map { ConfidenceInterval(lower: 0, upper: $0) }
        #expect(reading.decimals(for: intervals) == NumberFormat.decimals(forWidth: 0.05))
        #expect(reading.decimals(for: [] as [ConfidenceInterval]) == 2)
    }
}

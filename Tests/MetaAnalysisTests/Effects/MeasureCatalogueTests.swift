import Testing

import MetaAnalysis

struct MeasureCatalogueTests {
    @Test func theCatalogueIsComplete() {
        #expect(
            MeasureDescription.all.map(\.code) == [
                "OR", "RR", "RD", "AS", "PETO", "MD", "SMD", "SMDH", "ROM", "MC", "SMCC", "SMCR", "ROMC", "IRR", "IRD",
                "IRSD", "MN", "MNLN", "PR", "PLN", "PLO", "PAS", "PFT", "IR", "IRLN", "IRS", "IRFT", "COR", "UCOR",
                "ZCOR", "ARAW", "AHW", "ABT", "GEN", "HR",
            ])
    }

    @Test(arguments: MeasureDescription.all)
    func everyEntryIsWritten(measure: MeasureDescription) {
        #expect(measure.title.first?.isLowercase == true || measure.title.hasPrefix("Freeman"))
        #expect(measure.definition.contains("y"))
        #expect(measure.definition.contains("v"))
        #expect(measure.source.contains("doi:10."))
        #expect(!measure.variances.isEmpty && Set(measure.variances).count == measure.variances.count)
        #expect(measure.kind.measures.contains(measure))
    }

    @Test func lookUpIgnoresCase() {
        #expect(MeasureDescription.find("smd")?.title == "standardized mean difference (Hedges' g)")
        #expect(MeasureDescription.find("Irft")?.scale == .freemanTukeyRate)
        #expect(MeasureDescription.find("") == nil)
    }

    @Test func whichMeasuresAreCorrectedForZeroCells() {
        #expect(
            MeasureDescription.all.filter(\.usesContinuityCorrection).map(\.code)
                == ["OR", "RR", "RD", "PETO", "IRR", "IRD", "PR", "PLN", "PLO", "IR", "IRLN"])
    }

    @Test func whichMeasuresHaveABiasCorrection() {
        #expect(
            MeasureDescription.all.filter(\.hasBiasCorrection).map(\.code)
                == ["SMD", "SMDH", "ROM", "SMCC", "SMCR", "ROMC"])
    }
}

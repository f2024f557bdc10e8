import Testing

import MetaAnalysis

struct MeasureCatalogueTests {
    @Test func theCatalogueIsComplete() {
        #expect(
            MeasureDescription.all.map(\.code) == [
                "OR", "RR", "RD", "AS", "PETO", "PHI", "ZPHI", "YUQ", "YUY", "RTET", "ZTET", "PBIT", "OR2D", "OR2DN",
                "OR2DL",
                "MD", "SMD", "SMDH", "SMD1", "SMD1H", "ROM", "RPB", "ZPB", "RBIS", "ZBIS", "D2OR", "D2ORN", "D2ORL",
                "VR",
                "CVR", "CLESN", "MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "ROMC", "VRC", "CVRC", "CLESCN",
                "IRR",
                "IRD", "IRSD", "MPRR", "MPOR", "MPRD", "MPORC", "MPPETO", "MPORM", "MN", "MNLN", "SMN", "SDLN", "CVLN",
                "PR", "PLN", "PLO", "PRZ", "PAS", "PFT", "IR", "IRLN", "IRS", "IRFT", "COR", "UCOR", "ZCOR", "ARAW",
                "AHW",
                "ABT", "REH", "GEN", "HR",
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
                == [
                    "OR", "RR", "RD", "PETO", "YUQ", "YUY", "PBIT", "OR2D", "OR2DN", "OR2DL", "IRR", "IRD", "MPRR",
                    "MPOR",
                    "MPRD", "MPORC", "MPPETO", "MPORM", "PR", "PLN", "PLO", "PRZ", "IR", "IRLN",
                ])
    }

    @Test func whichMeasuresHaveABiasCorrection() {
        #expect(
            MeasureDescription.all.filter(\.hasBiasCorrection).map(\.code)
                == [
                    "SMD", "SMDH", "SMD1", "SMD1H", "ROM", "VR", "CVR", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH",
                    "ROMC",
                    "CVRC", "SMN", "SDLN", "CVLN",
                ])
    }
}

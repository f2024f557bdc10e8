import Testing

import MetaAnalysis

struct MeasureCatalogueTests {
    @Test func theCatalogueIsComplete() {
        #expect(
            MeasureDescription.all.map(\.code) == [
                "OR", "RR", "RD", "AS", "PETO", "PHI", "ZPHI", "YUQ", "YUY", "RTET", "ZTET", "PBIT", "OR2D", "OR2DN",
                "OR2DL", "DOR", "VE",
                "MD", "SMD", "SMDH", "SMD1", "SMD1H", "ROM", "RPB", "ZPB", "RBIS", "ZBIS", "D2OR", "D2ORN", "D2ORL",
                "VR",
                "CVR", "CLESN", "MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "ROMC", "VRC", "CVRC", "CLESCN",
                "IRR",
                "IRD", "IRSD", "MPRR", "MPOR", "MPRD", "MPORC", "MPPETO", "MPORM", "MN", "MNLN", "SMN", "SDLN", "CVLN",
                "PR", "PLN", "PLO", "PRZ", "PAS", "PFT", "IR", "IRLN", "IRS", "IRFT", "COR", "UCOR", "ZCOR", "ARAW",
                "AHW",
                "ABT", "PCOR", "ZPCOR", "SPCOR", "ZSPCOR", "R2", "ZR2", "R2F", "ZR2F", "CLES", "AUC", "REH", "GEN",
                "HR", "HR",
            ])
    }

    @Test(arguments: MeasureDescription.all)
    func everyEntryIsWritten(measure: MeasureDescription) {
        #expect(measure.title.first?.isLowercase == true || measure.title.hasPrefix("Freeman"))
        #expect(measure.definition.contains("y"))
        #expect(measure.definition.contains("v"))
        #expect(measure.source.contains("doi:10."))
        #expect(!"\(measure.title)\(measure.definition)\(measure.source)".contains { $0.isNewline || $0 == "\\" })
        #expect(!measure.variances.isEmpty && Set(measure.variances).count == measure.variances.count)
        #expect(measure.kind.measures.contains(measure))
    }

    /// The numbers beside a definition were computed apart from it; a table of one row goes the whole way.
    @Test(arguments: MeasureDescription.all)
    func everyExampleIsRight(measure: MeasureDescription) throws {
        let inputs = measure.inputs
        let text =
            inputs.map(\.key.rawValue).joined(separator: ",") + "\n"
            + inputs.map { "\($0.value)" }.joined(separator: ",")
        let data = try StudyColumns(measure: measure.code).read(Table(csv: text + "\n", name: "example.csv"))
        #expect(data.count == 1 && data[0].studies.kind == measure.kind)
        let effects = try data[0].studies.effectSizes(measureCode: measure.code).effects
        #expect(effects.count == 1)
        for (ours, theirs) in zip(
            [effects[0].estimate, effects[0].variance], [measure.example.estimate, measure.example.variance])
        {
            #expect(abs(ours - theirs) <= 6e-10 * abs(theirs), "\(measure.code) \(ours)")
        }
        #expect(measure.roles.contains { Set($0).isSubset(of: inputs.map(\.key)) })
    }

    @Test func rolesAreThoseTheMeasureNeeds() throws {
        func roles(_ code: String) throws -> [[Role]] { try #require(MeasureDescription.find(code)).roles }
        #expect(try roles("MC").count == 2)
        #expect(try roles("SMCR") == [[.m1i, .sd1i, .m2i, .sd2i, .ni, .ri]])
        #expect(try roles("PCOR") == [[.ti, .ni, .mi], [.pi, .ni, .mi], [.ri, .ni, .mi]])
        #expect(
            try roles("SPCOR") == [[.ti, .ni, .mi, .r2i], [.pi, .ni, .mi, .r2i], [.ri, .ni, .mi, .r2i]])
        #expect(try roles("OR") == OutcomeKind.twoByTwo.roles)
        #expect(try roles("MD") == [[.n1i, .m1i, .sd1i, .n2i, .m2i, .sd2i]])
        #expect(try roles("SMD").contains([.ti, .n1i, .n2i]))
        #expect(try roles("GEN") == [[.yi, .vi], [.yi, .sei], [.yi, .ciLow, .ciHigh]])
    }

    /// What `metaan measures` shows beside the data: yi on the analysis scale always, the scale that people read under its own role.
    @Test(
        arguments: [
            ("HR", .ratio), ("OR", .ratio), ("IRR", .ratio), ("PLO", .proportion), ("ZCOR", .ri), ("VE", .efficacy),
            ("IRLN", .rate), ("ABT", .alpha),
        ] as [(String, Role)])
    func effectsAreReportedOnTwoScales(code: String, natural: Role) throws {
        let roles = try #require(MeasureDescription.find(code)).reportedRoles
        #expect(roles.contains([.yi, .sei]) && roles.contains([.yi, .ciLow, .ciHigh]))
        #expect(roles.contains([natural, .ciLow, .ciHigh]))
        #expect(roles.contains([natural, .pi]) == (natural == .ratio))
    }

    /// A hazard ratio is computed from two kinds of data, under one code.
    @Test func codesStandOnce() {
        #expect(Set(MeasureDescription.codes).count == MeasureDescription.codes.count)
        #expect(Set(MeasureDescription.codes) == Set(MeasureDescription.all.map(\.code)))
        #expect(MeasureDescription.all.count == MeasureDescription.codes.count + 1)
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
                    "OR", "RR", "RD", "PETO", "YUQ", "YUY", "PBIT", "OR2D", "OR2DN", "OR2DL", "DOR", "VE", "IRR", "IRD",
                    "MPRR",
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

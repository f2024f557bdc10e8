import Testing

@testable import MetaAnalysis

struct EffectSizesTests {
    let trials = [
        Study("A", TwoByTwoTable(events: 4, of: 123, versus: 11, of: 139), row: 2, group: "g", cluster: "c"),
        Study("B", TwoByTwoTable(events: 0, of: 30, versus: 0, of: 40), row: 3),
        Study("A", TwoByTwoTable(events: 3, of: 231, versus: 11, of: 220), row: 4),
    ]

    @Test func everyStudyIsAnEffectOrAnExclusion() throws {
        let effects = try EffectSizes(
            trials, measure: .riskRatio, settings: EffectSettings(correction: .never))
        #expect(effects.measure == "RR" && effects.scale == .log)
        #expect(effects.effects.map(\.row) == [2, 4])
        #expect(effects.effects[0].sampleSize == 262)
        #expect(effects.effects[0].group == "g" && effects.effects[0].cluster == "c")
        #expect(effects.excluded.map(\.label) == ["B"] && effects.excluded.map(\.row) == [3])
        #expect(effects.settings?.correction == .never)
        #expect(effects.diagnostics.map(\.code) == [.studyExcluded, .duplicateLabels])
        #expect(effects.diagnostics[0].severity == .warning)
        #expect(effects.diagnostics[0].message.hasPrefix("left out: no events in either group"))
        #expect(effects.diagnostics[1].studies == ["A"] && effects.diagnostics[1].severity == .warning)
        #expect(effects.count == 2 && effects.studyCount == 1)
    }

    @Test func correctionIsNoted() throws {
        let effects = try EffectSizes(trials, measure: .riskRatio)
        let note = try #require(effects.diagnostics.first { $0.code == .continuityCorrection })
        #expect(note.message == "0.5 added to the cells of 1 of 3 studies")
        #expect(note.studies == ["B"])
        // The size stays that of the participants.
        #expect(effects.effects[1].sampleSize == 70)
    }

    @Test func impossibleDataNameTheStudyAndItsRow() {
        var wrong = trials
        wrong[2].outcome.controlEvents = -1
        let error = #expect(throws: MetaAnalysisError.self) { try EffectSizes(wrong, measure: .riskRatio) }
        #expect(error?.location == MetaAnalysisError.Location(row: 4, column: "ci", study: "A"))
    }

    @Test func variantsAMeasureLacksAreRefused() {
        let error = #expect(throws: MetaAnalysisError.self) {
            try EffectSizes(trials, measure: .riskDifference, settings: EffectSettings(variance: .homoscedastic))
        }
        #expect(error?.code == .unsupportedCombination)
        #expect(error?.description == "RD has no variance HO; take one of LS, UB, AV")
    }

    /// Estimates of metafor 3.8-1 for the examples of the catalogue; their variances are those of the present definitions.
    @Test(
        arguments: [
            ("ROM", -0.31015492830383962), ("CVR", 0.001440393449366481), ("ROMC", -0.22965823233540339),
            ("CVRC", 0.48670333532529464),
        ] as [(String, Double)])
    func originalCorrections(code: String, estimate: Double) throws {
        let measure = try #require(MeasureDescription.find(code))
        let inputs = measure.inputs
        let text =
            inputs.map(\.key.rawValue).joined(separator: ",") + "\n"
            + inputs.map { "\($0.value)" }.joined(separator: ",")
        let studies = try StudyColumns(measure: code).read(Table(csv: text + "\n", name: "example.csv"))[0].studies
        let original = try studies.effectSizes(
            measureCode: code, settings: EffectSettings(usesOriginalCorrection: true)
        ).effects
        #expect(abs(original[0].estimate - estimate) < 1e-15)
        #expect(original[0].variance == (try studies.effectSizes(measureCode: code)).effects[0].variance)
    }

    @Test func correctionsThatHaveNotChangedAreNotOriginal() {
        func refusal(_ measure: TwoGroupMeans.Measure, _ settings: EffectSettings) -> String? {
            #expect(throws: MetaAnalysisError.self) {
                try EffectSizes([Study<TwoGroupMeans>](), measure: measure, settings: settings)
            }?.description
        }
        #expect(
            refusal(.standardizedMeanDifference, EffectSettings(usesOriginalCorrection: true))
                == "the bias correction of SMD has not changed since it was published; leave out the original correction, or "
                + "take one of ROM, CVR, ROMC, CVRC")
        #expect(
            refusal(.ratioOfMeans, EffectSettings(biasCorrected: false, usesOriginalCorrection: true))?
                .hasPrefix("ROM cannot be both corrected as first published and not corrected") == true)
    }

    /// A study that overflows leaves the average over the others a number.
    @Test func averagesAreOfEffectsInRange() throws {
        let groups = [(5.0, 2.0, 4.0), (6, 2, 4), (1e300, 1e-9, 1)].map {
            Study(
                "s",
                TwoGroupMeans(
                    treatedSize: 10, treatedMean: $0.0, treatedDeviation: $0.1, controlSize: 12, controlMean: $0.2,
                    controlDeviation: $0.1))
        }
        let averaged = EffectSettings(variance: .averaged)
        let all = try EffectSizes(groups, measure: .standardizedMeanDifference, settings: averaged)
        let others = try EffectSizes(Array(groups.prefix(2)), measure: .standardizedMeanDifference, settings: averaged)
        #expect(all.effects == others.effects && all.excluded.count == 1)
    }

    @Test func noStudiesGiveNoEffects() throws {
        let none = try EffectSizes([Study<Proportion>](), measure: .raw, settings: EffectSettings(variance: .averaged))
        #expect(none.effects.isEmpty && none.excluded.isEmpty && none.diagnostics.isEmpty)
        #expect(none.harmonicMeanSampleSize == nil)
    }

    @Test func harmonicMeanOfTheSizes() throws {
        let studies = [4.0, 12].map { Study("s", Proportion(events: 1, size: $0)) }
        #expect(try EffectSizes(studies, measure: .freemanTukey).harmonicMeanSampleSize == 6)
        let reported = [Study("s", ReportedEffect(estimate: 1, precision: .variance(1)))]
        #expect(try EffectSizes(reported, measure: .generic).harmonicMeanSampleSize == nil)
    }

    @Test func subsetKeepsMeasureScaleAndSettings() throws {
        let effects = try EffectSizes(trials, measure: .riskRatio)
        let part = effects.subset([2, 0])
        #expect(part.effects.map(\.row) == [4, 2])
        #expect(part.effects.map(\.estimate) == [2, 0].map { effects.effects[$0].estimate })
        #expect(part.measure == "RR" && part.scale == .log && part.settings == effects.settings)
        #expect(part.count == 2 && part.effects[1].group == "g")
    }

    @Test func settingsWithoutEffectAreSaid() throws {
        let reported = [Study("s", ReportedEffect(estimate: 1, precision: .variance(1)))]
        func notes(_ settings: EffectSettings) throws -> [String] {
            try EffectSizes(reported, measure: .generic, settings: settings).diagnostics.map(\.message)
        }
        #expect(try notes(EffectSettings()).isEmpty)
        #expect(try notes(EffectSettings(correction: .never)).isEmpty)
        let corrections = [ContinuityCorrection(amount: 0.1), .all, .anyZero, .treatmentArm]
        for correction in corrections {
            #expect(
                try notes(EffectSettings(correction: correction))
                    == ["GEN needs no continuity correction, and none was applied"])
        }
        #expect(
            try notes(EffectSettings(correction: ContinuityCorrection(dropsDoubleZero: true), biasCorrected: false))
                == [
                    "GEN is not of counts of events, and no study is left out for having none",
                    "GEN has no bias correction that could be left out",
                ])
        let differences = try EffectSizes(
            trials, measure: .riskDifference,
            settings: EffectSettings(correction: ContinuityCorrection(dropsDoubleZero: true)))
        #expect(!differences.diagnostics.contains { $0.code == .unusualCombination })
    }
}

import Testing

@testable import MetaAnalysis

struct StudyCollectionTests {
    /// One valid study of every kind, in the order of `OutcomeKind.allCases`.
    static let all: [StudyCollection] = [
        .twoByTwo([Study("a", TwoByTwoTable(events: 1, of: 4, versus: 2, of: 4), row: 2, group: "g")]),
        .twoGroupMeans([
            Study(
                "a",
                TwoGroupMeans(
                    treatedSize: 9, treatedMean: 3, treatedDeviation: 2, controlSize: 8, controlMean: 1,
                    controlDeviation: 2), row: 2, group: "g")
        ]),
        .pairedMeans([
            Study(
                "a",
                .times(
                    firstMean: 3, firstDeviation: 2, secondMean: 1, secondDeviation: 2, size: 9, correlation: 0.5),
                row: 2, group: "g")
        ]),
        .twoGroupRates([
            Study(
                "a", TwoGroupRates(treatedEvents: 2, treatedTime: 8, controlEvents: 4, controlTime: 4), row: 2,
                group: "g")
        ]),
        .pairedTable([
            Study("a", PairedTable(both: 3, firstOnly: 5, secondOnly: 2, neither: 4), row: 2, group: "g")
        ]),
        .pairedMargins([
            Study(
                "a",
                PairedMargins(
                    firstEvents: 8, firstNonEvents: 6, secondEvents: 5, secondNonEvents: 9, correlation: 0.2), row: 2,
                group: "g")
        ]),
        .singleMean([Study("a", SingleMean(mean: 3, deviation: 2, size: 9), row: 2, group: "g")]),
        .proportion([Study("a", Proportion(events: 1, size: 4), row: 2, group: "g")]),
        .rate([Study("a", Rate(events: 1, time: 4), row: 2, group: "g")]),
        .correlation([Study("a", Correlation(coefficient: 0.5, size: 9), row: 2, group: "g")]),
        .reliability([Study("a", Reliability(alpha: 0.8, items: 4, size: 9), row: 2, group: "g")]),
        .partialCorrelation([
            Study(
                "a",
                PartialCorrelation(evidence: .statistic(2), size: 40, predictors: 3, determination: 0.4), row: 2,
                group: "g")
        ]),
        .determination([
            Study("a", Determination(evidence: .coefficient(0.3), size: 40, predictors: 3), row: 2, group: "g")
        ]),
        .superiority([
            Study("a", Superiority(probability: 0.7, treatedSize: 9, controlSize: 8), row: 2, group: "g")
        ]),
        .genotypes([Study("a", Genotypes(dominant: 4, heterozygous: 9, recessive: 5), row: 2, group: "g")]),
        .reported([Study("a", ReportedEffect(estimate: 0.5, precision: .variance(1)), row: 2, group: "g")]),
        .logRank([Study("a", LogRank(excess: -3, variance: 7), row: 2, group: "g")]),
    ]

    @Test func everyKindIsThere() {
        #expect(Self.all.map(\.kind) == OutcomeKind.allCases)
    }

    @Test(arguments: all)
    func everyMeasureOfTheKindGivesAnEffect(studies: StudyCollection) throws {
        #expect(try studies.effectSizes().measure == studies.kind.defaultMeasure)
        for measure in studies.kind.measures {
            let effects = try studies.effectSizes(measureCode: measure.code.lowercased())
            #expect(effects.measure == measure.code)
            #expect(effects.scale == measure.scale)
            #expect(effects.effects.count == 1 && effects.excluded.isEmpty)
            #expect(effects.effects[0].row == 2 && effects.effects[0].group == "g")
        }
    }

    @Test(arguments: all)
    func theStudiesCanBeTakenApart(studies: StudyCollection) throws {
        #expect(studies.count == 1)
        #expect(studies.label(at: 0) == "a" && studies.group(at: 0) == "g" && studies.row(at: 0) == 2)
        let twice = studies.subset([0, 0])
        #expect(twice.kind == studies.kind && twice.count == 2)
        let one = try studies.effectSizes().effects[0]
        #expect(try twice.effectSizes().effects.map(\.estimate) == [one.estimate, one.estimate])
        #expect(studies.subset([]).count == 0)
    }

    @Test func measuresOfAnotherKindAreRefusedWithTheOnesThatFit() {
        let error = #expect(throws: MetaAnalysisError.self) {
            try Self.all[1].effectSizes(measureCode: "or")
        }
        #expect(error?.code == .unsupportedCombination)
        #expect(
            error?.description
                == "OR is computed from another kind of data (events of two groups) than the means of two groups given; "
                + "take one of MD, SMD, SMDH, SMD1, SMD1H, ROM, RPB, ZPB, RBIS, ZBIS, D2OR, D2ORN, D2ORL, VR, CVR, CLESN"
        )
        let unknown = #expect(throws: MetaAnalysisError.self) { try Self.all[0].effectSizes(measureCode: "XY") }
        #expect(
            unknown?.description
                == "there is no measure XY; take one of OR, RR, RD, AS, PETO, PHI, ZPHI, YUQ, YUY, RTET, ZTET, PBIT, OR2D, "
                + "OR2DN, OR2DL, DOR, VE")
    }
}

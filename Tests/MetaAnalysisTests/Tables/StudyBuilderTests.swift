import Testing

@testable import MetaAnalysis

private func read(_ text: String, measure: String? = nil) throws -> StudyData {
    try #require(try StudyColumns(measure: measure).read(Table(csv: text, name: "t.csv")).first)
}

@Suite("Studies from rows")
struct StudyBuilderTests {
    @Test("hold each number in its place", arguments: OutcomeKind.allCases) func places(kind: OutcomeKind) throws {
        let expected: (text: String, measure: String?, studies: [StudyCollection]) =
            switch kind {
            case .twoByTwo:
                (
                    "study,di,ci,bi,ai\nA,4,3,2,1\n", nil,
                    [
                        .twoByTwo([
                            Study(
                                "A",
                                TwoByTwoTable(
                                    treatedEvents: 1, treatedNonEvents: 2, controlEvents: 3, controlNonEvents: 4),
                                row: 2)
                        ])
                    ]
                )
            case .twoGroupMeans:
                (
                    "study,sd2i,m2i,n2i,sd1i,m1i,n1i\nA,6,5,40,3,2,10\n", nil,
                    [
                        .twoGroupMeans([
                            Study(
                                "A",
                                TwoGroupMeans(
                                    treatedSize: 10, treatedMean: 2, treatedDeviation: 3, controlSize: 40,
                                    controlMean: 5,
                                    controlDeviation: 6), row: 2)
                        ])
                    ]
                )
            case .pairedMeans:
                (
                    "study,n,sd_change,mean_change\nA,10,2,1\n", nil,
                    [.pairedMeans([Study("A", .change(mean: 1, deviation: 2, size: 10), row: 2)])]
                )
            case .twoGroupRates:
                (
                    "study,t2i,x2i,t1i,x1i\nA,4,3,2,1\n", nil,
                    [
                        .twoGroupRates([
                            Study(
                                "A",
                                TwoGroupRates(treatedEvents: 1, treatedTime: 2, controlEvents: 3, controlTime: 4),
                                row: 2)
                        ])
                    ]
                )
            case .pairedTable:
                (
                    "study,di,ci,bi,ai\nA,4,3,2,1\n", "MPOR",
                    [
                        .pairedTable([
                            Study("A", PairedTable(both: 1, firstOnly: 2, secondOnly: 3, neither: 4), row: 2)
                        ])
                    ]
                )
            case .pairedMargins:
                (
                    "study,ri,di,ci,bi,ai\nA,0.5,1,4,2,3\n", "MPORM",
                    [
                        .pairedMargins([
                            Study(
                                "A",
                                PairedMargins(
                                    firstEvents: 3, firstNonEvents: 2, secondEvents: 4, secondNonEvents: 1,
                                    correlation: 0.5), row: 2)
                        ])
                    ]
                )
            case .singleMean:
                (
                    "study,n,sd,mean\nA,10,2,1\n", nil,
                    [.singleMean([Study("A", SingleMean(mean: 1, deviation: 2, size: 10), row: 2)])]
                )
            case .proportion:
                ("study,n,events\nA,10,2\n", nil, [.proportion([Study("A", Proportion(events: 2, size: 10), row: 2)])])
            case .rate: ("study,ti,xi\nA,10,2\n", nil, [.rate([Study("A", Rate(events: 2, time: 10), row: 2)])])
            case .correlation:
                (
                    "study,ni,ri\nA,10,0.2\n", nil,
                    [.correlation([Study("A", Correlation(coefficient: 0.2, size: 10), row: 2)])]
                )
            case .reliability:
                (
                    "study,ni,mi,ai\nA,10,5,0.8\n", nil,
                    [.reliability([Study("A", Reliability(alpha: 0.8, items: 5, size: 10), row: 2)])]
                )
            case .partialCorrelation:
                (
                    "study,R2,preds,n,tval\nA,0.4,3,40,-2\nB,,3,40,1\n", "PCOR",
                    [
                        .partialCorrelation([
                            Study(
                                "A",
                                PartialCorrelation(
                                    evidence: .statistic(-2), size: 40, predictors: 3, determination: 0.4), row: 2),
                            Study(
                                "B", PartialCorrelation(evidence: .statistic(1), size: 40, predictors: 3), row: 3),
                        ])
                    ]
                )
            case .determination:
                (
                    "study,mi,ni,r2i\nA,3,40,0.4\n", "R2",
                    [
                        .determination([
                            Study("A", Determination(evidence: .coefficient(0.4), size: 40, predictors: 3), row: 2)
                        ])
                    ]
                )
            case .superiority:
                (
                    "study,n2i,n1i,auc\nA,8,9,0.7\n", "AUC",
                    [
                        .superiority([
                            Study("A", Superiority(probability: 0.7, treatedSize: 9, controlSize: 8), row: 2)
                        ])
                    ]
                )
            case .logRank:
                (
                    "study,V,O-E\nA,7,-3\n", nil,
                    [.logRank([Study("A", LogRank(excess: -3, variance: 7), row: 2)])]
                )
            case .genotypes:
                (
                    "study,ci,bi,ai\nA,3,2,1\n", "REH",
                    [.genotypes([Study("A", Genotypes(dominant: 1, heterozygous: 2, recessive: 3), row: 2)])]
                )
            case .reported:
                (
                    "study,vi,yi\nA,0.2,1\n", nil,
                    [.reported([Study("A", ReportedEffect(estimate: 1, precision: .variance(0.2)), row: 2)])]
                )
            }
        let data = try read(expected.text, measure: expected.measure)
        #expect([data.studies] == expected.studies)
        #expect(data.diagnostics.isEmpty && data.excluded.isEmpty)
    }

    @Test("take F and p-values of regressions as each row gives them") func regressions() throws {
        let text = "study,r2i,fi,pi,ni,mi\nA,0.4,,,40,3\nB,,2.5,,40,3\nC,,,0.01,40,3\n"
        let data = try read(text, measure: "ZR2")
        guard case .determination(let studies) = data.studies else {
            Issue.record("\(data.studies)")
            return
        }
        #expect(studies.map(\.outcome.evidence) == [.coefficient(0.4), .statistic(2.5), .pValue(0.01)])
        let partial = try read("study,ti,pi,ri,ni,mi\nA,2,,,40,3\nB,,-0.02,,40,3\nC,,,0.3,40,3\n", measure: "ZPCOR")
        guard case .partialCorrelation(let predictors) = partial.studies else {
            Issue.record("\(partial.studies)")
            return
        }
        #expect(predictors.map(\.outcome.evidence) == [.statistic(2), .pValue(-0.02), .coefficient(0.3)])
    }

    @Test("leave out by name what a semi-partial correlation lacks") func determination() throws {
        let data = try read("study,ti,ni,mi,r2i\nA,2,40,3,0.4\nB,2,40,3,\n", measure: "SPCOR")
        #expect(data.studies.count == 1)
        #expect(data.excluded.map(\.reason) == ["missing r2i (column r2i)"])
        let error = #expect(throws: MetaAnalysisError.self) {
            try read("study,ti,ni,mi\nA,2,40,3\n", measure: "SPCOR")
        }
        #expect(error?.code == .missingColumn && error?.message.contains("lacks r2i") == true)
    }

    @Test("take means at two times") func times() throws {
        let data = try read("study,ni,ri,sd2i,m2i,sd1i,m1i\nA,10,0.5,4,3,2,1\n")
        #expect(
            data.studies
                == .pairedMeans([
                    Study(
                        "A",
                        .times(
                            firstMean: 1, firstDeviation: 2, secondMean: 3, secondDeviation: 4, size: 10,
                            correlation: 0.5),
                        row: 2)
                ]))
    }

    @Test("take the precision of a reported effect as each row gives it") func precision() throws {
        let text = "study,yi,ci_low,ci_high,sei,vi\nA,1,,,,0.2\nB,2,1,3,0.5,\nC,3,1,5,,\nD,4,1,5,0.5,0.2\n"
        let columns = StudyColumns(intervalLevel: 0.9)
        let data = try #require(try columns.read(Table(csv: text, name: "t.csv")).first)
        guard case .reported(let studies) = data.studies else {
            Issue.record("\(data.studies)")
            return
        }
        #expect(
            studies.map(\.outcome.precision) == [
                .variance(0.2), .standardError(0.5), .interval(lower: 1, upper: 5, level: 0.9), .variance(0.2),
            ])
        #expect(data.columns["sei"] == "sei" && data.columns["ci_low"] == "ci_low" && data.columns["vi"] == "vi")
    }

    @Test("take non-events or sizes of two groups as each row gives them") func eventsOrSizes() throws {
        let data = try read("study,ai,bi,n1i,ci,di,n2i\nA,1,9,,2,18,\nB,1,,10,2,,20\nC,1,,,2,,20\n")
        let table = TwoByTwoTable(treatedEvents: 1, treatedNonEvents: 9, controlEvents: 2, controlNonEvents: 18)
        #expect(data.studies == .twoByTwo([Study("A", table, row: 2), Study("B", table, row: 3)]))
        #expect(data.excluded == [ExcludedStudy(label: "C", row: 4, reason: "missing n1i (column n1i)")])
    }

    @Test("leave out rows that lack a value, by name and with the column") func excluded() throws {
        let data = try read(
            """
            author,mean_t,sd_t,n_t,mean_c,sd_c,n_c,extra
            A,1,NA,10,2,1,10,7
            B,1,1,10,2,1,10,8
            B,1,1,10,,,10,9
            C,1,1,10,2,1,10,
            """)
        #expect(data.studies.count == 2)
        #expect(data.tableRows == [1, 3])
        #expect(
            data.excluded == [
                ExcludedStudy(label: "A", row: 2, reason: "missing sd1i (column sd_t)"),
                ExcludedStudy(label: "B", row: 4, reason: "missing m2i (column mean_c), sd2i (column sd_c)"),
            ])
        #expect(
            data.diagnostics == [
                Diagnostic(.warning, .studyExcluded, "left out: missing sd1i (column sd_t)", studies: ["A"]),
                Diagnostic(
                    .warning, .studyExcluded, "left out: missing m2i (column mean_c), sd2i (column sd_c)",
                    studies: ["B"]),
            ])
        #expect(
            data.columns == [
                "study": "author", "m1i": "mean_t", "sd1i": "sd_t", "n1i": "n_t", "m2i": "mean_c", "sd2i": "sd_c",
                "n2i": "n_c",
            ])
    }

    @Test("check the numbers of incomplete rows too") func slip() {
        let error = #expect(throws: MetaAnalysisError.self) { try read("study,yi,vi\nA,1,1\nB,\"1,5\",\n") }
        #expect(error?.location == MetaAnalysisError.Location(file: "t.csv", row: 3, column: "yi"))
    }

    @Test("are called by their lines where no label stands") func labels() throws {
        let unnamed = try read("yi,vi\n1,2\n\n3,4\n")
        #expect((0..<2).map(unnamed.studies.label(at:)) == ["row 2", "row 4"])
        #expect(
            unnamed.diagnostics.map(\.message) == [
                "no column names the studies; they are called by their lines in the file"
            ])
        let partly = try read("Study,yi,vi\nX,1,2\n,3,4\nX,5,6\n")
        #expect((0..<3).map(partly.studies.label(at:)) == ["X", "row 3", "X"])
        #expect(partly.diagnostics.map(\.code) == [.duplicateLabels])
    }

    @Test("carry group and cluster") func groups() throws {
        let data = try read("trial,yi,vi,Subgroup,cluster\nA,1,2,g,1\nB,3,4,,\n")
        #expect(
            data.studies
                == .reported([
                    Study(
                        "A", ReportedEffect(estimate: 1, precision: .variance(2)), row: 2, group: "g", cluster: "1"),
                    Study("B", ReportedEffect(estimate: 3, precision: .variance(4)), row: 3),
                ]))
        #expect(data.columns["group"] == "Subgroup")
    }

    @Test("are valid for the measure asked for: an effect may be negative, a hazard ratio not") func validity() throws {
        let text = "study,hr,yi,lower,upper\nA,0.5,-0.5,0.2,1.25\n"
        #expect(try read(text, measure: "HR").studies.count == 1)
        let text2 = "study,effect,ci_low,ci_high\nA,-0.5,-1,0\n"
        #expect(try read(text2).studies.count == 1)
        #expect(try read(text2, measure: "hr").studies.count == 1)
        let text3 = "study,ratio,ci_low,ci_high\nA,-0.5,-1,0\n"
        let error = #expect(throws: MetaAnalysisError.self) { try read(text3, measure: "hr") }
        #expect(error?.location == MetaAnalysisError.Location(file: "t.csv", row: 2, column: "ratio", study: "A"))
    }
}

import Testing

@testable import MetaAnalysis

@Suite("Columns of studies")
struct StudyColumnsTests {
    @Test("give one set of studies for each outcome, each of its own kind") func outcomes() throws {
        let text = """
            study,outcome,n_t,mean_t,sd_t,n_c,mean_c,sd_c,mean_change,sd_change,n,yi,sei
            A,Barthel,10,1,1,10,2,1,,,,,
            B,change,,,,,,,3,1,12,,
            C,Barthel,9,,,9,,,,,,5,2
            D,Barthel,10,1,1,10,2,1,,,,,
            E,change,,,,,,,4,,12,,
            """
        let found = try StudyColumns().read(Table(csv: text, name: "t.csv"))
        #expect(found.map(\.outcome) == ["Barthel", "change"])
        #expect(found.map(\.studies.kind) == [.twoGroupMeans, .pairedMeans])
        #expect(found.map(\.tableRows) == [[0, 3], [1]])
        #expect(
            found.map(\.excluded) == [
                [
                    ExcludedStudy(
                        label: "C", row: 4,
                        reason: "missing m1i (column mean_t), sd1i (column sd_t), "
                            + "m2i (column mean_c), sd2i (column sd_c)")
                ],
                [ExcludedStudy(label: "E", row: 6, reason: "missing sdi (column sd_change)")],
            ])
        #expect(
            found[0].diagnostics.first?.message
                == "the outcome \"Barthel\" is read as means of two groups (2 of 3 rows); there is also effect as reported "
                + "(1 of 3 rows): ask for a measure to take such rows beside the data, or for GEN to take them alone")
        #expect(found[1].diagnostics.map(\.code) == [.studyExcluded])
    }

    @Test("leave out every row of an outcome without the data of the measure asked for") func otherKind() throws {
        let text = "study,outcome,yi,vi,ri,ni\nA,x,1,2,,\nB,y,,,0.5,10\n"
        let found = try StudyColumns(measure: "ZCOR").read(Table(csv: text, name: "t.csv"))
        #expect(found.map(\.studies.count) == [0, 1])
        #expect(
            found[0].excluded.map(\.reason) == [
                "missing ri (column ri), ni (column ni); an effect is reported, but no row beside it has the data, and its column "
                    + "does not say of which measure it is"
            ])
    }

    /// Rows that report the effect, with those that have the data, and one with neither.
    private static let mixed = """
        study,oe,v,hr,ci_low,ci_high,se,ni
        A,-8.5,21,,,,,
        B,,,0.75,0.6,0.9375,,120
        C,-2,14,,,,,
        D,,,0.9,,,0.2,
        E,,,,,,,50

        """

    @Test("take effects as reported beside data of the measure asked for") func mixedRows() throws {
        let data = try #require(try StudyColumns(measure: "hr").read(Table(csv: Self.mixed, name: "t.csv")).first)
        guard case .mixed(let studies) = data.studies else {
            Issue.record("not mixed")
            return
        }
        #expect(studies.computed.kind == .logRank && studies.computed.count == 2)
        #expect(
            studies.reported.map(\.outcome) == [
                ReportedEffect(
                    estimate: 0.75, precision: .interval(lower: 0.6, upper: 0.9375, level: 0.95), isRatio: true,
                    participants: 120),
                ReportedEffect(estimate: 0.9, precision: .standardError(0.2), isRatio: true),
            ])
        #expect((0..<data.studies.count).map { data.studies.label(at: $0) } == ["A", "B", "C", "D"])
        #expect(data.tableRows == [0, 1, 2, 3])
        #expect(data.excluded.map(\.label) == ["E"])
        #expect(data.columns["oe"] == "oe" && data.columns["ratio"] == "hr")
    }

    @Test("name the route of hazard ratios, also where no row has the sums of its test") func ratiosOnly() throws {
        let text = "study,outcome,oe,v,hr,se\nA,x,-8.5,21,,\nB,y,,,0.9,0.2\n"
        let found = try StudyColumns(measure: "HR").read(Table(csv: text, name: "t.csv"))
        #expect(found.map(\.studies.count) == [1, 1])
        let effects = try found[1].studies.effectSizes(measureCode: "HR")
        #expect(
            effects.diagnostics.map(\.message)
                == ["read by the route: logarithm of the ratio, with its standard error"])
    }

    /// Log hazard ratios of positive and negative sign, which were logged again.
    @Test(
        "take yi on the analysis scale for every measure",
        arguments: ["HR", "OR", "RR", "IRR", "PLO", "ZCOR", "VE", "MD", "GEN"], ["yi", "TE", "estimate"])
    func oneScale(measure: String, name: String) throws {
        let text = "study,\(name),sei\nA,0.28,0.1\nB,0.44,0.2\n"
        let data = try #require(try StudyColumns(measure: measure).read(Table(csv: text, name: "t.csv")).first)
        let effects = try data.studies.effectSizes(measureCode: measure)
        #expect(effects.effects.map(\.estimate) == [0.28, 0.44] && effects.measure == measure)
        #expect(effects.scale == MeasureDescription.find(measure)?.scale)
    }

    @Test("take log-rank sums beside log hazard ratios") func logRankBesideLogarithms() throws {
        let text = "study,O-E,V,yi,sei\nA,6.2,24,,\nB,,,0.26,0.12\nC,,,-0.09,0.14\n"
        let data = try #require(try StudyColumns(measure: "HR").read(Table(csv: text, name: "t.csv")).first)
        let effects = try data.studies.effectSizes(measureCode: "HR").effects
        #expect(effects.map(\.estimate) == [6.2 / 24, 0.26, -0.09])
        #expect(effects[0].variance == 1.0 / 24)
    }

    @Test("read what articles print, percentages too, and say the measure and the way") func printed() throws {
        func read(_ text: String, _ measure: String? = nil) throws -> (data: StudyData, effects: EffectSizes) {
            let data = try #require(try StudyColumns(measure: measure).read(Table(csv: text, name: "t.csv")).first)
            return (data, try data.studies.effectSizes(measureCode: measure ?? data.measure))
        }
        let shares = try read("study,prop,ci_low,ci_high\nA,0.2,0.1,0.4\nB,0.5,0.4,0.6\n")
        #expect(shares.data.measure == "PLO" && shares.effects.scale == .logit)
        let percent = try read("study,percent,ci_low,ci_high\nA,20,10,40\nB,50,40,60\n", "PLO")
        let guessed = try read("study,prop,ci_low,ci_high\nA,20,10,40\nB,50,40,60\n", "PLO")
        for other in [percent, guessed] {
            for (ours, theirs) in zip(other.effects.effects, shares.effects.effects) {
                #expect(abs(ours.estimate - theirs.estimate) < 1e-14)
                #expect(abs(ours.variance - theirs.variance) < 1e-14)
            }
            #expect(other.data.diagnostics.contains { $0.severity == .note && $0.message.contains("percentages") })
        }
        #expect(percent.data.percentages == ["percent"] && shares.data.percentages.isEmpty)
        let doubtful = try read("study,percent,ci_low,ci_high\nA,0.2,0.1,0.4\n", "PLO")
        #expect(doubtful.data.diagnostics.contains { $0.severity == .warning && $0.message.contains("percentages") })
        // 8 of 40, 15 of 50, 4 of 12 (printed as 33.3 %).
        let counts = try read("study,prop,n\nA,0.2,40\nB,0.3,50\n")
        #expect(
            counts.data.studies
                == .proportion([
                    Study("A", Proportion(events: 8, size: 40), row: 2),
                    Study("B", Proportion(events: 15, size: 50), row: 3),
                ]))
        guard case .proportion(let studies) = try read("study,pct,n\nA,33.3,12\n", "PLO").data.studies else {
            throw MetaAnalysisError.outOfRange
        }
        #expect(studies[0].outcome == Proportion(events: 4, size: 12))
    }

    @Test(
        "refuse as yi what has the name and the numbers of an effect that is not transformed",
        arguments: [
            ("prop", "PLO", "0.2", "proportion=prop"), ("percent", "PLO", "20", "proportion=percent"),
            ("cor", "ZCOR", "0.5", "ri=cor"), ("OR", "OR", "0.7", "ratio=OR"),
            ("hr", "HR", "1.2", "ratio=hr"), ("ve", "VE", "0.8", "efficacy=ve"),
        ])
    func untransformed(name: String, measure: String, number: String, remedy: String) throws {
        func read(_ number: String) throws -> [StudyData] {
            try StudyColumns(assignments: ["yi": name], measure: measure).read(
                Table(csv: "study,\(name),sei\nA,\(number),0.1\n", name: "t.csv"))
        }
        let error = try #require(throws: MetaAnalysisError.self) { try read(number) }
        #expect(error.code == .invalidSetting && error.remedy.contains(remedy), "\(error)")
        // A number that the effect cannot have before the transformation says that it is one after it.
        if measure != "VE" { #expect(try read("-1.5").first?.studies.count == 1) }
    }

    @Test("compute standardized differences from t statistics") func statistics() throws {
        // R (metafor 5.0-1): escalc("SMD", ti = c(2.4, 1.1), n1i = c(22, 35), n2i = c(21, 36))
        let text = "study,ti,n1i,n2i\nA,2.4,22,21\nB,1.1,35,36\n"
        let data = try #require(try StudyColumns(measure: "SMD").read(Table(csv: text, name: "t.csv")).first)
        let effect = try data.studies.effectSizes(measureCode: "SMD").effects[0]
        #expect(abs(effect.estimate - 0.7187014003356121) < 1e-14)
        #expect(abs(effect.variance - 0.09907977566480668) < 1e-14)
        let error = try #require(throws: MetaAnalysisError.self) { try data.studies.effectSizes(measureCode: "MD") }
        #expect(error.code == .invalidOutcome && error.remedy.contains("SMD"))
    }

    @Test("complete means whose standard errors stand in place of standard deviations") func standardErrors() throws {
        let text = "study,n1i,m1i,se1i,n2i,m2i,se2i\nA,25,61,2.8,36,55.2,3\n"
        let data = try #require(try StudyColumns(measure: "MD").read(Table(csv: text, name: "t.csv")).first)
        guard case .twoGroupMeans(let studies) = data.studies else { throw MetaAnalysisError.outOfRange }
        #expect(abs(studies[0].outcome.treatedDeviation - 14) < 1e-12)
        #expect(abs(studies[0].outcome.controlDeviation - 18) < 1e-12)
        #expect(data.diagnostics.contains { $0.code == .converted && $0.message.contains("standard error") })
    }

    @Test("take no effect of which nobody says what it is") func withoutMeasure() throws {
        let text = "study,ai,n1i,ci,n2i,yi,vi\nA,1,10,2,10,,\nB,,,,,0.5,0.2\n"
        let data = try #require(try StudyColumns().read(Table(csv: text, name: "t.csv")).first)
        #expect(data.studies.kind == .twoByTwo && data.studies.count == 1)
        #expect(
            data.diagnostics.first?.message
                == "the data are read as events of two groups (1 of 2 rows); there is also effect as reported (1 of 2 rows): "
                + "ask for a measure to take such rows beside the data, or for GEN to take them alone")
        // A standardized difference is no log odds ratio, whatever the table lacks.
        let other = text.replacing("yi", with: "smd")
        #expect(try StudyColumns(measure: "OR").read(Table(csv: other, name: "t.csv")).first?.studies.count == 1)
        #expect(try StudyColumns(measure: "OR").read(Table(csv: text, name: "t.csv")).first?.studies.count == 2)
    }

    @Test("take effects whose column says the measure beside no data, and say why others are not taken") func noData()
        throws
    {
        func read(_ text: String) throws -> StudyData {
            try #require(try StudyColumns(measure: "OR").read(Table(csv: text, name: "t.csv")).first)
        }
        let explicit = try read("study,ai,n1i,ci,n2i,or,ci_low,ci_high\nA,,,,,0.7,0.5,0.98\n")
        #expect(explicit.studies.count == 1 && explicit.studies.kind == .twoByTwo)
        #expect(try read("study,ai,n1i,ci,n2i,logor,vi\nA,,,,,0.7,0.5\n").studies.count == 1)
        let missing = "missing ai (column ai), n1i (column n1i), ci (column ci), n2i (column n2i)"
        #expect(
            try read("study,ai,n1i,ci,n2i,yi,vi\nA,,,,,0.7,0.5\n").excluded.map(\.reason) == [
                missing
                    + "; an effect is reported, but no row beside it has the data, and its column does not say of which "
                    + "measure it is"
            ])
        #expect(
            try read("study,ai,n1i,ci,n2i,or,ci_low,ci_high\nA,1,9,2,9,,,\nB,,,,,0.7,0.5,\n").excluded.map(\.reason)
                == [
                    missing + "; the effect reported in or lacks its variance, standard error or interval"
                ])
    }

    @Test("read an interval beside a ratio and its logarithm as that of the ratio") func bothForms() throws {
        let text = "study,yi,or,ci_low,ci_high,sei\nA,0.693,2,0.6,6.7,\nB,0.7,,-0.5,1.9,\nC,0.693,2,,,0.6\n"
        let data = try #require(try StudyColumns(measure: "OR").read(Table(csv: text, name: "t.csv")).first)
        let effects = try data.studies.effectSizes(measureCode: "OR").effects
        #expect(effects.map { $0.standardError < 0.62 } == [true, true, true])
        #expect(effects[0].estimate != 0.693 && effects[2].estimate == 0.693)
    }

    @Test("refuse text among the data of a row that reports the effect") func slips() {
        let text = "study,ai,n1i,ci,n2i,yi,vi\nA,1,10,2,10,,\nB,x,,,,0.5,0.2\n"
        let error = #expect(throws: MetaAnalysisError.self) {
            try StudyColumns(measure: "OR").read(Table(csv: text, name: "t.csv"))
        }
        #expect(error?.description.hasPrefix("t.csv:3:ai: \"x\" is text where a number belongs") == true)
    }

    @Test("take effects as reported by a measure where there are no columns for its data") func effectsAlone() throws {
        let text = "study,or,ci_low,ci_high\nA,0.7,0.5,0.98\nB,,0.6,1.35\n"
        let data = try #require(try StudyColumns(measure: "OR").read(Table(csv: text, name: "t.csv")).first)
        let effects = try data.studies.effectSizes(measureCode: "OR")
        #expect(effects.measure == "OR" && effects.scale == .log && effects.count == 1)
        #expect(data.excluded.map(\.reason) == ["missing ratio (column or)"])
        #expect(throws: MetaAnalysisError.self) {
            try StudyColumns(measure: "RR").read(Table(csv: text, name: "t.csv"))
        }
    }

    @Test("take the only outcome, and ignore an empty or unwanted column of outcomes") func oneOutcome() throws {
        let only = try StudyColumns().read(Table(csv: "outcome,yi,vi\nx,1,2\nx,3,4\n", name: "t.csv"))
        #expect(only.map(\.outcome) == ["x"])
        let empty = try StudyColumns().read(Table(csv: "outcome,yi,vi\n,1,2\nNA,3,4\n", name: "t.csv"))
        #expect(empty.map(\.outcome) == [nil] && empty[0].studies.count == 2)
        let ignored = try StudyColumns(assignments: ["outcome": ""]).read(
            Table(csv: "outcome,yi,vi\nx,1,2\ny,3,4\n", name: "t.csv"))
        #expect(ignored.map(\.outcome) == [nil] && ignored[0].studies.count == 2)
    }

    @Test("refuse a row without an outcome among others that have one") func missingOutcome() {
        let error = #expect(throws: MetaAnalysisError.self) {
            try StudyColumns().read(Table(csv: "outcome,yi,vi\nx,1,2\n,3,4\n", name: "t.csv"))
        }
        #expect(error?.location == MetaAnalysisError.Location(file: "t.csv", row: 3, column: "outcome"))
    }

    @Test("are taken as assigned") func assigned() throws {
        let assignments = try StudyColumns.assignments("ai=dead, n1i=all ,ci=Dead 2,n2i=all2,study=who,group=where")
        let table = try Table(csv: "who,where,dead,all,dead 2,all2,study\nA,x,1,10,2,20,Z\n", name: "t.csv")
        let data = try #require(try StudyColumns(assignments: assignments).read(table).first)
        let outcome = TwoByTwoTable(treatedEvents: 1, treatedNonEvents: 9, controlEvents: 2, controlNonEvents: 18)
        #expect(data.studies == .twoByTwo([Study("A", outcome, row: 2, group: "x")]))
        #expect(
            data.columns
                == ["study": "who", "group": "where", "ai": "dead", "n1i": "all", "ci": "dead 2", "n2i": "all2"])
    }

    @Test("may be exchanged by assignment") func exchanged() throws {
        let table = try Table(csv: "study,ai,n1i,ci,n2i\nA,1,10,2,20\n", name: "t.csv")
        let columns = StudyColumns(assignments: ["ai": "ci", "n1i": "n2i", "ci": "ai", "n2i": "n1i"])
        let outcome = TwoByTwoTable(treatedEvents: 2, treatedNonEvents: 18, controlEvents: 1, controlNonEvents: 9)
        #expect(try columns.read(table).map(\.studies) == [.twoByTwo([Study("A", outcome, row: 2)])])
    }

    @Test(
        "are assigned by text of one form",
        arguments: [("ai", "role=column"), ("=x", "role=column"), ("ai=x,ai=y", "two")])
    func assignmentText(text: String, part: String) {
        let error = #expect(throws: MetaAnalysisError.self) { try StudyColumns.assignments(text) }
        #expect(error?.code == .invalidSetting)
        #expect(error?.description.contains(part) == true)
    }

    @Test("refuse a level that is not between 0 and 1", arguments: [0, 1, 95, .nan, -0.5]) func level(level: Double) {
        let error = #expect(throws: MetaAnalysisError.self) {
            try StudyColumns(intervalLevel: level).read(Table(csv: "yi,vi\n1,2\n", name: "t.csv"))
        }
        #expect(error?.code == .invalidSetting)
    }
}

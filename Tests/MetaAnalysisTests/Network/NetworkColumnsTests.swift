import Testing

@testable import MetaAnalysis

@Suite struct NetworkColumnsTests {
    private static func read(_ text: String, _ columns: NetworkColumns = NetworkColumns()) throws -> [NetworkData] {
        try columns.read(Table(csv: text, name: "t.csv"))
    }

    private static func one(_ text: String, _ columns: NetworkColumns = NetworkColumns()) throws -> NetworkData {
        let found = try read(text, columns)
        #expect(found.count == 1)
        return found[0]
    }

    // MARK: Arms

    @Test func armsWithEvents() throws {
        let data = try Self.one("study,treatment,events,n,group\nS, A ,3,20,young\nS,B,5,25,\n")
        #expect(
            data.arms
                == .proportion([
                    NetworkArm(study: "S", "A", Proportion(events: 3, size: 20), row: 2, group: "young"),
                    NetworkArm(study: "S", "B", Proportion(events: 5, size: 25), row: 3),
                ]))
        #expect(data.pairs == nil && data.diagnostics.isEmpty && data.outcome == nil)
        #expect(data.columns == ["study": "study", "treatment": "treatment", "xi": "events", "ni": "n"])
    }

    @Test func armsWithMeansAndArmsWithRates() throws {
        let means = try Self.one("studlab;trt;mean;sd;n\nS;A;1.5;2;20\nS;B;2;1;25\n")
        guard case .singleMean(let arms) = means.arms else { throw MetaAnalysisError.outOfRange }
        #expect(arms[0] == NetworkArm(study: "S", "A", SingleMean(mean: 1.5, deviation: 2, size: 20), row: 2))
        let rates = try Self.one("study\tarm\tcases\tperson_years\nS\tA\t3\t100\nS\tB\t5\t90\n")
        guard case .rate(let counted) = rates.arms else { throw MetaAnalysisError.outOfRange }
        #expect(counted[1] == NetworkArm(study: "S", "B", Rate(events: 5, time: 90), row: 3))
    }

    @Test func theMeasureTellsWhichDataAreMeant() throws {
        let text = "study,treatment,mean,sd,n,events\nS,A,1,2,20,3\nS,B,2,2,20,5\n"
        guard case .singleMean = try Self.one(text).arms else { throw MetaAnalysisError.outOfRange }
        guard case .proportion = try Self.one(text, NetworkColumns(measure: "or")).arms else {
            throw MetaAnalysisError.outOfRange
        }
        let note = try #require(try Self.one(text).diagnostics.first)
        #expect(note.code == .defaultChosen && note.message.contains("there is also"))
    }

    @Test func anArmThatLacksAValueIsLeftOutByName() throws {
        let data = try Self.one("study,treatment,events,n\nS,A,3,20\nS,B,,25\nS,C,4,NA\nS,D,4,20\n")
        #expect(
            data.excluded == [
                ExcludedStudy(label: "S", row: 3, reason: "arm B: missing xi (column events)"),
                ExcludedStudy(label: "S", row: 4, reason: "arm C: missing ni (column n)"),
            ])
        #expect(data.diagnostics.map(\.message) == data.excluded.map { "left out: \($0.reason)" })
        #expect(
            data.diagnostics.allSatisfy { $0.code == .studyExcluded && $0.severity == .warning && $0.studies == ["S"] })
    }

    // MARK: Contrasts

    @Test(arguments: [
        ("TE,seTE", "0.5,0.2", ReportedEffect(estimate: 0.5, precision: .standardError(0.2))),
        ("yi,vi", "0.5,0.04", ReportedEffect(estimate: 0.5, precision: .variance(0.04))),
        (
            "yi,ci_low,ci_high", "0.5,0.1,0.9",
            ReportedEffect(estimate: 0.5, precision: .interval(lower: 0.1, upper: 0.9, level: 0.95))
        ),
    ])
    func contrastsWithTheirPrecision(_ header: String, _ row: String, _ effect: ReportedEffect) throws {
        let data = try Self.one("studlab,treat1,treat2,\(header)\nS,A,B,\(row)\n")
        #expect(data.arms == nil && data.pairs == .reported([Study("S", effect, row: 2)]))
        #expect(data.pairTreatments == [NetworkData.PairTreatments(treatment: "A", versus: "B")])
        #expect(data.columns["treat1"] == "treat1" && data.columns["study"] == "studlab")
        #expect(data.diagnostics.map(\.code) == [.defaultChosen])
        #expect(data.diagnostics[0].message.contains("treat1 minus treat2"))
    }

    /// The pairs that Stata's network writes are effects of the second treatment minus the first.
    @Test func pairsOfStataAreTurned() throws {
        let text = "study,_t1,_t2,_y,_stderr\nS,A,B,0.5,0.2\n"
        let data = try Self.one(text)
        #expect(data.pairTreatments == [NetworkData.PairTreatments(treatment: "B", versus: "A")])
        #expect(
            data.pairs == .reported([Study("S", ReportedEffect(estimate: 0.5, precision: .standardError(0.2)), row: 2)])
        )
        #expect(data.diagnostics[0].message.contains("_t2 minus _t1"))
        let assigned = try Self.one(
            text, NetworkColumns(assignments: ["treat1": "_t1", "treat2": "_t2", "yi": "_y", "sei": "_stderr"]))
        #expect(assigned.pairTreatments[0].treatment == "A" && assigned.diagnostics.map(\.severity) == [.warning])
    }

    @Test func contrastsWithTheDataOfTwoGroups() throws {
        let text = "study,t1,t2,events_t,n_t,events_c,n_c\nS,A,B,3,20,5,25\n"
        let data = try Self.one(text)
        #expect(
            data.pairs == .twoByTwo([Study("S", TwoByTwoTable(events: 3, of: 20, versus: 5, of: 25), row: 2)]))
        let means = try Self.one(
            "study,treatment,treatment_2,n1i,m1i,sd1i,n2i,m2i,sd2i\nS,A,B,9,1,2,8,3,4\n", NetworkColumns(measure: "SMD")
        )
        guard case .twoGroupMeans(let studies) = means.pairs else { throw MetaAnalysisError.outOfRange }
        #expect(studies[0].outcome.controlMean == 3 && means.arms == nil)
        #expect(means.pairTreatments[0].treatment == "A")
    }

    @Test func aMeasureOfTwoGroupsMayNameReportedEffects() throws {
        let text = "study,treat1,treat2,yi,sei\nS,A,B,0.5,0.2\n"
        for measure in ["OR", "smd", "GEN", "HR", "IRR"] {
            let data = try Self.one(text, NetworkColumns(measure: measure))
            guard case .reported = data.pairs else { throw MetaAnalysisError.outOfRange }
        }
        // Where both are there, the measure decides.
        let both = "study,treat1,treat2,yi,sei,ai,n1i,ci,n2i\nS,A,B,0.5,0.2,3,20,5,25\n"
        guard case .twoByTwo = try Self.one(both, NetworkColumns(measure: "OR")).pairs,
            case .reported = try Self.one(both, NetworkColumns(measure: "SMD")).pairs,
            case .reported = try Self.one(both).pairs
        else { throw MetaAnalysisError.outOfRange }
    }

    @Test func withoutLabelsEveryContrastIsAStudy() throws {
        let data = try Self.one("treat1,treat2,yi,sei\nA,B,0.5,0.2\nA,C,0.5,0.2\n")
        #expect(Self.labels(data) == ["row 2", "row 3"])
        #expect(data.diagnostics.map(\.code) == [.defaultChosen, .defaultChosen])
        let some = try Self.one("study,treat1,treat2,yi,sei\nS,A,B,0.5,0.2\n,A,C,0.5,0.2\n")
        #expect(Self.labels(some) == ["S", "row 3"])
        #expect(
            some.diagnostics.last?.message == "without a label, the row is taken as a study of its own"
                && some.diagnostics.last?.studies == ["row 3"])
    }

    private static func labels(_ data: NetworkData) -> [String] {
        guard case .reported(let studies) = data.pairs else { return [] }
        return studies.map(\.label)
    }

    // MARK: Both

    @Test func rowsOfArmsAndRowsOfContrasts() throws {
        let text = """
            study,treatment,treat1,treat2,events,n,yi,sei
            S,A,,,3,20,,
            S,B,,,5,25,,
            T,,A,C,,,0.5,0.2
            """
        let data = try Self.one(text, NetworkColumns(measure: "OR"))
        guard case .proportion(let arms) = data.arms, case .reported(let pairs) = data.pairs else {
            throw MetaAnalysisError.outOfRange
        }
        #expect(arms.map(\.row) == [2, 3] && pairs.map(\.row) == [4] && data.excluded.isEmpty)
    }

    @Test func everyOutcomeIsANetworkOfItsOwn() throws {
        let text = """
            study,outcome,treatment,events,n,mean,sd
            S,pain,A,3,20,,
            S,pain,B,5,25,,
            S,score,A,,20,1,2
            S,score,C,,20,2,2
            """
        let found = try Self.read(text)
        #expect(found.map(\.outcome) == ["pain", "score"])
        guard case .proportion(let first) = found[0].arms, case .singleMean(let second) = found[1].arms else {
            throw MetaAnalysisError.outOfRange
        }
        #expect(first.map(\.treatment) == ["A", "B"] && second.map(\.treatment) == ["A", "C"])
    }

    @Test func assignedColumnsGoBeforeNames() throws {
        let data = try Self.one(
            "study,drug,treatment,deaths,n\nS,A,x,3,20\nS,B,x,5,25\n",
            NetworkColumns(assignments: ["treatment": "drug", "xi": "deaths"]))
        guard case .proportion(let arms) = data.arms else { throw MetaAnalysisError.outOfRange }
        #expect(arms.map(\.treatment) == ["A", "B"] && data.columns["treatment"] == "drug")
    }

    // MARK: What is said of the rows

    @Test func theDirectionThatIsBetter() throws {
        func preference(_ values: [String]) throws -> Preference? {
            let rows = zip(["A", "B"], values).map { "S,\($0),3,20,\($1)\n" }
            return try Self.one("study,treatment,events,n,better\n" + rows.joined()).preference
        }
        #expect(try preference(["lower", "lower"]) == .lower)
        #expect(try preference(["Higher", ""]) == .higher)
        #expect(try preference(["", "NA"]) == nil)
        #expect(try Self.one("study,treatment,events,n\nS,A,3,20\nS,B,3,20\n").preference == nil)
    }

    @Test func codesOfQualityAreCounted() throws {
        let data = try Self.one("study,treatment,events,n,quality\nS,A,3,20,A\nS,B,3,20,A\nS,C,3,20,\nS,D,3,20,X\n")
        #expect(data.qualityCounts == ["A": 2, "X": 1])
    }
}

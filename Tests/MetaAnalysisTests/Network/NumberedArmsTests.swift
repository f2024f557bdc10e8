import Testing

@testable import MetaAnalysis

@Suite struct NumberedArmsTests {
    private static func data(
        _ text: String, measure: String? = nil, _ assignments: [String: String] = [:]
    ) throws -> NetworkData {
        try NetworkColumns(assignments: assignments, measure: measure).read(Table(csv: text, name: "t.csv"))[0]
    }

    private static let events: ArmCollection = .proportion([
        NetworkArm(study: "s1", "A", Proportion(events: 10, size: 100), row: 2),
        NetworkArm(study: "s1", "B", Proportion(events: 19, size: 102), row: 2),
        NetworkArm(study: "s1", "C", Proportion(events: 35, size: 101), row: 2),
        NetworkArm(study: "s2", "B", Proportion(events: 12, size: 98), row: 3),
        NetworkArm(study: "s2", "C", Proportion(events: 18, size: 99), row: 3),
    ])

    /// The third arm is read under every way of numbering.
    @Test(arguments: [
        "study,t1,r1,n1,t2,r2,n2,t3,r3,n3", "study,treat1,event1,n1,treat2,event2,n2,treat3,event3,n3",
        "Study,T.1,R.1,N.1,T.2,R.2,N.2,T.3,R.3,N.3",
        "study,treatment_1,events_1,total_1,treatment_2,events_2,total_2,treatment_3,events_3,total_3",
        "study,\"t[,1]\",\"r[,1]\",\"n[,1]\",\"t[,2]\",\"r[,2]\",\"n[,2]\",\"t[,3]\",\"r[,3]\",\"n[,3]\"",
        "study,arm1_treatment,arm1_events,arm1_n,arm2_treatment,arm2_events,arm2_n,arm3_treatment,arm3_events,arm3_n",
        "study,drug_1,deaths_arm_1,n_arm_1,drug_2,deaths_arm_2,n_arm_2,drug_3,deaths_arm_3,n_arm_3",
        "study,treatment_a,events_a,n_a,treatment_b,events_b,n_b,treatment_c,events_c,n_c",
        "study,treat1,x1i,n1i,treat2,x2i,n2i,treat3,x3i,n3i",
    ])
    func everyArmIsRead(_ header: String) throws {
        let data = try Self.data(header + "\ns1,A,10,100,B,19,102,C,35,101\ns2,B,12,98,C,18,99,,NA,\n")
        #expect(data.arms == Self.events && data.pairs == nil && data.diagnostics.isEmpty)
    }

    @Test func meansAndPersonTime() throws {
        let means = try Self.data("study,t1,y1,sd1,n1,t2,y2,sd2,n2,t3,y3,sd3,n3\nS,A,1,2,20,B,2,3,21,C,4,5,22\n")
        guard case .singleMean(let arms) = means.arms else { throw MetaAnalysisError.outOfRange }
        #expect(arms.map(\.outcome.mean) == [1, 2, 4] && arms.map(\.outcome.size) == [20, 21, 22])
        let rates = try Self.data("study,treat1,x1,time1,treat2,x2,time2,treat3,x3,time3\nS,A,1,20,B,2,21,C,4,22\n")
        guard case .rate(let counted) = rates.arms else { throw MetaAnalysisError.outOfRange }
        #expect(
            counted.map(\.outcome) == [Rate(events: 1, time: 20), Rate(events: 2, time: 21), Rate(events: 4, time: 22)])
    }

    /// Two arms assigned by hand say how the others are called.
    @Test func whatIsAssignedToTwoArmsHoldsForTheRest() throws {
        let text =
            "study,Drug1,Dead1,Of1,Drug2,Dead2,Of2,Drug3,Dead3,Of3\ns1,A,10,100,B,19,102,C,35,101\ns2,B,12,98,C,18,99,,,\n"
        let roles = [
            "treat1": "Drug1", "treat2": "Drug2", "ai": "Dead1", "ci": "Dead2", "n1i": "Of1", "n2i": "Of2",
        ]
        #expect(try Self.data(text, roles).arms == Self.events)
        // A third arm that nobody can follow is refused.
        let other = text.replacing("Dead3", with: "Third")
        let error = try #require(throws: MetaAnalysisError.self) { try Self.data(other, roles) }
        #expect(error.code == .missingColumn)
    }

    @Test func anArmWithoutATreatmentIsRefused() throws {
        let column = try #require(throws: MetaAnalysisError.self) {
            try Self.data("study,t1,r1,n1,t2,r2,n2,r3,n3\ns1,A,10,100,B,19,102,35,101\n")
        }
        #expect(column.code == .missingColumn && column.message.contains("\"r3\"") && column.message.contains("arm 3"))
        let field = try #require(throws: MetaAnalysisError.self) {
            try Self.data("study,t1,r1,n1,t2,r2,n2,t3,r3,n3\ns1,A,10,100,B,19,102,,35,101\ns2,A,1,9,B,2,9,C,3,9\n")
        }
        #expect(field.code == .malformedTable && field.location.column == "t3" && field.location.row == 2)
    }

    @Test func anArmThatLacksAValueIsLeftOutByName() throws {
        let data = try Self.data("study,t1,r1,n1,t2,r2,n2,t3,r3,n3\ns1,A,10,100,B,19,102,C,,101\n")
        #expect(data.excluded == [ExcludedStudy(label: "s1", row: 2, reason: "arm C: missing xi (column r3)")])
    }

    /// Rows for each pair of a study repeat its arms, which are one each.
    @Test func pairsOfOneStudyShareTheirArms() throws {
        let text = "study,t1,r1,n1,t2,r2,n2\nS,A,3,20,B,5,25\nS,A,3,20,C,6,30\nS,B,5,25,C,6,30\n"
        guard case .proportion(let arms) = try Self.data(text).arms else { throw MetaAnalysisError.outOfRange }
        #expect(arms.map(\.treatment) == ["A", "B", "C"] && arms.map(\.row) == [2, 2, 3])
        // The same treatment twice in one row, or with other numbers, is no repetition.
        for rows in ["S,A,3,20,A,3,20", "S,A,3,20,B,5,25\nS,A,4,20,C,6,30"] {
            let data = try Self.data("study,t1,r1,n1,t2,r2,n2\n\(rows)\n")
            #expect(throws: MetaAnalysisError.self) { try data.network() }
        }
    }

    /// `na[]` says how many arms of a row are meant.
    @Test func theNumberOfArms() throws {
        let text =
            "r[,1]\tr[,2]\tr[,3]\tn[,1]\tn[,2]\tn[,3]\tt[,1]\tt[,2]\tt[,3]\tna[]\n1\t2\t9\t10\t10\t9\t1\t2\t9\t2\n"
        guard case .proportion(let arms) = try Self.data(text).arms else { throw MetaAnalysisError.outOfRange }
        #expect(arms.map(\.treatment) == ["1", "2"] && arms.map(\.study) == ["row 2", "row 2"])
    }

    @Test(
        arguments: [
            ("t1", "t", 1), ("treat_2", "treat", 2), ("T.3", "t", 3), ("t[,4]", "t", 4), ("n1i", "ni", 1),
            ("arm2_events", "events", 2), ("n_arm_2", "n", 2), ("Group 1 mean", "mean", 1), ("year", nil, 0),
            ("n2001", nil, 0),
            ("3", nil, 0), ("na[]", nil, 0),
        ] as [(String, String?, Int)])
    func namesWithNumbers(_ name: String, _ stem: String?, _ number: Int) {
        let found = ColumnNumber(name, .digits)
        #expect(found?.stem == stem && (found?.number ?? 0) == number)
    }
}

import Testing

@testable import MetaAnalysis

struct OutcomePartsTests {
    private func outcomes(_ csv: String, _ columns: StudyColumns = StudyColumns()) throws -> [StudyData] {
        try columns.read(Table(csv: csv, name: "t.csv"))
    }

    @Test(arguments: [
        "time", "Timepoint", "time_point", "follow-up", "followup (months)", "Visit", "wave", "time.weeks",
    ])
    func timePointsAreApart(_ name: String) throws {
        let found = try outcomes(
            "study,\(name),yi,vi\nA,90,0.1,0.2\nA,180,0.2,0.2\nB,90,0.3,0.2\nB,180,0.4,0.2\nC,90,0.5,0.2\n")
        #expect(found.map(\.outcome) == ["90", "180"] && found.map(\.studies.count) == [3, 2])
        #expect(found[0].diagnostics.contains { $0.severity == .note && $0.message.contains("\"\(name)\"") })
        #expect(found.flatMap(\.diagnostics).allSatisfy { $0.code != .duplicateLabels })
        #expect(found[1].conditions == [RowCondition(column: name, value: "180")])
    }

    @Test func timePointsOfOutcomes() throws {
        let text =
            "study,outcome,visit,yi,vi\nA,x,1,0.1,0.2\nA,x,2,0.2,0.2\nB,x,1,0.3,0.2\nB,x,2,0.4,0.2\nA,y,1,1,1\nB,y,1,2,1\n"
        #expect(try outcomes(text).map(\.outcome) == ["x, 1", "x, 2", "y"])
        #expect(try outcomes(text, StudyColumns(assignments: ["timepoint": ""])).map(\.outcome) == ["x", "y"])
        #expect(try outcomes(text, StudyColumns(splitsByTime: false)).map(\.outcome) == ["x", "y"])
        #expect(try outcomes(text, StudyColumns(assignments: ["group": "visit"])).map(\.outcome) == ["x", "y"])
    }

    /// Times that belong to single studies are a property of these, and person-time is data.
    @Test(arguments: [
        "study,time,yi,vi\nA,3,0.1,0.2\nB,6,0.3,0.2\nC,12,0.5,0.2\n",
        "study,time,yi,vi\nA,3,0.1,0.2\nA,5,0.1,0.2\nB,6,0.3,0.2\nC,12,0.5,0.2\n",
        "study,events,time\nA,3,100\nA,4,120\nB,6,100\nB,7,120\n",
        "study,time1,yi,vi\nA,1,0.1,0.2\nA,2,0.2,0.2\nB,1,0.3,0.2\nB,2,0.3,0.2\n",
    ])
    func otherTimesAreKeptTogether(_ text: String) throws { #expect(try outcomes(text).map(\.outcome) == [nil]) }

    @Test func aColumnThatCountsRowsIsNoOutcome() throws {
        let found = try outcomes("study,Outcome,yi,vi\nA,1,0.1,0.2\nB,2,0.3,0.2\nC,3,0.5,0.2\n")
        #expect(found.map(\.outcome) == [nil] && found.map(\.studies.count) == [3])
        #expect(found[0].diagnostics.contains { $0.severity == .warning && $0.message.contains("\"Outcome\"") })
        // Names are outcomes, also where each has one study.
        #expect(try outcomes("study,outcome,yi,vi\nA,x,0.1,0.2\nB,y,0.3,0.2\nC,z,0.5,0.2\n").count == 3)
    }

    @Test(arguments: ["Outcome Number", "Analysis number", "outcome_name"])
    func otherNamesOfOutcomes(_ name: String) throws {
        #expect(try outcomes("study,\(name),yi,vi\nA,1,1,2\nB,1,1,2\nA,2,1,2\nB,2,1,2\n").map(\.outcome) == ["1", "2"])
    }

    @Test func outcomesThatDifferInBlanksAreToldOf() throws {
        let found = try outcomes("study,outcome,yi,vi\nA,Pain,1,2\nB,pain,1,2\nC,Pain,1,2\n")
        #expect(found[0].diagnostics.contains { $0.code == .similarLabels && $0.severity == .warning })
    }
}

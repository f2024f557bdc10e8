import Testing

@testable import MetaAnalysis

struct RevManHeadingsTests {
    private let header =
        "Comparison Number,Outcome Number,Subgroup Number,Name,Data Type,Events 1,Mean 1,SD 1,Total 1,Events 2,Mean 2,SD 2,Total 2\n"

    /// Two comparisons number their outcomes from 1 on; counts have zeros for means, and means zeros for counts.
    @Test func outcomesOfTwoComparisonsAreApart() throws {
        let text =
            header + """
                1,0,0,Drug,,,,,,,,,
                1,1,0,Death,DIC,15,,,128,24,,,131
                1,1,0,T1,,6,0,0,48,10,0,0,50
                1,1,0,T2,,9,0,0,80,14,0,0,81
                2,0,0,Device,,,,,,,,,
                2,1,0,Pain,CON,0,,,71,0,,,73
                2,1,0,T1,,0,5.2,2,30,0,6,2.1,31
                2,1,0,T3,,0,5.5,2.2,41,0,6.1,2,42
                """
        let found = try StudyColumns().read(Table(csv: text, name: "t.csv"))
        #expect(found.map(\.outcome) == ["1.1", "2.1"])
        #expect(found.map(\.studies.kind) == [.twoByTwo, .twoGroupMeans])
        #expect(found.map { (0..<$0.studies.count).map($0.studies.label(at:)) } == [["T1", "T2"], ["T1", "T3"]])
        #expect(found.flatMap(\.excluded).isEmpty)
        #expect(found.flatMap(\.diagnostics).filter { $0.code == .totalRow }.count == 1)
    }

    @Test func otherTablesHaveNone() throws {
        let table = try Table(csv: "study,data_type,yi,vi\nA,RCT,0.1,0.2\nB,RCT,0.3,0.2\n", name: "t.csv")
        #expect(RevManHeadings.rows(table).isEmpty)
    }
}

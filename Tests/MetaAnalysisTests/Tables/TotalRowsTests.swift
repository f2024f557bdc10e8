import Testing

@testable import MetaAnalysis

struct TotalRowsTests {
    private func read(_ csv: String, measure: String? = nil) throws -> StudyData {
        try #require(try StudyColumns(measure: measure).read(Table(csv: csv, name: "t.csv")).first)
    }

    private func labels(_ data: StudyData) -> [String] { (0..<data.studies.count).map(data.studies.label(at:)) }

    @Test func namedTotalsAreLeftOutByName() throws {
        let data = try read("study,yi,vi\nA,0.2,0.1\nTotal Knee 2004,0.3,0.1\nRE Model,0.25,0.05\n")
        #expect(labels(data) == ["A", "Total Knee 2004"])
        #expect(data.excluded.map(\.label) == ["RE Model"] && data.excluded.map(\.row) == [4])
        let warning = try #require(data.diagnostics.first { $0.code == .totalRow })
        #expect(warning.severity == .warning && warning.studies == ["RE Model"])
        #expect(data.tableRows == [0, 1])
    }

    /// Without labels the first column may name the rows, but not groups of them.
    @Test func theFirstColumnNamesRows() throws {
        let data = try read("paper,yi,vi\nA,0.2,0.1\nB,0.3,0.1\nC,0.3,0.1\nOverall,0.25,0.05\n")
        #expect(data.studies.count == 3 && data.excluded.map(\.label) == ["Overall"])
        let rows = ["combined", "single", "combined", "single", "combined"].map { "\($0),0.2,0.1\n" }
        #expect(try read("drug,yi,vi\n" + rows.joined()).studies.count == 5)
    }

    @Test func aTableOfNothingElseStays() throws {
        let data = try read("study,yi,vi\nOverall,0.2,0.1\nPooled,0.3,0.1\n")
        #expect(labels(data) == ["Overall", "Pooled"] && data.excluded.isEmpty)
    }

    /// A trial has that name: a total has no fewer participants than one of its studies.
    @Test func aSmallRowIsNoTotal() throws {
        let data = try read("study,ai,n1i,ci,n2i\nTOTAL,5,50,6,50\nB,30,300,40,300\nC,12,110,15,108\n")
        #expect(labels(data) == ["TOTAL", "B", "C"])
    }

    /// Sums by hand: 6 + 9 + 12 = 27 of 48 + 80 + 110 = 238, 10 + 14 + 15 = 39 of 50 + 81 + 108 = 239.
    @Test(arguments: [0, 3]) func sumsOfAllOthersAreNoStudy(_ place: Int) throws {
        var rows = ["T1,6,48,10,50", "T2,9,80,14,81", "T3,12,110,15,108"]
        rows.insert("Everything,27,238,39,239", at: place)
        let data = try read("study,ai,n1i,ci,n2i\n" + rows.joined(separator: "\n") + "\n")
        #expect(labels(data) == ["T1", "T2", "T3"] && data.excluded.map(\.label) == ["Everything"])
        #expect(data.excluded.map(\.row) == [place + 2])
    }

    @Test func subtotalsOfGroupsAndTheirTotalAreNoStudies() throws {
        let data = try read(
            """
            study,group,ai,n1i,ci,n2i
            T1,x,6,48,10,50
            T2,x,9,80,14,81
            T3,x,12,110,15,108
            All x,x,27,238,39,239
            T4,y,5,61,11,59
            T5,y,8,35,6,36
            All y,y,13,96,17,95
            All,,40,334,56,334
            """)
        #expect(labels(data) == ["T1", "T2", "T3", "T4", "T5"])
        #expect(data.excluded.map(\.label) == ["All x", "All y", "All"])
    }

    @Test func headsOfGroupsAreNoStudies() throws {
        let data = try read(
            """
            study,group,ai,n1i,ci,n2i
            x,x,15,128,24,131
            T1,x,6,48,10,50
            T2,x,9,80,14,81
            y,y,13,96,17,95
            T4,y,5,61,11,59
            T5,y,8,35,6,36
            """)
        #expect(labels(data) == ["T1", "T2", "T4", "T5"])
    }

    @Test func participantsOfMeansAddUp() throws {
        let rows = "A,30,6,2,31,5,2\nB,144,6,2,150,5,2\nC,25,7,2,26,5,2\n"
        let data = try read("study,n1i,m1i,sd1i,n2i,m2i,sd2i\n" + rows + "All,199,6.2,2,207,5,2\n")
        #expect(labels(data) == ["A", "B", "C"])
    }

    /// Small numbers are sums by chance: 1 + 2 = 3 of 10 + 10 = 20, and round ones in arithmetic series.
    @Test(arguments: [
        "ai,n1i,ci,n2i\n1,10,1,10\n2,10,1,10\n3,20,2,20\n",
        "ai,n1i,ci,n2i\n1,10,2,10\n2,20,4,20\n3,30,6,30\n4,40,8,40\n",
        "xi,ni\n0,5\n0,6\n0,7\n0,18\n", "ri,ni\n0.1,20\n0.2,30\n0.3,50\n0.2,100\n",
    ])
    func chanceIsNoTotal(_ rows: String) throws {
        let data = try read(rows)
        #expect(data.excluded.isEmpty && data.studies.count == rows.split(separator: "\n").count - 1)
    }

    @Test func aSingleSumIsToldOfAndStays() throws {
        let data = try read("study,ri,ni\nA,0.1,120\nB,0.2,131\nC,0.3,250\nD,0.2,501\n")
        #expect(data.studies.count == 4)
        #expect(data.diagnostics.filter { $0.code == .doubtfulNumbers }.map(\.studies) == [["D"]])
    }

    @Test func networksHaveNoneEither() throws {
        let csv = "study,treatment,events,n\nA,x,6,48\nA,y,9,80\nB,x,5,40\nB,y,7,61\nTotal,x,11,88\nTotal,y,16,141\n"
        let data = try #require(try NetworkColumns().read(Table(csv: csv, name: "t.csv")).first)
        #expect(try data.network().studies.map(\.label) == ["A", "B"])
        #expect(data.excluded.map(\.label) == ["Total", "Total"])
    }
}

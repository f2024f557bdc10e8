import Testing

@testable import MetaAnalysis

struct StudyColumnsQuantilesTests {
    private static let mixed = """
        study,n1i,m1i,sd1i,q1_1i,median1i,q3_1i,n2i,m2i,sd2i,se2i
        "Smith, 5'",20,10,4,,,,21,12,5,
        B,20,,,8,10,13,25,9,,0.8
        C,20,,,8,10,,25,9,,0.8
        D,20,10,4,,,,21,12,5,

        """

    private func read(_ text: String, measure: String? = nil) throws -> StudyData {
        try #require(try StudyColumns(measure: measure).read(Table(csv: text, name: "trials.csv")).first)
    }

    @Test func armsOfSeveralKindsAreReadTogether() throws {
        let data = try read(Self.mixed)
        guard case .twoGroupMeans(let studies) = data.studies else {
            Issue.record("not means of two groups")
            return
        }
        #expect(studies.map(\.label) == ["Smith, 5'", "B", "D"])
        #expect(studies.map(\.row) == [2, 3, 5])
        #expect(data.tableRows == [0, 1, 3])
        #expect(studies[1].outcome.controlDeviation == 4)
        #expect(abs(studies[1].outcome.treatedMean - 10.3597) < 6e-5)
        #expect(studies[0].outcome.treatedDeviation == 4)
        #expect(data.excluded.map(\.label) == ["C"])
        let routes = data.diagnostics.filter { $0.code == .converted }
        #expect(
            routes.map(\.message) == [
                "read by the route: mean and standard deviation as reported",
                "read by the route: luo-wan-shi from median and quartiles", "read by the route: standard error",
            ])
        #expect(routes.map(\.studies) == [["Smith, 5'", "D"], ["B"], ["B"]])
    }

    /// Where every mean is reported nothing is converted and nothing said, whatever other columns there are.
    @Test func otherTablesAreLeftAlone() throws {
        let plain = "study,n1i,m1i,sd1i,n2i,m2i,sd2i\nA,20,10,4,21,12,5\n"
        #expect(try read(plain).diagnostics.isEmpty)
        let events = "study,ai,n1i,ci,n2i,median1i\nA,2,10,4,21,3\n"
        #expect(try read(events, measure: "OR").diagnostics.isEmpty)
        #expect(try read(events).diagnostics.isEmpty)
    }

    /// A group may have quantiles that no distribution of the method fits.
    @Test func whatCannotBeConvertedIsSaidOfTheStudyLeftOut() throws {
        let text = """
            study,n1i,m1i,sd1i,n2i,m2i,sd2i,median1i,q1_1i,q3_1i
            A,50,10,3,50,8,3.2,,,
            X,60,,,55,7,2,6.01,6,10.2
            """
        var columns = StudyColumns(measure: "MD")
        columns.quantileMethod = .boxCox
        let data = try #require(try columns.read(Table(csv: text, name: "t.csv")).first)
        #expect(data.excluded.map(\.label) == ["X"])
        let said = data.diagnostics.filter { $0.studies == ["X"] && $0.message.hasPrefix("group 1: not converted: ") }
        #expect(said.count == 1)
    }

    @Test func quantilesAreReadByTheMethodAskedFor() throws {
        var columns = StudyColumns()
        columns.quantileMethod = .wan
        let data = try #require(try columns.read(Table(csv: Self.mixed, name: "trials.csv")).first)
        #expect(data.diagnostics.contains { $0.message == "read by the route: wan from median and quartiles" })
        let none = try #require(try columns.read(Table(csv: "study,yi,vi\nA,1,2\n", name: "t.csv")).first)
        #expect(
            none.diagnostics.map(\.message) == ["no column holds the median of a group, and wan was not needed"])
    }

    @Test func faultsHaveTheirPlaceInTheFile() {
        let text = "study,n1i,m1i,sd1i,q1_1i,median1i,q3_1i,n2i,m2i,sd2i\nA,20,,,11,10,13,25,9,4\n"
        let error = #expect(throws: MetaAnalysisError.self) { try read(text) }
        #expect(error?.description.hasPrefix("trials.csv:2:median1i: study \"A\": the median 10 is less") == true)
    }

    @Test func oneGroupByItsMeasure() throws {
        let data = try read("study,q1,median,q3,n,mean,sd\nA,8,10,13,20,,\nB,,,,20,11,4\n", measure: "MN")
        #expect(data.studies.count == 2)
        #expect(data.diagnostics.filter { $0.code == .converted }.count == 2)
    }
}

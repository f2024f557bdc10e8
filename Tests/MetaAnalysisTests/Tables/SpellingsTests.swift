import Testing

@testable import MetaAnalysis

struct SpellingsTests {
    @Test func namesOfGroups() {
        #expect(Spellings(["Low", "low", "High", "Low ", nil, "low  dose"]).clashes == [["Low", "low", "Low "]])
        #expect(Spellings(["a b", "a  b"]).clashes == [["a b", "a  b"]])
        #expect(Spellings(["Low", "High", "Low"]).warnings("groups", "x").isEmpty)
    }

    @Test func shortLabelsMayDifferInCapitals() {
        var labels = Spellings(ofLabels: true)
        #expect(
            ["A", "a", "Abel 2001", "abel  2001"].map { labels.canonical($0) } == ["A", "a", "Abel 2001", "Abel 2001"])
        #expect(labels.clashes == [["Abel 2001", "abel  2001"]])
    }

    /// The arms of a study belong together whatever the blanks in its label.
    @Test func armsOfOneStudy() throws {
        let csv = "study,treatment,events,n\nAbel 2001,A,10,100\nAbel  2001,B,16,101\nBo,A,8,90\nBo,B,13,92\n"
        let data = try #require(try NetworkColumns().read(Table(csv: csv, name: "t.csv")).first)
        #expect(try data.network().studies.map(\.label) == ["Abel 2001", "Bo"])
        let warning = try #require(data.diagnostics.first { $0.code == .similarLabels })
        #expect(warning.message.contains("\"Abel 2001\" and \"Abel␣␣2001\""))
    }

    @Test func groupsAndLevels() throws {
        let table = try Table(csv: "study,group,yi,vi\nA,Low,1,2\nB,low,1,2\nC,High,1,2\n", name: "t.csv")
        let data = try #require(try StudyColumns().read(table).first)
        #expect(data.diagnostics.filter { $0.code == .similarGroups }.map(\.severity) == [.warning])
        var moderators = Moderators(count: 3)
        moderators["risk"] = .texts(["Low", "low", "High"])
        moderators["age"] = .numbers([1, 2, 3])
        #expect(moderators.similarLevels.map(\.severity) == [.warning])
        moderators["risk"] = .texts(["Low", "Low", "High"])
        #expect(moderators.similarLevels.isEmpty)
    }
}

import Testing

@testable import MetaAnalysis

struct RepeatedStudiesTests {
    private func read(_ csv: String, _ columns: StudyColumns = StudyColumns()) throws -> StudyData {
        try #require(try columns.read(Table(csv: csv, name: "t.csv")).first)
    }

    private func repeats(_ csv: String) throws -> [Diagnostic] {
        try read(csv).diagnostics.filter { $0.code == .duplicateLabels }
    }

    @Test func severalEffectsAreWarnedOfOnceAndCounted() throws {
        let data = try read("study,yi,sei\nT 1,0.62,0.22\nT 1,0.41,0.21\nT 1,0.55,0.23\nT 2,0.10,0.15\nT 3,0.25,0.18\n")
        let effects = try data.effectSizes()
        let warnings = effects.diagnostics.filter { $0.code == .duplicateLabels }
        #expect(warnings.map(\.severity) == [.warning] && warnings.map(\.studies) == [["T 1"]])
        #expect(
            warnings[0].message.contains("depend on each other")
                && warnings[0].message.contains("regress --cluster study"))
        #expect(effects.count == 5 && effects.studyCount == 3)
        let pooled = try RandomEffects().fit(effects)
        #expect(pooled.k == 5 && pooled.studyCount == 3)
        #expect(Summary(pooled).text(width: 80).contains("5 effects of 3 studies"))
    }

    @Test(arguments: [
        ("dose", "low", "high", "several doses or groups"), ("scale", "BI", "FIM", "several outcomes"),
        ("weeks_time", "4", "8", "several time points"),
    ])
    func theColumnSaysWhatRowsAre(_ name: String, _ first: String, _ second: String, _ words: String) throws {
        let found = try repeats(
            "study,\(name),yi,vi\nT 1,\(first),0.6,0.2\nT 1,\(second),0.4,0.3\nT 2,\(first),0.1,0.2\n")
        #expect(found.count == 1)
        #expect(
            found[0].message.contains(words) && found[0].message.contains("(column \"\(name)\": \(first), \(second))"))
    }

    @Test func aSharedControlGroup() throws {
        let found = try repeats("study,arm,ai,n1i,ci,n2i\nT 1,low,6,48,11,52\nT 1,high,4,50,11,52\nT 2,low,3,40,8,42\n")
        #expect(found.map(\.studies) == [["T 1"]] && found[0].message.contains("same control group"))
    }

    /// Under labels of their own: alike up to a number, or so many digits that it is no chance.
    @Test(arguments: [
        ("Smith 2001a,6,48,11,52\nSmith 2001b,4,50,11,52", true),
        ("Trial 1 (low),6,48,11,52\nTrial 1 (high),4,50,11,52", true),
        ("Trial 1,6,48,11,52\nTrial 2,4,50,11,52", false), ("Trial 1,6,48,11,52\nTrial 10,4,50,11,52", false),
        ("2001 Ann,6,48,11,52\n2001 Bo,4,50,11,52", false), ("Ann,6,48,11,52\nBo,4,50,11,52", false),
        ("Ann,613,4812,1137,52813\nBo,412,5011,1137,52813", true),
    ])
    func controlGroupsUnderOtherLabels(_ rows: String, _ isShared: Bool) throws {
        let found = try repeats("study,ai,n1i,ci,n2i\n\(rows)\nOther,3,40,8,42\n")
        #expect(!found.isEmpty == isShared)
    }

    @Test func copiesAreCalledSo() throws {
        let found = try repeats("study,ai,n1i,ci,n2i\nT 1,6,48,11,52\nT 1,6,48,11,52\nT 2,3,40,8,42\n")
        #expect(found.map(\.severity) == [.warning] && found[0].message.contains("copies"))
    }

    /// Two groups of one study in rows of their own are no comparison.
    @Test func groupsOfOneStudy() throws {
        let data = try read(
            "study,arm,m1i,sd1i,m2i,sd2i,ni,ri\nT 1,control,41,11,44,12,28,0.6\nT 1,treated,40,12,55,11,29,0.6\n",
            StudyColumns(measure: "SMCR"))
        let found = data.diagnostics.filter { $0.code == .duplicateLabels }
        #expect(found.count == 1 && found[0].message.contains("two groups"))
        // Nor are arms without events copies of each other.
        let arms = try repeats("study,treatment,events,n\nT 1,A,0,50\nT 1,B,0,50\nT 2,A,1,40\nT 2,B,2,40\n")
        #expect(arms.allSatisfy { !$0.message.contains("copies") })
    }

    @Test func authorsWithoutAYearAreNotAccused() throws {
        let csv = "author,ai,n1i,ci,n2i\nSmith,6,48,10,50\nJones,9,80,14,81\nSmith,32,310,45,308\n"
        let data = try read(csv)
        let found = data.diagnostics.filter { $0.code == .duplicateLabels }
        #expect(found.map(\.severity) == [.note] && found[0].message.contains("different studies"))
        let effects = try data.effectSizes()
        #expect(effects.studyCount == 3 && effects.diagnostics.filter { $0.code == .duplicateLabels }.count == 1)
    }

    @Test func aYearTellsStudiesApart() throws {
        let data = try read("author,year,yi,vi\nSmith,1999,0.1,0.2\nSmith,2004,0.3,0.2\nJones,2001,0.3,0.2\n")
        let effects = try data.effectSizes()
        #expect(effects.diagnostics.allSatisfy { $0.code != .duplicateLabels })
        #expect(effects.studyCount == 3)
        #expect(effects.effects.map(\.label) == ["Smith", "Smith", "Jones"])
    }
}

import Foundation
import Testing

/// A subgroup or an outcome that cannot be pooled stands among the others, in every command and form.
@Suite struct NotEstimableCommandTests {
    private static let subgroups = """
        study,g,ai,n1i,ci,n2i
        Trial 1,x,6,48,10,50
        Trial 2,x,4,41,9,43
        Trial 5,z,0,30,0,31
        Trial 6,z,0,22,0,20
        Trial 3,y,8,61,11,59
        Trial 4,y,5,35,6,36

        """
    private static let outcomes = """
        study,outcome,ai,n1i,ci,n2i
        A,death,0,30,0,31
        B,death,0,22,0,20
        A,pain,6,48,10,50
        B,pain,4,41,9,43
        C,pain,8,61,11,59

        """
    private static let reason = "no study has the events"

    private func analyses(_ arguments: [String], _ input: String) throws -> [[String: Any]] {
        let run = try CommandRun(arguments + ["--format", "json"], input: Data(input.utf8))
        #expect(run.status == 0, "\(run.errors)")
        let document = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        return try #require(document["analyses"] as? [[String: Any]])
    }

    private let mantelHaenszel = ["--measure", "OR", "--model", "mantel-haenszel"]

    @Test func aSubgroupInEveryForm() throws {
        let arguments = ["pool", "-"] + mantelHaenszel + ["--subgroup", "g"]
        let found = try analyses(arguments, Self.subgroups)
        #expect(found.map { $0["group"] as? String } == ["x", "z", "y", nil])
        for key in ["estimate", "standardError", "confidenceInterval", "pValue", "backTransformed", "heterogeneity"] {
            #expect(found[1][key] is NSNull, "\(key)")
        }
        #expect(found[1]["k"] as? Int == 2)
        let said = try #require(found[1]["diagnostics"] as? [[String: Any]])
        #expect(said.contains { $0["code"] as? String == "notEstimable" && $0["severity"] as? String == "warning" })
        let text = try CommandRun(arguments, input: Data(Self.subgroups.utf8))
        #expect(text.text.contains("z: not estimable: \(Self.reason)"))
        #expect(text.errors.contains("z: not estimable"))
        let csv = try CommandRun(arguments + ["--format", "csv"], input: Data(Self.subgroups.utf8))
        #expect(csv.text.contains(",z,pooled,not estimable,,2,,,,,"))
        let markdown = try CommandRun(arguments + ["--format", "markdown"], input: Data(Self.subgroups.utf8))
        #expect(markdown.text.contains("not estimable"))
        let plot = try CommandRun(
            ["plot", "forest", "-"] + mantelHaenszel + ["--subgroup", "g"], input: Data(Self.subgroups.utf8))
        #expect(plot.status == 0 && plot.text.contains("not estimable") && plot.text.contains(Self.reason))
        let report = try CommandRun(
            ["report", "-"] + mantelHaenszel + ["--subgroup", "g"], input: Data(Self.subgroups.utf8))
        #expect(report.status == 0 && report.text.contains("z: not estimable: \(Self.reason)"))
        let sensitivity = try analyses(["sensitivity", "-"] + mantelHaenszel + ["--subgroup", "g"], Self.subgroups)
        #expect(sensitivity.map { $0["group"] as? String } == ["x", "z", "y", nil])
        #expect((sensitivity[1]["pooled"] as? [String: Any])?["estimate"] is NSNull)
    }

    @Test(arguments: ["pool", "sensitivity"])
    func anOutcome(_ command: String) throws {
        let found = try analyses([command, "-"] + mantelHaenszel, Self.outcomes)
        #expect(found.map { $0["outcome"] as? String } == ["death", "pain"])
        let text = try CommandRun([command, "-"] + mantelHaenszel, input: Data(Self.outcomes.utf8))
        #expect(
            text.status == 0 && text.text.contains("death") && text.text.contains("not estimable, as \(Self.reason)"))
        let strict = try CommandRun([command, "-"] + mantelHaenszel + ["--strict"], input: Data(Self.outcomes.utf8))
        #expect(strict.status == 65 && strict.errors.contains("death: not estimable"))
    }

    @Test func anOutcomeOfBiasWhoseStudiesAreLeftOut() throws {
        let arguments = ["bias", "-", "--measure", "OR", "--drop-double-zero"]
        let found = try analyses(arguments, Self.outcomes)
        #expect(found.map { $0["outcome"] as? String } == ["death", "pain"])
        #expect(found[0]["pooled"] is NSNull)
        let csv = try CommandRun(arguments + ["--format", "csv"], input: Data(Self.outcomes.utf8))
        #expect(csv.status == 0 && csv.text.contains("\ndeath,pooled,not estimable"))
    }

    @Test func figuresOfTheOutcomesThatThereAre() throws {
        let forest = try CommandRun(["plot", "forest", "-"] + mantelHaenszel, input: Data(Self.outcomes.utf8))
        #expect(forest.status == 0 && forest.text.contains("Not estimable: \(Self.reason)"))
        let radial = try CommandRun(
            ["plot", "leave-one-out", "-"] + mantelHaenszel, input: Data(Self.outcomes.utf8))
        #expect(radial.status == 0 && radial.errors.contains("death: not estimable"))
        let report = try CommandRun(["report", "-"] + mantelHaenszel, input: Data(Self.outcomes.utf8))
        #expect(report.status == 0 && report.text.contains("not estimable, as \(Self.reason)"))
    }

    @Test(arguments: ["pool", "sensitivity"])
    func whereNoOutcomeCanBePooledItIsAnErrorThatNamesThem(_ command: String) throws {
        let input = "study,outcome,ai,n1i,ci,n2i\nA,death,0,30,0,31\nA,stroke,0,48,0,50\n"
        let run = try CommandRun([command, "-"] + mantelHaenszel, input: Data(input.utf8))
        #expect(run.status == 65 && run.text == "")
        #expect(run.errors.contains("\"death\": no study") && run.errors.contains("\"stroke\": no study"))
    }

    /// One outcome has no name to tell it from others.
    @Test func oneOutcomeIsAnError() throws {
        let run = try CommandRun(
            ["pool", "-"] + mantelHaenszel, input: Data("study,ai,n1i,ci,n2i\nA,0,30,0,31\n".utf8))
        #expect(run.status == 65 && run.errors.hasPrefix("error: -: no study has the events"))
    }

    /// R refuses person-time of 0, and counts a table with an empty arm.
    @Test(arguments: [
        (
            ["--measure", "IRR", "--model", "mantel-haenszel"], "study,x1i,t1i,x2i,t2i\nA,3,210,7,205\nB,2,0,4,110\n",
            "t1i > 0 & t2i > 0"
        ),
        (["--measure", "IRR"], "study,x1i,t1i,x2i,t2i\nA,3,210,7,205\nB,2,0,4,110\n", "t1i > 0 & t2i > 0"),
        (["--model", "peto"], "study,ai,n1i,ci,n2i\nA,3,210,7,205\nB,0,0,4,110\n", "n1i > 0 & n2i > 0"),
        (["--measure", "OR"], "study,ai,bi,ci,di\nA,3,210,7,205\nB,0,0,4,110\n", "ai + bi > 0 & ci + di > 0"),
        ([], "study,xi,ni\nA,3,210\nB,0,0\n", "ni > 0"),
    ])
    func theCallInRLeavesTheSameStudiesOut(_ options: [String], _ input: String, _ condition: String) throws {
        let run = try CommandRun(["pool", "-", "--emit", "r"] + options, input: Data(input.utf8))
        #expect(run.status == 0 && run.text.contains("dat <- subset(dat, \(condition))"), "\(run.text)")
        let sound = input.split(separator: "\n").dropLast().joined(separator: "\n")
        let whole = try CommandRun(["pool", "-", "--emit", "r"] + options, input: Data(sound.utf8))
        #expect(whole.status == 0 && !whole.text.contains("subset("))
    }

    @Test func textsSayWhichTestItIs() throws {
        let groups = "study,risk,yi,vi\nA,low,0.5,0.05\nB,low,0.45,0.06\nC,high,0.6,0.06\nD,high,0,0.08\n"
        let subgroup = ["--subgroup", "risk"]
        let text = try CommandRun(["pool", "-"] + subgroup, input: Data(groups.utf8)).text
        #expect(text.contains("F = ") && text.contains("one between-study variance for all subgroups"))
        let separate = try CommandRun(
            ["pool", "-"] + subgroup + ["--subgroup-tau2", "separate"], input: Data(groups.utf8))
        #expect(separate.text.contains("χ² = ") && separate.text.contains("between-study variance for each subgroup"))
        #expect(separate.errors.contains("finds differences too often"))
        let found = try analyses(["pool", "-"] + subgroup, groups)
        let test = try #require(found.last?["subgroupTest"] as? [String: Any])
        #expect(test["heterogeneity"] as? String == "common" && test["tauSquared"] is Double)
        for arguments in [["plot", "forest", "-"], ["report", "-"]] {
            let run = try CommandRun(arguments + subgroup, input: Data(groups.utf8))
            #expect(run.text.contains("Test between subgroups: F = "), "\(arguments)")
            let other = try CommandRun(
                arguments + subgroup + ["--subgroup-tau2", "separate"], input: Data(groups.utf8))
            #expect(other.text.contains("Test between subgroups: χ² = "), "\(arguments)")
        }
        let script = try CommandRun(["pool", "-", "--emit", "r"] + subgroup, input: Data(groups.utf8)).text
        #expect(script.contains("mods = ~ factor(risk)") && script.contains("parts <- "))
    }

    @Test func theTruncatedIntervalStandsBesideANarrowOne() throws {
        let alike = "study,yi,vi\nA,0.3,0.01\nB,0.31,0.012\nC,0.29,0.02\nD,0.305,0.03\n"
        for arguments in [["pool", "-"], ["plot", "forest", "-"], ["report", "-"], ["sensitivity", "-"]] {
            let run = try CommandRun(arguments, input: Data(alike.utf8))
            #expect(run.text.replacing("\n", with: " ").contains("--interval hartung-knapp-truncated"), "\(arguments)")
            #expect(!run.text.contains("is expected within"), "\(arguments)")
        }
    }

    @Test func textNeverShowsAnInfiniteNumber() throws {
        let great = "study,yi,vi\nA,800,1\nB,820,1\n"
        for arguments in [["pool", "-", "--measure", "OR"], ["sensitivity", "-", "--measure", "OR"]] {
            let run = try CommandRun(arguments, input: Data(great.utf8))
            #expect(run.status == 0 && run.text.contains("> 1.8e+308"), "\(run.text)")
            #expect(!run.text.split { !$0.isLetter }.contains("Inf"), "\(run.text)")
        }
    }
}

import Foundation
import Testing

@Suite struct GroupCommandTests {
    private static let rows = """
        group,study,yi,sei
        a,s1,0.1,0.2
        a,s2,0.5,0.1
        a,s3,-0.3,0.3
        "b, c",s1,0.4,0.25
        d,s1,1e-3,0.5
        d,s2,0.2,0.5

        """

    private static func number(_ value: Any?) -> String {
        guard let number = value as? Double else { return "" }
        return "\(number)"
    }

    /// Every column is that of `pool` for the group alone.
    @Test(arguments: ["DL", "REML", "PM", "EE"], ["wald", "hartung-knapp"])
    func everyGroupIsASinglePool(_ estimator: String, _ interval: String) throws {
        let options = ["--estimator", estimator, "--interval", interval]
        let run = try CommandRun(
            ["pool", "-", "--by", "group", "--digits", "9"] + options, input: Data(Self.rows.utf8))
        #expect(run.status == 0)
        #expect(run.errors == "")
        let lines = run.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(
            lines.first == "group,k,estimate,standard_error,ci_low,ci_high,p_value,tau2,i2,q,q_p_value")
        for (line, group) in zip(lines.dropFirst(), ["a", "b, c", "d"]) {
            let single = try CommandRun(
                ["pool", "-", "--filter", "group=\(group)", "--format", "json"] + options, input: Data(Self.rows.utf8))
            let document = try #require(
                try JSONSerialization.jsonObject(with: single.output) as? [String: Any])
            let analysis = try #require((document["analyses"] as? [[String: Any]])?.first)
            let heterogeneity = try #require(analysis["heterogeneity"] as? [String: Any])
            let ends = try #require(analysis["confidenceInterval"] as? [Double])
            let expected: [Any?] = [
                analysis["estimate"], analysis["standardError"], ends[0], ends[1], analysis["pValue"],
                heterogeneity["tauSquared"], heterogeneity["iSquared"], heterogeneity["cochranQ"],
                heterogeneity["pValue"],
            ]
            let name = group.contains(",") ? "\"\(group)\"" : group
            #expect(line.hasPrefix("\(name),\(analysis["k"] ?? 0),"))
            let fields = line.dropFirst(name.count + 1).split(separator: ",", omittingEmptySubsequences: false)
                .dropFirst()
            #expect(fields.count == expected.count)
            for (field, value) in zip(fields, expected) {
                if let value = value as? Double {
                    let written = try #require(Double(field))
                    #expect(abs(written - value) <= 1e-8 * abs(value) + 1e-12)
                } else {
                    #expect(field.isEmpty)
                }
            }
        }
    }

    @Test func jsonHoldsTheSameNumbers() throws {
        let csv = try CommandRun("pool", "-", "--by", "group", input: Self.rows)
        let json = try CommandRun("pool", "-", "--by", "group", "--format", "json", input: Self.rows)
        let document = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        #expect(document["schema"] as? String == "metaan/1")
        #expect((document["input"] as? [String: Any])?["rows"] as? Int == 6)
        let analyses = try #require(document["analyses"] as? [[String: Any]])
        #expect(analyses.map { $0["group"] as? String } == ["a", "b, c", "d"])
        let first = try #require(csv.text.split(separator: "\n").dropFirst().first?.split(separator: ","))
        // The parser of Foundation is off by a bit.
        let estimate = try #require(analyses[0]["estimate"] as? Double)
        #expect(abs(estimate - (try #require(Double(first[2])))) < 1e-15)
        #expect(analyses[1]["heterogeneity"] as? [String: Any] != nil)
    }

    @Test func countsTakeTheSlowWay() throws {
        let table = """
            trial,site,ai,n1i,ci,n2i
            1,x,4,123,11,139
            2,x,6,306,29,303
            3,y,3,231,11,220
            4,y,62,13598,248,12867

            """
        let run = try CommandRun("pool", "-", "--by", "site", "--measure", "RR", "--digits", "6", input: table)
        #expect(run.status == 0)
        let single = try CommandRun(
            "pool", "-", "--filter", "site=y", "--measure", "RR", "--format", "csv", input: table)
        let pooled = try #require(single.text.split(separator: "\n").first { $0.contains(",pooled,") })
        let estimate = try #require(Double(pooled.split(separator: ",", omittingEmptySubsequences: false)[6]))
        let line = try #require(run.text.split(separator: "\n").last)
        #expect(abs(try #require(Double(line.split(separator: ",")[2])) - estimate) < 1e-5)
    }

    @Test(arguments: [
        ("group,yi,vi\na,1,1\na,x,1\n", "-:3:yi: "), ("group,yi,vi\na,1,-1\n", "-:2:vi: "),
        ("group,yi,vi\na,1,0\n", "-:2:vi: "), ("group,yi,vi\na,1,1\nb,1\n", "-:3:"),
        ("group,yi,vi\na,1,1\nb,1,1\na,2,1\n", "-:4:group: the group \"a\" begins again"),
        ("group,yi,vi\n,1,1\n", "-:2:group: the row belongs to no group"), ("group,yi,vi\n", "-:1"),
        ("group,yi\na,1\n", "-"), ("other,yi,vi\na,1,1\n", "-"), ("", "-"),
    ])
    func wrongInputIsNamedByPlace(_ text: String, _ place: String) throws {
        let run = try CommandRun("pool", "-", "--by", "group", input: text)
        #expect(run.status == 65)
        #expect(run.text == "" || run.text.hasPrefix("group,k,"))
        #expect(run.errors.hasPrefix("error: " + place), "\(run.errors)")
        #expect(run.errors.contains("; "))
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test func badRowsAreSkippedAndListed() throws {
        let text = "group,yi,vi\na,1,1\na,x,1\na,2,-1\na,NA,1\nb,1,1\n"
        let run = try CommandRun("pool", "-", "--by", "group", "--skip-bad", "--digits", "3", input: text)
        #expect(run.status == 0)
        #expect(run.text.split(separator: "\n").dropFirst().map { $0.prefix(4) } == ["a,1,", "b,1,"])
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count == 4, "\(run.errors)")
        #expect(run.errors.contains("-:3:yi"))
        #expect(run.errors.contains("-:4:vi"))
        #expect(run.errors.contains("bad rows left out: 2"))
    }

    @Test func aLevelOfIntervalsThatAreNotThereIsNamed() throws {
        let options = ["pool", "-", "--by", "group", "--reported-level", "0.9"]
        let without = try CommandRun(options, input: Data(Self.rows.utf8))
        #expect(without.status == 0)
        #expect(
            without.errors
                == "note: -: --reported-level has no effect: no row gives its precision by ci_low and ci_high\n")
        let intervals = "group,yi,ci_low,ci_high\na,1,0.5,1.5\na,2,1.5,2.5\n"
        #expect(try CommandRun(options, input: Data(intervals.utf8)).errors == "")
        #expect(try CommandRun("pool", "-", "--by", "group", input: Self.rows).errors == "")
    }

    /// A variance of five digits would pass for one of all.
    @Test func variancesWithoutAllTheirDigitsAreCounted() throws {
        let rows = "group,yi,sei\na,1e-160,1e-160\na,2,1\n"
        let run = try CommandRun("pool", "-", "--by", "group", input: rows)
        #expect(run.status == 0 && run.text.contains("\na,1,2.0,1.0,"))
        #expect(run.errors.contains("rows left out") && run.errors.contains(": 1\n"))
    }

    /// Before, between and after groups that can be pooled, in several blocks.
    @Test(arguments: ["csv", "json"])
    func groupsOutOfRangeAreNamedOrLeftOut(_ format: String) throws {
        var (rows, sound) = ("group,yi,vi\n", "group,yi,vi\n")
        for group in 0..<9000 {
            let isOut = [0, 4500, 8999].contains(group)
            let lines = isOut ? "g\(group),1e300,1e-300\ng\(group),-1e300,1e-300\n" : "g\(group),0.\(group),0.1\n"
            rows += lines
            if !isOut { sound += lines }
        }
        let options = ["pool", "-", "--by", "group", "--format", format]
        let expected = try CommandRun(options, input: Data(sound.utf8))
        for threads in ["1", "2", "4"] {
            let kept = try CommandRun(options + ["--threads", threads], input: Data(rows.utf8))
            #expect(kept.status == 0)
            #expect(
                kept.errors.hasPrefix(
                    """
                    warning: group not estimable: -:2:group: the group "g0" cannot be pooled: the effects and variances are too far apart \
                    for the range of numbers; check the units of effects and variances

                    """))
            #expect(kept.errors.hasSuffix("warning: -: groups not estimable: 3\n"))
            if format == "csv" {
                for group in ["g0", "g4500", "g8999"] { #expect(kept.text.contains("\n\(group),0,,,,,,,,,\n")) }
            } else {
                #expect(kept.text.contains("{\"group\": \"g4500\", \"k\": 0, \"estimate\": null"))
            }
            let skipped = try CommandRun(options + ["--threads", threads, "--skip-bad"], input: Data(rows.utf8))
            #expect(skipped.status == 0)
            let lines = skipped.errors.split(separator: "\n")
            #expect(
                lines.map { $0.prefix(32) } == [
                    "warning: group left out: -:2:gro", "warning: group left out: -:4503:",
                    "warning: group left out: -:9003:",
                    "warning: -: groups left out: 3",
                ])
            if format == "csv" {
                #expect(skipped.text == expected.text)
            } else {
                let end = try #require(expected.text.range(of: "\n  ],\n")?.lowerBound)
                #expect(skipped.text.hasPrefix(expected.text[..<end]))
                #expect(skipped.text.contains("groups left out: 3"))
            }
            let strict = try CommandRun(
                options + ["--threads", threads, "--skip-bad", "--strict"], input: Data(rows.utf8))
            #expect(strict.status == 65)
        }
    }

    @Test func noGroupThatCanBePooledIsAnError() throws {
        let run = try CommandRun("pool", "-", "--by", "group", input: "group,yi,vi\na,1e300,1e-300\na,-1e300,1e-300\n")
        #expect(run.status == 65 && run.text == "")
        #expect(run.errors.hasPrefix("error: -:2:group: the group \"a\" cannot be pooled: "))
    }

    /// A wrong row after many groups: what was written before does not depend on the threads.
    @Test func theEndAfterAWrongRowIsTheSameForAnyNumberOfThreads() throws {
        var rows = "group,yi,vi\n"
        for group in 0..<60_000 { rows += "g\(group),0.\(group),0.1\n" }
        rows += "z,x,1\n"
        let single = try CommandRun("pool", "-", "--by", "group", input: rows)
        let several = try CommandRun("pool", "-", "--by", "group", "--threads", "4", input: rows)
        #expect(single.status == 65 && several.status == 65)
        #expect(single.errors == several.errors)
        #expect(single.text == several.text)
    }

    @Test(arguments: [
        ["--subgroup", "study"], ["--emit", "r"], ["--prediction", "HTS"], ["--model", "peto"], ["--digits", "0"],
        ["--format", "text"], ["--digits", "18"],
    ])
    func optionsWithoutMeaningAreRefused(_ options: [String]) throws {
        let run = try CommandRun(["pool", "-", "--by", "group"] + options, input: Data(Self.rows.utf8))
        #expect(run.status == 64)
        #expect(run.text == "")
        #expect(run.errors.contains(options[0]))
    }

    /// More groups than stand in one block, some of them quoted.
    @Test(arguments: ["csv", "json"])
    func anyNumberOfThreadsGivesTheSameBytes(_ format: String) throws {
        var rows = "group,yi,vi\n"
        for group in 0..<13_000 {
            let label = group % 7 == 0 ? "\"g, \(group)\"" : "g\(group)"
            for study in 0..<(1 + group % 3) {
                rows += "\(label),\(Double(group * 31 % 101 - 50) / 100),\(0.01 + Double(study) / 50)\n"
            }
        }
        let arguments = ["pool", "-", "--by", "group", "--format", format]
        let one = try CommandRun(arguments, input: Data(rows.utf8))
        #expect(one.status == 0 && one.output.count > 500_000)
        for threads in [2, 3, 8] {
            let several = try CommandRun(arguments + ["--threads", "\(threads)"], input: Data(rows.utf8))
            #expect(several.status == 0)
            #expect(several.output == one.output)
        }
    }

    @Test(arguments: [["--by", "group", "--threads", "0"], ["--by", "group", "--threads", "9"], ["--threads", "2"]])
    func threadsAreRefusedWithoutGroupsAndBeyondTheirRange(_ options: [String]) throws {
        let run = try CommandRun(["pool", "-"] + options, input: Data(Self.rows.utf8))
        #expect(run.status == 64)
        #expect(run.errors.contains("--threads"), "\(run.errors)")
    }

    @Test func aBadRowEndsTheRunWithSeveralThreads() throws {
        let rows = (0..<20_000).map { "g\($0),0.1,0.2\n" }.joined()
        let run = try CommandRun(
            ["pool", "-", "--by", "group", "--threads", "3"],
            input: Data(("group,yi,vi\n" + rows + "last,0.1,-1\n").utf8))
        #expect(run.status == 65)
        #expect(run.errors.contains(":20002:vi: "), "\(run.errors)")
    }

    @Test func aFailureLeavesNoFile() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("out.csv").path
        let failed = try CommandRun("pool", "-", "--by", "group", "--output", output, input: Self.rows + "e,s1,?,1\n")
        #expect(failed.status == 65)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        let done = try CommandRun("pool", "-", "--by", "group", "--output", output, input: Self.rows)
        #expect(done.status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.csv"])
    }

    @Test func anInterruptionLeavesNoFile() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = try CommandRun.program
        process.arguments = ["pool", "-", "--by", "group", "--output", folder.appendingPathComponent("out.csv").path]
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        try pipe.fileHandleForWriting.write(contentsOf: Data(Self.rows.utf8))
        while try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty, process.isRunning {
            usleep(1_000)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
}

import Foundation
import MetaAnalysisFixtures
import Testing

@Suite struct JoinCommandTests {
    private static let first = "SNP\tA1\tA2\tBETA\tSE\nrs1\tA\tC\t0.5\t0.1\nrs2\tA\tG\t-0.2\t0.2\n"
    private static let second = "SNP\tA1\tA2\tBETA\tSE\nrs2\tG\tA\t0.1\t0.2\nrs1\tT\tG\t0.3\t0.1\n"

    /// Runs the program in a folder of its own with files of these contents, called a.txt, b.txt and so on.
    private func run(_ files: [String], _ options: [String] = ["--join", "SNP"]) throws -> (CommandRun, URL) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-join-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let names = zip("abcdef", files).map { "\($0.0).txt" }
        for (name, text) in zip(names, files) { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        return (try CommandRun(["pool"] + options + names, folder: folder), folder)
    }

    @Test func joinsPoolsAndCounts() throws {
        let (run, folder) = try run([Self.first, Self.second], ["--join", "SNP", "--digits", "4"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.status == 0)
        #expect(
            run.errors == """
                note: a.txt: 2 rows, 2 pooled
                note: b.txt: 2 rows, 2 pooled, 1 with alleles exchanged, 1 turned from the other strand
                note: 2 markers of 2 cohorts; common effect, Wald interval (normal distribution); random effects, τ² by DL, \
                Wald interval (normal distribution)

                """)
        let lines = run.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("rs1,A,C,2,++,0.4,0.07071,"))
        #expect(lines[2].hasPrefix("rs2,A,G,2,--,-0.15,0.1414,"))
    }

    @Test func numbersForAllelesAreSaidAndCounted() throws {
        let numbers = "SNP\tA1\tA2\tBETA\tSE\nrs2\t3\t1\t0.1\t0.2\nrs1\t4\t3\t0.3\t0.1\n"
        let (run, folder) = try run([Self.first, numbers], ["--join", "SNP", "--format", "json"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.status == 0)
        #expect(run.errors.contains("note: b.txt: the alleles 1, 2, 3 and 4 of 2 rows are read as A, C, G and T\n"))
        #expect(run.errors.contains("note: b.txt: 2 rows, 2 pooled, 1 with alleles exchanged, 1 turned"))
        #expect(run.text.contains("\"numberedAlleles\": 2"))
        let (refused, other) = try self.run([Self.first, "SNP\tA1\tA2\tBETA\tSE\nrs2\t1\t2\t0.1\t0.2\n"])
        defer { try? FileManager.default.removeItem(at: other) }
        #expect(refused.status == 65 && refused.text == "")
        #expect(refused.errors.hasPrefix("error: b.txt: the only numbers among its alleles are 1 and 2"))
    }

    @Test func aKeyOfAnotherNameIsFound() throws {
        let (run, folder) = try run(
            ["rsid,BETA,SE\na,1,1\nb,2,1\n", "SNP,BETA,SE\nb,1,1\na,2,1\n"], ["--join", "rsid"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.status == 0 && run.text.split(separator: "\n").count == 3)
        #expect(run.errors.contains("note: b.txt: the keys are column SNP, as there is no column \"rsid\"\n"))
    }

    @Test func writesAFileWhollyOrNotAtAll() throws {
        let (run, folder) = try run(
            [Self.first, Self.second], ["--join", "SNP", "--output", "out.csv", "--model", "common"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.status == 0 && run.text == "")
        let text = try String(contentsOf: folder.appendingPathComponent("out.csv"), encoding: .utf8)
        #expect(text.split(separator: "\n").count == 3 && !text.contains("random"))
        let (failed, other) = try self.run(
            [Self.first, "SNP,BETA,SE\nrs1,1,0\n"], ["--join", "SNP", "--output", "out.csv"])
        defer { try? FileManager.default.removeItem(at: other) }
        #expect(failed.status == 65)
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).sorted() == ["a.txt", "b.txt"])
    }

    @Test func listsWhatIsLeftOut() throws {
        let bad = "SNP,A1,A2,BETA,SE\nrs1,A,G,1,1\nrs2,A,G,1,0\nrs3,C,G,1,1\nrs3,C,G,1,1\n"
        let (run, folder) = try run([Self.first, bad], ["--join", "SNP", "--skip-bad"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.status == 0)
        #expect(
            run.errors.hasPrefix(
                """
                warning: row left out: b.txt:3:SE: the standard error is 0; give a number greater than 0
                warning: row left out: b.txt:5:SNP: "rs3" stands in an earlier row of the file too; keep one row for each \
                key, or take --skip-bad to keep the first
                warning: row left out: b.txt:2:A1: "rs1" has the alleles A/G here and A/C in a.txt; compare the builds and \
                the keys of both files
                warning: bad rows left out: 2, rows with other alleles: 1
                note: a.txt: 2 rows, 2 pooled
                note: b.txt: 4 rows, 1 pooled, 1 of unknown strand (A/T, C/G), 1 left out for other alleles, 2 bad

                """))
        let (strict, other) = try self.run([Self.first, bad], ["--join", "SNP", "--skip-bad", "--strict"])
        defer { try? FileManager.default.removeItem(at: other) }
        #expect(strict.status == 65 && strict.text == "")
    }

    @Test func namesOrLeavesOutMarkersThatCannotBePooled() throws {
        let texts = [
            "SNP,BETA,SE\nrs1,1,1\nrs2,1e300,1e-140\n", "SNP,BETA,SE\nrs1,1,1\nrs2,-1e300,1e-140\n",
        ]
        let (failed, folder) = try run(texts, ["--join", "SNP"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(failed.status == 65 && failed.text == "")
        #expect(
            failed.errors.contains(
                "error: a.txt, b.txt: the marker \"rs2\" cannot be pooled: the effects and variances"))
        let (skipped, other) = try run(texts, ["--join", "SNP", "--skip-bad"])
        defer { try? FileManager.default.removeItem(at: other) }
        #expect(skipped.status == 0 && skipped.text.split(separator: "\n").count == 2)
        #expect(skipped.errors.contains("warning: marker left out: the marker \"rs2\" cannot be pooled"))
        #expect(skipped.errors.hasSuffix("warning: a.txt, b.txt: markers left out: 1\n"))
        let (strict, third) = try run(texts, ["--join", "SNP", "--skip-bad", "--strict"])
        defer { try? FileManager.default.removeItem(at: third) }
        #expect(strict.status == 65 && strict.text == "")
    }

    @Test func saysWhatItTakesLogarithmsOf() throws {
        let (run, folder) = try run(["SNP,OR,SE\nrs1,2,0.5\n"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.errors.hasPrefix("note: a.txt: the effects are logarithms of column OR"))
        #expect(run.text.contains("\nrs1,1,+,0.693147180559945"))
    }

    @Test(arguments: [
        (["SNP,BETA,SE\nrs1,1,0\n"], 65, "error: a.txt:2:SE: the standard error is 0; "),
        (["name,BETA,SE\nrs1,1,1\n"], 65, "error: a.txt: there is no column \"SNP\" (there are "),
        (["SNP,SE\nrs1,1\n"], 65, "error: a.txt: no column has the effects "),
        (
            ["SNP,BETA,SE\nrs1,1,1\n", "SNP,A1,A2,BETA,SE\nrs1,A,C,1,1\n"], 65,
            "error: b.txt: there are columns of alleles, "
        ),
        (
            ["SNP,BETA,SE\nrs1,NA,1\n"], 65,
            "warning: a.txt: no row of the file is pooled\nerror: a.txt: no row has an effect; "
        ),
        (
            ["SNP,BETA,SE\nrs1,1,1\n", "SNP,BETA,SE\nrs2,1,1\n"], 65,
            "error: a.txt, b.txt: no \"SNP\" stands in more than one of the files; "
        ),
        (
            ["SNP,BETA,SE\nrs1,1,1\nrs1,1,1\n"], 65,
            "error: a.txt:3:SNP: \"rs1\" stands in an earlier row of the file too; "
        ),
        (["SNP,BETA,SE\nrs1,1,-0.1\n"], 65, "error: a.txt:2:SE: the standard error is -0.1; "),
        (["SNP,BETA,SE\nrs1,one,1\n"], 65, "error: a.txt:2:BETA: "),
        (["SNP,BETA,SE\nrs1,1\n"], 65, "error: a.txt:2:SE: the row has 2 fields where the header has 3; "),
        ([""], 65, "error: a.txt:1: the file is empty; "),
    ])
    func refusesBadFiles(files: [String], status: Int32, message: String) throws {
        let (run, folder) = try run(files)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.status == status && run.text == "" && run.errors.hasPrefix(message), "\(run.errors)")
    }

    @Test(arguments: [
        ["--by", "SNP"], ["--measure", "OR"], ["--subgroup", "x"], ["--format", "text"], ["--format", "markdown"],
        ["--model", "peto"],
        ["--emit", "r"],
        ["--prediction", "HTS"], ["--drop-double-zero"], ["--weighting", "equal"],
    ])
    func refusesOptionsWithoutMeaning(options: [String]) throws {
        let run = try CommandRun(["pool", "--join", "SNP", "a.txt", "b.txt"] + options)
        #expect(run.status == 64 && run.errors.contains("has no meaning with --"), "\(run.errors)")
    }

    @Test func warnsOfAFileWithoutAnEffect() throws {
        let none = "SNP,A1,A2,BETA,SE\nrs1,A,C,NA,1\n"
        let (run, folder) = try run([Self.first, Self.second, none])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(
            run.status == 0 && run.errors.hasPrefix("warning: c.txt: no row of the file is pooled\n"), "\(run.errors)")
        let (strict, other) = try self.run([Self.first, Self.second, none], ["--join", "SNP", "--strict"])
        defer { try? FileManager.default.removeItem(at: other) }
        #expect(strict.status == 65 && strict.text == "" && strict.errors.hasPrefix("error: c.txt: no row of the file"))
    }

    @Test func saysWhatWasBadWhereNothingIsLeftToJoin() throws {
        let bad = "SNP,A1,A2,BETA,SE\nrs1,A,C,1,0\n"
        let (run, folder) = try run([Self.first, bad], ["--join", "SNP", "--skip-bad"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.status == 65 && run.text == "")
        #expect(run.errors.hasPrefix("warning: row left out: b.txt:2:SE: the standard error is 0; "), "\(run.errors)")
        #expect(run.errors.contains("\nerror: a.txt, b.txt: no \"SNP\" stands in more than one of the files; "))
    }

    @Test func countsNoCohortTwice() throws {
        let run = try CommandRun("pool", "--join", "SNP", "a.txt", "b.txt", "a.txt")
        #expect(run.status == 64 && run.errors.hasPrefix("error: a.txt is given twice; "), "\(run.errors)")
        let path = "Fixtures/reference/join/cohort1.txt"
        let other = try CommandRun("pool", "--join", "MarkerName", path, "./" + path)
        #expect(other.status == 64 && other.errors.hasPrefix("error: ./\(path) is given twice; "), "\(other.errors)")
    }

    @Test func jsonHoldsTheSameNumbers() throws {
        let bad = "SNP,A1,A2,BETA,SE\nrs1,T,G,1,1\nrs2,A,G,1,0\n\"x\"\"\\y\",C,G,1,1\n"
        let (csv, folder) = try run([Self.first, bad], ["--join", "SNP", "--skip-bad"])
        defer { try? FileManager.default.removeItem(at: folder) }
        let (json, other) = try run([Self.first, bad], ["--join", "SNP", "--skip-bad", "--format", "json"])
        defer { try? FileManager.default.removeItem(at: other) }
        #expect(json.status == 0 && json.errors == csv.errors)
        let document = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        #expect(document["schema"] as? String == "metaan/1" && document["command"] as? String == "pool")
        #expect((document["settings"] as? [String: Any])?["join"] as? String == "SNP")
        #expect((document["diagnostics"] as? [Any])?.count == 2)
        let input = try #require(document["input"] as? [String: Any])
        let cohorts = try #require(input["cohorts"] as? [[String: Any]])
        #expect(input["rows"] as? Int == 5 && cohorts.map { $0["joined"] as? Int } == [2, 2])
        #expect(cohorts[1]["otherStrand"] as? Int == 1 && cohorts[1]["bad"] as? Int == 1)
        let analyses = try #require(document["analyses"] as? [[String: Any]])
        #expect(analyses.map { $0["marker"] as? String } == ["rs1", "rs2", "x\"\\y"])
        #expect(analyses.map { $0["direction"] as? String } == ["++", "-?", "?+"])
        for (line, analysis) in zip(csv.text.split(separator: "\n").dropFirst(), analyses) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            let common = try #require(analysis["common"] as? [String: Any])
            let random = try #require(analysis["random"] as? [String: Any])
            let heterogeneity = try #require(analysis["heterogeneity"] as? [String: Any])
            func numbers(_ effect: [String: Any]) -> [Any?] {
                let ends = effect["confidenceInterval"] as? [Double]
                return [effect["estimate"], effect["standardError"], ends?[0], ends?[1], effect["pValue"]]
            }
            let expected =
                numbers(common) + ["cochranQ", "pValue", "iSquaredFromQ", "tauSquared"].map { heterogeneity[$0] }
                + numbers(random)
            #expect(fields.count == 5 + expected.count)
            for (field, value) in zip(fields.dropFirst(5), expected) {
                let number = value as? Double
                #expect((field == nil) == (number == nil))
                // The parser of Foundation is off by a bit.
                if let field, let number { #expect(abs(field - number) <= 1e-14 * abs(field)) }
            }
        }
    }

    @Test func readsBlanksAndGzip() throws {
        let folder = "Fixtures/reference/join/"
        let plain = try CommandRun(
            ["pool", "--join", "MarkerName"] + (1...3).map { folder + "cohort\($0).txt" })
        let mixed = try CommandRun(
            ["pool", "--join", "MarkerName", folder + "cohort1-blanks.txt", folder + "cohort2.txt.gz", "-"],
            input: Data(Fixtures.bytes("reference/join/cohort3.txt")))
        #expect(mixed.status == 0, "\(mixed.errors)")
        #expect(mixed.text == plain.text)
    }

    @Test func wantsAKeyForSeveralFiles() throws {
        let run = try CommandRun("pool", "a.txt", "b.txt")
        #expect(run.status == 64 && run.errors.contains("--join COLUMN"))
        let missing = try CommandRun("pool", "--join", "SNP", "no-such-file.txt")
        #expect(missing.status == 66)
    }

    @Test func writesItsWholeOutput() throws {
        let files = (1...3).map { "Fixtures/reference/join/cohort\($0).txt" }
        let arguments = ["pool", "--join", "MarkerName"] + files + ["--format", "csv"]
        try ExpectedOutput.compare(CommandRun(arguments), of: arguments, with: "pool-join")
    }
}

import Foundation
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

    @Test func saysWhatItTakesLogarithmsOf() throws {
        let (run, folder) = try run(["SNP,OR,SE\nrs1,2,0.5\n"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.errors.hasPrefix("note: a.txt: the effects are logarithms of column OR"))
        #expect(run.text.contains("\nrs1,1,+,0.693147180559945"))
    }

    @Test(arguments: [
        (["SNP,BETA,SE\nrs1,1,0\n"], 65, "error: a.txt:2:SE: the standard error is 0; "),
        (["rs,BETA,SE\nrs1,1,1\n"], 65, "error: a.txt: there is no column \"SNP\"; take one of "),
        (["SNP,SE\nrs1,1\n"], 65, "error: a.txt: no column has the effects "),
        (
            ["SNP,BETA,SE\nrs1,1,1\n", "SNP,A1,A2,BETA,SE\nrs1,A,C,1,1\n"], 65,
            "error: b.txt: there are columns of alleles, "
        ),
        (["SNP,BETA,SE\nrs1,NA,1\n"], 65, "error: a.txt: no row has an effect; "),
        (["SNP,BETA,SE\nrs1,1\n"], 65, "error: a.txt:2:SE: the row has 2 fields where the header has 3; "),
        ([""], 65, "error: a.txt:1: the file is empty; "),
    ])
    func refusesBadFiles(files: [String], status: Int32, message: String) throws {
        let (run, folder) = try run(files)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(run.status == status && run.text == "" && run.errors.hasPrefix(message), "\(run.errors)")
    }

    @Test(arguments: [
        ["--by", "SNP"], ["--measure", "OR"], ["--subgroup", "x"], ["--format", "json"], ["--model", "peto"],
        ["--emit", "r"],
        ["--prediction", "HTS"], ["--drop-double-zero"], ["--weighting", "equal"],
    ])
    func refusesOptionsWithoutMeaning(options: [String]) throws {
        let run = try CommandRun(["pool", "--join", "SNP", "a.txt", "b.txt"] + options)
        #expect(run.status == 64 && run.errors.contains("has no meaning with --"), "\(run.errors)")
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

import Foundation
import Testing

/// Which file is read when it is not simply the one that was named.
@Suite struct InputFileTests {
    private static let table = "study,yi,vi\nA,1,2\nB,2,1\n"

    /// A folder of its own, with files by name and content.
    private func withFolder(_ files: [String: String], _ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, content) in files {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
        try body(folder)
    }

    @Test func exactNameIsReadWithoutANote() throws {
        try withFolder(["Trials.csv": Self.table, "trials.csv": "study,yi,vi\nC,1,2\n"]) { folder in
            let run = try CommandRun(["effects", "trials.csv", "--format", "csv"], folder: folder)
            #expect(run.status == 0)
            #expect(run.errors == "")
            #expect(run.text.contains(",study,C,"))
        }
    }

    @Test func caseIsIgnoredInEveryComponentWhenOneFileFits() throws {
        try withFolder(["Data/Trials.CSV": Self.table]) { folder in
            let run = try CommandRun(["effects", "data/trials.csv"], folder: folder)
            #expect(run.status == 0)
            #expect(run.errors == "note: reading Data/Trials.CSV, as there is no data/trials.csv\n")
            let absolute = try CommandRun(["effects", folder.path + "/DATA/trials.csv"])
            #expect(absolute.status == 0)
            #expect(absolute.errors.hasPrefix("note: reading \(folder.path)/Data/Trials.CSV"))
        }
    }

    @Test func severalFitsAreNamedAndNoneIsTaken() throws {
        try withFolder(["a/Trials.csv": Self.table, "A/TRIALS.csv": Self.table]) { folder in
            let run = try CommandRun(["effects", "a/trials.CSV"], folder: folder)
            #expect(run.status == 66)
            #expect(
                run.errors
                    == "error: a/trials.CSV: there is no such file, but A/TRIALS.csv, a/Trials.csv; write one of them exactly\n"
            )
        }
    }

    @Test func dataSetsAreFoundByBareName() throws {
        try withFolder([:]) { folder in
            for name in ["bcg", "BCG", "bcg.csv", "datasets/bcg.csv"] {
                let run = try CommandRun(["effects", name, "--measure", "RR", "--format", "json"], folder: folder)
                #expect(run.status == 0)
                #expect(run.errors.hasPrefix("note: reading the data set "))
                #expect(run.text.contains("\"file\": \"datasets/bcg.csv\""))
            }
        }
    }

    @Test func fileInTheFolderGoesBeforeADataSet() throws {
        try withFolder(["BCG": Self.table]) { folder in
            let run = try CommandRun(["effects", "bcg"], folder: folder)
            #expect(run.errors == "note: reading BCG, as there is no bcg\n")
        }
    }

    @Test func folderOfDataSetsCanBeNamed() throws {
        let index = "name,file,title,kind,measure,k,source\nmine,sets/mine.csv,\"Mine, only\",effect,GEN,2,\n"
        try withFolder(["datasets/index.csv": index, "sets/mine.csv": Self.table]) { folder in
            let environment = ["METAAN_DATA": folder.path]
            let run = try CommandRun(["pool", "mine", "--format", "csv"], environment: environment)
            #expect(run.status == 0)
            #expect(run.errors.contains("\(folder.path)/sets/mine.csv"))
            let list = try CommandRun(["datasets", "--format", "csv"], environment: environment)
            #expect(
                list.text == "name,file,title,kind,measure,k,source\nmine,sets/mine.csv,\"Mine, only\",effect,GEN,2,\n")
        }
    }

    @Test func standardInputInEveryDialect() throws {
        let expected = try CommandRun("effects", "-", "--format", "csv", input: Self.table).text
        let dialects = [
            "\u{FEFF}" + Self.table, Self.table.replacingOccurrences(of: "\n", with: "\r\n"),
            Self.table.replacingOccurrences(of: ",", with: "\t"), "Study,\"TE\",variance\n\"A\",1,2\nB,2,1",
        ]
        for dialect in dialects {
            let run = try CommandRun("effects", "-", "--format", "csv", input: dialect)
            #expect(run.status == 0)
            #expect(run.text == expected)
        }
    }

    @Test func unreadableFileIsNoInput() throws {
        try withFolder(["secret.csv": Self.table]) { folder in
            // A link to itself cannot be opened by anyone.
            let loop = folder.appendingPathComponent("loop.csv")
            try FileManager.default.createSymbolicLink(at: loop, withDestinationURL: loop)
            #expect(try CommandRun(["effects", "loop.csv"], folder: folder).status == 66)
        }
    }
}

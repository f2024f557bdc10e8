import Foundation
import MetaAnalysis
import SystemPackage
import Testing

@testable import metaan

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

    @Test func largeFilesAreRefusedWithTheirLimit() throws {
        var limits = TableLimits()
        limits.tableBytes = 24
        try withFolder(["small.csv": Self.table, "large.csv": Self.table + "C,1,2\n"]) { folder in
            let small = folder.appendingPathComponent("small.csv").path
            #expect(try InputFile.read(small, limits: limits).bytes == Array(Self.table.utf8))
            let large = folder.appendingPathComponent("large.csv").path
            let failure = try #require(throws: CommandFailure.self) { _ = try InputFile.read(large, limits: limits) }
            #expect(failure.status == .dataWrong && failure.message.contains("more than 24 bytes"))
            // A file that says its size, and takes no place on the disk.
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: large))
            try handle.truncate(atOffset: 1 << 40)
            try handle.close()
            let run = try CommandRun("pool", large)
            #expect(run.status == 65 && run.errors.contains("more than 256 MiB"))
        }
    }

    @Test("what has no end is refused early", arguments: ["pool", "pool --by g", "pool --join g", "network", "report"])
    func endless(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let zeros = try CommandRun(words + ["/dev/zero"])
        #expect(zeros.status == 65 && zeros.text == "")
        #expect(zeros.errors.hasPrefix("error: /dev/zero:1:1: byte 1 of the file is 0"))
        let line = try CommandRun(words + ["-"], input: Data(repeating: UInt8(ascii: "a"), count: 17 << 20))
        #expect(line.status == 65 && line.text == "")
        #expect(line.errors.hasPrefix("error: -:1: the header is longer than 16 MiB"))
    }

    /// 240 000 bytes in 274.
    private static let repeatedLines = """
        H4sIAAAAAAACA+3DMQ0AAAgDsB8tmNr8i8ADd5s024mqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq        qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq        qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqPh8jTgmIgKkDAA==
        """

    @Test func gzipDataThatExpandWithoutBoundAreRefused() throws {
        var packed = [UInt8](try #require(Data(base64Encoded: Self.repeatedLines, options: .ignoreUnknownCharacters)))
        func size(freeBytes: Int) throws -> Int {
            let decoder = try GzipDecoder(freeBytes: freeBytes)
            var buffer = [UInt8](repeating: 0, count: 4096)
            var (taken, size) = (0, 0)
            while taken < packed.count {
                let counts = try packed.withUnsafeMutableBytes { packed in
                    try buffer.withUnsafeMutableBytes {
                        try decoder.decode(UnsafeMutableRawBufferPointer(rebasing: packed[taken...]), into: $0)
                    }
                }
                taken += counts.taken
                size += counts.written
            }
            try decoder.finish()
            return size
        }
        #expect(try size(freeBytes: 1 << 20) == 240_000)
        let refusal = try #require(throws: GzipDecoder.Refusal.self) { _ = try size(freeBytes: 1000) }
        #expect(refusal == .expansion)
    }

    @Test func aPipeWithoutAWriterIsGivenUp() throws {
        try withFolder([:]) { folder in
            let path = folder.appendingPathComponent("pipe").path
            #expect(mkfifo(path, 0o600) == 0)
            let source = InputSource(name: path, path: FilePath(path))
            let failure = try #require(throws: CommandFailure.self) { _ = try ByteStream(source, pipeWait: 0.1) }
            #expect(failure.status == .noInput && failure.message.contains("this is a pipe to which no program wrote"))
            // A writer that comes later, and takes its time.
            let writer = Thread {
                Thread.sleep(forTimeInterval: 0.1)
                guard let file = FileHandle(forWritingAtPath: path) else { return }
                Thread.sleep(forTimeInterval: 0.2)
                file.write(Data(Self.table.utf8))
                try? file.close()
            }
            writer.start()
            #expect(try InputFile.read(path).bytes == Array(Self.table.utf8))
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

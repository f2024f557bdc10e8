import Foundation
import Testing

/// Answers in files: whole or not at all.
@Suite struct OutputFileTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func fileTakesThePlaceOfAnOlderOneAndNothingElseIsLeft() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("answer.csv")
            try Data("older".utf8).write(to: file)
            let arguments = ["effects", "bcg", "--measure", "RR", "--format", "csv"]
            let run = try CommandRun(arguments + ["--output", file.path])
            #expect(run.status == 0)
            #expect(run.output.isEmpty)
            #expect(try Data(contentsOf: file) == CommandRun(arguments).output)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["answer.csv"])
        }
    }

    @Test func aLinkStaysALink() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("answer.txt")
            let link = folder.appendingPathComponent("link.txt")
            try Data("older".utf8).write(to: file)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            #expect(try CommandRun("measures", "RR", "--output", link.path).status == 0)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
            #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("RR: "))
        }
    }

    @Test func permissionsOfAnOlderFileAreKept() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("answer.txt")
            try Data("older".utf8).write(to: file)
            for permissions in [0o600, 0o640, 0o755] {
                try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file.path)
                #expect(try CommandRun("measures", "RR", "--output", file.path).status == 0)
                let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
                #expect(attributes[.posixPermissions] as? Int == permissions)
            }
            #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("RR: "))
        }
    }

    @Test("a link to a file that is not there has it made, in steps too", arguments: ["new.txt", "deeper/new.txt"])
    func danglingLinks(target: String) throws {
        try withFolder { folder in
            let deeper = folder.appendingPathComponent("deeper")
            try FileManager.default.createDirectory(at: deeper, withIntermediateDirectories: true)
            let (link, second) = (folder.appendingPathComponent("link"), deeper.appendingPathComponent("link"))
            try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: target)
            try FileManager.default.createSymbolicLink(atPath: second.path, withDestinationPath: "../link")
            #expect(try CommandRun("measures", "RR", "--output", second.path).status == 0)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: second.path) == "../link")
            let text = try String(contentsOf: folder.appendingPathComponent(target), encoding: .utf8)
            #expect(text.hasPrefix("RR: "))
        }
    }

    @Test func linksInACircleAndIntoNoFolderAreRefused() throws {
        try withFolder { folder in
            for (name, target) in [("circle", "circle"), ("nowhere", "missing/new.txt")] {
                let link = folder.appendingPathComponent(name).path
                try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
                let run = try CommandRun("measures", "RR", "--output", link)
                #expect(run.status == 73 && run.errors.hasPrefix("error: \(link): cannot be created"))
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
            }
        }
    }

    @Test func aFailureLeavesTheOlderFile() throws {
        try withFolder { folder in
            let file = folder.appendingPathComponent("answer.txt")
            try Data("older".utf8).write(to: file)
            #expect(try CommandRun("pool", "msc", "--strict", "--output", file.path).status == 65)
            #expect(try String(contentsOf: file, encoding: .utf8) == "older")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["answer.txt"])
        }
    }

    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/full"), "the system has no /dev/full"))
    func fullDeviceIsAFailure() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let run = try CommandRun(["measures"], output: full)
        #expect(run.status == 74)
        #expect(run.errors.hasPrefix("error: standard output: cannot be written"))
    }

    @Test func readerThatGoesAwayEndsTheRunWithoutAWord() throws {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let run = try CommandRun(["measures"], output: pipe.fileHandleForWriting)
        #expect(run.status == 74)
        #expect(run.errors == "")
    }

    @Test func interruptionHasItsOwnStatus() throws {
        let process = Process()
        process.executableURL = try CommandRun.program
        process.arguments = ["pool", "-"]
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // The program waits for its input; give it the time to get there.
        Thread.sleep(forTimeInterval: 0.5)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 130)
        withExtendedLifetime(input) {}
    }
}

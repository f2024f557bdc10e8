import Foundation
import MetaAnalysisFixtures
import SystemPackage
import Testing

@testable import metaan

@Suite struct ZipArchiveTests {
    private func withFile<Result>(_ bytes: Data, _ body: (RandomAccessFile) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-zip-\(UUID().uuidString)")
        try bytes.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(RandomAccessFile(InputSource(name: "a.npz", path: FilePath(url.path))))
    }

    /// An archive with one member and records of eight bytes.
    private func archive() throws -> Data {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-zip-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        let stream = try OutputStream(url.path)
        var writer = ZipWriter(stream)
        try writer.add("yi.npy", Array("some bytes".utf8))
        try writer.finish()
        try stream.finish()
        return try Data(contentsOf: url)
    }

    private func place(of signature: [UInt8], in bytes: Data) throws -> Int {
        try #require(bytes.range(of: Data([0x50, 0x4B] + signature))).lowerBound
    }

    @Test func readsWhatItsWriterWrites() throws {
        try withFile(archive()) { file in
            let members = try ZipArchive(file).members
            #expect(members.map(\.name) == ["yi.npy"])
            #expect(try ArrayBytes(file, members[0]).next(100) == Array("some bytes".utf8))
        }
    }

    /// Count, size and offset of the directory, in records of eight bytes: too large and below 0.
    @Test(arguments: [32, 40, 48], [0x7F, 0xFF] as [UInt8])
    func refusesADirectoryThatCannotBe(field: Int, highest: UInt8) throws {
        var bytes = try archive()
        bytes[try place(of: [6, 6], in: bytes) + field + 7] = highest
        #expect(throws: CommandFailure.self) { try withFile(bytes) { try ZipArchive($0).members } }
    }

    /// Otherwise memory would be taken for what a few bytes cannot hold.
    @Test(arguments: ["stored.npz", "deflated.npz"])
    func refusesAMemberLargerThanItsBytes(name: String) throws {
        var bytes = try Data(contentsOf: Fixtures.url("reference/arrays/\(name)"))
        bytes[try place(of: [1, 2], in: bytes) + 27] = 0x7F
        let error = #expect(throws: CommandFailure.self) {
            try withFile(bytes) { try ArrayBytes($0, ZipArchive($0).members[0]).size }
        }
        #expect(error?.status == .dataWrong && error?.message.contains("damaged") == true)
    }
}

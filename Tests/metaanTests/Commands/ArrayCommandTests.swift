import Foundation
import MetaAnalysis
import MetaAnalysisFixtures
import SystemPackage
import Testing

@testable import metaan

@Suite struct ArrayCommandTests {
    private static func path(_ name: String) -> String { Fixtures.url("reference/arrays/\(name)").path }

    private static let byText: String? = try? CommandRun(
        ["pool", path("effects.csv"), "--by", "group", "--estimator", "DL"]
    ).text

    @Test(arguments: [
        ["stored.npz"], ["deflated.npz"], ["fortran.npz"], ["ragged.npz"], ["yi.npy", "vi.npy"],
        ["single.npz", "--columns", "yi=effect,sei=se"],
    ])
    func givesWhatTheTextGives(arguments: [String]) throws {
        let files = arguments.map { $0.contains(".np") ? Self.path($0) : $0 }
        let run = try CommandRun(["pool", "--arrays"] + files + ["--estimator", "DL"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.text == Self.byText)
        #expect(run.errors.contains("studies without an effect (NaN): 1"))
    }

    /// Arrays that would take memory without bound, as files that have a size and take no place on the disk.
    @Test("refuses what cannot be held at once", arguments: ["offsets", "vi"])
    func greatArrays(largest: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-arrays-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ type: String, _ shape: [Int]) throws {
            let order = shape.count > 1 ? "True" : "False"
            let text =
                "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(shape.map { "\($0), " }.joined())), }"
            let file = folder.appendingPathComponent("\(name).npy")
            try Data(
                [0x93] + "NUMPY".utf8 + [1, 0, UInt8(text.utf8.count), 0] + text.utf8
            ).write(to: file)
            let handle = try FileHandle(forWritingTo: file)
            try handle.truncate(atOffset: UInt64(10 + text.utf8.count + 8 * shape.reduce(1, *)))
            try handle.close()
        }
        let shape = largest == "offsets" ? [2] : [1 << 20, 256]
        try write("yi", "<f8", shape)
        try write("vi", "<f8", shape)
        if largest == "offsets" { try write("offsets", "<i8", [1 << 27 + 1]) }
        let names = ["yi.npy", "vi.npy"] + (largest == "offsets" ? ["offsets.npy"] : [])
        let run = try CommandRun(["pool", "--arrays"] + names, folder: folder)
        #expect(run.status == 65 && run.errors.contains("more than 1 GiB; "), "\(run.errors)")
    }

    @Test(arguments: ["npz", "npy"])
    func writesArrays(ending: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-arrays-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("out.\(ending)").path
        let run = try CommandRun([
            "pool", "--arrays", Self.path("stored.npz"), "--estimator", "DL", "--output", output,
        ])
        #expect(run.status == 0 && run.text == "")
        guard ending == "npz" else {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: output))
            return #expect(bytes.starts(with: [0x93]) && (bytes.count - 6 * 80) % 64 == 0)
        }
        let file = try RandomAccessFile(InputSource(name: output, path: FilePath(output)))
        let arrays = try ArrayFile.all(in: file)
        #expect(arrays.map(\.name) == ArrayPoolingRun.names)
        let rows = try #require(Self.byText).split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
        for (column, array) in arrays.enumerated().dropFirst() {
            let found = try array.open()
            #expect(found.header.shape == [6])
            var numbers = [Double](repeating: 0, count: 6)
            try numbers.withUnsafeMutableBytes { try found.read(into: $0) }
            for (row, number) in zip(rows, numbers) { #expect(Double(row[column + 1]) == number) }
        }
        #expect(try arrays[0].open().wholeNumbers() == [4, 4, 3, 4, 4, 4])
    }

    /// Bytes of a fixture, changed, under the name of an archive or an array.
    private func run(_ name: String, _ arguments: [String] = [], change: (inout Data) -> Void) throws -> CommandRun {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-arrays-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var bytes = try Data(contentsOf: Fixtures.url("reference/arrays/\(name)"))
        change(&bytes)
        try bytes.write(to: folder.appendingPathComponent(name))
        return try CommandRun(["pool", "--arrays", name] + arguments, folder: folder)
    }

    @Test(arguments: ["stored.npz", "deflated.npz", "fortran.npz"])
    func endsWithAnErrorWhereverAnArchiveIsCut(name: String) throws {
        let size = try Fixtures.bytes("reference/arrays/\(name)").count
        for count in stride(from: 0, to: size, by: 41) {
            let run = try run(name) { $0 = $0.prefix(count) }
            #expect(
                run.status == 65 && run.text == "" && run.errors.hasPrefix("error: \(name)"), "\(count): \(run.errors)")
        }
    }

    @Test func endsWithoutACrashWhateverIsDamaged() throws {
        let size = try Fixtures.bytes("reference/arrays/deflated.npz").count
        for place in stride(from: 0, to: size, by: 13) {
            let run = try run("deflated.npz") { $0[$0.startIndex + place] ^= 0xA5 }
            #expect([0, 65].contains(run.status), "\(place): \(run.errors)")
        }
    }

    @Test func refusesAnArrayThatIsCut() throws {
        let folder = try run("yi.npy") { $0 = $0.prefix(200) }
        #expect(folder.status == 65)
        #expect(
            folder.errors
                == "error: yi.npy:yi: the array has 72 bytes of numbers where its header says 192; copy or save it anew\n"
        )
    }

    @Test func saysWhichArraysThereAre() throws {
        let run = try CommandRun("pool", "--arrays", Self.path("single.npz"))
        #expect(run.status == 65)
        #expect(run.errors.contains("there is no array yi (there are \"effect\", \"se\"); "))
        let text = try CommandRun("pool", "--arrays", Self.path("effects.csv"), "--columns", "yi=effects.csv")
        #expect(text.status == 65 && text.errors.contains("not an array as NumPy saves it"))
        let role = try CommandRun("pool", "--arrays", Self.path("single.npz"), "--columns", "beta=effect")
        #expect(role.status == 64)
    }

    @Test func takesThePrecisionThatIsNamed() throws {
        let both = try CommandRun("pool", "--arrays", Self.path("single.npz"), "--columns", "yi=effect,vi=se,sei=se")
        #expect(both.status == 64 && both.errors.contains("names both vi and sei"), "\(both.errors)")
        let errors = try CommandRun("pool", "--arrays", Self.path("single.npz"), "--columns", "yi=effect,vi=,sei=se")
        #expect(errors.status == 0, "\(errors.errors)")
    }

    @Test(arguments: [
        ["--by", "x"], ["--join", "x"], ["--measure", "OR"], ["--filter", "a=b"], ["--format", "json"],
    ])
    func refusesOptionsWithoutMeaning(options: [String]) throws {
        let run = try CommandRun(["pool", "--arrays", "a.npz"] + options)
        #expect(run.status == 64 && run.errors.contains("has no meaning with --"), "\(run.errors)")
    }

    @Test func writesItsWholeOutput() throws {
        let arguments = ["pool", "--arrays", "Fixtures/reference/arrays/fortran.npz", "--format", "csv"]
        try ExpectedOutput.compare(CommandRun(arguments), of: arguments, with: "pool-arrays")
    }
}

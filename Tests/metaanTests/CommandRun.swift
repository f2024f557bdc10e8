import Foundation

/// One run of the built program: what it wrote and how it ended.
struct CommandRun {
    static let packageFolder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    var output: Data
    var errors: String
    var status: Int32

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs the program built beside the test bundle, in the folder of the package unless another is given.
    init(
        _ arguments: [String], input: Data = Data(), folder: URL = packageFolder, environment: [String: String] = [:],
        output destination: FileHandle? = nil
    ) throws {
        let process = Process()
        process.executableURL = try Self.program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["COLUMNS": "80"].merging(environment) { $1 }
        // Files, as two pipes that fill up would hold each other.
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = try ["in", "out", "err"].map { name in
            let url = scratch.appendingPathComponent(name)
            try (name == "in" ? input : Data()).write(to: url)
            return url
        }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try destination ?? FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        output = try Data(contentsOf: files[1])
        errors = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        status = process.terminationStatus
    }

    init(_ arguments: String..., input: String = "") throws {
        try self.init(arguments, input: Data(input.utf8))
    }

    /// The program stands in the folder of products, as the test bundle does.
    static var program: URL {
        get throws {
            let places = CommandLine.arguments + [Bundle.main.bundlePath]
            for place in places where place.contains("/") {
                var folder = URL(fileURLWithPath: place)
                while folder.pathComponents.count > 1 {
                    folder.deleteLastPathComponent()
                    let program = folder.appendingPathComponent("metaan")
                    var isFolder: ObjCBool = false
                    let exists = FileManager.default.fileExists(atPath: program.path, isDirectory: &isFolder)
                    if exists, !isFolder.boolValue { return program }
                }
            }
            throw CocoaError(.fileNoSuchFile)
        }
    }
}

import Foundation
import Testing

@Suite struct ReportCommandTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var documents: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let cases: [Case] = [
        Case(arguments: ["bcg", "--measure", "RR"], documents: ["pool", "sensitivity", "bias"]),
        Case(arguments: ["msc"], documents: ["pool", "sensitivity", "bias"]),
        Case(arguments: ["bcg", "--model", "mh", "--subgroup", "alloc"], documents: ["pool", "sensitivity"]),
        Case(arguments: ["dong2013", "--better", "lower"], documents: ["network"]),
    ]

    /// The answers in a page are those of the commands; nothing is loaded from elsewhere.
    @Test(arguments: cases)
    private func aPageCarriesItsAnswers(_ one: Case) throws {
        let run = try CommandRun(["report"] + one.arguments)
        #expect(run.status == 0, "\(run.errors)")
        let page = run.text
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        for mark in ["src=", "url(", "@import", "<link", "<iframe"] { #expect(!page.contains(mark), "\(mark)") }
        #expect(!page.replacing("isNaN", with: "").contains("NaN"))
        for match in page.matches(of: /href="([^"]*)"/) { #expect(match.1.hasPrefix("#")) }
        for match in page.matches(of: /href="#([^"]*)"/) { #expect(page.contains("id=\"\(match.1)\"")) }
        for name in ["section", "table", "thead", "tbody", "ul", "ol", "main", "pre", "script", "nav", "div"] {
            let opened = page.matches(of: try Regex("<\(name)[ >]")).count
            #expect(opened == page.matches(of: try Regex("</\(name)>")).count, "\(name)")
        }
        for name in one.documents {
            let found = try #require(try Self.document(name, in: page))
            #expect(found["command"] as? String == name)
            #expect((found["analyses"] as? [Any])?.isEmpty == false)
        }
        #expect(page.matches(of: /application\/json/).count == one.documents.count)
    }

    private static func document(_ name: String, in page: String) throws -> [String: Any]? {
        let head = "<script type=\"application/json\" id=\"metaan-\(name)\">\n"
        guard let start = page.range(of: head)?.upperBound,
            let end = page.range(of: "\n</script>", range: start..<page.endIndex)?.lowerBound
        else { return nil }
        return try JSONSerialization.jsonObject(with: Data(page[start..<end].utf8)) as? [String: Any]
    }

    /// Labels that would be marks are text wherever they stand.
    @Test func labelsAreText() throws {
        let rows = """
            study,outcome,yi,vi
            <script>alert(1)</script>,a & "b",0.1,0.02
            </script><img onerror=x>,a & "b",0.3,0.03
            'Ünïcode' 研究 🧠,a & "b",0.2,0.02

            """
        let run = try CommandRun(
            ["report", "-", "--title", "</title><b>"],
            input: Data(rows.replacingOccurrences(of: "\"b\"", with: "'b'").utf8))
        #expect(run.status == 0, "\(run.errors)")
        #expect(!run.text.contains("<script>alert") && !run.text.contains("<img") && !run.text.contains("<b>"))
        #expect(run.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(run.text.contains("研究 🧠"))
        let studies = try #require(try Self.document("pool", in: run.text)?["analyses"] as? [[String: Any]])
        let labels = (studies[0]["studies"] as? [[String: Any]])?.compactMap { $0["label"] as? String }
        #expect(labels?.first == "<script>alert(1)</script>")
    }

    @Test func whatAnotherCommandRefusesIsRefused() throws {
        #expect(try CommandRun("report", "no-such-file").status == 66)
        #expect(try CommandRun("report", "bcg", "--measure", "NONE").status == 64)
        #expect(try CommandRun("report", "dong2013", "--subgroup", "x").status == 64)
        #expect(try CommandRun("report", "bcg", "--subgroup", "none").status == 65)
        #expect(try CommandRun("report", "-", input: "study,yi,vi\n").status == 65)
    }

    /// One or two studies leave analyses out, by name, and the page stands.
    @Test(arguments: [1, 2])
    func fewStudiesHaveAPage(_ count: Int) throws {
        let rows = ["study,yi,vi", "A,0.1,0.02", "B,0.4,0.03"].prefix(count + 1).joined(separator: "\n") + "\n"
        let run = try CommandRun("report", "-", input: rows)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.text.contains("Small-study effects"))
    }

    private static let chromium = "/usr/bin/chromium"

    /// In a browser there is no horizontal scroll and the sorting script runs; skipped where there is no browser.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: chromium)), arguments: [500, 820, 1440])
    func aBrowserShowsIt(_ width: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = try CommandRun("report", "bcg", "--measure", "RR").text
        // The page tells about itself once all of it has run.
        let probe = """
            <script>document.querySelector("th button").click();
            document.title = document.documentElement.scrollWidth <= window.innerWidth ? "fits" : "scrolls";</script></body>
            """
        let file = folder.appendingPathComponent("page.html")
        try Data(page.replacingOccurrences(of: "</body>", with: probe).utf8).write(to: file)
        let browser = Process()
        browser.executableURL = URL(fileURLWithPath: Self.chromium)
        browser.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--window-size=\(width),900",
            "--user-data-dir=\(folder.path)/profile", "--dump-dom", file.absoluteString,
        ]
        let output = folder.appendingPathComponent("dom.html")
        try Data().write(to: output)
        browser.standardOutput = try FileHandle(forWritingTo: output)
        browser.standardError = FileHandle.nullDevice
        try browser.run()
        browser.waitUntilExit()
        let shown = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        #expect(shown.contains("<title>fits</title>"))
        #expect(shown.contains("aria-sort=\"ascending\""))
    }
}

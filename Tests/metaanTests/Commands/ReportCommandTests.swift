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
        #expect(page.contains("href=\"#"))
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
        #expect(try CommandRun("report", "dong2013", "--prediction", "HTS").status == 64)
        #expect(try CommandRun("report", "dong2013", "--model", "peto").status == 64)
        #expect(try CommandRun("report", "bcg", "--better", "lower").status == 64)
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

    /// The rows of the file stand in the columns that were read, each once and as they are.
    @Test func dataAreThoseOfTheFile() throws {
        let rows =
            ["study,note,ai,n1i,ci,n2i", "A & B,x,03,20,5,21", "C,y,4,30,,", "D,z,2,25,6,24"].joined(separator: "\n")
            + "\n"
        let run = try CommandRun("report", "-", input: rows)
        #expect(run.status == 0, "\(run.errors)")
        let start = try #require(run.text.range(of: "<section id=\"data\"")?.lowerBound)
        let end = try #require(run.text.range(of: "</section>", range: start..<run.text.endIndex)?.lowerBound)
        let section = String(run.text[start..<end])
        #expect(section.matches(of: /<tr/).count == 4)
        for name in ["study", "ai", "n1i", "ci", "n2i"] { #expect(section.contains(">\(name)</th>")) }
        #expect(!section.contains(">note</th>"))
        #expect(section.contains("A &amp; B") && section.contains(">03</td>"))
        let network = try CommandRun("report", "dong2013", "--measure", "OR").text
        #expect(network.contains("<section id=\"data\"") && network.contains(">treatment</th>"))
    }

    /// Every method that a page uses is among its references, and no other.
    @Test func referencesAreThoseOfTheSettings() throws {
        let pooled = try CommandRun("report", "bcg", "--measure", "RR", "--estimator", "SJ").text
        #expect(pooled.contains("Sidik K, Jonkman JN") && pooled.contains("doi:10.1002/sim.1482"))
        let counts = try CommandRun("report", "bcg", "--measure", "RR", "--model", "mh").text
        #expect(counts.contains("Mantel N, Haenszel W") && !counts.contains("doi:10.1002/sim.1482"))
        let unranked = try CommandRun("report", "dong2013", "--measure", "OR").text
        #expect(unranked.contains("electrical networks") && !unranked.contains("Ranking treatments in"))
    }

    private static let chromium = "/usr/bin/chromium"

    private static let pages: [[String]] = [
        ["bcg", "--measure", "RR"], ["msc"], ["dong2013", "--measure", "OR", "--better", "lower"],
    ]

    /// What the page tells about itself, in a frame of some width, once all of it has run.
    private static func probe(_ page: String) -> String {
        let first = """
            <script>var failures = 0; addEventListener("error", function () { failures += 1 }, true);
            console.error = function () { failures += 1 };</script>
            """
        let last = """
            <script>document.querySelector("th button").click();
            var hidden = Array.from(document.querySelectorAll("figure svg")).filter(function (figure) {
              var box = figure.getBoundingClientRect();
              return box.width < 100 || box.height < 50 || getComputedStyle(figure).visibility !== "visible";
            }).length;
            parent.postMessage([
              document.documentElement.scrollWidth <= window.innerWidth ? "fits" : "scrolls",
              document.querySelectorAll("figure svg").length > 0 ? "figures" : "none", hidden, failures,
              document.querySelectorAll("[aria-sort=ascending]").length > 0 ? "sorts" : "still"
            ].join(" "), "*");</script></body>
            """
        return page.replacingOccurrences(of: "<head>", with: "<head>" + first)
            .replacingOccurrences(of: "</body>", with: last)
    }

    /// In a browser nothing fails, the figures show, nothing scrolls sideways and tables sort; skipped where there is no browser.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: chromium)), arguments: pages)
    func aBrowserShowsIt(_ arguments: [String]) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = try CommandRun(["report"] + arguments).text
        try Data(Self.probe(page).utf8).write(to: folder.appendingPathComponent("page.html"))
        // A browser window has a least width that telephones go below; a frame has none.
        let widths = [390, 820, 1440]
        let frames = widths.map {
            "<iframe src=\"page.html\" name=\"\($0)\" style=\"width: \($0)px; height: 900px; border: 0\"></iframe>"
        }
        let frame = folder.appendingPathComponent("frame.html")
        try Data(
            """
            <!DOCTYPE html><html><head><title></title></head><body>\(frames.joined())<pre></pre>
            <script>addEventListener("message", function (message) {
              document.querySelector("pre").textContent += message.source.name + ": " + message.data + "\\n";
            });</script></body></html>
            """.utf8
        ).write(to: frame)
        let shown = String(
            decoding: try Self.browse(["--dump-dom", "--virtual-time-budget=20000", frame.absoluteString], in: folder),
            as: UTF8.self)
        for width in widths { #expect(shown.contains("\(width): fits figures 0 0 sorts"), "\(shown.suffix(400))") }
    }

    /// Printed, a page has several sheets and its last section.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: chromium)), arguments: pages)
    func aBrowserPrintsIt(_ arguments: [String]) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("page.html")
        try Data(try CommandRun(["report"] + arguments).text.utf8).write(to: file)
        let printed = folder.appendingPathComponent("page.pdf")
        _ = try Self.browse(
            ["--no-pdf-header-footer", "--print-to-pdf=\(printed.path)", file.absoluteString], in: folder)
        let document = String(decoding: try Data(contentsOf: printed), as: Unicode.ASCII.self)
        #expect(document.hasPrefix("%PDF-") && document.contains("%%EOF"))
        let sheets = document.matches(of: /\/Type \/Page\b(?!s)/).count
        #expect(sheets > 1)
    }

    /// Runs the browser without a window.
    private static func browse(_ arguments: [String], in folder: URL) throws -> Data {
        let browser = Process()
        browser.executableURL = URL(fileURLWithPath: chromium)
        browser.arguments =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.path)/profile",
                "--allow-file-access-from-files",
            ]
            + arguments
        let output = folder.appendingPathComponent("output")
        try Data().write(to: output)
        browser.standardOutput = try FileHandle(forWritingTo: output)
        browser.standardError = FileHandle.nullDevice
        try browser.run()
        browser.waitUntilExit()
        return try Data(contentsOf: output)
    }
}

import Foundation
import Testing

/// Every page of the package: its tables are whole, and its links lead to what exists.
@Suite struct MarkdownTests {
    static let pages = Result { try MarkdownPage.all(in: CommandRun.packageFolder) }

    @Test func thePagesOfThePackageAreFound() throws {
        let paths = Set(try Self.pages.get().map(\.path))
        #expect(
            paths.isSuperset(of: [
                "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/deviations.md", "docs/performance/pooling.md",
                "Fixtures/reference/README.md", "Sources/MetaAnalysis/MetaAnalysis.docc/Limitations.md",
            ]))
    }

    @Test func tablesAreWhole() throws {
        var tables = 0
        for page in try Self.pages.get() {
            for table in page.tables {
                tables += 1
                for fault in table.faults { Issue.record("\(page.path), line \(fault)") }
            }
        }
        #expect(tables > 20)
    }

    @Test func linksLeadSomewhere() throws {
        var links = 0
        for page in try Self.pages.get() {
            for link in page.links where !link.contains(":") {
                links += 1
                #expect(page.leadsSomewhere(link), "\(page.path): \(link)")
            }
        }
        #expect(links > 40)
    }

    // MARK: - The checks themselves

    @Test(arguments: [
        ("| a | b |\n|---|---|\n| 1 | `x \\| y` |\n", []),
        ("| a |\n|:---:|\n\n| 1 |\n", ["4: no row of dashes below the header"]),
        ("| a | b |\n|---|---|\n| 1 |\n", ["3: 1 cell, the header has 2"]),
        ("| a | b |\n|---|---|\n| 1 | 2\n", ["3: no bar at the end"]),
        ("```\n| a\n```\n", []),
    ])
    func faultsOfTables(text: String, faults: [String]) {
        let page = MarkdownPage(text: text, path: "page.md", root: URL(fileURLWithPath: "/"))
        #expect(page.tables.flatMap(\.faults) == faults)
    }

    @Test func linksOfATextAreFound() {
        let text = "[a](docs/cli.md), ![b](x.svg) and `[no](c)`\n```\n[no](d)\n```\n[e](#a-title)\n\n## A title!\n"
        let page = MarkdownPage(text: text, path: "README.md", root: CommandRun.packageFolder)
        #expect(page.links == ["docs/cli.md", "x.svg", "#a-title"])
        #expect(page.links.map(page.leadsSomewhere) == [true, false, true])
        #expect(!page.leadsSomewhere("#another-title") && !page.leadsSomewhere("docs/cli.md#no-such-title"))
    }
}

/// A page of Markdown, as far as its tables and links go.
struct MarkdownPage {
    struct Table {
        /// The number of the first line and the text of each.
        var first: Int
        var rows: [String]

        /// What is wrong, each with the number of its line.
        var faults: [String] {
            guard rows.count > 1, rows[1].wholeMatch(of: /\|( *:?-+:? *\|)+/) != nil else {
                return ["\(first): no row of dashes below the header"]
            }
            return rows.enumerated().compactMap { index, row in
                let (count, expected) = (Self.cells(row), Self.cells(rows[0]))
                if !row.hasSuffix("|") { return "\(first + index): no bar at the end" }
                return count == expected
                    ? nil : "\(first + index): \(count) cell\(count == 1 ? "" : "s"), the header has \(expected)"
            }
        }

        private static func cells(_ row: String) -> Int { row.replacing("\\|", with: "").count { $0 == "|" } - 1 }
    }

    let path: String
    let tables: [Table]
    let links: [String]
    private let titles: Set<String>
    private let root: URL

    init(text: String, path: String, root: URL) {
        (self.path, self.root) = (path, root)
        var (tables, links, titles): ([Table], [String], Set<String>) = ([], [], [])
        var (isCode, isTable) = (false, false)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle() }
            defer { isTable = !isCode && line.hasPrefix("|") }
            guard !isCode else { continue }
            if line.hasPrefix("|") {
                if isTable {
                    tables[tables.count - 1].rows.append(String(line))
                } else {
                    tables.append(Table(first: index + 1, rows: [String(line)]))
                }
            }
            if let title = line.wholeMatch(of: /#+ (.*)/) { titles.insert(Self.anchor(title.1)) }
            let prose = line.replacing(/`[^`]*`/, with: "")
            links += prose.matches(of: /\]\(([^) ]+)\)/).map { String($0.1) }
        }
        (self.tables, self.links, self.titles) = (tables, links, titles)
    }

    /// Every page below a folder but those of builds.
    static func all(in root: URL) throws -> [MarkdownPage] {
        let files = FileManager.default.enumerator(
            at: root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        return try (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "md" }.map { file in
            let path = file.standardizedFileURL.path.dropFirst(root.standardizedFileURL.path.count + 1)
            return MarkdownPage(text: try String(contentsOf: file, encoding: .utf8), path: String(path), root: root)
        }
    }

    /// Whether there is the file, and the title in it, that a link from this page names.
    func leadsSomewhere(_ link: String) -> Bool {
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var titles = titles
        if let file = parts.first, !file.isEmpty {
            let target = root.appendingPathComponent(path).deletingLastPathComponent().appendingPathComponent(file)
            guard FileManager.default.fileExists(atPath: target.path) else { return false }
            guard parts.count == 2 else { return true }
            guard let text = try? String(contentsOf: target, encoding: .utf8) else { return false }
            titles = MarkdownPage(text: text, path: link, root: root).titles
        }
        return parts.count < 2 || titles.contains(parts[1])
    }

    /// The anchor that a title gets: lowercase letters, digits and hyphens for spaces.
    private static func anchor(_ title: Substring) -> String {
        title.lowercased().replacing(" ", with: "-").filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    }
}

import Foundation
import Testing

@Suite struct PlotCommandTests {
    static let kinds: [[String]] = [
        ["forest", "bcg", "--measure", "RR", "--subgroup", "alloc", "--also-common", "--favours", "<b>,a & b"],
        ["cumulative", "bcg", "--order-by", "year", "--order", "descending"], ["leave-one-out", "bcg"],
        ["funnel", "bcg", "--contours", "--trim-and-fill", "L0", "--egger"], ["radial", "bcg"], ["baujat", "bcg"],
        ["influence", "bcg"], ["qq", "bcg"], ["labbe", "bcg"], ["bubble", "bcg", "--moderator", "ablat"],
        ["drapery", "bcg"], ["gosh", "bcg", "--model", "common"], ["network", "dong2013"],
        ["network-forest", "senn2013", "--reference", "plac"], ["rankogram", "dong2013", "--better", "lower"],
        ["league", "dong2013", "--better", "lower"], ["forest", "msc"],
        ["split-forest", "dong2013", "--split", "SIDDE"],
        ["comparison-adjusted-funnel", "senn2013", "--sequence", "plac, metf"],
        ["sucra", "dong2013", "--better", "lower"],
        ["net-heat", "dong2013"], ["sucra", "stroke/contrasts"], ["forest", "pritz1997", "--measure", "PFT"],
    ]

    @Test(arguments: kinds)
    func everyKindIsDrawn(arguments: [String]) throws {
        let run = try CommandRun(["plot"] + arguments)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.text.hasPrefix("<svg ") && run.text.hasSuffix("</svg>\n"))
        // Foundation's parser of XML is not everywhere; the library's tests check the form.
        #expect(!run.text.contains("<b>"))
        let again = try CommandRun(["plot"] + arguments)
        #expect(again.output == run.output)
    }

    @Test func numbersGoToAFile() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (figure, numbers) = (folder.appendingPathComponent("f.svg"), folder.appendingPathComponent("f.csv"))
        let run = try CommandRun("plot", "forest", "bcg", "-o", figure.path, "--data", numbers.path)
        #expect(run.status == 0 && run.text.isEmpty)
        #expect(try String(contentsOf: figure, encoding: .utf8).hasPrefix("<svg "))
        let lines = try String(contentsOf: numbers, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 16)
        #expect(lines[0] == "type,section,label,estimate,ci_low,ci_high,weight,read_estimate,read_ci_low,read_ci_high")
    }

    @Test func otherCommandsDrawInTheSameRun() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let runs: [(arguments: [String], words: [String])] = [
            (["pool", "bcg", "--measure", "RR"], ["Forest plot"]),
            (["bias", "bcg", "--measure", "RR"], ["Funnel plot"]),
            (["regress", "bcg", "--moderators", "factor(alloc) + ablat"], ["Bubble plot", "No line"]),
            (["regress", "bcg", "--moderators", "ablat"], ["Bubble plot", "confidence band"]),
            (["network", "senn2013"], ["Network: 10 treatments", "network meta-analysis"]),
        ]
        for (arguments, words) in runs {
            let figure = folder.appendingPathComponent(UUID().uuidString + ".svg")
            let plain = try CommandRun(arguments)
            let run = try CommandRun(arguments + ["--plot", figure.path])
            #expect(run.status == 0 && run.output == plain.output, "\(run.errors)")
            let svg = try String(contentsOf: figure, encoding: .utf8)
            #expect(svg.hasPrefix("<svg "))
            for word in words { #expect(svg.contains(word), "\(arguments)") }
        }
        let none = folder.appendingPathComponent("none.svg")
        let run = try CommandRun("regress", "bcg", "--moderators", "factor(alloc)", "--plot", none.path)
        #expect(run.status == 64 && run.text.isEmpty && run.errors.contains("add a column of numbers"))
        #expect(!FileManager.default.fileExists(atPath: none.path))
    }

    /// An effect that no double holds as a ratio.
    @Test func effectsBeyondAllNumbersAreDrawn() throws {
        let csv = "study,yi,sei\na,1e20,1\nb,0.5,600\nc,0.2,0.1\n"
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".svg")
        defer { try? FileManager.default.removeItem(at: file) }
        let run = try CommandRun(
            ["pool", "-", "--measure", "HR", "--plot", file.path], input: Data(csv.utf8))
        #expect(run.status == 0, "\(run.errors)")
        #expect(try String(contentsOf: file, encoding: .utf8).hasSuffix("</svg>\n"))
        let network = "study,treat1,treat2,yi,sei\na,A,B,1e19,1\nb,B,C,0.2,600\n"
        for measure in ["OR", "GEN"] {
            let run = try CommandRun(
                ["plot", "network-forest", "-", "--measure", measure], input: Data(network.utf8))
            #expect(run.status == 0 && run.text.hasSuffix("</svg>\n"), "\(run.errors)")
        }
    }

    static let failures: [(arguments: [String], status: Int32, words: String)] = [
        (["forest", "bcg", "-o", "f.jpg"], 64, "does not end in .svg, .png or .pdf"),
        (["forest", "bcg", "--egger"], 64, "--egger has no meaning with the plot forest"),
        (["bubble", "bcg"], 64, "add --moderator COLUMN"), (["bubble", "bcg", "--moderator", "alloc"], 65, "alloc"),
        (["labbe", "normand1999"], 65, "events of two groups"), (["forest", "no-such-file"], 66, "no such file"),
        (["pie", "bcg"], 64, "pie"), (["rankogram", "senn2013"], 64, "--better"),
        (["forest", "bcg", "--favours", "one"], 64, "--favours"),
        (["forest", "bcg", "--subgroup", "none"], 65, "none"),
        (["funnel", "pritz1997", "--contours"], 64, "--contours needs a value that means no effect"),
        (["comparison-adjusted-funnel", "senn2013"], 64, "--sequence"),
        (["comparison-adjusted-funnel", "senn2013", "--sequence", " , "], 64, "--sequence"),
        (["comparison-adjusted-funnel", "senn2013", "--sequence", "plac,none"], 64, "the sequence names none"),
        (["sucra", "senn2013"], 64, "--better"),
        (["sucra", "bcg", "--better", "lower", "--split", "SIDDE"], 64, "--split"),
        (["forest", "bcg", "-o", "/no/such/folder/f.svg"], 73, "cannot be created"),
    ]

    @Test(arguments: failures)
    func failuresSayWhatToDo(arguments: [String], status: Int32, words: String) throws {
        let run = try CommandRun(["plot"] + arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.text.isEmpty)
        let error = try #require(run.errors.split(separator: "\n").last)
        #expect(error.hasPrefix("error: ") && error.contains(words) && error.contains("; "), "\(error)")
    }

    @Test func withoutTheConverterThereIsNoPicture() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".png")
        let run = try CommandRun(["plot", "forest", "bcg", "-o", file.path], environment: ["PATH": "/nowhere"])
        #expect(run.status == 73)
        #expect(run.errors.contains("needs the program rsvg-convert"))
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    /// Trials of 2009, 2001 and one without a year.
    @Test func forestsHaveAnOrder() throws {
        let table = "study,yi,vi,year\nFirst,0.5,0.04,2009\nSecond,0.1,0.01,2001\nThird,0.3,0.09,\n"
        let orders: [([String], [String])] = [
            ([], ["First", "Second", "Third"]), (["--order-by", "year"], ["Second", "First", "Third"]),
            (["--order-by", "year", "--order", "descending"], ["First", "Second", "Third"]),
            (["--order-by", "effect"], ["Second", "Third", "First"]),
            (["--order-by", "weight"], ["Third", "First", "Second"]),
            (["--order-by", "Variance"], ["Second", "First", "Third"]),
        ]
        for (arguments, expected) in orders {
            let run = try CommandRun(["plot", "forest", "-"] + arguments, input: Data(table.utf8))
            #expect(run.status == 0, "\(run.errors)")
            let places = try expected.map { try #require(run.text.range(of: ">\($0)<")).lowerBound }
            #expect(places == places.sorted(), "\(arguments)")
            #expect(run.errors.contains("without a value") == arguments.contains("year"))
        }
        #expect(try CommandRun(["plot", "forest", "-", "--order-by", "none"], input: Data(table.utf8)).status == 65)
    }
}

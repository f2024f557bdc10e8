import Foundation
import MetaAnalysis
import Testing

/// The examples of README and documentation: compiled and run here, and the text of each compared with this file.
struct DocumentationTests {
    @Test func readmeExample() throws {
        let trials = [
            Study("Aronson 1948", TwoByTwoTable(events: 4, of: 123, versus: 11, of: 139)),
            Study("Ferguson & Simes 1949", TwoByTwoTable(events: 6, of: 306, versus: 29, of: 303)),
            Study("Rosenthal et al 1960", TwoByTwoTable(events: 3, of: 231, versus: 11, of: 220)),
        ]
        let effects = try EffectSizes(trials, measure: .riskRatio)
        let pooled = try RandomEffects(heterogeneity: .pauleMandel, interval: .hartungKnapp).fit(effects)

        let ratio = try #require(pooled.backTransformed?.estimate)
        #expect(ratio > 0.2 && ratio < 0.4)
        #expect(pooled.k == 3)
        try expectDocumented("README.md", section: "let trials", through: "fit(effects)")
    }

    @Test func readmeNetworkExample() throws {
        let arms = [
            NetworkArm(study: "Boyd 1997", "Salmeterol", Proportion(events: 1, size: 229)),
            NetworkArm(study: "Boyd 1997", "Placebo", Proportion(events: 1, size: 227)),
            NetworkArm(study: "Calverly 2003", "Fluticasone", Proportion(events: 4, size: 374)),
            NetworkArm(study: "Calverly 2003", "Salmeterol", Proportion(events: 3, size: 372)),
            NetworkArm(study: "Calverly 2003", "Placebo", Proportion(events: 7, size: 361)),
        ]
        let network = try TreatmentNetwork(arms, measure: .oddsRatio)
        let fit = try NetworkMetaAnalysis(reference: "Placebo").fit(network)
        let effect = fit.effect(of: "Fluticasone", versus: "Salmeterol")
        let ranking = Ranking(fit, preferring: .lower)

        #expect(effect?.direct?.studies == 1)
        #expect(ranking.treatments.count == 3)
        try expectDocumented("README.md", section: "let arms", through: "preferring: .lower)")
    }

    @Test func gettingStartedExample() throws {
        let trials = [4.0, 5, 6, 7, 8, 9].map { events in
            let table = TwoByTwoTable(events: events, of: 100, versus: events + 5, of: 100)
            return Study("Trial with \(events)", table, group: events < 7 ? "early" : "late")
        }
        let effects = try EffectSizes(trials, measure: .riskRatio)
        let careful = RandomEffects(heterogeneity: .pauleMandel, interval: .hartungKnappTruncated, level: 0.9)
        let subgroups = try careful.subgroups(effects, tauSquared: .common)
        #expect(subgroups.subgroups.map(\.group) == ["early", "late"])
        try expectDocumented(
            "Sources/MetaAnalysis/MetaAnalysis.docc/GettingStarted.md", section: "let careful",
            through: "tauSquared: .common)")
    }

    /// The documentation's front page names every public type once, and nothing else.
    @Test func everyPublicTypeHasATopic() throws {
        let folder = Self.root.appending(path: "Sources/MetaAnalysis")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        let declaration = /(?m)^public (?:indirect )?(?:struct|enum|protocol|class|actor) (\w+)/
        let types = try files.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).matches(of: declaration).map { String($0.1) }
        }
        let page = try String(
            contentsOf: folder.appending(path: "MetaAnalysis.docc/MetaAnalysis.md"), encoding: .utf8)
        let topics = try #require(page.range(of: "## Topics"))
        let listed = page[topics.upperBound...].matches(of: /``(\w+)``/).map { String($0.1) }
        #expect(types.count > 200)
        #expect(listed.sorted() == types.sorted())
    }

    /// The lines of the document from the one that starts with `section` to the one that ends with `through` stand in this
    /// file as well.
    private func expectDocumented(
        _ path: String, section: String, through end: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let here = URL(filePath: #filePath)
        let root = Self.root
        let document = try lines(root.appending(path: path))
        let first = try #require(document.firstIndex { $0.hasPrefix(section) }, sourceLocation: sourceLocation)
        let last = try #require(
            document[first...].firstIndex { $0.hasSuffix(end) }, sourceLocation: sourceLocation)
        let source = try lines(here)
        let example = Array(document[first...last])
        let found = source.indices.contains { source[$0...].starts(with: example) }
        #expect(found, "\(path) shows an example that this file does not run", sourceLocation: sourceLocation)
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func lines(_ url: URL) throws -> [String] {
        try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

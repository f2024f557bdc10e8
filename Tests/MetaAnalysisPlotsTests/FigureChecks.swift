import MetaAnalysis
import MetaAnalysisPlots
import Testing

/// What holds for every figure: nothing outside, no text on text, well-formed, the same bytes again.
func expectSound(_ figure: Figure, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let page = Box(x: 0, y: 0, width: figure.width.rounded(.up), height: figure.height.rounded(.up))
    #expect(page.width.isFinite && page.height.isFinite && page.width > 0 && page.height > 0)
    // An expectation costs more than the comparison, and there are thousands.
    for mark in figure.marks {
        guard let bounds = mark.bounds, !page.contains(bounds, tolerance: 0.5) else { continue }
        Issue.record("\(name): \(mark) leaves the page", sourceLocation: sourceLocation)
    }
    // Sorted by their tops, so that only neighbours are held against each other.
    let boxes = figure.marks.flatMap(\.labels).map { (text: $0.text, box: $0.box) }.sorted { $0.box.y < $1.box.y }
    for (index, label) in boxes.enumerated() {
        for other in boxes[(index + 1)...] {
            if other.box.y >= label.box.bottom { break }
            guard label.box.overlaps(other.box) else { continue }
            Issue.record(
                "\(name): \"\(label.text)\" lies on \"\(other.text)\"", sourceLocation: sourceLocation)
        }
    }
    let svg = figure.svg()
    let checker = XMLChecker(svg)
    #expect(checker.failure == nil, "\(name)", sourceLocation: sourceLocation)
    #expect(checker.elements.first == "svg" && checker.elements.dropFirst().prefix(2) == ["title", "desc"])
    #expect(!checker.elements.contains("script"))
    #expect(!svg.contains("nan") && !svg.contains("inf\"") && !svg.contains("NaN"), "\(name)")
    #expect(figure.svg() == svg)
}

/// Studies with labels that figures must stand.
enum Labels {
    static let lengths = (1...60).map { String(String(repeating: "Wide label mn ", count: 5).prefix($0)) }
    static let scripts = [
        "田中さくら大学病院共同研究グループ 2011 年の無作為化比較試験による多施設共同研究の長期追跡", "دراسة عشوائية 2011",
        "מחקר אקראי מבוקר 1999", "Ünlü & Çelik 2003", "Иванов 2010", "Παπαδόπουλος 2015", "김철수 2009",
    ]
    static let hostile = [
        "<script>alert(1)</script>", "A & B", "\"quoted\" 'twice'", "line\nbreak\r\nand\ttab", "👩‍👩‍👧‍👦 family 🧪",
        "]]>", "<!--", "\u{0}\u{1}\u{8}\u{B}\u{1B}[31mred", "\u{202E}reversed\u{202C}", "&amp;lt;", "\u{FFFE}\u{FFFF}",
        "", " ", "e\u{301}\u{301}\u{301}", "-->", "<svg onload=alert(1)>",
    ]
}

func effects(_ labels: [String], tau: Double = 0.4, measure: String = "OR", scale: EffectScale = .log) -> EffectSizes {
    EffectSizes(
        measure: measure, scale: scale,
        effects: labels.enumerated().map { index, label in
            let turn = Double((index * 7919) % 101) / 101 - 0.5
            let variance = 0.02 + Double((index * 104_729) % 97) / 97 * 0.4
            return EffectSize(
                label: label, estimate: -0.3 + 2 * tau * turn, variance: variance, row: index + 2, position: index)
        })
}

func studies(_ count: Int) -> [String] { (0..<count).map { "Study \($0 + 1)" } }

/// Numbers and names of studies that every plot of studies must stand.
enum StudyLabels {
    static let samples: [[String]] = [
        studies(1), studies(2), studies(3), studies(5), studies(13), studies(200), Labels.hostile, Labels.scripts,
        Labels.lengths,
    ]
}

func expectSoundInEveryTheme(
    _ name: String, sourceLocation: SourceLocation = #_sourceLocation, _ draw: (Theme) -> Figure
) {
    for theme in Theme.allCases { expectSound(draw(theme), name, sourceLocation: sourceLocation) }
}

extension EffectSizes {
    /// The pooled effect, under a heading that is hard to set.
    func pooled(_ model: some PoolingModel = RandomEffects()) throws -> PooledEffect {
        var pooled = try model.fit(self)
        pooled.outcome = effects.first?.label
        return pooled
    }
}

/// Networks with names that figures must stand.
enum NetworkSample {
    static let names: [[String]] = [
        ["A", "B"], ["A", "B", "C"], Labels.scripts, Labels.hostile.prefix(6).map { $0 + " treatment" },
        Labels.hostile.filter { !$0.allSatisfy(\.isWhitespace) }.map { $0 + " treatment" },
        (1...40).map { "Treatment \($0) of a long name" },
    ]

    /// Treatments in a ring, each against the next, and one study of three arms.
    static func network(_ names: [String]) throws -> TreatmentNetwork {
        var arms: [NetworkArm<Proportion>] = []
        for (index, name) in names.enumerated() {
            let next = names[(index + 1) % names.count]
            for copy in 0...(index % 3) {
                let study = "Study \(index) \(copy)"
                arms.append(
                    NetworkArm(
                        study: study, Treatment(name), Proportion(events: Double(5 + index % 7 + copy), size: 50)))
                arms.append(
                    NetworkArm(study: study, Treatment(next), Proportion(events: Double(9 + index % 5), size: 60)))
            }
        }
        if names.count > 2 {
            for name in names.prefix(3) {
                arms.append(NetworkArm(study: "Three arms", Treatment(name), Proportion(events: 11, size: 70)))
            }
        }
        return try TreatmentNetwork(arms, measure: .oddsRatio)
    }

    static func fit(_ network: TreatmentNetwork, heading: String? = nil) throws -> NetworkFit {
        var fit = try NetworkMetaAnalysis().fit(network)
        fit.outcome = heading
        return fit
    }
}

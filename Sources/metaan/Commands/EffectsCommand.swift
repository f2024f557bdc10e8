import ArgumentParser
import MetaAnalysis

struct EffectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "effects",
        abstract: "Effect and sampling variance of every study, without pooling.",
        discussion: """
            Estimates and variances are on the analysis scale (the logarithm for ratios),
            as metafor's escalc gives them. Of arms or contrasts of several treatments
            (see metaan help network) it gives all contrasts of every study.

            EXAMPLES
              metaan effects bcg --measure RR
              metaan effects trials.csv --measure SMD --variance UB
              metaan effects trials.csv --measure OR --correct-when all --format csv
              metaan effects pritz1997 --measure PLO --study-interval wilson
            """)

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Effects") var quantiles: QuantileOptions
    @OptionGroup var level: LevelOptions

    @Option(
        help: """
            Intervals of the proportions themselves, for events of one group; without it intervals are those of the measure, by the \
            normal distribution.
            """)
    var studyInterval: ProportionIntervalMethod?

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let opened = try input.open()
        if let answer = try networkAnswer(opened) { return try output.write(answer, file: opened.name) }
        let reading = try input.read(measure: effects.measure, quantiles: quantiles, from: opened, apart: nil)
        let analyses = try reading.outcomes.map { data in
            EffectsAnswer.Analysis(
                outcome: data.outcome, kind: data.studies.kind,
                effects: try reading.effects(data, measure: effects.measure, settings: effects.settings))
        }
        try output.write(
            answer(analyses, InputRecord(reading), readingDiagnostics: reading.diagnostics), file: reading.file)
    }

    private func answer(
        _ analyses: [EffectsAnswer.Analysis], _ record: InputRecord, readingDiagnostics: [Diagnostic]
    ) -> EffectsAnswer {
        EffectsAnswer(
            input: record,
            settings: .init(
                measure: analyses.shared(\.effects.measure), level: level.level, effects: effects.settings,
                studyInterval: studyInterval, columns: input.columns, filters: input.filter),
            analyses: analyses, readingDiagnostics: readingDiagnostics, isDefaultMeasure: effects.measure == nil)
    }

    /// Returns the contrasts of a file of arms or of several comparisons; `nil` for another file, and if effects of single groups are
    /// requested.
    private func networkAnswer(_ opened: InputFile) throws -> EffectsAnswer? {
        guard studyInterval == nil, try input.describesNetwork(opened) else { return nil }
        if let measure = effects.measure, (try? MeasureDescription.requireContrast(measure)) == nil { return nil }
        // Rows of two groups may also have a column of treatments.
        guard let reading = try? input.readNetwork(measure: effects.measure, from: opened) else { return nil }
        guard reading.outcomes.contains(where: { $0.arms != nil || Set($0.pairTreatments).count > 1 }) else {
            return nil
        }
        let analyses = try reading.outcomes.map { data in
            try reading.located(in: data) {
                EffectsAnswer.Analysis(
                    outcome: data.outcome,
                    network: try data.network(measureCode: effects.measure, settings: effects.settings))
            }
        }
        return answer(analyses, InputRecord(reading.table), readingDiagnostics: [])
    }
}

/// The effects of the studies of every outcome of a file.
struct EffectsAnswer: Answer {
    static let command = "effects"

    struct Settings: Encodable {
        var measure: String?
        var level: Double
        var effects: EffectSettings
        /// Method for the intervals of proportions.
        var studyInterval: ProportionIntervalMethod?
        var columns: String?
        var filters: [String]
    }

    struct Analysis {
        var outcome: String?
        /// Kind of data; `nil` for a network.
        var kind: OutcomeKind?
        var effects: EffectSizes
        /// Treatments of each effect of a network; empty for other data.
        var pairs: [NetworkData.PairTreatments] = []

        /// The effects with the treatments added to their labels.
        var labeled: EffectSizes {
            var labeled = effects
            for (index, pair) in pairs.enumerated() {
                labeled.effects[index].label += ": \(pair.treatment.name) versus \(pair.versus.name)"
            }
            return labeled
        }

        func pair(_ index: Int) -> NetworkData.PairTreatments? { pairs.isEmpty ? nil : pairs[index] }

        /// Kind of data for which a measure was chosen.
        var subject: String { kind?.title ?? "contrasts of treatments" }
    }

    var input: InputRecord
    var settings: Settings
    var analyses: [Analysis]
    var readingDiagnostics: [Diagnostic]
    var isDefaultMeasure: Bool

    var diagnostics: [Diagnostic] {
        readingDiagnostics
            + analyses.flatMap { $0.effects.diagnostics.named(analyses.count > 1 ? $0.outcome : nil) }
    }

    func summary() throws -> Summary {
        var whole = Summary()
        for analysis in analyses {
            whole =
                whole
                + (try Summary(
                    analysis.labeled, outcome: analysis.outcome, source: input.title,
                    choices: isDefaultMeasure ? ["measure \(analysis.effects.measure) for \(analysis.subject)"] : [],
                    level: settings.level, proportionInterval: settings.studyInterval))
        }
        return whole.noting(readingDiagnostics)
    }

    private func proportionIntervals(_ analysis: Analysis) throws -> [ConfidenceInterval]? {
        try settings.studyInterval.map { try analysis.effects.proportionIntervals($0, level: settings.level) }
    }

    func csv() throws -> DelimitedText {
        var table = DelimitedText(
            columns: [
                "outcome", "group", "type", "label", "line", "measure", "estimate", "variance", "standard_error",
                "ci_low",
                "ci_high",
            ] + (analyses.contains { !$0.pairs.isEmpty } ? ["treatment", "versus"] : [])
                + (settings.studyInterval == nil ? [] : ["proportion_ci_low", "proportion_ci_high"]) + ["reason"])
        for analysis in analyses {
            let proportions = try proportionIntervals(analysis)
            for (index, effect) in analysis.effects.effects.enumerated() {
                let interval = try effect.confidenceInterval(level: settings.level)
                table.append([
                    "outcome": .text(analysis.outcome), "group": .text(effect.group), "type": .text("study"),
                    "label": .text(effect.label), "line": .text(effect.row.map(String.init)),
                    "measure": .text(analysis.effects.measure), "estimate": .number(effect.estimate),
                    "variance": .number(effect.variance), "standard_error": .number(effect.standardError),
                    "ci_low": .number(interval.lower), "ci_high": .number(interval.upper),
                    "treatment": .text(analysis.pair(index)?.treatment.name),
                    "versus": .text(analysis.pair(index)?.versus.name),
                    "proportion_ci_low": .number(proportions?[index].lower),
                    "proportion_ci_high": .number(proportions?[index].upper),
                ])
            }
            for study in analysis.effects.excluded {
                table.append([
                    "outcome": .text(analysis.outcome), "type": .text("excluded"), "label": .text(study.label),
                    "line": .text(study.row.map(String.init)), "measure": .text(analysis.effects.measure),
                    "reason": .text(study.reason),
                ])
            }
        }
        return table
    }
}

extension EffectsAnswer.Analysis {
    /// Computes the effects of all pairs in every study: the treatment that is first in alphabetical order minus the other.
    init(outcome: String?, network: TreatmentNetwork) {
        let pairs = network.studies.flatMap { study in study.pairs.map { (study, $0) } }
        var effects = EffectSizes(
            measure: network.measure, scale: network.scale,
            effects: pairs.map { study, pair in
                EffectSize(
                    label: study.label, estimate: pair.estimate, variance: pair.variance, row: study.row,
                    group: study.group)
            })
        (effects.excluded, effects.diagnostics) = (network.excluded, network.diagnostics)
        self.init(
            outcome: outcome, effects: effects,
            pairs: pairs.map { _, pair in
                NetworkData.PairTreatments(
                    treatment: network.treatments[pair.first], versus: network.treatments[pair.second])
            })
    }
}

extension EffectsAnswer {
    private enum CodingKeys: String, CodingKey {
        case input, settings, analyses, diagnostics
    }

    private struct AnalysisRecord: Encodable {
        var outcome: String?
        var measure: String
        var scale: EffectScale
        var k: Int
        var studyCount: Int
        var effects: [EffectRecord]
        var excluded: [ExcludedStudy]
        var diagnostics: [Diagnostic]
    }

    private struct EffectRecord: Encodable {
        var label: String
        var treatment: Treatment?
        var versus: Treatment?
        var row: Int?
        var group: String?
        var estimate: Double
        var variance: Double
        var standardError: Double
        var confidenceInterval: ConfidenceInterval
        var proportionInterval: ConfidenceInterval?
        var sampleSize: Double?
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(settings, forKey: .settings)
        let records = try analyses.map { analysis in
            let proportions = try proportionIntervals(analysis)
            return AnalysisRecord(
                outcome: analysis.outcome, measure: analysis.effects.measure, scale: analysis.effects.scale,
                k: analysis.effects.effects.count, studyCount: analysis.effects.studyCount,
                effects: try analysis.effects.effects.enumerated().map { index, effect in
                    EffectRecord(
                        label: effect.label, treatment: analysis.pair(index)?.treatment,
                        versus: analysis.pair(index)?.versus, row: effect.row, group: effect.group,
                        estimate: effect.estimate,
                        variance: effect.variance, standardError: effect.standardError,
                        confidenceInterval: try effect.confidenceInterval(level: settings.level),
                        proportionInterval: proportions?[index],
                        sampleSize: effect.sampleSize)
                }, excluded: analysis.effects.excluded, diagnostics: analysis.effects.diagnostics)
        }
        try container.encode(records, forKey: .analyses)
        try container.encode(readingDiagnostics, forKey: .diagnostics)
    }
}

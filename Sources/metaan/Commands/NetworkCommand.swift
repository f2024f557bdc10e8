import ArgumentParser
import MetaAnalysis

struct NetworkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network",
        abstract: "Compare several treatments at once, by direct and indirect evidence together.",
        discussion: """
            Takes arms in rows (study, treatment, and events n, or mean sd n, or events
            time), studies in rows with any number of arms side by side (treat1 event1 n1
            treat2 event2 n2 treat3 ..., t[,1] r[,1] n[,1] ...), contrasts in rows (study,
            treat1, treat2, and an effect with its standard error or interval), or several
            of these in one file. Effects of contrasts are read as treat1 minus treat2, the
            logarithm of treat1 over treat2 for ratios. Arms may report mean and se, or
            diff and se with an empty diff in the arm the others are compared with. Every
            treatment is compared with every other; multi-arm studies take part with the
            exact covariance of their arms.

            A continuity correction changes the variance of risk and rate differences, not
            the estimate, which is defined at zero (see --correction-target).

            A ranking needs the direction of benefit: --better lower or --better higher,
            or a column better in the file. Probabilities of ranks are integrated, not
            sampled: the same input gives the same answer.

            EXAMPLES
              metaan network senn2013 --reference plac --better lower
              metaan network dong2013 --measure OR --better lower --format json
              metaan network dong2013 --model mantel-haenszel --better lower
              metaan network trials.csv --estimator DL --split SIDDE
              metaan network trials.csv --additive --inactive Placebo
              metaan network stroke/contrasts
            """)

    @OptionGroup(title: "Input") var input: InputOptions

    @Flag(
        name: .customLong("repair-multiarm"),
        help: """
            Replace contrasts of a multi-arm study that contradict each other by the nearest that agree, and report the \
            change.
            """)
    var repairMultiarm = false

    @Flag(help: "Analyse each part of a disconnected network by itself.")
    var perComponent = false

    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Model") var model: NetworkModelOptions
    @OptionGroup var level: LevelOptions

    @Option(help: "Which values are better, for the ranking: lower or higher.")
    var better: Preference?

    @Option(
        help: .init(
            """
            Table of a published ranking (outcome, treatment, p_best_percent) to show beside; published_rankings.csv \
            beside the input is found by itself, and an empty name leaves it out.
            """, valueName: "file"))
    var published: String?

    @Option(
        help: """
            Where indirect evidence comes from when it is held against the direct: what is left of the network estimate \
            (back-calculation, the default), or the network without the designs that compare the two (SIDDE).
            """)
    var split = NodeSplitting.Method.backCalculation

    @OptionGroup(title: "Further analyses") var extras: NetworkExtrasOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var figure: SideFigure

    func validate() throws {
        guard model.isOfCounts else { return }
        if extras.additive || extras.covariate != nil || extras.subgroup != nil || extras.leaveOneOut
            || extras.contributions != nil || extras.details
        {
            throw ValidationError(
                "further analyses take inverse-variance effects, not --model \(model.chosenModel.rawValue); leave them out, or"
                    + " take --model common")
        }
    }

    func run() throws {
        let reading = try input.readNetwork(measure: effects.measure, group: extras.subgroup)
        let answer = try answer(reading)
        try output.write(answer, file: reading.table.name) { try figure.parts(answer.sideFigures) }
    }

    /// Analyzes the data with the options of this command.
    func answer(_ reading: NetworkReading) throws -> NetworkAnswer {
        let rankings = try PublishedRanking.find(published, beside: reading.table.name)
        let analyses = try reading.outcomes.flatMap { data in
            try reading.located(in: data) {
                try NetworkAnalysis(command: self, data: data, table: reading.table)
                    .analyses(published: rankings?.ranks(of: data.outcome) ?? [])
            }
        }
        return NetworkAnswer(
            input: InputRecord(reading.table), settings: .init(self, analyses.map(\.fit)), analyses: analyses,
            published: rankings?.file)
    }

    /// Returns the choices made by default, as clauses.
    func choices(_ fit: NetworkFit, _ data: NetworkData) -> [String] {
        (effects.measure == nil ? ["measure \(fit.settings.measure)"] : []) + model.choices
            + (better == nil && data.preference != nil ? ["direction of benefit from the file"] : [])
    }
}

/// The analyses of one outcome: one, or one for each connected part of a disconnected network.
private struct NetworkAnalysis {
    let command: NetworkCommand
    let data: NetworkData
    let table: Table

    func analyses(published: [PublishedRank]) throws -> [NetworkAnswer.Analysis] {
        let network = try data.network(
            measureCode: command.effects.measure, settings: command.effects.settings,
            repairing: command.repairMultiarm)
        // Components can link parts that no study links; the effects of treatments are estimated in each part.
        let parts = command.perComponent || command.extras.additive ? network.parts : [network]
        let components = try command.extras.components(network, command.model.settings(level: command.level.level))
        return try parts.enumerated().map { index, part in
            var part = part
            // The diagnostics on the rows that were read belong to the whole network, so they are given with the first part.
            if command.perComponent || command.extras.additive {
                part.excluded = index == 0 ? network.excluded : []
                part.diagnostics = index == 0 ? network.diagnostics : []
            }
            var analysis = try analysis(of: part, published, part: parts.count > 1 ? index + 1 : nil)
            if index == 0 { analysis.extras.components = components }
            return analysis
        }
    }

    private func analysis(
        of network: TreatmentNetwork, _ published: [PublishedRank], part: Int?
    ) throws -> NetworkAnswer.Analysis {
        var settings = command.model.settings(level: command.level.level)
        // A part that does not contain the requested reference has a reference of its own.
        if part != nil, let wanted = settings.reference, !network.treatments.contains(wanted) {
            settings.reference = nil
        }
        var fit = try fit(network, settings)
        fit.outcome = data.outcome
        let ranking = (command.better ?? data.preference).map { Ranking(fit, preferring: $0) }
        let splits =
            command.model.isOfCounts ? [] : try NodeSplitting(method: command.split).test(network, model: settings)
        let extras = try command.extras.results(
            network, settings, tauSquared: fit.heterogeneity.tauSquared, covariate: try covariate())
        return NetworkAnswer.Analysis(
            fit: fit, extras: extras, part: part, network: network, ranking: ranking,
            splits: splits,
            published: ranking == nil ? [] : published, choices: command.choices(fit, data))
    }

    private func fit(_ network: TreatmentNetwork, _ settings: NetworkMetaAnalysis) throws -> NetworkFit {
        switch command.model.chosenModel {
        case .random, .common: try settings.fit(network)
        case .mantelHaenszel:
            try MantelHaenszelNetwork(level: settings.level, reference: settings.reference).fit(network)
        case .hypergeometric:
            try HypergeometricNetwork(level: settings.level, reference: settings.reference).fit(network)
        }
    }

    /// Returns the covariate by the label of the study.
    ///
    /// - Throws: `MetaAnalysisError` (`.malformedTable`) if rows of one study disagree.
    private func covariate() throws -> [String: Double] {
        guard let column = command.extras.covariate else { return [:] }
        let numbers: [Double?]
        do {
            numbers = try table.numbers(in: column)
        } catch var error as MetaAnalysisError where error.code == .malformedTable {
            error.remedy =
                "write a number, or NA for a missing value; where the column names groups of studies, fit each by itself"
                + " (--subgroup '\(column)')"
            throw error
        }
        guard let study = data.columns["study"] else { return [:] }
        let labels = try table.texts(in: study)
        var found: [String: Double] = [:]
        for (row, number) in numbers.enumerated() {
            guard let number, let label = labels[row] else { continue }
            if let earlier = found.updateValue(number, forKey: label), earlier != number {
                throw MetaAnalysisError(
                    .malformedTable, "rows of one study have different values of \"\(column)\"",
                    remedy: "give each study one value",
                    location: MetaAnalysisError.Location(row: table.line(ofRow: row), column: column, study: label))
            }
        }
        return found
    }
}

import ArgumentParser
import MetaAnalysis
import MetaAnalysisPlots

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract:
            "One self-contained HTML file: results, sensitivity, small-study effects, the call in R, and the data.",
        discussion: """
            Reads the file as pool does, or as network does where its rows are arms or
            contrasts of several treatments, and writes what a reader of the review needs
            into one page that opens without a network, prints, and carries its answers as
            JSON. Analyses that the data do not allow are named with the reason.

            EXAMPLES
              metaan report bcg --measure RR -o report.html
              metaan report msc -o msc.html
              metaan report dong2013 --measure OR --better lower -o network.html
            """)

    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Effects") var quantiles: QuantileOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var level: LevelOptions

    @Option(
        help: .init("Pool the subgroups named by a column as well and test between them.", valueName: "column"))
    var subgroup: String?

    @Option(
        name: .customLong("subgroup-tau2"),
        help: "A between-study variance for each subgroup, or one for all, as in pool.")
    var subgroupTauSquared: SubgroupHeterogeneity?

    @Option(help: "Of a network: whether lower or higher values are better; without it treatments are not ranked.")
    var better: Preference?

    @Option(
        help: .init(
            "Of a network: treatment that tables show the others against; by default the one with the most studies.",
            valueName: "treatment"))
    var reference: String?

    @Option(help: .init("Title of the page; the name of the file by default.", valueName: "text"))
    var title: String?

    @Option(
        name: [.customShort("o"), .long],
        help: .init("Write the page to a file, wholly or not at all; standard output otherwise.", valueName: "file"))
    var output: String?

    func run() async throws {
        let opened = try input.open()
        let page = try input.describesNetwork(opened) ? try network(opened) : try await pairwise(opened)
        try OutputFile.write(page.html, to: output)
    }

    // MARK: Two groups or one

    private func pairwise(_ opened: InputFile) async throws -> ReportPage {
        if better != nil || reference != nil {
            throw CommandFailure(
                .usage, "--better and --reference are of networks, and \(opened.name) holds none; leave them out")
        }
        var pool = try PoolCommand.parse(["--", input.file])
        (pool.input, pool.effects, pool.model, pool.level, pool.subgroup) = (input, effects, model, level, subgroup)
        pool.subgroupTauSquared = subgroupTauSquared
        try pool.validate()
        let reading = try input.read(
            measure: model.measure(effects), quantiles: quantiles, group: subgroup, from: opened)
        let answer = try pool.answer(reading)
        let used = reading.outcomes.flatMap(\.columns.values) + [subgroup].compactMap { $0 }
        var sections = [
            .init(data: reading.table, used: used),
            try Self.section("results", "Results", answer, figures: answer.figures),
        ]
        var documents = [(PoolAnswer.command, try OrderedJSONEncoder().encode(AnswerDocument(answer: answer)))]
        var references = answer.analyses.flatMap { MethodReferences.pooling($0.pooled.settings) }

        var sensitivity = try SensitivityCommand.parse(["--", input.file])
        (sensitivity.input, sensitivity.effects, sensitivity.model, sensitivity.level) = (input, effects, model, level)
        let omissions = try await sensitivity.answer(reading)
        sections.append(try Self.section("sensitivity", "Sensitivity to single studies", omissions))
        documents.append(
            (SensitivityAnswer.command, try OrderedJSONEncoder().encode(AnswerDocument(answer: omissions))))
        references.append(MethodReferences.influence)

        if model.chosenModel == .random || model.chosenModel == .common {
            var bias = try BiasCommand.parse(["--", input.file])
            (bias.input, bias.effects, bias.model, bias.level) = (input, effects, model, level)
            let asymmetry = try bias.answer(reading)
            sections.append(
                try Self.section("small-study-effects", "Small-study effects", asymmetry, figures: asymmetry.figures))
            documents.append((BiasAnswer.command, try OrderedJSONEncoder().encode(AnswerDocument(answer: asymmetry))))
            references += [MethodReferences.asymmetry, MethodReferences.trimAndFill]
        }
        sections.append(
            .init(
                name: "r", title: "The call in R",
                content: Summary([.verbatim(pool.script(reading, answer).text)]).html(headingLevel: 3)))
        sections.append(Self.list(references))
        return ReportPage(
            title: title ?? answer.input.title, question: Self.question(answer), sections: sections,
            documents: documents)
    }

    private static func question(_ answer: PoolAnswer) -> String {
        let outcomes = answer.analyses.compactMap(\.pooled.outcome)
        let studies = Set(answer.analyses.flatMap { $0.pooled.studies.map(\.label) }).count
        let subject = outcomes.isEmpty ? "" : " on " + outcomes.map { "“\($0)”" }.joined(separator: ", ")
        return
            "What do \(studies) \(studies == 1 ? "study" : "studies") together say\(subject), how far do they agree, and"
            + " how much does the answer depend on single or small studies?"
    }

    // MARK: Several treatments

    private func network(_ opened: InputFile) throws -> ReportPage {
        if subgroup != nil {
            throw CommandFailure(.usage, "--subgroup has no meaning for a network; leave it out")
        }
        var network = try NetworkCommand.parse(["--", input.file])
        (network.input, network.effects, network.level, network.better) = (input, effects, level, better)
        network.model = try model.forNetwork(reference: reference)
        network.perComponent = true
        let reading = try input.readNetwork(measure: effects.measure, from: opened)
        let answer = try network.answer(reading)
        let treatments = Set(answer.analyses.flatMap { $0.fit.treatments }).count
        return ReportPage(
            title: title ?? answer.input.title,
            question:
                "How do \(treatments) treatments compare, directly and through each other, and do the studies agree?",
            sections: [
                .init(data: reading.table, used: reading.outcomes.flatMap(\.columns.values)),
                try Self.section("results", "Results", answer, figures: answer.figures),
                Self.list(
                    answer.analyses.flatMap { MethodReferences.network($0.fit.settings) }
                        + (answer.analyses.contains { $0.ranking != nil } ? [MethodReferences.rankings] : [])),
            ],
            documents: [(NetworkAnswer.command, try OrderedJSONEncoder().encode(AnswerDocument(answer: answer)))])
    }

    // MARK: Parts

    private static func section(
        _ name: String, _ title: String, _ answer: some Answer, figures: [Figure] = []
    ) throws -> ReportPage.Section {
        let pictures = figures.enumerated().map { index, figure in
            "<figure>\n\(figure.svg(identifier: "\(name)-\(index + 1)"))<figcaption>\(figure.title.escapedForHTML)</figcaption>\n</figure>\n"
        }
        return .init(
            name: name, title: title, content: pictures.joined() + (try answer.summary().html(headingLevel: 3)))
    }

    private static func list(_ references: [String]) -> ReportPage.Section {
        var seen: Set<String> = []
        let items = references.filter { seen.insert($0).inserted }.map { "<li>\($0.escapedForHTML)</li>\n" }
        return .init(name: "references", title: "References of the methods", content: "<ol>\n\(items.joined())</ol>\n")
    }
}

import ArgumentParser
import MetaAnalysis
import MetaAnalysisPlots

struct RegressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regress",
        abstract: "Regress the effects of studies on their properties: meta-regression.",
        discussion: """
            Moderators are columns of the file: numbers by their names, names of levels as
            factor(column) or factor(column, reference), products as a:b, powers as a^2;
            a*b stands for a + b + a:b, and - 1 leaves the intercept out. Names with
            blanks or signs stand in quotes, in --at and --test too. A study without
            a value is left out by name.

            The defaults are those of pool: random effects, τ² by REML, Hartung–Knapp (in
            regression: Knapp–Hartung) tests and intervals.

            EXAMPLES
              metaan regress bcg --measure RR --moderators "ablat"
              metaan regress bcg --measure RR --moderators "factor(alloc, random) + year"
              metaan regress bcg --measure RR --moderators "ablat*year" --compare "ablat + year"
              metaan regress bcg --measure RR --moderators "ablat" --at ablat=30 --at ablat=50
              metaan regress trials.csv --moderators '"mean age"' --at '"mean age"=65'
              metaan regress bcg --measure RR --moderators "ablat" --influence --format json
              metaan regress bcg --measure RR --moderators "ablat" --permutations 10000
              metaan regress bcg --measure RR --moderators "ablat" --cluster alloc
              metaan regress bcg --measure RR --moderators "ablat" --scale "ablat"
            """)

    @OptionGroup(title: "Input") var input: InputOptions

    @Option(
        help: .init(
            "Terms of the regression, such as \"latitude + factor(allocation) + latitude:year\"; given more than once, their sum.",
            valueName: "terms"))
    var moderators: String

    @Option(
        parsing: .singleValue,
        help: .init(
            "Show the effect expected at a point, such as 'latitude=30,allocation=random'. May be repeated.",
            valueName: "column=value,…"))
    var at: [String] = []

    @Option(
        parsing: .singleValue,
        help: .init(
            "Test some terms or coefficients together, such as 'alloc,year'. May be repeated.", valueName: "terms"))
    var test: [String] = []

    @Option(
        help: .init(
            "Compare with a part of the model by a likelihood-ratio test (1 for no moderators); both are fitted by ML.",
            valueName: "terms"))
    var compare: String?

    @Flag(help: "Show what the regression would be without each study.")
    var influence = false

    @Option(
        help: .init(
            """
            Let effects of one cluster depend on each other: robust standard errors and tests by the clusters in a column \
            (by default that with the role cluster).
            """, valueName: "column"))
    var cluster: String?

    @Option(
        help: """
            Correction of the robust covariance: none (CR0), by the number of coefficients (CR1), bias-reduced with \
            Satterthwaite's degrees of freedom (CR2, the default with --cluster).
            """)
    var robust: ClusterCorrection?

    @Option(
        help: .init(
            """
            p-values by exchanging moderators between studies (turning signs, without moderators): all arrangements where \
            they are no more than this, else as many by chance.
            """, valueName: "count"))
    var permutations: Int?

    @Option(help: .init("Seed of the arrangements drawn by chance; 1 by default.", valueName: "number"))
    var seed: UInt64?

    @Option(
        help: .init(
            "Let the between-study variance depend on moderators too: terms of log τ², as in --moderators (a location–scale model).",
            valueName: "terms"))
    var scale: String?

    @OptionGroup(title: "Effects") var effects: EffectOptions
    @OptionGroup(title: "Effects") var quantiles: QuantileOptions
    @OptionGroup(title: "Model") var model: EstimationOptions
    @OptionGroup var level: LevelOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var figure: SideFigure

    func validate() throws {
        let name = model.chosenModel
        guard name == .random || name == .common else {
            throw ValidationError("--model \(name.rawValue) has no regression; take random or common")
        }
        if let permutations, !(1...100_000_000).contains(permutations) {
            throw ValidationError("--permutations \(permutations) cannot be taken; write a number from 1 to 100000000")
        }
        if seed != nil, permutations == nil {
            throw ValidationError("--seed has no meaning without --permutations; leave it out, or add it")
        }
        if scale != nil {
            if name == .common || model.tauSquared != nil {
                throw ValidationError(
                    "--scale needs a between-study variance to estimate; leave out --model common or --tau2")
            }
            if case .estimator(let estimator) = model.estimator, !estimator.maximizesLikelihood {
                throw ValidationError(
                    "--scale has no meaning with --estimator \(estimator.rawValue); take REML or ML, or leave it out")
            }
        }
    }

    func run() throws {
        let formula = try ModeratorFormula(moderators)
        let reduced = try compare.map { try ModeratorFormula($0) }
        if let reduced, reduced.hasIntercept != formula.hasIntercept {
            throw CommandFailure(.usage, "--compare: one model has an intercept, the other has none; write both alike")
        }
        let scaleFormula = try scale.map { try ModeratorFormula($0) }
        if let scaleFormula, !scaleFormula.hasIntercept {
            throw CommandFailure(.usage, "--scale: log τ² always has an intercept; leave out - 1")
        }
        let points = try at.map(RegressionPoint.init)
        let plotted = figure.path == nil ? nil : formula.terms.lazy.compactMap(\.firstNumber).first
        if figure.path != nil, plotted == nil {
            throw CommandFailure(
                .usage,
                "--plot draws effects against a number, and --moderators names none; leave it out, or add a column of numbers"
            )
        }
        let reading = try input.read(
            measure: effects.measure, quantiles: quantiles,
            using: (formula.terms + (scaleFormula?.terms ?? [])).flatMap(\.moderators), hasClusters: cluster != nil,
            apart: formula.terms.flatMap(\.factors))
        let regression = settings(formula)
        let analyses = try reading.outcomes.map { data in
            var found = try reading.effects(
                data, measure: effects.measure, settings: effects.settings, keepsGroups: false)
            return try reading.located(in: data) {
                if let cluster {
                    try found.setClusters(from: reading.table, column: cluster)
                    // Cluster-robust standard errors allow for this, so the warning is not needed.
                    found.diagnostics.removeAll { $0.code == .duplicateLabels }
                }
                let values = try Moderators(
                    reading.table, for: formula.terms + (scaleFormula?.terms ?? []), of: found)
                found.diagnostics += values.similarLevels
                var fit = try regression.fit(found, moderators: values)
                fit.outcome = data.outcome
                return RegressAnswer.Analysis(
                    fit: fit,
                    predictions: try points.map { try $0.prediction(fit) },
                    tests: try test.map { try fit.test(of: QuotedText.parts($0).map(QuotedText.plain)) },
                    comparison: try reduced.map {
                        try regression.compared(with: $0.terms, found, moderators: values)
                    },
                    influence: influence ? try regression.influence(found, moderators: values) : nil,
                    robust: cluster != nil || robust != nil
                        ? try regression.clusterRobust(found, moderators: values, correction: robust ?? .biasReduced)
                        : nil,
                    permutation: try permutations.map {
                        try PermutationTest(regression, permutations: $0, seed: seed ?? 1)
                            .test(found, moderators: values)
                    },
                    locationScale: try scaleFormula.map {
                        try locationScale(regression, $0).fit(found, moderators: values)
                    },
                    bubble: try plotted.flatMap { name in
                        let names = formula.terms.flatMap(\.moderators)
                        return try values.numbers(name, ofStudiesWith: names).map {
                            try BubblePlot(fit, against: name, values: $0)
                        }
                    },
                    choices: model.choices(effects, measure: fit.settings.measure, for: data))
            }
        }
        let answer = RegressAnswer(
            input: InputRecord(reading), settings: .init(self, analyses.map(\.fit)), analyses: analyses,
            readingDiagnostics: reading.diagnostics)
        try output.write(answer, file: reading.file) { try figure.parts(answer.figures) }
    }

    private func settings(_ formula: ModeratorFormula) -> MetaRegression {
        MetaRegression(
            terms: formula.terms, hasIntercept: formula.hasIntercept, model.settings(level: level.level))
    }

    private func locationScale(_ regression: MetaRegression, _ scale: ModeratorFormula) -> LocationScaleModel {
        LocationScaleModel(
            terms: regression.terms, hasIntercept: regression.hasIntercept, scaleTerms: scale.terms,
            isRestricted: regression.heterogeneity != .estimated(.maximumLikelihood), interval: regression.interval,
            level: regression.level)
    }
}

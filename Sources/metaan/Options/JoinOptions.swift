import ArgumentParser
import MetaAnalysis

/// Options for one file for each cohort, joined by the key of their rows.
struct JoinOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            Join the rows of several files, one for each cohort, by the key in a column, and pool every key: rows in any \
            order, effects turned to the effect allele of the first file that has the marker. Writes a line for each key, as csv \
            (the default) or json, with the common effect and the random effects (DL, Wald intervals).
            """, valueName: "column"))
    var join: String?

    @Argument(help: "Further files, with --join or --arrays.")
    var furtherFiles: [String] = []
}

extension PoolCommand {
    /// Rejects options that have no meaning with `--join`.
    ///
    /// - Throws: `ValidationError` that names the first such option.
    func validateJoin() throws {
        guard cohorts.join != nil else { return }
        if groups.by != nil { throw ValidationError("--by has no meaning with --join; leave out one of them") }
        try validateReportedEffects(with: "--join")
        if let format = output.format, format != .csv, format != .json {
            throw ValidationError("--format \(format.rawValue) has no meaning with --join; take csv or json")
        }
    }

    /// Rejects a second file without `--join` or `--arrays`. This is checked when the command runs; a validation would take the word after
    /// a misspelled option for a second file before the parser rejects that option.
    func checkFileCount() throws {
        guard cohorts.join == nil, !arrays.arrays, let second = cohorts.furtherFiles.first else { return }
        throw CommandFailure(
            .usage,
            "there is a second file, \(second); name the column they are joined by with --join COLUMN, or give one file"
        )
    }

    /// Rejects options that have no meaning for many groups of reported effects.
    func validateReportedEffects(with mode: String) throws {
        let given: [(String, Bool)] = [
            ("--measure", effects.measure != nil), ("--variance", effects.variance != nil),
            ("--quantiles", quantiles.method != nil), ("--uncorrected", effects.uncorrected),
            ("--correction", effects.correction != nil),
            ("--correct-when", effects.correctWhen != nil), ("--correction-kind", effects.correctionKind != nil),
            ("--correction-target", effects.correctionTarget != nil),
            ("--drop-double-zero", effects.dropDoubleZero), ("--prediction", model.prediction != nil),
            ("--tau2-interval", model.tauSquaredInterval != nil), ("--weighting", model.weighting != nil),
            ("--subgroup", subgroup != nil), ("--emit", emit != nil),
            ("--model \(model.chosenModel.rawValue)", model.chosenModel != .random && model.chosenModel != .common),
        ]
        if let option = given.first(where: \.1)?.0 {
            throw ValidationError(
                "\(option) has no meaning with \(mode), which pools many groups of effects as reported; leave it out")
        }
    }

    func joinCohorts(by key: String) throws {
        var common = BatchPooling(interval: .wald, level: level.level)
        var random: BatchPooling?
        if model.chosenModel == .common {
            common.interval = model.interval ?? .wald
        } else {
            random = BatchPooling(
                model.estimation.settings(
                    level: level.level, defaultEstimator: .derSimonianLaird, defaultInterval: .wald))
        }
        let isJSON = output.format == .json
        try JoinRun(
            files: [input.file] + cohorts.furtherFiles, key: key,
            columns: input.columns.map { try StudyColumns.assignments($0) } ?? [:], filters: input.filter,
            input: input, skipsBadRows: groups.skipBad, isStrict: output.strict,
            pooling: MarkerPooling(
                common: common, random: random, digits: groups.digits ?? 0, form: isJSON ? .json : .csv,
                leavingOut: groups.skipBad),
            frame: StreamedDocument(command: Self.configuration.commandName ?? "", isJSON: isJSON),
            settings: JoinSettings(self, by: key, random ?? common),
            output: output.output
        ).run()
    }
}

/// The settings of a join, for the JSON form.
struct JoinSettings: Encodable {
    var join: String
    var model: String
    var estimator: HeterogeneityEstimator?
    /// That of the random effects where they are pooled; the common effect then has the Wald interval.
    var interval: IntervalMethod
    var level: Double
    var tauSquared: Double?
    var columns: String?
    var filters: [String]

    fileprivate init(_ command: PoolCommand, by key: String, _ pooling: BatchPooling) {
        join = key
        model = command.model.chosenModel.rawValue
        estimator = pooling.heterogeneity.estimator
        interval = pooling.interval
        level = pooling.level
        tauSquared = pooling.heterogeneity.knownTauSquared
        columns = command.input.columns
        filters = command.input.filter
    }
}

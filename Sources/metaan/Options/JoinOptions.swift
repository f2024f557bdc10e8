import ArgumentParser
import MetaAnalysis

/// One file for each cohort, put together by the key of their rows.
struct JoinOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            Join the rows of several files, one for each cohort, by the key in a column, and pool every key: rows in any \
            order, effects turned to the effect allele of the first file that has the marker. Answers in CSV with the \
            common effect and the random effects (DL, Wald intervals).
            """, valueName: "column"))
    var join: String?

    @Argument(help: "Further files, with --join.")
    var furtherFiles: [String] = []

    func validate() throws {
        if join == nil, let first = furtherFiles.first {
            throw ValidationError(
                "there is a second file, \(first); name the column they are joined by with --join COLUMN, or give one file")
        }
    }
}

extension PoolCommand {
    /// Nothing that was asked for is ignored.
    func validateJoin() throws {
        guard cohorts.join != nil else { return }
        let given: [(String, Bool)] = [
            ("--measure", effects.measure != nil), ("--variance", effects.variance != nil),
            ("--uncorrected", effects.uncorrected), ("--correction", effects.correction != nil),
            ("--correct-when", effects.correctWhen != nil), ("--correction-kind", effects.correctionKind != nil),
            ("--drop-double-zero", effects.dropDoubleZero), ("--prediction", model.prediction != nil),
            ("--tau2-interval", model.tauSquaredInterval != nil), ("--weighting", model.weighting != nil),
            ("--by", groups.by != nil), ("--subgroup", subgroup != nil), ("--emit", emit != nil),
            ("--model \(model.chosenModel.rawValue)", model.chosenModel != .random && model.chosenModel != .common),
        ]
        if let option = given.first(where: \.1)?.0 {
            throw ValidationError(
                "\(option) has no meaning with --join, which pools effects as reported and answers in CSV; leave it out")
        }
        if let format = output.format, format != .csv {
            throw ValidationError("--format \(format.rawValue) has no meaning with --join; take csv")
        }
    }

    func joinCohorts(by key: String) throws {
        var common = BatchPooling(interval: .wald, level: level.level)
        var random: BatchPooling?
        if model.chosenModel == .common {
            common.interval = model.interval ?? .wald
        } else {
            var settings = BatchPooling(
                heterogeneity: .derSimonianLaird, interval: model.interval ?? .wald,
                knownTauSquared: model.tauSquared, level: level.level)
            if case .estimator(let estimator) = model.estimator { settings.heterogeneity = estimator }
            random = settings
        }
        try JoinRun(
            files: [input.file] + cohorts.furtherFiles, key: key,
            columns: input.columns.map { try StudyColumns.assignments($0) } ?? [:], filters: input.filter,
            reportedLevel: input.reportedLevel, skipsBadRows: groups.skipBad, isStrict: output.strict,
            pooling: MarkerPooling(common: common, random: random, digits: groups.digits ?? 0), output: output.output
        ).run()
    }
}

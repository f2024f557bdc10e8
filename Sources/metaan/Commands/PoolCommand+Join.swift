import ArgumentParser
import MetaAnalysis

extension PoolCommand {
    /// Nothing that was asked for is ignored.
    func validateJoin() throws {
        guard join.join != nil else { return }
        let given: [(String, Bool)] = [
            ("--measure", effects.measure != nil), ("--variance", effects.variance != nil),
            ("--uncorrected", effects.uncorrected), ("--correction", effects.correction != nil),
            ("--correct-when", effects.correctWhen != nil), ("--correction-kind", effects.correctionKind != nil),
            ("--drop-double-zero", effects.dropDoubleZero), ("--prediction", model.prediction != nil),
            ("--tau2-interval", model.tauSquaredInterval != nil), ("--weighting", model.weighting != nil),
            ("--subgroup", subgroup != nil), ("--emit", emit != nil),
            ("--format \(output.format.rawValue)", output.format != .text && output.format != .csv),
            ("--model \(model.chosenModel.rawValue)", model.chosenModel != .random && model.chosenModel != .common),
        ]
        if let option = given.first(where: \.1)?.0 {
            throw ValidationError("\(option) has no meaning with --join, which pools effects as reported and answers in CSV; leave it out")
        }
    }

    func runJoin(by key: String) throws {
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
            files: [input.file] + join.furtherFiles, key: key,
            columns: input.columns.map { try StudyColumns.assignments($0) } ?? [:], filters: input.filter,
            reportedLevel: input.reportedLevel, skipsBadRows: skipBad, isStrict: output.strict,
            pooling: MarkerPooling(common: common, random: random), output: output.output
        ).run()
    }
}

import ArgumentParser
import MetaAnalysis

/// Options for effects in NumPy arrays, one analysis for each group.
struct ArrayOptions: ParsableArguments {
    @Flag(
        help: """
            Read arrays as NumPy saves them: one .npz, or .npy files with the names of their roles, yi and vi or sei. Shape \
            (groups, studies), or one index and an array offsets. One analysis for each group; an --output that ends in .npz \
            or .npy is written as arrays too.
            """)
    var arrays = false
}

extension PoolCommand {
    /// Rejects options that have no meaning with `--arrays`.
    ///
    /// - Throws: `ValidationError` that names the first such option.
    func validateArrays() throws {
        guard arrays.arrays else { return }
        let given: [(String, Bool)] = [
            ("--by", groups.by != nil), ("--join", cohorts.join != nil), ("--filter", !input.filter.isEmpty),
            ("--reported-level", input.reportedLevel != nil),
        ]
        if let option = given.first(where: \.1)?.0 {
            throw ValidationError("\(option) has no meaning with --arrays; leave it out")
        }
        try validateReportedEffects(with: "--arrays")
        if let format = output.format, format != .csv {
            throw ValidationError("--format \(format.rawValue) has no meaning with --arrays; take csv")
        }
    }

    func poolArrays() throws {
        try ArrayRun(
            files: [input.file] + cohorts.furtherFiles,
            names: input.columns.map { try StudyColumns.assignments($0) } ?? [:],
            pooling: BatchPooling(model.settings(level: level.level)),
            digits: groups.digits, skipsBad: groups.skipBad, isStrict: output.strict,
            isText: output.format == .csv, output: output.output
        ).run()
    }
}

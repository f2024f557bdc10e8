import ArgumentParser
import MetaAnalysis

/// Options that choose the sensitivity analyses; by default leave-one-out and influence.
struct SensitivityOptions: ParsableArguments {
    @Flag(help: "Pool the studies without each in turn.")
    var leaveOneOut = false

    @Option(
        help: .init(
            """
            Pool the first study, the first two, and so on in the order of a column; input means the order of the file, and \
            estimate or variance that of the effects where no column has that name.
            """, valueName: "column"))
    var cumulative: String?

    @Option(help: "With --cumulative: from the least value on (ascending, the default), or from the greatest.")
    var order: StudyOrder?

    @Flag(
        help: """
            Studentized deleted residuals, DFFITS, Cook's distances, covariance ratios, hat values, DFBETAS, and what is left \
            of τ² and Q without each study.
            """)
    var influence = false

    @Flag(help: "The two axes of Baujat's plot: part in the heterogeneity and influence on the pooled effect.")
    var baujat = false

    @Flag(
        help: """
            Pool every subset of the studies (GOSH), or a random sample of the subsets of more than 20 studies; csv gives \
            each of them.
            """)
    var gosh = false

    @Option(
        help: .init(
            "With --gosh: subsets drawn where there are more than 20 studies; 100000 by default.", valueName: "n"))
    var subsets: Int?

    @Option(help: .init("With --gosh: where the random sample begins; 1 by default.", valueName: "n"))
    var seed: UInt64?

    @Option(
        help: .init("With --gosh: threads; by default 2. The answer does not depend on them.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if order != nil, cumulative == nil { throw ValidationError("--order needs an order; add --cumulative COLUMN") }
        if !gosh {
            let idle = [("--subsets", subsets != nil), ("--seed", seed != nil), ("--threads", threads != nil)]
            if let name = idle.first(where: \.1)?.0 { throw ValidationError("\(name) belongs to --gosh; add --gosh") }
        }
        if let subsets, !(1...16_777_216).contains(subsets) {
            throw ValidationError("--subsets \(subsets) is not between 1 and 16777216; write --subsets 100000")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads \(threads) is not between 1 and 1024; write --threads 2")
        }
    }

    private var isDefault: Bool { !leaveOneOut && cumulative == nil && !influence && !baujat && !gosh }
    var wantsLeaveOneOut: Bool { leaveOneOut || isDefault }
    var wantsInfluence: Bool { influence || isDefault }

    var choices: [String] { isDefault ? ["leave-one-out and influence"] : [] }

    var selection: SubsetSelection {
        var selection = SubsetSelection()
        if let subsets { selection.sampleSize = subsets }
        if let seed { selection.seed = seed }
        return selection
    }

    /// Codes of the analyses, as listed in the settings.
    var names: [String] {
        [
            (wantsLeaveOneOut, "leave-one-out"), (cumulative != nil, "cumulative"), (wantsInfluence, "influence"),
            (baujat, "baujat"), (gosh, "gosh"),
        ].filter(\.0).map(\.1)
    }
}

import ArgumentParser
import MetaAnalysis
import MetaAnalysisPlots

/// Options for the appearance and the destination of a figure.
struct FigureOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .long],
        help: .init(
            """
            Write the figure to a file that ends in .svg, .png or .pdf; without it SVG goes to standard output. PNG and PDF \
            need the program rsvg-convert.
            """, valueName: "file"))
    var output: String?

    @Option(help: "Look of the figure; journal (black on white) by default.")
    var theme: Theme = .journal

    @Option(help: .init("Write the numbers that the figure shows to a CSV file as well.", valueName: "file"))
    var data: String?

    @Flag(help: "Treat every warning as a failure (exit status 65).")
    var strict = false

    func validate() throws {
        do { _ = try FigureFile(output) } catch let failure as CommandFailure { throw ValidationError(failure.message) }
    }
}

/// Options for the contents of a figure of pooled studies.
struct PlotOptions: ParsableArguments {
    @Option(
        help: .init(
            "With forest: the studies by the values of a column; group means the column that has that role.",
            valueName: "column"))
    var subgroup: String?

    @Option(
        name: .customLong("subgroup-tau2"),
        help: "With forest: a between-study variance for each subgroup, or one for all, as in pool.")
    var subgroupTauSquared: SubgroupHeterogeneity?

    @Flag(help: "With forest: the diamond of the common effect below that of the model.")
    var alsoCommon = false

    @Option(
        help: .init(
            "With forest, cumulative, leave-one-out and the forests of networks: words for effects below and above no effect.",
            valueName: "below,above"))
    var favours: String?

    @Option(
        help: .init(
            """
            With forest and cumulative: column of the order; input (the default) means the order of the file, and where no \
            column has that name, effect and variance mean those of the studies, with forest weight too.
            """, valueName: "column"))
    var orderBy: String?

    @Option(help: "With forest and cumulative: from the least value on (ascending, the default), or from the greatest.")
    var order: StudyOrder?

    @Flag(help: "With funnel: shade where a study is significant at 0.10, 0.05 and 0.01.")
    var contours = false

    @Option(help: .init("With funnel: add the studies of trim and fill (L0, R0, Q0).", valueName: "code"))
    var trimAndFill: MissingStudiesEstimator?

    @Flag(help: "With funnel: draw the line of Egger's regression.")
    var egger = false

    @Option(help: .init("With bubble: the column of numbers to regress on.", valueName: "column"))
    var moderator: String?

    @Option(help: .init("With gosh: where the random sample of subsets begins; 1 by default.", valueName: "n"))
    var seed: UInt64?

    @Option(
        help: .init(
            "With network-forest: treatment the others are shown against; by default the one with the most studies.",
            valueName: "treatment"))
    var reference: String?

    @Option(
        help: "With rankogram, sucra and league: which values are better, lower or higher; league is ordered by it.")
    var better: Preference?

    @Option(help: "With split-forest: where indirect evidence comes from, as for network; back-calculation by default.")
    var split: NodeSplitting.Method?

    @Option(
        help: .init(
            """
            With comparison-adjusted-funnel: treatments from the oldest, or the treatment of comparison, on; effects are \
            those of earlier versus later ones.
            """, valueName: "treatments"))
    var sequence: String?

    @Flag(
        name: .customLong("repair-multiarm"),
        help: "With the plots of networks: replace contrasts of a multi-arm study that contradict each other.")
    var repairMultiarm = false

    var sequenceOfTreatments: [Treatment] {
        (sequence ?? "").split(separator: ",").map { name in
            let kept = name.drop(while: \.isWhitespace)
            let end = kept.lastIndex { !$0.isWhitespace }.map { kept.index(after: $0) } ?? kept.startIndex
            return Treatment(String(kept[..<end]))
        }.filter { !$0.name.isEmpty }
    }

    var favoursPair: (below: String, above: String)? {
        guard let parts = favours?.split(separator: ",", omittingEmptySubsequences: false), parts.count == 2 else {
            return nil
        }
        return (String(parts[0]), String(parts[1]))
    }

    func validate() throws {
        if favours != nil, favoursPair == nil {
            throw ValidationError("--favours takes two words; write --favours 'treatment,control'")
        }
    }
}

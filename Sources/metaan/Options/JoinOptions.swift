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

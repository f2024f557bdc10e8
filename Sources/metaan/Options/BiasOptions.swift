import ArgumentParser
import MetaAnalysis

/// Options that choose the analyses of small-study effects and their settings.
struct BiasOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            Tests, separated by commas, or none; by default those that the data allow. egger, egger-lm, begg, \
            thompson-sharp, macaskill, harbord, peters, arcsine, schwarzer, deeks, pustejovsky, excess-significance.
            """, valueName: "name,…"))
    var test: CodeList<SmallStudyMethod>?

    @Option(
        help: """
            What egger, egger-lm and thompson-sharp regress effects on: the standard error (sei, the default), the sampling \
            variance, or the number of participants, its inverse, and the square roots of both.
            """)
    var predictor: FunnelPredictor?

    @Option(
        help: .init(
            "Estimators of the number of missing studies for trim and fill, separated by commas (L0, R0, Q0), or none; L0 by default.",
            valueName: "code,…"))
    var trimAndFill: CodeList<MissingStudiesEstimator>?

    @Option(
        help:
            "Side on which studies are missing, for trim and fill, the Copas model and p-uniform; by default what the regression on the standard error says."
    )
    var side: FunnelSide?

    @Option(
        help: .init(
            "Fail-safe numbers, separated by commas (rosenthal, orwin, rosenberg, general), or none; all by default.",
            valueName: "name,…"))
    var failSafe: CodeList<FailSafeNumber.Method>?

    @Option(
        help: .init(
            """
            Least effect that matters, on the analysis scale (the logarithm for ratios), for Orwin's and the general \
            fail-safe number; without it half the effect and the loss of significance.
            """, valueName: "effect"), transform: Double.init(option:))
    var target: Double?

    @OptionGroup var selection: SelectionOptions

    func validate() throws {
        if let target, !(target != 0 && target.isFinite) {
            throw ValidationError(
                "--target \(target) is not an effect that could matter; write --target 0.1, or leave it out")
        }
        if target != nil, let failSafe, !failSafe.values.contains(where: { $0 == .orwin || $0 == .general }) {
            throw ValidationError(
                "--target has no meaning for these fail-safe numbers; leave it out, or take --fail-safe orwin")
        }
        let regressions: [SmallStudyMethod] = [.egger, .eggerWeighted, .thompsonSharp]
        if predictor != nil, let test, !test.values.contains(where: regressions.contains) {
            throw ValidationError("--predictor has no meaning for these tests; leave it out, or take --test egger")
        }
    }

    var analysis: SmallStudyAnalysis {
        SmallStudyAnalysis(
            tests: test?.values, predictor: predictor ?? .standardError, trimAndFill: trimAndFill?.values, side: side,
            failSafe: failSafe?.values, target: target, selection: selection.models)
    }
}

/// A list of codes of a catalog, separated by commas; "none" is the empty list.
struct CodeList<Element: CodedArgument & Sendable>: ExpressibleByArgument {
    var values: [Element]

    init?(argument: String) {
        if argument.lowercased() == "none" {
            values = []
            return
        }
        var values: [Element] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Element(argument: part.trimmed) else { return nil }
            if !values.contains(where: { $0.rawValue == value.rawValue }) { values.append(value) }
        }
        self.values = values
    }

    static var allValueStrings: [String] { Element.allValueStrings + ["none"] }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

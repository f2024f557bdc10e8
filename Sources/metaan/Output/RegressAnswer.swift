import MetaAnalysis
import MetaAnalysisPlots

/// The regressions of every outcome of a file.
struct RegressAnswer: Answer {
    static let command = "regress"

    struct Settings: Encodable {
        var moderators: String
        var measure: String?
        var model: String
        var estimator: HeterogeneityEstimator?
        var interval: IntervalMethod?
        var level: Double
        var tauSquaredInterval: TauSquaredIntervalMethod?
        var tauSquared: Double?
        var effects: EffectSettings?
        var columns: String?
        var filters: [String]

        init(_ command: RegressCommand, _ fits: [RegressionFit]) {
            let all = fits.map(\.settings)
            moderators = command.moderators
            measure = all.shared(\.measure)
            model = command.model.chosenModel.rawValue
            estimator = all.shared(\.estimator)
            interval = all.shared(\.interval)
            level = command.level.level
            tauSquaredInterval = all.shared(\.tauSquaredInterval)
            tauSquared = command.model.tauSquared
            effects = all.shared(\.effects)
            columns = command.input.columns
            filters = command.input.filter
        }
    }

    struct Prediction: Encodable {
        var at: String
        var prediction: RegressionPrediction

        private enum CodingKeys: String, CodingKey { case at }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(at, forKey: .at)
            try prediction.encode(to: encoder)
        }
    }

    struct Analysis: Encodable {
        var fit: RegressionFit
        var predictions: [Prediction]
        var tests: [HypothesisTest]
        var comparison: ModelComparison?
        var influence: RegressionInfluence?
        var robust: ClusterRobustFit?
        var permutation: PermutationTestResult?
        var locationScale: LocationScaleFit?
        /// Bubble plot; `nil` unless requested.
        var bubble: BubblePlot?
        /// Choices made by default, as clauses.
        var choices: [String]

        /// Diagnostics of the fit and its further parts, without duplicates.
        var diagnostics: [Diagnostic] {
            var all = fit.diagnostics
            let further =
                (influence?.diagnostics ?? []) + (robust?.diagnostics ?? []) + (permutation?.diagnostics ?? [])
                + (locationScale?.diagnostics ?? [])
            for diagnostic in further where !all.contains(diagnostic) { all.append(diagnostic) }
            return all
        }

        private enum CodingKeys: String, CodingKey {
            case settings, outcome, k, studyCount, scale, coefficients, covariance, degreesOfFreedom, omnibusTest,
                heterogeneity
            case explainedHeterogeneity, fit, predictions, tests, comparison, influence, robust, permutation,
                locationScale
            case studies, excluded, diagnostics
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(AnalysisSettings(fit.settings), forKey: .settings)
            try container.encode(fit.outcome, forKey: .outcome)
            try container.encode(fit.k, forKey: .k)
            try container.encode(fit.studyCount, forKey: .studyCount)
            try container.encode(fit.scale, forKey: .scale)
            try container.encode(fit.coefficients, forKey: .coefficients)
            try container.encode(fit.covariance, forKey: .covariance)
            try container.encode(fit.degreesOfFreedom, forKey: .degreesOfFreedom)
            try container.encode(fit.omnibusTest, forKey: .omnibusTest)
            try container.encode(fit.heterogeneity, forKey: .heterogeneity)
            try container.encode(fit.explainedHeterogeneity, forKey: .explainedHeterogeneity)
            try container.encode(fit.fit, forKey: .fit)
            try container.encode(predictions, forKey: .predictions)
            try container.encode(tests, forKey: .tests)
            try container.encode(comparison, forKey: .comparison)
            try container.encode(influence?.studies, forKey: .influence)
            try container.encode(robust, forKey: .robust)
            try container.encode(permutation, forKey: .permutation)
            try container.encode(locationScale, forKey: .locationScale)
            try container.encode(fit.studies, forKey: .studies)
            try container.encode(fit.excluded, forKey: .excluded)
            try container.encode(fit.diagnostics, forKey: .diagnostics)
        }
    }

    /// `RegressionSettings` with the terms by name.
    private struct AnalysisSettings: Encodable {
        var measure: String
        var terms: [String]
        var hasIntercept: Bool
        var model: ModelIdentity
        var estimator: HeterogeneityEstimator?
        var interval: IntervalMethod
        var tauSquaredInterval: TauSquaredIntervalMethod?
        var level: Double
        var effects: EffectSettings?

        init(_ settings: RegressionSettings) {
            measure = settings.measure
            terms = settings.terms.map(\.name)
            hasIntercept = settings.hasIntercept
            model = settings.model
            estimator = settings.estimator
            interval = settings.interval
            tauSquaredInterval = settings.tauSquaredInterval
            level = settings.level
            effects = settings.effects
        }
    }

    var input: InputRecord
    var settings: Settings
    var analyses: [Analysis]
    /// Diagnostics on the whole file.
    var readingDiagnostics: [Diagnostic]

    private enum CodingKeys: String, CodingKey { case input, settings, analyses, diagnostics }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(settings, forKey: .settings)
        try container.encode(analyses, forKey: .analyses)
        try container.encode(readingDiagnostics, forKey: .diagnostics)
    }

    var diagnostics: [Diagnostic] {
        readingDiagnostics
            + analyses.flatMap { analysis in
                analysis.diagnostics.named(analyses.count > 1 ? analysis.fit.outcome : nil)
            }
    }

    func summary() -> Summary {
        let whole = analyses.reduce(Summary()) { whole, analysis in
            whole
                + Summary(
                    analysis.fit, predictions: analysis.predictions.map { ($0.at, $0.prediction) },
                    tests: analysis.tests,
                    comparison: analysis.comparison, influence: analysis.influence, source: input.title,
                    choices: analysis.choices)
                + (analysis.robust.map { Summary($0, level: settings.level) } ?? Summary())
                + (analysis.permutation.map { Summary($0) } ?? Summary())
                + (analysis.locationScale.map { Summary($0, level: settings.level) } ?? Summary())
        }
        return whole.noting(readingDiagnostics)
    }

    /// Returns one row for each coefficient, test, prediction and study, distinguished by `type`.
    func csv() -> DelimitedText {
        var table = DelimitedText(columns: [
            "outcome", "type", "term", "line", "k", "estimate", "standard_error", "ci_low", "ci_high", "pi_low",
            "pi_high",
            "statistic", "df", "denominator_df", "p_value", "residual", "weight", "tau2", "i2", "r2", "q", "q_df",
            "q_p_value", "reason",
        ])
        for analysis in analyses {
            let fit = analysis.fit
            func append(_ type: String, _ term: String?, _ fields: [String: DelimitedText.Field]) {
                table.append(
                    ["outcome": .text(fit.outcome), "type": .text(type), "term": .text(term)].merging(fields) { $1 })
            }
            for one in fit.coefficients { append("coefficient", one.term, Self.fields(one)) }
            for one in analysis.robust?.coefficients ?? [] { append("robust", one.term, Self.fields(one)) }
            for one in analysis.permutation?.coefficients ?? [] {
                append(
                    "permutation", one.term, ["statistic": .number(one.statistic), "p_value": .number(one.pValue)])
            }
            for one in analysis.locationScale?.coefficients ?? [] { append("location", one.term, Self.fields(one)) }
            for one in analysis.locationScale?.scaleCoefficients ?? [] {
                append(
                    "scale", one.term,
                    [
                        "estimate": .number(one.estimate), "standard_error": .number(one.standardError),
                        "ci_low": .number(one.confidenceInterval?.lower),
                        "ci_high": .number(one.confidenceInterval?.upper), "statistic": .number(one.statistic),
                        "df": .number(one.degreesOfFreedom), "p_value": .number(one.pValue),
                    ])
            }
            for test in [fit.omnibusTest] + analysis.tests + [analysis.comparison?.likelihoodRatio].compactMap(\.self) {
                append(
                    "test", test.name,
                    [
                        "statistic": .number(test.statistic), "df": .number(test.degreesOfFreedom),
                        "denominator_df": .number(test.denominatorDegreesOfFreedom), "p_value": .number(test.pValue),
                    ])
            }
            let found = fit.heterogeneity
            append(
                "model", fit.settings.model.rawValue,
                [
                    "k": .text(String(fit.k)), "tau2": .number(found.tauSquared), "i2": .number(found.iSquared),
                    "r2": .number(fit.explainedHeterogeneity), "q": .number(found.cochranQ),
                    "q_df": .number(found.degreesOfFreedom), "q_p_value": .number(found.pValue),
                ])
            for point in analysis.predictions { append("prediction", point.at, Self.fields(point.prediction)) }
            for study in fit.studies {
                append(
                    "study", study.label,
                    Self.fields(study.fitted).merging([
                        "line": .text(study.row.map(String.init)), "residual": .number(study.residual),
                        "weight": .number(study.weight),
                    ]) { $1 })
            }
            for study in fit.excluded {
                append(
                    "excluded", study.label,
                    ["line": .text(study.row.map(String.init)), "reason": .text(study.reason)])
            }
        }
        return table
    }

    private static func fields(_ one: RegressionCoefficient) -> [String: DelimitedText.Field] {
        [
            "estimate": .number(one.estimate), "standard_error": .number(one.standardError),
            "ci_low": .number(one.confidenceInterval.lower), "ci_high": .number(one.confidenceInterval.upper),
            "statistic": .number(one.statistic), "df": .number(one.degreesOfFreedom), "p_value": .number(one.pValue),
        ]
    }

    private static func fields(_ prediction: RegressionPrediction) -> [String: DelimitedText.Field] {
        [
            "estimate": .number(prediction.estimate), "standard_error": .number(prediction.standardError),
            "ci_low": .number(prediction.confidenceInterval.lower),
            "ci_high": .number(prediction.confidenceInterval.upper),
            "pi_low": .number(prediction.predictionInterval?.lower),
            "pi_high": .number(prediction.predictionInterval?.upper),
        ]
    }
}

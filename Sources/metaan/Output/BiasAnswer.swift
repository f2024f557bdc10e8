import MetaAnalysis

/// The small-study effects of every outcome of a file.
struct BiasAnswer: Answer {
    struct Analysis {
        var data: StudyData
        var report: SmallStudyReport
    }

    struct Settings: Encodable {
        var measure: String?
        var model: String
        var estimator: HeterogeneityEstimator?
        var interval: IntervalMethod?
        var level: Double
        var tests: [SmallStudyMethod]?
        var predictor: FunnelPredictor
        var trimAndFill: [MissingStudiesEstimator]?
        var side: FunnelSide?
        var failSafe: [FailSafeNumber.Method]?
        var target: Double?
        var selection: [String]?
        var alternative: SelectionModel.Alternative?
        var effects: EffectSettings?
        var columns: String?
        var filters: [String]

        init(_ command: BiasCommand, _ results: [PooledEffect]) {
            let all = results.map(\.settings)
            let analysis = command.bias.analysis
            measure = all.shared(\.measure)
            model = command.model.chosenModel.rawValue
            estimator = all.shared(\.estimator)
            interval = all.shared(\.interval)
            level = command.level.level
            tests = analysis.tests
            predictor = analysis.predictor
            trimAndFill = analysis.trimAndFill
            side = analysis.side
            failSafe = analysis.failSafe
            target = analysis.target
            selection = analysis.selection?.map(\.function.code)
            alternative = command.bias.selection.alternative
            effects = all.shared(\.effects)
            columns = command.input.columns
            filters = command.input.filter
        }
    }

    static let command = "bias"

    var input: InputRecord
    var settings: Settings
    /// Outcomes, analyzed or with the reason why this is impossible.
    var parts: [PartResult<Analysis>]
    /// Diagnostics on the whole file.
    var readingDiagnostics: [Diagnostic]
    /// Choices made by default, for each analysis of `analyses`.
    var choices: [[String]]

    var analyses: [Analysis] { parts.compactMap(\.found) }

    var diagnostics: [Diagnostic] {
        readingDiagnostics
            + parts.diagnostics { analysis in
                analysis.report.diagnostics.named(parts.count > 1 ? analysis.report.outcome : nil)
            }
    }

    func summary() -> Summary {
        parts.summary(source: input.title, choices) { Summary($0.report, source: input.title, choices: $1) }
            .noting(readingDiagnostics)
    }
}

extension BiasAnswer {
    private enum CodingKeys: String, CodingKey {
        case input, settings, analyses, diagnostics
    }

    private struct Record: Encodable {
        var outcome: String?
        var k: Int
        var studyCount: Int
        var scale: EffectScale
        var pooled: PooledEffect?
        var tests: [SmallStudyTest] = []
        var omitted: [OmittedAnalysis] = []
        var trimAndFill: [TrimAndFillFit] = []
        var failSafe: [FailSafeFit] = []
        var petPeese: PetPeeseFit?
        var henmiCopas: HenmiCopasFit?
        var worstCase: WorstCaseFit?
        var limitMetaAnalysis: LimitMetaAnalysisFit?
        var copas: CopasFit?
        var pUniform: PUniformFit?
        var pUniformStar: PUniformStarFit?
        var selectionModels: [SelectionModelFit] = []
        var diagnostics: [Diagnostic]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(settings, forKey: .settings)
        let records = parts.map { part in
            let report: SmallStudyReport
            switch part {
            case .found(let analysis): report = analysis.report
            case .notEstimable(let part):
                return Record(
                    outcome: part.outcome, k: part.k, studyCount: part.studyCount, scale: part.scale,
                    diagnostics: part.diagnostics)
            }
            return Record(
                outcome: report.outcome, k: report.pooled.k, studyCount: report.pooled.studyCount,
                scale: report.pooled.scale,
                pooled: report.pooled,
                tests: report.tests, omitted: report.omitted, trimAndFill: report.trimAndFill,
                failSafe: report.failSafe,
                petPeese: report.petPeese, henmiCopas: report.henmiCopas, worstCase: report.worstCase,
                limitMetaAnalysis: report.limitMetaAnalysis, copas: report.copas,
                pUniform: report.pUniform, pUniformStar: report.pUniformStar,
                selectionModels: report.selectionModels,
                diagnostics: report.diagnostics)
        }
        try container.encode(records, forKey: .analyses)
        try container.encode(readingDiagnostics, forKey: .diagnostics)
    }
}

extension BiasAnswer {
    /// Returns one row for each test, adjusted effect, fail-safe number and analysis left out, distinguished by `type`.
    func csv() -> DelimitedText {
        var table = DelimitedText(columns: [
            "outcome", "type", "name", "predictor", "k", "statistic", "df", "p_value", "estimate", "standard_error",
            "ci_low", "ci_high", "limit", "limit_ci_low", "limit_ci_high", "tau2", "side", "number", "reason",
        ])
        for part in parts {
            guard case .found(let analysis) = part else {
                if var fields = part.notEstimable?.fields {
                    fields["name"] = fields.removeValue(forKey: "label")
                    fields["group"] = nil
                    table.append(fields)
                }
                continue
            }
            let report = analysis.report
            func append(_ type: String, _ name: String, k: Int?, _ fields: [String: DelimitedText.Field]) {
                var row: [String: DelimitedText.Field] = [
                    "outcome": .text(report.outcome), "type": .text(type), "name": .text(name),
                    "k": .text(k.map { String($0) }),
                ]
                row.merge(fields) { $1 }
                table.append(row)
            }
            append("pooled", report.pooled.settings.model.rawValue, k: report.pooled.k, Self.fields(report.pooled))
            for test in report.tests {
                append(
                    "test", test.name.rawValue, k: test.k,
                    [
                        "predictor": .text(test.predictor), "statistic": .number(test.statistic),
                        "df": .number(test.degreesOfFreedom), "p_value": .number(test.pValue),
                        "estimate": .number(test.estimate), "standard_error": .number(test.standardError),
                        "limit": .number(test.limit?.estimate),
                        "limit_ci_low": .number(test.limit?.confidenceInterval.lower),
                        "limit_ci_high": .number(test.limit?.confidenceInterval.upper),
                        "tau2": .number(test.tauSquared),
                    ])
            }
            for filled in report.trimAndFill {
                var fields = Self.fields(filled.pooled)
                fields["side"] = .text(filled.side.rawValue)
                fields["number"] = .number(Double(filled.imputed))
                append("trim-and-fill", filled.missingEstimator.rawValue, k: filled.pooled.k, fields)
            }
            for number in report.failSafe {
                append(
                    "fail-safe", number.type.rawValue, k: number.k,
                    [
                        "number": .number(number.number), "p_value": .number(number.pValue),
                        "estimate": .number(number.estimate),
                    ])
            }
            if let fit = report.petPeese {
                append(
                    "pet-peese", fit.chosen.rawValue, k: fit.k,
                    [
                        "statistic": .number(fit.statistic), "df": .number(fit.degreesOfFreedom),
                        "p_value": .number(fit.pValue), "estimate": .number(fit.estimate),
                        "standard_error": .number(fit.standardError), "ci_low": .number(fit.confidenceInterval.lower),
                        "ci_high": .number(fit.confidenceInterval.upper),
                    ])
            }
            if let fit = report.henmiCopas {
                append(
                    "henmi-copas", "henmi-copas", k: fit.k,
                    [
                        "estimate": .number(fit.estimate), "standard_error": .number(fit.standardError),
                        "ci_low": .number(fit.confidenceInterval.lower),
                        "ci_high": .number(fit.confidenceInterval.upper), "tau2": .number(fit.tauSquared),
                    ])
            }
            if let worst = report.worstCase {
                var fields = worst.pooled.map(Self.fields) ?? [:]
                fields["side"] = .text(worst.side.rawValue)
                fields["number"] = .number(worst.selectionRatio)
                append("worst-case", "non-affirmative", k: worst.nonAffirmative, fields)
            }
            for row in Self.adjustmentRows(report) { append(row.type, row.name, k: row.k, row.fields) }
            for row in report.selectionModels.flatMap(Self.rows) { append(row.type, row.name, k: row.k, row.fields) }
            for omitted in report.omitted {
                append("omitted", omitted.name, k: nil, ["reason": .text(omitted.reason)])
            }
        }
        return table
    }

    private static func fields(_ pooled: PooledEffect) -> [String: DelimitedText.Field] {
        [
            "statistic": .number(pooled.statistic), "df": .number(pooled.degreesOfFreedom),
            "p_value": .number(pooled.pValue), "estimate": .number(pooled.estimate),
            "standard_error": .number(pooled.standardError), "ci_low": .number(pooled.confidenceInterval.lower),
            "ci_high": .number(pooled.confidenceInterval.upper), "tau2": .number(pooled.heterogeneity.tauSquared),
        ]
    }
}

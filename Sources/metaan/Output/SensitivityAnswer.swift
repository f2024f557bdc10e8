import MetaAnalysis

/// The dependence of the pooled effect of every outcome on single studies.
struct SensitivityAnswer: Answer {
    static let command = "sensitivity"

    struct Analysis {
        var data: StudyData
        var found: SensitivityAnalysis
    }

    var input: InputRecord
    var settings: SensitivityRunSettings
    /// Outcomes and groups, analyzed or with the reason why this is impossible.
    var parts: [PartResult<Analysis>]
    var readingDiagnostics: [Diagnostic]
    /// Choices made by default, for each analysis of `analyses`.
    var choices: [[String]]

    var analyses: [Analysis] { parts.compactMap(\.found) }

    var diagnostics: [Diagnostic] {
        readingDiagnostics
            + parts.diagnostics { analysis in
                let names = [analysis.found.pooled.outcome, analysis.found.pooled.group].compactMap(\.self)
                let place = parts.count > 1 && !names.isEmpty ? names.joined(separator: ", ") : nil
                return analysis.found.diagnostics.named(place)
            }
    }

    func summary() -> Summary {
        parts.summary(source: input.title, choices) { Summary($0.found, source: input.title, choices: $1) }
            .noting(readingDiagnostics)
    }
}

/// The settings that all analyses have in common; `nil` if they differ or do not apply.
struct SensitivityRunSettings: Encodable {
    var measure: String?
    var model: String
    var estimator: HeterogeneityEstimator?
    var interval: IntervalMethod?
    var level: Double
    var tauSquared: Double?
    var weighting: Weighting?
    var effects: EffectSettings?
    var columns: String?
    var filters: [String]
    var subgroup: String?
    /// Codes of the analyses.
    var analyses: [String]
    var cumulative: String?
    var order: StudyOrder?
    var subsets: Int?
    var seed: UInt64?

    init(_ command: SensitivityCommand, _ results: [PooledEffect]) {
        let all = results.map(\.settings)
        measure = all.shared(\.measure)
        model = command.model.chosenModel.rawValue
        estimator = all.shared(\.estimator)
        interval = all.shared(\.interval)
        level = command.level.level
        tauSquared = command.model.tauSquared
        weighting = all.shared(\.weighting)
        effects = all.shared(\.effects)
        columns = command.input.columns
        filters = command.input.filter
        subgroup = command.subgroup
        let asked = command.analyses
        analyses = asked.names
        cumulative = asked.cumulative
        order = asked.cumulative == nil ? nil : asked.order ?? .ascending
        subsets = asked.gosh ? asked.selection.sampleSize : nil
        seed = asked.gosh ? asked.selection.seed : nil
    }
}

extension SensitivityAnswer {
    private enum CodingKeys: String, CodingKey {
        case input, settings, analyses, diagnostics
    }

    /// One analysis with the keys of the JSON document.
    private struct Record: Encodable {
        var outcome: String?
        var group: String?
        var k: Int
        var studyCount: Int
        var scale: EffectScale
        var pooled: SubsetFit
        var leaveOneOut: [LeaveOneOut.Omission]?
        var cumulative: [CumulativeAnalysis.Addition]?
        var influence: [StudyInfluence]?
        var influenceLimits: InfluenceLimits?
        var baujat: [BaujatCoordinates.Coordinate]?
        var gosh: Subsets?
        var excluded: [ExcludedStudy]
        var diagnostics: [Diagnostic]
        var settings: PoolingSettings?

        init(_ part: NotEstimablePart) {
            outcome = part.outcome
            group = part.group
            k = part.k
            studyCount = part.studyCount
            scale = part.scale
            pooled = SubsetFit(part)
            excluded = part.excluded
            diagnostics = part.diagnostics
        }

        init(_ found: SensitivityAnalysis) {
            outcome = found.pooled.outcome
            group = found.pooled.group
            k = found.pooled.k
            studyCount = found.pooled.studyCount
            scale = found.pooled.scale
            pooled = SubsetFit(found.pooled)
            leaveOneOut = found.leaveOneOut?.omissions
            cumulative = found.cumulative?.additions
            influence = found.influence?.studies
            influenceLimits = found.influence?.limits
            baujat = found.baujat?.studies
            gosh = found.subsets.map(Subsets.init)
            excluded = found.pooled.excluded
            diagnostics = found.diagnostics
            settings = found.pooled.settings
        }
    }

    /// The subsets by their quantiles, because there may be a million subsets.
    private struct Subsets: Encodable {
        var count: Int
        var isSample: Bool
        var seed: UInt64?
        var failures: Int
        var quantiles: SubsetQuantiles?

        init(_ subsets: SubsetAnalysis) {
            count = subsets.estimate.count
            isSample = subsets.isSample
            seed = subsets.seed
            failures = subsets.failures
            quantiles = subsets.quantiles
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(settings, forKey: .settings)
        let records = parts.map { part in
            switch part {
            case .found(let analysis): Record(analysis.found)
            case .notEstimable(let part): Record(part)
            }
        }
        try container.encode(records, forKey: .analyses)
        try container.encode(readingDiagnostics, forKey: .diagnostics)
    }
}

extension SensitivityAnswer {
    /// Returns one row for each result (pooled effect, study of an analysis, or subset) and each excluded study, distinguished by `type`.
    func csv() -> DelimitedText {
        var table = DelimitedText(columns: [
            "outcome", "group", "type", "label", "line", "order", "k", "estimate", "standard_error", "ci_low",
            "ci_high",
            "pi_low", "pi_high", "statistic", "df", "p_value", "tau2", "i2", "q", "q_df", "q_p_value", "read_estimate",
            "read_ci_low", "read_ci_high", "standardized_residual", "studentized_residual", "dffits", "cooks_distance",
            "covariance_ratio", "tau2_deleted", "q_deleted", "hat", "weight", "dfbetas", "influential", "heterogeneity",
            "influence", "studies", "reason",
        ])
        for part in parts {
            switch part {
            case .found(let analysis): Self.append(analysis.found, to: &table)
            case .notEstimable(let part): table.append(part.fields)
            }
        }
        return table
    }

    private static func append(_ found: SensitivityAnalysis, to table: inout DelimitedText) {
        let place: [String: DelimitedText.Field] = [
            "outcome": .text(found.pooled.outcome), "group": .text(found.pooled.group),
        ]
        func append(_ type: String, _ label: String?, _ line: Int?, _ fields: [String: DelimitedText.Field]) {
            var row = place.merging(fields) { $1 }
            row["type"] = .text(type)
            row["label"] = .text(label)
            row["line"] = .text(line.map(String.init))
            table.append(row)
        }
        append("pooled", found.pooled.settings.model.rawValue, nil, fields(SubsetFit(found.pooled)))
        for omission in found.leaveOneOut?.omissions ?? [] {
            append("leave-one-out", omission.omitted, omission.row, fields(omission.fit))
        }
        for addition in found.cumulative?.additions ?? [] {
            var fields = fields(addition.fit)
            fields["order"] = .text(addition.value)
            append("cumulative", addition.added, addition.row, fields)
        }
        for study in found.influence?.studies ?? [] { append("influence", study.label, study.row, fields(study)) }
        for study in found.baujat?.studies ?? [] {
            append(
                "baujat", study.label, study.row,
                ["heterogeneity": .number(study.heterogeneity), "influence": .number(study.influence)])
        }
        if let subsets = found.subsets {
            for index in subsets.estimate.indices {
                append(
                    "gosh", nil, nil,
                    [
                        "k": .text(String(subsets.k[index])), "estimate": .number(subsets.estimate[index]),
                        "tau2": .number(subsets.tauSquared[index]), "i2": .number(subsets.iSquared[index]),
                        "q": .number(subsets.cochranQ[index]),
                        "studies": .text(subsets.numbers(of: index)),
                    ])
            }
        }
        for study in found.pooled.excluded {
            append("excluded", study.label, study.row, ["reason": .text(study.reason)])
        }
    }

    private static func fields(_ fit: SubsetFit) -> [String: DelimitedText.Field] {
        let found = fit.heterogeneity
        return [
            "k": .text(String(fit.k)), "estimate": .number(fit.estimate), "standard_error": .number(fit.standardError),
            "ci_low": .number(fit.confidenceInterval?.lower), "ci_high": .number(fit.confidenceInterval?.upper),
            "pi_low": .number(fit.predictionInterval?.lower), "pi_high": .number(fit.predictionInterval?.upper),
            "statistic": .number(fit.statistic), "df": .number(fit.degreesOfFreedom), "p_value": .number(fit.pValue),
            "tau2": .number(found?.tauSquared), "i2": .number(found?.iSquared), "q": .number(found?.cochranQ),
            "q_df": .number(found?.degreesOfFreedom), "q_p_value": .number(found?.pValue),
            "read_estimate": .number(fit.backTransformed?.estimate),
            "read_ci_low": .number(fit.backTransformed?.confidenceInterval.lower),
            "read_ci_high": .number(fit.backTransformed?.confidenceInterval.upper),
            "reason": .text(fit.estimate == nil ? fit.diagnostics.first?.message : nil),
        ]
    }

    private static func fields(_ study: StudyInfluence) -> [String: DelimitedText.Field] {
        [
            "standardized_residual": .number(study.standardizedResidual),
            "studentized_residual": .number(study.studentizedResidual), "dffits": .number(study.dffits),
            "cooks_distance": .number(study.cooksDistance), "covariance_ratio": .number(study.covarianceRatio),
            "tau2_deleted": .number(study.tauSquaredDeleted), "q_deleted": .number(study.qDeleted),
            "hat": .number(study.hat), "weight": .number(study.weight), "dfbetas": .number(study.dfbetas),
            "influential": .text(study.isInfluential.map { $0 ? "true" : "false" }),
        ]
    }
}

import MetaAnalysis

/// The pooled effects of every outcome of a file.
struct PoolAnswer: Answer {
    struct Analysis {
        var data: StudyData
        var pooled: PooledEffect
        var subgroups: SubgroupAnalysis?

        init(data: StudyData, pooled: PooledEffect, subgroups: SubgroupAnalysis? = nil) {
            self.data = data
            self.pooled = pooled
            self.subgroups = subgroups
        }

        var diagnostics: [Diagnostic] {
            pooled.diagnostics + (subgroups?.allDiagnostics ?? []).filter { !pooled.diagnostics.contains($0) }
        }
    }

    static let command = "pool"

    var input: InputRecord
    var settings: RunSettings
    var analyses: [Analysis]
    /// On the file as a whole.
    var readingDiagnostics: [Diagnostic]
    /// For every analysis, what was chosen without being asked for.
    var choices: [[String]]

    var diagnostics: [Diagnostic] {
        readingDiagnostics
            + analyses.flatMap { analysis in
                analysis.diagnostics.named(analyses.count > 1 ? analysis.pooled.outcome : nil)
            }
    }

    func summary() -> Summary {
        var whole = Summary()
        for (index, analysis) in analyses.enumerated() {
            if let subgroups = analysis.subgroups {
                whole =
                    whole
                    + Summary(subgroups, overall: analysis.pooled, source: input.title, choices: choices[index])
            } else {
                whole = whole + Summary(analysis.pooled, source: input.title, choices: choices[index])
            }
        }
        return whole.noting(readingDiagnostics)
    }
}

extension PoolAnswer {
    private enum CodingKeys: String, CodingKey {
        case input, settings, analyses, diagnostics
    }

    private enum AnalysisKeys: String, CodingKey { case subgroupTest, commonTauSquared, subgroupDiagnostics }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(settings, forKey: .settings)
        var list = container.nestedUnkeyedContainer(forKey: .analyses)
        for analysis in analyses {
            for subgroup in analysis.subgroups?.subgroups ?? [] { try list.encode(subgroup) }
            let overall = list.superEncoder()
            try analysis.pooled.encode(to: overall)
            if let subgroups = analysis.subgroups {
                var extra = overall.container(keyedBy: AnalysisKeys.self)
                try extra.encode(subgroups.betweenGroups, forKey: .subgroupTest)
                try extra.encodeIfPresent(subgroups.commonTauSquared, forKey: .commonTauSquared)
                try extra.encode(subgroups.diagnostics, forKey: .subgroupDiagnostics)
            }
        }
        try container.encode(readingDiagnostics, forKey: .diagnostics)
    }
}

extension PoolAnswer {
    /// One row for each study, pooled effect and study left out, told apart by `type`.
    func csv() -> DelimitedText {
        var table = DelimitedText(columns: [
            "outcome", "group", "type", "label", "line", "k", "estimate", "standard_error", "ci_low", "ci_high",
            "pi_low",
            "pi_high", "weight", "statistic", "df", "p_value", "tau2", "i2", "q", "q_df", "q_p_value", "read_estimate",
            "read_ci_low", "read_ci_high", "read_pi_low", "read_pi_high", "reason",
        ])
        for analysis in analyses {
            let parts = analysis.subgroups?.subgroups ?? []
            for pooled in parts { Self.append(pooled, withStudies: true, to: &table) }
            Self.append(analysis.pooled, withStudies: parts.isEmpty, to: &table)
            for study in analysis.pooled.excluded {
                table.append([
                    "outcome": .text(analysis.pooled.outcome), "type": .text("excluded"), "label": .text(study.label),
                    "line": .text(study.row.map(String.init)), "reason": .text(study.reason),
                ])
            }
        }
        return table
    }

    private static func append(_ pooled: PooledEffect, withStudies: Bool, to table: inout DelimitedText) {
        let place: [String: DelimitedText.Field] = ["outcome": .text(pooled.outcome), "group": .text(pooled.group)]
        if withStudies {
            for study in pooled.studies {
                let fields: [String: DelimitedText.Field] = [
                    "type": .text("study"), "label": .text(study.label), "line": .text(study.row.map(String.init)),
                    "estimate": .number(study.estimate),
                    "standard_error": .number(study.variance.map { $0.squareRoot() }),
                    "ci_low": .number(study.confidenceInterval?.lower),
                    "ci_high": .number(study.confidenceInterval?.upper), "weight": .number(study.weight),
                ]
                table.append(place.merging(fields) { $1 })
            }
        }
        let heterogeneity = pooled.heterogeneity
        let fields: [String: DelimitedText.Field] = [
            "type": .text("pooled"), "label": .text(pooled.settings.model), "k": .text(String(pooled.k)),
            "estimate": .number(pooled.estimate), "standard_error": .number(pooled.standardError),
            "ci_low": .number(pooled.confidenceInterval.lower), "ci_high": .number(pooled.confidenceInterval.upper),
            "pi_low": .number(pooled.predictionInterval?.lower), "pi_high": .number(pooled.predictionInterval?.upper),
            "statistic": .number(pooled.statistic), "df": .number(pooled.degreesOfFreedom),
            "p_value": .number(pooled.pValue), "tau2": .number(heterogeneity.tauSquared),
            "i2": .number(heterogeneity.iSquared), "q": .number(heterogeneity.cochranQ),
            "q_df": .number(heterogeneity.degreesOfFreedom), "q_p_value": .number(heterogeneity.pValue),
            "read_estimate": .number(pooled.backTransformed?.estimate),
            "read_ci_low": .number(pooled.backTransformed?.confidenceInterval.lower),
            "read_ci_high": .number(pooled.backTransformed?.confidenceInterval.upper),
            "read_pi_low": .number(pooled.backTransformed?.predictionInterval?.lower),
            "read_pi_high": .number(pooled.backTransformed?.predictionInterval?.upper),
        ]
        table.append(place.merging(fields) { $1 })
    }
}

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
    /// Outcomes, pooled or with the reason why this is impossible.
    var parts: [PartResult<Analysis>]
    /// Diagnostics on the whole file.
    var readingDiagnostics: [Diagnostic]
    /// Choices made by default, for each analysis of `analyses`.
    var choices: [[String]]

    var analyses: [Analysis] { parts.compactMap(\.found) }

    var diagnostics: [Diagnostic] {
        readingDiagnostics
            + parts.diagnostics { analysis in
                analysis.diagnostics.named(parts.count > 1 ? analysis.pooled.outcome : nil)
            }
    }

    func summary() -> Summary {
        parts.summary(source: input.title, choices) { analysis, choices in
            if let subgroups = analysis.subgroups {
                Summary(subgroups, overall: analysis.pooled, source: input.title, choices: choices)
            } else {
                Summary(analysis.pooled, source: input.title, choices: choices)
            }
        }.noting(readingDiagnostics)
    }
}

extension PoolAnswer {
    private enum CodingKeys: String, CodingKey {
        case input, settings, analyses, diagnostics
    }

    private enum AnalysisKeys: String, CodingKey { case subgroupTest, commonTauSquared, subgroupDiagnostics }

    /// Keys of the between-study variance used by the test: "separate" or "common", and the common one.
    private enum TestKeys: String, CodingKey { case heterogeneity, tauSquared }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(settings, forKey: .settings)
        var list = container.nestedUnkeyedContainer(forKey: .analyses)
        for part in parts {
            guard case .found(let analysis) = part else {
                try part.notEstimable.map { try list.encode(NotEstimableRecord($0)) }
                continue
            }
            for subgroup in analysis.subgroups?.parts ?? [] {
                switch subgroup {
                case .found(let pooled): try list.encode(pooled)
                case .notEstimable(let part): try list.encode(NotEstimableRecord(part))
                }
            }
            let overall = list.superEncoder()
            try analysis.pooled.encode(to: overall)
            if let subgroups = analysis.subgroups {
                var extra = overall.container(keyedBy: AnalysisKeys.self)
                let test = extra.superEncoder(forKey: .subgroupTest)
                try subgroups.betweenGroups.encode(to: test)
                var kind = test.container(keyedBy: TestKeys.self)
                try kind.encodeIfPresent(subgroups.testHeterogeneity, forKey: .heterogeneity)
                try kind.encodeIfPresent(subgroups.testTauSquared, forKey: .tauSquared)
                try extra.encodeIfPresent(subgroups.commonTauSquared, forKey: .commonTauSquared)
                try extra.encode(subgroups.diagnostics, forKey: .subgroupDiagnostics)
            }
        }
        try container.encode(readingDiagnostics, forKey: .diagnostics)
    }
}

extension PoolAnswer {
    /// Returns one row for each study, pooled effect and excluded study, distinguished by `type`.
    func csv() -> DelimitedText {
        var table = DelimitedText(columns: [
            "outcome", "group", "type", "label", "line", "k", "estimate", "standard_error", "ci_low", "ci_high",
            "pi_low",
            "pi_high", "weight", "statistic", "df", "p_value", "tau2", "i2", "q", "q_df", "q_p_value", "read_estimate",
            "read_ci_low", "read_ci_high", "read_pi_low", "read_pi_high", "reason",
        ])
        for part in parts {
            guard case .found(let analysis) = part else {
                part.notEstimable.map { Self.append($0, to: &table) }
                continue
            }
            let parts = analysis.subgroups?.parts ?? []
            for part in parts {
                switch part {
                case .found(let pooled): Self.append(pooled, withStudies: true, to: &table)
                case .notEstimable(let part): Self.append(part, to: &table)
                }
            }
            Self.append(analysis.pooled, withStudies: parts.isEmpty, to: &table)
            for study in analysis.pooled.excluded { Self.append(study, of: analysis.pooled.outcome, to: &table) }
        }
        return table
    }

    private static func append(_ part: NotEstimablePart, to table: inout DelimitedText) {
        let place: [String: DelimitedText.Field] = ["outcome": .text(part.outcome), "group": .text(part.group)]
        for study in part.studies { append(study, place, to: &table) }
        table.append(part.fields)
        // Excluded studies of a subgroup are listed with the whole analysis.
        for study in part.excluded where part.group == nil { append(study, of: part.outcome, to: &table) }
    }

    private static func append(_ study: ExcludedStudy, of outcome: String?, to table: inout DelimitedText) {
        table.append([
            "outcome": .text(outcome), "type": .text("excluded"), "label": .text(study.label),
            "line": .text(study.row.map(String.init)), "reason": .text(study.reason),
        ])
    }

    private static func append(
        _ study: PooledStudy, _ place: [String: DelimitedText.Field], to table: inout DelimitedText
    ) {
        let fields: [String: DelimitedText.Field] = [
            "type": .text("study"), "label": .text(study.label), "line": .text(study.row.map(String.init)),
            "estimate": .number(study.estimate),
            "standard_error": .number(study.variance.map { $0.squareRoot() }),
            "ci_low": .number(study.confidenceInterval?.lower),
            "ci_high": .number(study.confidenceInterval?.upper), "weight": .number(study.weight),
        ]
        table.append(place.merging(fields) { $1 })
    }

    private static func append(_ pooled: PooledEffect, withStudies: Bool, to table: inout DelimitedText) {
        let place: [String: DelimitedText.Field] = ["outcome": .text(pooled.outcome), "group": .text(pooled.group)]
        if withStudies {
            for study in pooled.studies { append(study, place, to: &table) }
        }
        let heterogeneity = pooled.heterogeneity
        let fields: [String: DelimitedText.Field] = [
            "type": .text("pooled"), "label": .text(pooled.settings.model.rawValue), "k": .text(String(pooled.k)),
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

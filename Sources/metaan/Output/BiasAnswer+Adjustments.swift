import MetaAnalysis

extension BiasAnswer {
    /// A row of the table for one adjusted effect.
    struct AdjustmentRow {
        var type: String
        var name: String
        var k: Int
        var fields: [String: DelimitedText.Field]
    }

    /// Returns the effects adjusted by models of publication; the Copas model has a row for each point of its path.
    static func adjustmentRows(_ report: SmallStudyReport) -> [AdjustmentRow] {
        var rows: [AdjustmentRow] = []
        if let fit = report.limitMetaAnalysis {
            for variant in fit.variants {
                rows.append(
                    AdjustmentRow(
                        type: "limit-meta-analysis", name: variant.variant.rawValue, k: fit.k,
                        fields: fields(
                            variant.estimate, variant.confidenceInterval, error: variant.standardError,
                            statistic: variant.statistic, pValue: variant.pValue, tauSquared: fit.tauSquared)))
            }
            for test in [fit.q, fit.qSmall, fit.qResidual] {
                rows.append(
                    AdjustmentRow(
                        type: "limit-meta-analysis", name: test.name, k: fit.k,
                        fields: [
                            "statistic": .number(test.statistic), "df": .number(test.degreesOfFreedom),
                            "p_value": .number(test.pValue),
                        ]))
            }
        }
        if let fit = report.copas {
            let named =
                [(name: "unselected", point: fit.unselected)]
                + fit.path.map { (name: "path", point: $0) }
                + (fit.adjusted.map { [(name: "adjusted", point: $0)] } ?? [])
            for (name, point) in named {
                var own = fields(
                    point.estimate, point.confidenceInterval, error: point.standardError, statistic: point.statistic,
                    pValue: point.pValue, tauSquared: point.tauSquared)
                own["side"] = .text(fit.side.rawValue)
                own["number"] = .number(point.publicationProbability)
                rows.append(AdjustmentRow(type: "copas", name: name, k: fit.k, fields: own))
            }
        }
        if let fit = report.pUniform {
            var own = fields(
                fit.estimate, fit.confidenceInterval, statistic: fit.effectTest.statistic, pValue: fit.effectTest.pValue
            )
            own["side"] = .text(fit.side.rawValue)
            own["number"] = .number(Double(fit.significant))
            rows.append(AdjustmentRow(type: "p-uniform", name: fit.estimator.rawValue, k: fit.k, fields: own))
        }
        if let fit = report.pUniformStar {
            var own = fields(
                fit.estimate, fit.confidenceInterval, statistic: fit.effectTest.statistic,
                pValue: fit.effectTest.pValue, tauSquared: fit.tauSquared)
            own["side"] = .text(fit.side.rawValue)
            own["number"] = .number(Double(fit.significant))
            rows.append(AdjustmentRow(type: "p-uniform-star", name: "ML", k: fit.k, fields: own))
        }
        return rows
    }

    private static func fields(
        _ estimate: Double, _ interval: ConfidenceInterval?, error: Double? = nil, statistic: Double?, pValue: Double?,
        tauSquared: Double? = nil
    ) -> [String: DelimitedText.Field] {
        [
            "estimate": .number(estimate), "standard_error": .number(error), "statistic": .number(statistic),
            "p_value": .number(pValue), "ci_low": .number(interval?.lower), "ci_high": .number(interval?.upper),
            "tau2": .number(tauSquared),
        ]
    }
}

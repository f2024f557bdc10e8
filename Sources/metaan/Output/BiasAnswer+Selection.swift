import MetaAnalysis

extension BiasAnswer {
    /// A row of a table, with its type, its name and its number of studies.
    struct SelectionRow {
        var type: String
        var name: String
        var k: Int?
        var fields: [String: DelimitedText.Field]
    }

    /// Returns the rows of a model: its effect, its test against no selection, and its parameters.
    static func rows(_ fit: SelectionModelFit) -> [SelectionRow] {
        let name = fit.function.code
        let effect = SelectionRow(
            type: "selection-model", name: name, k: fit.k,
            fields: [
                "statistic": .number(fit.statistic), "p_value": .number(fit.pValue), "estimate": .number(fit.estimate),
                "standard_error": .number(fit.standardError), "ci_low": .number(fit.confidenceInterval?.lower),
                "ci_high": .number(fit.confidenceInterval?.upper), "tau2": .number(fit.heterogeneity.tauSquared),
                "side": .text(fit.alternative.rawValue),
            ])
        let tests = [fit.likelihoodRatio, fit.heterogeneityTest].compactMap(\.self).map { test in
            SelectionRow(
                type: "selection-test", name: "\(name) \(test.name)", k: fit.k,
                fields: [
                    "statistic": .number(test.statistic), "df": .number(test.degreesOfFreedom),
                    "p_value": .number(test.pValue),
                ])
        }
        let parameters = fit.parameters.map { parameter in
            SelectionRow(
                type: "selection-parameter", name: "\(name) \(parameter.name)", k: parameter.k,
                fields: [
                    "statistic": .number(parameter.statistic), "p_value": .number(parameter.pValue),
                    "estimate": .number(parameter.estimate), "standard_error": .number(parameter.standardError),
                    "ci_low": .number(parameter.confidenceInterval?.lower),
                    "ci_high": .number(parameter.confidenceInterval?.upper),
                ])
        }
        return [effect] + tests + parameters
    }
}

extension BiasScript {
    /// Returns metafor's call for a selection model.
    static func call(_ fit: SelectionModelFit) -> String {
        func vector(_ values: [String]) -> String {
            values.count == 1 ? values[0] : "c(\(values.joined(separator: ", ")))"
        }
        let model = fit.model == .common ? "update(res, method = \"EE\")" : "update(res, method = \"ML\")"
        var arguments = [model, "type = \"\(fit.type.rawValue)\"", "alternative = \"\(fit.alternative.rawValue)\""]
        if !fit.function.steps.isEmpty { arguments.append("steps = \(vector(fit.function.steps.map { "\($0)" }))") }
        if let weights = fit.function.weights {
            arguments.append("delta = \(vector(weights.map { $0.map { "\($0)" } ?? "NA" }))")
        }
        if let precision = fit.function.precision { arguments.append("prec = \"\(precision.rawValue)\"") }
        return "selmodel(\(arguments.joined(separator: ", ")))"
    }
}

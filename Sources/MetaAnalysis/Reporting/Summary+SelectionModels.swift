extension Summary {
    /// Returns sentences with the effect before selection by each model, and a table of the weights.
    static func selectionModels(_ fits: [SelectionModelFit], _ reading: EffectReading) -> [Block] {
        guard !fits.isEmpty else { return [] }
        return [
            .paragraph(
                "Selection models, of the \(reading.name) before publication chose among studies by their p-values:"),
            .list(fits.map { sentence($0, reading) }), .table(weights(fits)),
        ]
    }

    private static func sentence(_ fit: SelectionModelFit, _ reading: EffectReading) -> String {
        let interval =
            fit.confidenceInterval.map { "\(percentLevel(fit.level)) interval \(reading.text($0))" }
            ?? "no standard error"
        let side =
            switch fit.alternative {
            case .greater: "p-values for large effects"
            case .less: "p-values for low effects"
            case .twoSided: "two-sided p-values"
            }
        var line = "\(fit.function.code), \(side): \(reading.text(fit.estimate)) (\(interval))"
        if fit.model == .random {
            line += ", τ² \(NumberFormat.significant(fit.heterogeneity.tauSquared, digits: 3))"
        }
        let ratio = fit.likelihoodRatio
        if let statistic = ratio.statistic, let degrees = ratio.degreesOfFreedom, let pValue = ratio.pValue {
            line +=
                "; against no selection χ²(\(NumberFormat.count(degrees))) ="
                + " \(NumberFormat.readable(statistic, decimals: 2)), p \(NumberFormat.pValue(pValue))"
        } else {
            line += "; weights given"
        }
        return line + "."
    }

    private static func weights(_ fits: [SelectionModelFit]) -> Table {
        Table(
            columns: [
                .init("Weight", .leading), .init("p-values", .leading), .init("k"), .init("Estimate"),
                .init("Interval (\(percentLevel(fits[0].level)))"), .init("p"),
            ],
            rows: fits.flatMap { fit in
                fit.parameters.map { parameter in
                    let range = parameter.pValueInterval.map { "\($0.lower.plain) to \($0.upper.plain)" }
                    let interval = parameter.confidenceInterval.map {
                        "\(NumberFormat.significant($0.lower, digits: 3)) to \(NumberFormat.significant($0.upper, digits: 3))"
                    }
                    return Table.Row([
                        fits.count > 1 ? "\(fit.function.code) \(parameter.name)" : parameter.name, range ?? "",
                        parameter.k.map { "\($0)" } ?? "", NumberFormat.significant(parameter.estimate, digits: 3),
                        parameter.isFixed ? "fixed" : interval ?? "not estimable",
                        parameter.pValue.map { withoutEquals(NumberFormat.pValue($0)) } ?? "",
                    ])
                }
            })
    }

    private static func withoutEquals(_ text: String) -> String {
        text.hasPrefix("= ") ? String(text.dropFirst(2)) : text
    }
}

/// Checks whether the names of columns contradict the scale on which their effects are read.
enum ScaleOfColumns {
    /// Refuses an effect on the analysis scale if its column has a name of effects that are not transformed and all its numbers could be
    /// such effects: `yi=prop` for logits, `yi=hr` for a log hazard ratio.
    ///
    /// - Parameters:
    ///   - layouts: columns of the effects.
    ///   - rows: rows that are read; if there are none, the name alone decides.
    ///   - table: the table.
    ///   - measure: code of the measure wanted; `nil` for none.
    /// - Returns: a warning about ratios that are pooled without logarithms because no measure is given.
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`).
    @discardableResult static func check(
        _ layouts: [DataColumns.Layout], rows: [Int], in table: Table, measure: String?
    ) throws -> [Diagnostic] {
        guard let column = layouts.first(where: { $0.roles.first == .yi })?.matches[0].column else { return [] }
        let name = ColumnNames.folded(table.columns[column])
        let numbers = rows.compactMap { try? table.number(row: $0, column: column) }
        let description = measure.flatMap(MeasureDescription.find) ?? ReportedEffect.Measure.generic.details
        if description.scale == .identity {
            guard description.kind == .reported, ColumnNames.allRatios.contains(name), !numbers.isEmpty,
                numbers.allSatisfy({ $0 > 0 })
            else { return [] }
            return [
                Diagnostic(
                    .warning, .unusualCombination,
                    "the column \(quoted(table.columns[column])) has the name of a ratio and is pooled as it is, without logarithms; "
                        + "give it the role ratio and ask for its measure to take them")
            ]
        }
        guard ColumnNames.untransformed(of: description).contains(name),
            let form = description.reportedForms.first(where: {
                $0 != .analysis && ColumnNames.reported($0, of: description).contains(name)
            }),
            numbers.allSatisfy({ form.domain.contains(form.canBePercentage && abs($0) > 1 ? $0 / 100 : $0) })
        else { return [] }
        throw MetaAnalysisError(
            .invalidSetting,
            "yi is an effect on the transformed (\(description.scale.rawValue)) scale, and the column "
                + "\(quoted(table.columns[column])) has the name, and the numbers, of one that is not transformed (\(form.title))",
            remedy:
                "give it as \(form.role.rawValue)=\(table.columns[column]), with its interval, or rename it if it is on "
                + "the \(description.scale.rawValue) scale", location: table.location())
    }
}

extension Summary {
    /// Summarizes the effects of the studies of one analysis before they are pooled.
    ///
    /// - Parameters:
    ///   - effects: effects on the analysis scale; the table back-transforms them.
    ///   - outcome: name of the outcome, if the file has several.
    ///   - source: first part of the heading, before the outcome, such as the name of the file.
    ///   - choices: choices made by default, as clauses.
    ///   - level: confidence level of the intervals, in (0, 1).
    ///   - method: method for the intervals of proportions; `nil` uses that of the measure.
    /// - Throws: `MetaAnalysisError` (`.invalidSetting`) for a level outside (0, 1).
    public init(
        _ effects: EffectSizes, outcome: String? = nil, source: String? = nil, choices: [String] = [],
        level: Double = 0.95, proportionInterval method: ProportionIntervalMethod? = nil
    ) throws {
        var reading = EffectReading(measure: effects.measure, scale: effects.scale)
        let intervals = try effects.effects.map { try $0.confidenceInterval(level: level) }
        let widths = intervals.map { reading.interval($0).width }.filter { $0.isFinite && $0 > 0 }.sorted()
        reading.decimals = NumberFormat.decimals(forWidth: widths.isEmpty ? 1 : widths[widths.count / 2])
        self.init()
        let names = [source, outcome].compactMap { $0?.singleLine }.filter { !$0.isEmpty }
        if !names.isEmpty { blocks.append(.heading(names.joined(separator: ": "))) }
        var sentence =
            "\(effects.measure): \(MeasureDescription.find(effects.measure)?.title ?? "effect") "
            + Self.ofSource(effects.effects.count, of: effects.studyCount)
        sentence +=
            reading.isBackTransformed && method == nil
            ? "; the interval is back-transformed from the \(effects.scale.title) scale." : "."
        if !choices.isEmpty { sentence += " Chosen by default: " + choices.joined(separator: "; ") + "." }
        blocks.append(.paragraph(sentence))
        let proportions = try method.map { try effects.proportionIntervals($0, level: level) }
        let rows = zip(effects.effects, intervals).enumerated().map { index, pair in
            let (effect, interval) = pair
            var cells = [
                effect.label.singleLine, NumberFormat.significant(effect.estimate, digits: 4),
                NumberFormat.significant(effect.variance, digits: 4),
                NumberFormat.significant(effect.standardError, digits: 4),
            ]
            if reading.isBackTransformed { cells.append(reading.text(effect.estimate)) }
            return Table.Row(cells + [proportions.map { reading.read($0[index]) } ?? reading.text(interval)])
        }
        var columns: [Table.Column] = [
            .init("Study", .leading, .cut), .init("Estimate"), .init("Variance"), .init("SE"),
        ]
        if reading.isBackTransformed { columns.append(.init(reading.header)) }
        columns.append(
            .init(
                ([Self.percentLevel(level)] + [method?.title].compactMap(\.self) + ["interval"]).joined(separator: " "))
        )
        blocks.append(.table(Table(columns: columns, rows: rows)))
        if !effects.excluded.isEmpty {
            blocks.append(.paragraph("Left out:"))
            blocks.append(.list(effects.excluded.map(\.sentence)))
        }
        if let list = Self.diagnostics(effects.diagnostics) { blocks.append(list) }
    }
}

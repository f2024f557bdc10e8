extension Summary {
    /// Summarizes the pooled effect of all studies and its dependence on single studies.
    ///
    /// - Parameters:
    ///   - source: first part of the heading, before the outcome, such as the name of the file.
    ///   - choices: choices made by default, as clauses.
    public init(_ analysis: SensitivityAnalysis, source: String? = nil, choices: [String] = []) {
        let pooled = analysis.pooled
        var reading = EffectReading(measure: pooled.settings.measure, scale: pooled.scale)
        let parts =
            (analysis.leaveOneOut?.omissions.map(\.fit) ?? []) + (analysis.cumulative?.additions.map(\.fit) ?? [])
        let intervals = [pooled.confidenceInterval] + parts.compactMap(\.confidenceInterval)
        reading.decimals = reading.decimals(for: intervals)
        var name = source
        if let group = pooled.group { name = [source, group].compactMap(\.self).joined(separator: ", ") }
        self.init(Self.opening(pooled, reading, source: name, choices: choices))
        blocks.append(.paragraph(Self.effectSentence(pooled, reading)))
        if let sentence = Self.truncatedSentence(pooled, reading) { blocks.append(.paragraph(sentence)) }
        blocks.append(.paragraph(Self.heterogeneitySentence(pooled)))
        let tables = SensitivityTables(pooled: pooled, reading: reading)
        if let found = analysis.leaveOneOut {
            blocks += [.paragraph("Without each study in turn:"), .table(tables.table(found))]
        }
        if let found = analysis.cumulative {
            blocks += [.paragraph(Self.sentence(for: found)), .table(tables.table(found))]
        }
        if let found = analysis.influence {
            blocks += [.paragraph("Influence of each study:"), .table(tables.table(found))]
            blocks.append(.paragraph(Self.sentence(for: found)))
        }
        if let found = analysis.baujat {
            blocks += [
                .paragraph("Part in the heterogeneity, and influence on the pooled effect (Baujat):"),
                .table(tables.table(found)),
            ]
        }
        if let found = analysis.subsets {
            blocks.append(.paragraph(Self.sentence(for: found)))
            if let quantiles = found.quantiles { blocks.append(.table(tables.table(quantiles))) }
        }
        blocks.append(.paragraph(Self.methodSentence(pooled.settings, reading)))
        if !pooled.excluded.isEmpty {
            blocks.append(.paragraph("Left out:"))
            blocks.append(.list(pooled.excluded.map(\.sentence)))
        }
        if let list = Self.diagnostics(analysis.diagnostics) { blocks.append(list) }
    }

    private static func sentence(for found: CumulativeAnalysis) -> String {
        guard found.additions.contains(where: { $0.value != nil }) else {
            return "With one study after the other, in the order of the input"
                + (found.order == .descending ? ", from its end on:" : ":")
        }
        return "With one study after the other, "
            + (found.order == .ascending ? "from the least value on:" : "from the greatest value on:")
    }

    private static func sentence(for found: InfluenceAnalysis) -> String {
        let influential = found.studies.filter { $0.isInfluential == true }
        let limits = found.limits
        var parts: [String] = []
        if let dffits = limits.dffits { parts.append("|DFFITS| > \(NumberFormat.significant(dffits, digits: 3))") }
        parts.append("Cook's distance > \(NumberFormat.significant(limits.cooksDistance, digits: 3))")
        parts.append("hat value > \(NumberFormat.significant(limits.hat, digits: 3))")
        parts.append("|DFBETAS| > 1")
        return "Influential (*), by convention where \(parts.joined(separator: ", ")): "
            + (influential.isEmpty
                ? "none." : influential.map(\.label.singleLine).joined(separator: ", ") + ".")
    }

    private static func sentence(for found: SubsetAnalysis) -> String {
        let count = found.estimate.count
        let which = found.isSample ? "drawn at random" : "all that are not empty"
        return "Subsets of the studies: \(counted(count, "subset", "subsets")), \(which). Quantiles over the subsets:"
    }
}

/// The tables of one analysis.
private struct SensitivityTables {
    let pooled: PooledEffect
    let reading: EffectReading

    private typealias Row = Summary.Table.Row

    private static func number(_ value: Double?, digits: Int = 3) -> String {
        value.map { NumberFormat.significant($0, digits: digits) } ?? "-"
    }

    private static func fixed(_ value: Double?, decimals: Int = 2) -> String {
        value.map { NumberFormat.tabular($0, decimals: decimals) } ?? "-"
    }

    func table(_ found: LeaveOneOut) -> Summary.Table {
        var rows = found.omissions.map { omission in row([omission.omitted.singleLine], omission.fit) }
        rows.append(row(["None"], SubsetFit(pooled), role: .total))
        return table("Left out", rows, extra: [])
    }

    func table(_ found: CumulativeAnalysis) -> Summary.Table {
        let isOrdered = found.additions.contains { $0.value != nil }
        let rows = found.additions.map { addition in
            let value = isOrdered ? [addition.value?.singleLine ?? "-"] : []
            return row([addition.added.singleLine] + value, addition.fit)
        }
        return table("Added", rows, extra: isOrdered ? [.init("By")] : [])
    }

    private func row(_ lead: [String], _ fit: SubsetFit, role: Row.Role = .entry) -> Row {
        let found = fit.heterogeneity
        let isRandom = pooled.settings.model == .random
        var cells =
            lead + [
                String(fit.k), fit.estimate.map { reading.text($0) } ?? "-",
                fit.confidenceInterval.map { reading.text($0) } ?? "-",
                fit.pValue.map { Self.pValue($0) } ?? "-",
            ]
        if isRandom { cells.append(Self.number(found?.tauSquared)) }
        cells.append(found?.iSquared.map(Summary.percent) ?? "-")
        return Row(
            cells, mark: .init(estimate: fit.estimate, interval: fit.confidenceInterval, symbol: .pooled), role: role)
    }

    private static func pValue(_ value: Double) -> String {
        let text = NumberFormat.pValue(value)
        return text.hasPrefix("= ") ? String(text.dropFirst(2)) : text
    }

    private func table(_ lead: String, _ rows: [Row], extra: [Summary.Table.Column]) -> Summary.Table {
        let settings = pooled.settings
        var columns: [Summary.Table.Column] = [.init(lead, .leading, .cut)]
        columns += extra
        columns += [
            .init("k"), .init(reading.header), .init("\(Summary.percentLevel(settings.level)) interval"), .init("p"),
        ]
        if settings.model == .random { columns.append(.init("τ²")) }
        columns.append(.init("I²"))
        return Summary.Table(
            columns: columns, rows: rows,
            sketch: ForestSketch(
                marks: rows.compactMap(\.mark), reference: reading.reference(measure: settings.measure)
            ) {
                reading.axisLabel($0)
            })
    }

    func table(_ found: InfluenceAnalysis) -> Summary.Table {
        let isRandom = pooled.settings.model == .random
        let rows = found.studies.map { study in
            var cells = [
                study.label.singleLine, Self.fixed(study.studentizedResidual), Self.fixed(study.dffits),
                Self.fixed(study.cooksDistance), Self.fixed(study.covarianceRatio),
            ]
            if isRandom { cells.append(Self.number(study.tauSquaredDeleted)) }
            cells += [
                Self.fixed(study.qDeleted), Self.fixed(study.hat), Self.fixed(study.dfbetas),
                study.isInfluential == true ? "*" : "",
            ]
            return Row(cells)
        }
        var columns: [Summary.Table.Column] = [
            .init("Study", .leading, .cut), .init("Residual"), .init("DFFITS"), .init("Cook's D"), .init("Cov."),
        ]
        if isRandom { columns.append(.init("τ² left")) }
        columns += [.init("Q left"), .init("Hat"), .init("DFBETAS"), .init("")]
        return Summary.Table(columns: columns, rows: rows)
    }

    func table(_ found: BaujatCoordinates) -> Summary.Table {
        Summary.Table(
            columns: [.init("Study", .leading, .cut), .init("Heterogeneity"), .init("Influence")],
            rows: found.studies.map { study in
                Row([study.label.singleLine, Self.number(study.heterogeneity), Self.number(study.influence)])
            })
    }

    func table(_ quantiles: SubsetQuantiles) -> Summary.Table {
        let titles = quantiles.probabilities.map { probability in
            switch probability {
            case 0: "Least"
            case 1: "Greatest"
            default: NumberFormat.count(100 * probability) + "%"
            }
        }
        func row(_ name: String, _ values: [Double], _ text: (Double) -> String) -> Row? {
            values.isEmpty ? nil : Row([name] + values.map(text))
        }
        var rows = [row(reading.header, quantiles.estimate) { reading.text($0) }]
        if pooled.settings.model == .random { rows.append(row("τ²", quantiles.tauSquared) { Self.number($0) }) }
        rows.append(row("I²", quantiles.iSquared, Summary.percent))
        rows.append(row("Q", quantiles.cochranQ) { Self.fixed($0) })
        return Summary.Table(
            columns: [.init("Number", .leading)] + titles.map { .init($0) }, rows: rows.compactMap(\.self))
    }
}

extension Summary {
    /// Summarizes further results of one network, each as a sentence and a table.
    public init(_ extras: NetworkExtras, measure: String, scale: EffectScale) {
        self.init()
        var reading = EffectReading(measure: measure, scale: scale)
        reading.decimals = 2
        if let fit = extras.components { append(fit, reading) }
        if let fit = extras.regression { append(fit, reading) }
        if let fit = extras.regression, let effects = extras.regressionEffects { append(effects, of: fit, reading) }
        if let groups = extras.subgroups { append(groups, reading) }
        if let omissions = extras.leaveOneOut { append(omissions, reading) }
        if let decomposition = extras.designDecomposition { append(decomposition) }
        if let structure = extras.evidenceStructure { append(structure) }
        if let matrix = extras.contributions { append(matrix) }
    }

    private static func missing(_ text: String?) -> String { text.flatMap { $0.isEmpty ? nil : $0 } ?? "-" }

    private mutating func append(_ fit: ComponentFit, _ reading: EffectReading) {
        blocks.append(
            .paragraph(
                "Components, each versus \(fit.inactive?.name ?? "nothing"); a combination has the sum of their effects:"
            ))
        blocks.append(
            .table(
                Table(
                    columns: [
                        .init("Component", .leading, .wrap), .init(reading.header),
                        .init("\(Self.percentLevel(fit.settings.network.level)) interval"), .init("p"),
                    ],
                    rows: (fit.components + fit.interactions).map { effect in
                        Table.Row([
                            effect.name.singleLine, Self.missing(reading.text(effect.estimate)),
                            Self.missing(reading.text(effect.confidenceInterval)),
                            effect.pValue.map(NumberFormat.pValue) ?? "-",
                        ])
                    })))
        func test(_ name: String, _ test: InconsistencyTest?) -> String {
            guard let test, let pValue = test.pValue else { return "\(name): not estimable" }
            return
                "\(name): Q = \(NumberFormat.readable(test.q, decimals: 2)) with \(Self.degrees(test.degreesOfFreedom)), p "
                + NumberFormat.pValue(pValue)
        }
        blocks.append(
            .list([
                test("Additive model", fit.additivity.additive), test("Network model", fit.additivity.standard),
                test("Difference, a test of additivity", fit.additivity.difference),
            ]))
    }

    private mutating func append(_ fit: NetworkMetaRegressionFit, _ reading: EffectReading) {
        let mean = NumberFormat.significant(fit.mean, digits: 4)
        blocks.append(
            .paragraph(
                "Network meta-regression on a covariate with the mean \(mean) over \(Self.counted(fit.k, "study", "studies")):"
                    + " change of the effect versus \(fit.reference) for one unit, on the analysis scale."))
        blocks.append(
            .table(
                Table(
                    columns: [.init("Coefficient", .leading, .wrap), .init("Estimate"), .init("SE"), .init("p")],
                    rows: fit.coefficients.map { coefficient in
                        Table.Row([
                            coefficient.treatment?.name.singleLine ?? "all treatments",
                            coefficient.estimate.map { NumberFormat.significant($0, digits: 4) } ?? "-",
                            coefficient.standardError.map { NumberFormat.significant($0, digits: 3) } ?? "-",
                            coefficient.pValue.map(NumberFormat.pValue) ?? "-",
                        ])
                    })))
        blocks.append(
            .paragraph(Self.sentence(for: fit.heterogeneity, isRandom: fit.settings.network.model == .random)))
    }

    private mutating func append(
        _ effects: [NetworkRegressionEffect], of fit: NetworkMetaRegressionFit, _ reading: EffectReading
    ) {
        blocks.append(.paragraph("Effects versus \(fit.reference) at values of the covariate:"))
        let points = effects.map(\.at).reduce(into: [Double]()) { if !$0.contains($1) { $0.append($1) } }
        let rows = points.flatMap { point in
            fit.treatments.compactMap { fit.effect(of: $0, versus: fit.reference, at: point) }.map { effect in
                Table.Row([
                    NumberFormat.significant(point, digits: 4), effect.treatment.name.singleLine,
                    Self.missing(reading.text(effect.estimate)), Self.missing(reading.text(effect.confidenceInterval)),
                ])
            }
        }
        blocks.append(
            .table(
                Table(
                    columns: [
                        .init("Covariate"), .init("Treatment", .leading, .cut), .init(reading.header),
                        .init("\(Self.percentLevel(fit.settings.network.level)) interval"),
                    ], rows: rows)))
        let outside = points.filter { $0 < fit.range[0] || $0 > fit.range[1] }
        if !outside.isEmpty {
            let list = outside.map { NumberFormat.significant($0, digits: 4) }.joined(separator: ", ")
            blocks.append(
                .paragraph(
                    "\(list): outside the values of the studies (\(NumberFormat.significant(fit.range[0], digits: 4)) to"
                        + " \(NumberFormat.significant(fit.range[1], digits: 4))), an extrapolation."))
        }
    }

    private mutating func append(_ groups: NetworkSubgroups, _ reading: EffectReading) {
        blocks.append(.paragraph("Subgroups:"))
        var rows: [Table.Row] = []
        for group in groups.subgroups {
            rows.append(Table.Row([group.group.singleLine, "", "", ""], role: .section))
            guard let fit = group.fit else {
                rows.append(
                    Table.Row(["falls into \(group.parts.count) parts", "-", "-", String(group.studies.count)]))
                continue
            }
            for effect in fit.effects(versus: fit.reference) {
                rows.append(
                    Table.Row([
                        "\(effect.treatment.name.singleLine) versus \(effect.versus.name.singleLine)",
                        reading.text(effect.estimate), reading.text(effect.confidenceInterval), String(fit.k),
                    ]))
            }
        }
        blocks.append(
            .table(
                Table(
                    columns: [
                        .init("Subgroup", .leading, .wrap), .init(reading.header), .init("Interval"), .init("Studies"),
                    ], rows: rows)))
        if let statistic = groups.betweenGroups.statistic, let pValue = groups.betweenGroups.pValue {
            blocks.append(
                .paragraph(
                    "Test of all effects between the subgroups: χ² = \(NumberFormat.readable(statistic, decimals: 2)), p "
                        + NumberFormat.pValue(pValue) + "."))
        }
    }

    private mutating func append(_ result: NetworkLeaveOneOut, _ reading: EffectReading) {
        blocks.append(.paragraph("Without each study, versus \(result.reference):"))
        let treatments =
            result.omissions.lazy.compactMap { $0.effects.isEmpty ? nil : $0.effects.map(\.treatment) }
            .first ?? []
        let shown = treatments.prefix(4)
        blocks.append(
            .table(
                Table(
                    columns: [.init("Omitted", .leading, .cut)]
                        + shown.map { .init($0.name.singleLine, .trailing, .wrap) } + [.init("τ²")],
                    rows: result.omissions.map { omission in
                        guard omission.cutOff.isEmpty else {
                            let names = omission.cutOff.map(\.name).joined(separator: ", ")
                            return Table.Row(
                                [omission.omitted.singleLine, "cuts off \(names)"]
                                    + Array(repeating: "", count: max(0, shown.count - 1)) + [""])
                        }
                        return Table.Row(
                            [omission.omitted.singleLine]
                                + shown.map { treatment in
                                    Self.missing(
                                        reading.text(omission.effects.first { $0.treatment == treatment }?.estimate))
                                }
                                + [
                                    omission.heterogeneity.map { NumberFormat.significant($0.tauSquared, digits: 3) }
                                        ?? "-"
                                ])
                    })))
    }

    private mutating func append(_ decomposition: DesignDecomposition) {
        blocks.append(.paragraph("Each design's part in heterogeneity and inconsistency:"))
        func cells(_ test: InconsistencyTest?) -> [String] {
            guard let test, let pValue = test.pValue else { return ["-", "-", "-"] }
            return [
                NumberFormat.readable(test.q, decimals: 2), NumberFormat.count(test.degreesOfFreedom),
                NumberFormat.pValue(pValue),
            ]
        }
        blocks.append(
            .table(
                Table(
                    columns: [
                        .init("Design", .leading, .wrap), .init("Studies"), .init("Q within"), .init("df"), .init("p"),
                        .init("Q detached"), .init("df"), .init("p"),
                    ],
                    rows: decomposition.designs.map { design in
                        Table.Row(
                            [design.name.singleLine, String(design.studies)] + cells(design.withinDesign)
                                + cells(design.afterDetaching))
                    })))
    }

    private mutating func append(_ structure: EvidenceStructure) {
        blocks.append(.paragraph("How evidence flows:"))
        func number(_ value: Double) -> String { NumberFormat.fixed(value, decimals: 2) }
        blocks.append(
            .table(
                Table(
                    columns: [
                        .init("Comparison", .leading, .wrap), .init("Direct"), .init("Mean path"), .init("Parallelism"),
                        .init("by study"),
                    ],
                    rows: structure.comparisons.map {
                        Table.Row([
                            "\($0.treatment.name.singleLine) versus \($0.versus.name.singleLine)",
                            Self.percent(100 * $0.proportionDirect), number($0.meanPathLength),
                            number($0.minimalParallelism),
                            number($0.studyMinimalParallelism),
                        ])
                    })))
    }

    /// Adds the five direct comparisons that contribute most to each estimate.
    private mutating func append(_ matrix: ContributionMatrix) {
        blocks.append(
            .paragraph("Contributions of direct comparisons (\(matrix.settings.method.rawValue)), the greatest five:"))
        let names = matrix.columns.map { "\($0.treatment):\($0.versus)" }
        blocks.append(
            .list(
                matrix.rows.map { row in
                    let name = "\(row.treatment) versus \(row.versus): "
                    guard let proportions = row.proportions else { return name + "not estimable" }
                    let greatest = proportions.enumerated().filter { $0.element > 0 }
                        .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(5)
                    return name
                        + greatest.map { "\(names[$0.offset]) \(Self.percent(100 * $0.element))" }.joined(
                            separator: ", ")
                }))
    }
}

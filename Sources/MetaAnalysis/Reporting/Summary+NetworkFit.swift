/// A published ranking of a treatment, shown beside the ranking of the analysis.
public struct PublishedRank: Hashable, Sendable, Codable {
    /// Treatment that is ranked.
    public var treatment: Treatment
    /// Probability of being the best treatment, in percent.
    public var probabilityBest: Double
    /// Published rank, 1 for the best; `nil` if the publication gives none.
    public var rank: Int?
    /// DOI or another name of the publication.
    public var source: String

    /// Makes a published rank; `probabilityBest` is in percent.
    public init(treatment: Treatment, probabilityBest: Double, rank: Int?, source: String) {
        self.treatment = treatment
        self.probabilityBest = probabilityBest
        self.rank = rank
        self.source = source
    }
}

extension Summary {
    /// Summarizes a network: the effects versus its reference, the ranking, the consistency of its studies, and cautions.
    ///
    /// - Parameters:
    ///   - fit: result of any network model.
    ///   - ranking: ranking of the treatments, if a direction of benefit was stated.
    ///   - published: published ranks shown beside those of the ranking.
    ///   - splits: comparisons of direct with indirect evidence.
    ///   - source: first part of the heading, before the outcome, such as the name of the file.
    ///   - choices: choices made by default, as clauses.
    public init(
        _ fit: NetworkFit, ranking: Ranking? = nil, published: [PublishedRank] = [], splits: [NodeSplit] = [],
        source: String? = nil, choices: [String] = []
    ) {
        self.init()
        var reading = EffectReading(measure: fit.settings.measure, scale: fit.scale)
        let versus = fit.effects(versus: fit.reference)
        reading.decimals = reading.decimals(for: versus.map(\.confidenceInterval))
        let names = [source, fit.outcome].compactMap { $0?.singleLine }.filter { !$0.isEmpty }
        if !names.isEmpty { blocks.append(.heading(names.joined(separator: ": "))) }
        blocks.append(.paragraph(Self.opening(fit, reading, choices)))
        blocks.append(.table(Self.effectTable(fit, versus, reading)))
        blocks.append(.paragraph(Self.orientation(fit, reading)))
        if let ranking {
            blocks.append(.paragraph(Self.sentence(for: ranking, published)))
            blocks.append(.table(Self.rankingTable(ranking, published)))
        }
        blocks.append(
            .paragraph(
                fit.heterogeneity.degreesOfFreedom > 0
                    ? Self.sentence(for: fit.heterogeneity, isRandom: fit.settings.model == .random)
                    : "Heterogeneity: not estimable."))
        blocks.append(.table(Self.inconsistencyTable(fit.inconsistency)))
        let tested = splits.filter { $0.difference != nil }
        if !tested.isEmpty {
            blocks.append(.paragraph("Direct against indirect evidence:"))
            blocks.append(.table(Self.splitTable(tested, fit, reading)))
        }
        if fit.treatments.count > 2, fit.treatments.count <= Self.leagueLimit {
            appendLeague(LeagueTable(fit, order: ranking?.treatments.map(\.treatment)), fit, reading)
        }
        if let statistics = fit.fit { blocks.append(.paragraph(Self.sentence(for: statistics))) }
        blocks.append(.paragraph(Self.method(fit)))
        if !fit.excluded.isEmpty {
            blocks.append(.paragraph("Left out:"))
            blocks.append(.list(fit.excluded.map(\.sentence)))
        }
        if let list = Self.diagnostics(fit.diagnostics + (ranking?.diagnostics ?? [])) { blocks.append(list) }
    }

    /// Greatest number of treatments in a printed league table; JSON and CSV have all of them.
    private static let leagueLimit = 10
    /// Number of columns of the league table in one block.
    private static let leagueWidth = 3
}

// MARK: - Parts

extension Summary {
    private static func opening(_ fit: NetworkFit, _ reading: EffectReading, _ choices: [String]) -> String {
        var sentence =
            "\(fit.settings.measure): \(reading.title), a network of \(counted(fit.treatments.count, "treatment", "treatments"))"
            + ", \(counted(fit.k, "study", "studies")), \(counted(fit.comparisonCount, "comparison", "comparisons"))"
            + " and \(counted(fit.designs.count, "design", "designs"))"
        if reading.isBackTransformed { sentence += ", back-transformed from the \(fit.scale.title) scale" }
        sentence += "."
        if !choices.isEmpty { sentence += " Chosen by default: " + choices.joined(separator: "; ") + "." }
        return sentence
    }

    private static func effectTable(
        _ fit: NetworkFit, _ effects: [NetworkEffect], _ reading: EffectReading
    ) -> Table {
        let hasPrediction = effects.contains { $0.predictionInterval != nil }
        let hasShare = effects.contains { $0.proportionDirect != nil }
        let rows = effects.map { effect in
            var cells = [
                effect.treatment.name.singleLine, reading.text(effect.estimate),
                reading.text(effect.confidenceInterval),
            ]
            if hasPrediction { cells.append(reading.text(effect.predictionInterval)) }
            cells.append(String(effect.studies))
            if hasShare { cells.append(effect.proportionDirect.map { percent(100 * $0) } ?? "-") }
            return Table.Row(
                cells,
                mark: .init(estimate: effect.estimate, interval: effect.confidenceInterval, symbol: .study))
        }
        let level = percentLevel(fit.settings.level)
        var columns: [Table.Column] = [
            .init("Versus \(fit.reference.name.singleLine)", .leading, .cut), .init(reading.header),
            .init("\(level) interval"),
        ]
        if hasPrediction { columns.append(.init("Prediction")) }
        columns.append(.init("Studies"))
        if hasShare { columns.append(.init("Direct")) }
        return Table(
            columns: columns, rows: rows,
            sketch: hasPrediction
                ? nil
                : ForestSketch(marks: rows.compactMap(\.mark), reference: EffectScale.noEffect) {
                    reading.axisLabel($0)
                })
    }

    private static func orientation(_ fit: NetworkFit, _ reading: EffectReading) -> String {
        let relation = reading.isBackTransformed ? "over" : "minus"
        let effect = "Each effect is that of the treatment \(relation) that of \(fit.reference.name.singleLine)"
        return fit.effects.contains { $0.proportionDirect != nil }
            ? effect
                + "; studies and direct are the number of studies that compare the two and the share of their evidence in the"
                + " estimate."
            : effect + "; studies is the number of studies that compare the two."
    }

    private static func sentence(for ranking: Ranking, _ published: [PublishedRank]) -> String {
        var text =
            "Ranking, \(ranking.preferring.rawValue) values being better: the P-score, which under the normal model equals"
            + " SUCRA, is the mean probability of being better than another treatment"
        if !published.isEmpty {
            let sources = Set(published.map(\.source)).sorted().joined(separator: ", ")
            text += "; beside it the published probability of being best (\(sources))"
        }
        return text + "."
    }

    private static func rankingTable(_ ranking: Ranking, _ published: [PublishedRank]) -> Table {
        var columns: [Table.Column] = [
            .init("Treatment", .leading, .cut), .init("P-score"), .init("P(best)"), .init("Mean rank"),
            .init("Median rank"),
        ]
        if !published.isEmpty { columns.append(.init("Published P(best)")) }
        let byName = Dictionary(published.map { ($0.treatment, $0) }, uniquingKeysWith: { first, _ in first })
        var rows = ranking.treatments.map { one in
            var cells = [
                one.treatment.name.singleLine, NumberFormat.fixed(one.pScore, decimals: 3),
                one.probabilityBest.map { NumberFormat.fixed($0, decimals: 3) } ?? "",
                NumberFormat.fixed(one.meanRank, decimals: 2),
                one.medianRank.map { median in
                    String(median) + (one.rankInterval.map { " (\($0.lowerBound) to \($0.upperBound))" } ?? "")
                } ?? "",
            ]
            if !published.isEmpty { cells.append(byName[one.treatment].map { percent($0.probabilityBest) } ?? "-") }
            return Table.Row(cells)
        }
        let own = Set(ranking.treatments.map(\.treatment))
        for other in published where !own.contains(other.treatment) {
            rows.append(
                Table.Row([other.treatment.name.singleLine, "-", "-", "-", "-", percent(other.probabilityBest)]))
        }
        return Table(columns: columns, rows: rows)
    }

    private static func inconsistencyTable(_ inconsistency: Inconsistency) -> Table {
        func row(_ name: String, _ test: InconsistencyTest?) -> Table.Row {
            guard let test, let pValue = test.pValue else { return Table.Row([name, "-", "0", "not estimable"]) }
            return Table.Row([
                name, NumberFormat.readable(test.q, decimals: 2), NumberFormat.count(test.degreesOfFreedom),
                NumberFormat.pValue(pValue),
            ])
        }
        return Table(
            columns: [.init("Agreement of the studies", .leading, .wrap), .init("Q"), .init("df"), .init("p")],
            rows: [
                row("Whole network", inconsistency.total), row("Within designs", inconsistency.withinDesigns),
                row("Between designs", inconsistency.betweenDesigns),
                row("Between designs, random effects", inconsistency.designByTreatment),
            ])
    }

    private static func splitTable(_ splits: [NodeSplit], _ fit: NetworkFit, _ reading: EffectReading) -> Table {
        Table(
            columns: [
                .init("Comparison", .leading, .wrap), .init("Studies"), .init("Direct"), .init("Indirect"),
                .init("Network"), .init("p of difference"),
            ],
            rows: splits.map { split in
                Table.Row([
                    "\(split.treatment.name.singleLine) versus \(split.versus.name.singleLine)", String(split.studies),
                    reading.text(split.direct?.estimate), reading.text(split.indirect?.estimate),
                    reading.text(split.network.estimate), split.pValue.map(NumberFormat.pValue) ?? "",
                ])
            })
    }

    /// Adds the league table in blocks of as many columns as fit on a page.
    private mutating func appendLeague(_ league: LeagueTable, _ fit: NetworkFit, _ reading: EffectReading) {
        let relation = reading.isBackTransformed ? "over" : "minus"
        let direct =
            fit.effects.contains { $0.direct != nil } ? ", above it the direct ones (row \(relation) column)" : ""
        blocks.append(
            .paragraph(
                "League table, below the diagonal the network estimates (column \(relation) row)\(direct), with"
                    + " \(Self.percentLevel(fit.settings.level)) intervals:"))
        for start in stride(from: 0, to: league.treatments.count, by: Self.leagueWidth) {
            let columns = start..<min(start + Self.leagueWidth, league.treatments.count)
            let rows = league.treatments.indices.map { row in
                Table.Row(
                    [league.treatments[row].name.singleLine]
                        + columns.map { column in
                            if row == column { return "·" }
                            return league.cells[row][column].map {
                                "\(reading.text($0.estimate)) (\(reading.text($0.confidenceInterval)))"
                            } ?? "-"
                        })
            }
            blocks.append(
                .table(
                    Table(
                        columns: [.init("", .leading, .cut)]
                            + columns.map { .init(league.treatments[$0].name.singleLine, .trailing, .wrap) },
                        rows: rows)))
        }
    }

    private static func method(_ fit: NetworkFit) -> String {
        let settings = fit.settings
        let unknown = fit.heterogeneity.degreesOfFreedom > 0 ? "τ² as given" : "τ² taken as 0"
        var parts: [String]
        switch settings.model {
        case .random:
            parts = [
                "Random-effects network model, one τ² for all comparisons",
                settings.estimator.map(estimatorPhrase) ?? unknown,
            ]
        case .common: parts = ["Common-effect network model"]
        case .mantelHaenszel: parts = ["Mantel–Haenszel network model"]
        case .hypergeometric: parts = ["Network model of the noncentral hypergeometric distribution"]
        case .peto: parts = ["\(settings.model.title) network model"]
        }
        parts.append(settings.interval.title)
        if let method = settings.tauSquaredInterval { parts.append("interval of τ² by \(method.title)") }
        return "Method: " + (parts + phrases(settings.effects)).joined(separator: "; ") + "."
    }
}

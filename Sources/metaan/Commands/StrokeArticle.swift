import MetaAnalysis
import SystemPackage

/// The numerical results of the article, each computed from the records with its data.
struct StrokeArticle {
    private let records: StrokeRecords

    init(_ records: StrokeRecords) { self.records = records }

    func figures() throws -> [ArticleFigure] {
        try patients() + changes() + independence() + threePatients() + rankings() + reanalyses()
            + seriousEvents()
    }

    // MARK: Levy 2019

    private func patients() throws -> [ArticleFigure] {
        let claim = try records.claim("enrolled")
        let enrolled = try records.levy("enrolled").number("events")
        let lost = try ["lost_to_follow_up", "withdrawn", "died"].map { try records.levy($0).number("events") }
        let last = try records.levy("barthel_ge_95", months: 12)
        let left = lost.reduce(enrolled, -)
        return [
            claim.figure(
                .number(enrolled), recomputed: false, note: "\(claim.statement): a count looked up in the abstract"),
            ArticleFigure(
                id: "followed-12", statement: "Patients seen at 12 months", value: .number(left), recomputed: true,
                published: .number(try last.number("total")), source: claim.source,
                agrees: try left == last.number("total"), unit: "patients",
                note:
                    "Patients seen at 12 months: those treated less those lost, withdrawn or dead, beside the denominator"
                    + " of the printed percentage"),
        ]
    }

    private func changes() throws -> [ArticleFigure] {
        try [6, 12].flatMap { months in
            let claim = try records.claim("barthel-change-\(months)")
            let record = try records.levy("barthel_index", months: months, kind: "change")
            let change = try OneSampleTest().test(
                SingleMean(
                    mean: record.number("mean"), deviation: record.number("sd"), size: record.number("n")))
            let printed = try record.text("p_published")
            var mean = claim.figure(
                .number(change.mean), recomputed: false,
                note:
                    "Barthel changes: the mean is looked up; its interval and p-value are recomputed by the t test from the"
                    + " printed mean and standard deviation. One group without controls: a change is not an effect of treatment"
            )
            mean.interval = change.confidenceInterval
            return [
                mean,
                ArticleFigure(
                    id: "barthel-change-\(months)-p", statement: "p-value of the change at \(months) months",
                    value: .number(change.pValue),
                    recomputed: true, published: .init(printed: printed), source: claim.source,
                    agrees: agrees(change.pValue, printed), unit: "probability"),
            ]
        }
    }

    private func independence() throws -> [ArticleFigure] {
        let visits = try [0, 6, 12].map { try records.levy("barthel_ge_95", months: $0) }
        var figures: [ArticleFigure] = []
        for (record, months) in zip(visits, [0, 6, 12]) {
            let events = try record.number("events")
            let size = try record.number("total")
            let percent = 100 * events / size
            let printed = try record.text("percent_published")
            let place = months == 0 ? "baseline" : "\(months) months"
            figures.append(
                ArticleFigure(
                    id: "barthel-95-\(months)",
                    statement:
                        "Barthel Index of 95 or more, \(place): \(NumberFormat.count(events))/\(NumberFormat.count(size))",
                    value: .number(percent), recomputed: true, published: .init(printed: printed),
                    source: try record.text("source"), agrees: agrees(percent, printed), unit: "percent",
                    interval: try Proportion(events: events, size: size).exactInterval().scaled(by: 100),
                    note: "Percentages: with exact (Clopper–Pearson) intervals"))
        }
        let trial = Study(
            "Levy 2019",
            TwoByTwoTable(
                events: try visits[2].number("events"), of: try visits[2].number("total"),
                versus: try visits[0].number("events"), of: try visits[0].number("total")))
        let note =
            "12 months against baseline: the same patients at both times; the intervals treat them as independent, as"
            + " the pairs are not published, and are approximate"
        let claim = try records.claim("barthel-95-ratio")
        let ratio = try contrast(trial, .riskRatio)
        var tripled = claim.figure(.number(ratio.value), recomputed: true, note: note)
        tripled.interval = ratio.interval
        let difference = try contrast(trial, .riskDifference)
        return figures + [
            tripled,
            ArticleFigure(
                id: "barthel-95-difference", statement: "The same as a difference",
                value: .number(100 * difference.value),
                recomputed: true, published: nil, source: claim.source, agrees: nil, unit: "percentage points",
                interval: difference.interval.scaled(by: 100), note: note),
        ]
    }

    private func contrast(
        _ trial: Study<TwoByTwoTable>, _ measure: TwoByTwoTable.Measure
    ) throws -> (value: Double, interval: ConfidenceInterval) {
        let effects = try EffectSizes([trial], measure: measure)
        guard let effect = effects.effects.first else {
            throw MetaAnalysisError(
                .notEstimable, "\(trial.label) gives no \(measure.rawValue)",
                remedy: "check the records of the stroke data")
        }
        func read(_ value: Double) -> Double { effects.scale.backTransformed(value) ?? value }
        let interval = try effect.confidenceInterval()
        return (read(effect.estimate), ConfidenceInterval(lower: read(interval.lower), upper: read(interval.upper)))
    }

    private func seriousEvents() throws -> [ArticleFigure] {
        let all = try records.claim("serious-events")
        let related = try records.claim("related-serious-events")
        let count = try related.number()
        let size = try records.levy("enrolled").number("events")
        let upper = try Proportion(events: count, size: size).exactInterval().upper
        return [
            all.figure(.number(try all.number()), recomputed: false, note: nil),
            related.figure(
                .number(count), recomputed: false,
                note: "Serious adverse events: looked up in the abstract, which is their only source here"),
            ArticleFigure(
                id: "related-serious-events-upper",
                statement: "At most, of \(NumberFormat.count(size)) patients", value: .number(100 * upper),
                recomputed: true, published: nil, source: related.source, agrees: nil, unit: "percent",
                note: "At most: upper end of the exact 95% interval for \(NumberFormat.count(count)) of"
                    + " \(NumberFormat.count(size)); none seen does not mean none"),
        ]
    }

    // MARK: Chiu 2022

    private func threePatients() throws -> [ArticleFigure] {
        let patients = try records.claim("three-patients")
        let gain = try records.claim("three-patients-barthel")
        let record = try records.chiu("barthel_index")
        let range =
            "\(NumberFormat.count(try record.number("improvement_min"))) to "
            + NumberFormat.count(try record.number("improvement_max"))
        let note =
            "Three patients: the range is looked up in the abstract; single values are not published, so there is no"
            + " mean and no interval"
        return [
            patients.figure(.number(try record.number("n")), recomputed: false, note: note),
            gain.figure(.text(range), recomputed: false, note: note),
        ]
    }

    // MARK: Ranking

    private func rankings() throws -> [ArticleFigure] {
        let claim = try records.claim("best-motor")
        let note =
            "Ranked first: the greatest probability of being best in the published table, a look-up and not an"
            + " analysis; the studies and contrasts behind it are not published"
        return try records.rankedOutcomes().map { outcome in
            let rows = try records.ranking(outcome)
            let best = try rows.max { try $0.number("p_best_percent") < $1.number("p_best_percent") }
            let first = try rows.first { try $0.number("rank_as_printed") == 1 }
            guard let best, let first else { throw StrokeRecords.incomplete("ranking of \(outcome)") }
            let treatment = try best.text("treatment")
            let isClaim = outcome == records.motorOutcome
            let published = isClaim ? claim.published : .text(try first.text("treatment"))
            return ArticleFigure(
                id: isClaim ? claim.id : "best-\(outcome.lowercased())",
                statement: isClaim ? claim.statement : "Cell type ranked first for \(outcome)",
                value: .text("\(treatment) (\(try best.text("p_best_percent"))%)"), recomputed: false,
                published: published, source: try best.text("source"), agrees: .text(treatment) == published, note: note
            )
        }
    }

    /// Returns the rankings from the contrasts found, each with the published ranking.
    private func reanalyses() throws -> [ArticleFigure] {
        try records.rankedOutcomes().map { outcome in
            let data = try records.network(outcome)
            let network = try data.network()
            let fit = try NetworkMetaAnalysis(reference: "CRT").fit(network)
            guard let preference = data.preference else { throw StrokeRecords.incomplete("direction of \(outcome)") }
            let best = Ranking(fit, preferring: preference, rankProbabilities: false).treatments[0]
            let qualities = data.qualityCounts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return ArticleFigure(
                id: "reanalysis-\(outcome.lowercased())",
                statement:
                    "First for \(outcome) in \(fit.k) contrasts found (quality \(qualities.joined(separator: ", ")))",
                value: .text("\(best.treatment) (P-score \(NumberFormat.fixed(best.pScore, decimals: 2)))"),
                recomputed: true,
                published: nil, source: "contrasts.csv", agrees: nil,
                note:
                    "Contrasts found: a network in which every cell type is compared with conventional treatment only. The"
                    + " studies behind the published rankings are not known, so it neither confirms nor refutes them;"
                    + " `metaan network stroke/contrasts` shows both")
        }
    }

    /// Returns whether a value rounds to the printed number, or is below or above a printed bound.
    private func agrees(_ value: Double, _ printed: String) -> Bool {
        PrintedNumber(printed).map { $0.holds(for: value) } ?? false
    }
}

/// A number as printed in a publication: rounded, or a bound.
struct PrintedNumber {
    private enum Relation { case equal, below, above }

    private var relation = Relation.equal
    private var number: Double
    private var digits: String

    /// Reads "0.002", "<0.001" or ">0.99"; `nil` for other text.
    init?(_ text: String) {
        digits = text
        if text.hasPrefix("<") { relation = .below }
        if text.hasPrefix(">") { relation = .above }
        if relation != .equal { digits.removeFirst() }
        guard let number = Double(decimal: digits) else { return nil }
        self.number = number
    }

    func holds(for value: Double) -> Bool {
        switch relation {
        case .below: return value < number
        case .above: return value > number
        case .equal:
            let decimals = digits.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first?.count ?? 0
            return NumberFormat.fixed(value, decimals: decimals) == NumberFormat.fixed(number, decimals: decimals)
        }
    }
}

extension ConfidenceInterval {
    fileprivate func scaled(by factor: Double) -> ConfidenceInterval {
        ConfidenceInterval(lower: factor * lower, upper: factor * upper)
    }
}

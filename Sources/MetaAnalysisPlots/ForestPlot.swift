public import MetaAnalysis

/// Studies below each other, each with its effect and interval on one axis, and the pooled effects below them.
///
/// The square of a study has an area in proportion to its weight; an interval that leaves the axis ends in an arrow; the ends of
/// a diamond are those of the interval of the pooled effect.
public struct ForestPlot: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public enum Role: String, Hashable, Sendable {
            case study
            /// Names the rows below it.
            case section
            case pooled
            case prediction
            /// Words about the rows above it.
            case note
        }

        public var role: Role
        public var label: String
        /// One for each of the plot's columns, or none.
        public var cells: [String] = []
        /// On the analysis scale, like the interval.
        public var estimate: Double?
        public var interval: ConfidenceInterval?
        /// Percent of the total weight.
        public var weight: Double?
        /// The effect as people read it.
        public var text = ""

        public init(_ role: Role, _ label: String) {
            self.role = role
            self.label = label
        }
    }

    /// What the studies reported.
    public struct Column: Hashable, Sendable {
        /// Head above the heads of neighbours with the same group.
        public var group: String?
        public var title: String

        public init(_ title: String, group: String? = nil) {
            self.title = title
            self.group = group
        }
    }

    public var measure: String
    public var scale: EffectScale
    /// Confidence level of the intervals.
    public var level: Double
    /// Stands above the plot; `nil` for nothing.
    public var heading: String?
    public var labelTitle = "Study"
    public var columns: [Column] = []
    public var rows: [Row] = []
    /// Sentences below the axis.
    public var notes: [String] = []
    /// Words for effects below and above "no effect".
    public var favours: (below: String, above: String)? {
        get { favoursBelow.flatMap { below in favoursAbove.map { (below, $0) } } }
        set {
            favoursBelow = newValue?.below
            favoursAbove = newValue?.above
        }
    }
    private var favoursBelow: String?
    private var favoursAbove: String?
    /// What a row is called, one and several.
    var entryNames = ["study", "studies"]
    /// Whether there is a column of weights.
    public var hasWeights = true
    /// Decimals of effects.
    var decimals = 2

    init(measure: String, scale: EffectScale, level: Double) {
        self.measure = measure
        self.scale = scale
        self.level = level
    }

    /// - Parameters:
    ///   - pooled: gives the studies, their weights and the pooled effect.
    ///   - data: what the studies reported; gives columns of events, means and sizes.
    ///   - subgroups: gives the studies by subgroup, each with its own pooled effect.
    ///   - others: further models of the same studies, whose diamonds stand below.
    public init(
        _ pooled: PooledEffect, data: StudyCollection? = nil, subgroups: SubgroupAnalysis? = nil,
        others: [PooledEffect] = []
    ) {
        self.init(measure: pooled.settings.measure, scale: pooled.scale, level: pooled.settings.level)
        heading = pooled.outcome
        var axis = self.axis
        decimals = axis.reading.decimals(for: [pooled])
        axis.reading.decimals = decimals
        let table = ReportedColumns(data, pooled.studies)
        columns = table.columns
        if let subgroups {
            // Weights are those among all studies, so that they and the squares can be compared between subgroups.
            var weights: [StudyKey: Double] = [:]
            for study in pooled.studies { weights[StudyKey(study)] = study.weight }
            for part in subgroups.subgroups {
                rows.append(Row(.section, part.group ?? "no group"))
                for study in part.studies {
                    var row = Self.row(study, axis, table.cells(of: study))
                    row.weight = weights[StudyKey(study)] ?? study.weight
                    rows.append(row)
                }
                rows.append(Self.row(part, axis, label: "Together"))
                if let note = part.heterogeneity.note(isRandom: part.settings.model == "random") {
                    rows.append(Row(.note, note))
                }
            }
            rows.append(Row(.section, "All studies"))
        } else {
            rows += pooled.studies.map { Self.row($0, axis, table.cells(of: $0)) }
        }
        for model in [pooled] + others { rows.append(Self.row(model, axis, label: model.settings.modelName)) }
        if let prediction = pooled.predictionInterval {
            var row = Row(.prediction, "Prediction interval")
            row.interval = prediction
            row.text =
                pooled.backTransformed?.predictionInterval
                .flatMap { axis.reading.isBackTransformed ? axis.text(read: $0) : nil } ?? axis.text(prediction)
            rows.append(row)
        }
        if let note = pooled.heterogeneity.note(isRandom: pooled.settings.model == "random") {
            notes.append("Heterogeneity: " + note)
        }
        if let test = subgroups?.betweenGroups, let note = test.note {
            notes.append("Test between subgroups: " + note)
        }
        if pooled.k == 0 { notes.append("No study gives an effect.") }
        if !pooled.excluded.isEmpty {
            let count = pooled.excluded.count
            notes.append("Left out: " + (count == 1 ? "1 study." : "\(count) studies."))
        }
    }

    /// One row for each study put in or left out, with the pooled effect of the rest or of those so far.
    private init(
        _ overall: PooledEffect, parts: [(label: String, cell: String?, fit: PartialFit)], title: String, cell: String?
    ) {
        self.init(measure: overall.settings.measure, scale: overall.scale, level: overall.settings.level)
        heading = overall.outcome
        labelTitle = title
        hasWeights = false
        columns = (cell.map { [Column($0)] } ?? []) + [Column("k"), Column("τ²"), Column("I²")]
        var axis = self.axis
        decimals = axis.reading.decimals(for: [overall])
        axis.reading.decimals = decimals
        let isRandom = overall.settings.model == "random"
        if !isRandom { columns.removeAll { $0.title == "τ²" } }
        func cells(_ first: String?, _ k: Int, _ tauSquared: Double?, _ iSquared: Double?) -> [String] {
            var cells = cell == nil ? [] : [first ?? ""]
            cells.append(String(k))
            if isRandom { cells.append(tauSquared.map { NumberFormat.significant($0, digits: 3) } ?? "") }
            cells.append(iSquared.map { NumberFormat.fixed($0, decimals: 0) + "%" } ?? "")
            return cells
        }
        for part in parts {
            var row = Row(.study, part.label)
            row.estimate = part.fit.estimate
            row.interval = part.fit.confidenceInterval
            row.text = axis.text(part.fit.estimate, part.fit.confidenceInterval)
            row.cells = cells(
                part.cell, part.fit.k, part.fit.heterogeneity?.tauSquared, part.fit.heterogeneity?.iSquared)
            rows.append(row)
        }
        var row = Self.row(overall, axis, label: "All studies")
        row.cells = cells(nil, overall.k, overall.heterogeneity.tauSquared, overall.heterogeneity.iSquared)
        rows.append(row)
        notes.append(overall.settings.modelName + ", pooled anew in every row.")
    }

    /// What is left of the pooled effect without each study in turn.
    public init(_ analysis: LeaveOneOut, of overall: PooledEffect) {
        self.init(
            overall, parts: analysis.omissions.map { ($0.omitted, nil, $0.fit) }, title: "Without study", cell: nil)
    }

    /// The pooled effect as one study after the other joins in.
    ///
    /// - Parameter name: of what the studies are ordered by, heads the column of its values.
    public init(_ analysis: CumulativeAnalysis, of overall: PooledEffect, orderedBy name: String? = nil) {
        self.init(
            overall, parts: analysis.additions.map { ($0.added, $0.value, $0.fit) }, title: "With study added",
            cell: analysis.additions.contains { $0.value != nil } ? name ?? "order" : nil)
    }

    /// Neighbouring columns with the same group.
    var groupRanges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        for (index, column) in columns.enumerated() where column.group != nil {
            if let last = ranges.last, last.upperBound == index, columns[last.lowerBound].group == column.group {
                ranges[ranges.count - 1] = last.lowerBound..<index + 1
            } else {
                ranges.append(index..<index + 1)
            }
        }
        return ranges
    }

    /// The last rows, of the pooled effects of all studies.
    var totals: Range<Int> {
        var start = rows.count
        while start > 0, [.pooled, .prediction].contains(rows[start - 1].role) { start -= 1 }
        return start..<rows.count
    }

    public func figure(theme: Theme = .journal) -> Figure { ForestLayout(self, theme).figure }

    /// The plot as an SVG document.
    public func svg(theme: Theme = .journal) -> String { figure(theme: theme).svg() }

    var axis: EffectAxis {
        var axis = EffectAxis(measure: measure, scale: scale)
        axis.reading.decimals = decimals
        return axis
    }
}

/// By which a study is found in another result of the same studies.
private struct StudyKey: Hashable {
    var label: String
    var row: Int?

    init(_ study: PooledStudy) {
        label = study.label
        row = study.row
    }
}

// MARK: - Rows

extension ForestPlot {
    private static func row(_ study: PooledStudy, _ axis: EffectAxis, _ cells: [String]) -> Row {
        var row = Row(.study, study.label)
        row.cells = cells
        row.estimate = study.estimate
        row.interval = study.confidenceInterval
        row.weight = study.weight
        row.text = axis.text(study.estimate, study.confidenceInterval)
        return row
    }

    private static func row(_ pooled: PooledEffect, _ axis: EffectAxis, label: String) -> Row {
        var row = Row(.pooled, label)
        row.estimate = pooled.estimate
        row.interval = pooled.confidenceInterval
        row.text = axis.text(pooled)
        return row
    }

    /// The numbers of the plot: a row for each row with an effect.
    public var data: FigureData {
        let axis = self.axis
        var data = FigureData(columns: [
            "type", "section", "label", "estimate", "ci_low", "ci_high", "weight", "read_estimate", "read_ci_low",
            "read_ci_high",
        ])
        var section: String?
        for row in rows {
            switch row.role {
            case .section: section = row.label
            case .note: break
            case .study, .pooled, .prediction:
                let read = row.interval.map(axis.reading.interval)
                data.rows.append([
                    .text(row.role.rawValue), .text(section), .text(row.label), .number(row.estimate),
                    .number(row.interval?.lower), .number(row.interval?.upper), .number(row.weight),
                    .number(row.estimate.map(axis.reading.value)), .number(read?.lower), .number(read?.upper),
                ])
            }
        }
        return data
    }
}

extension PoolingSettings {
    /// The model in a few words.
    var modelName: String {
        switch model {
        case "common": return "Common effect"
        case "random": return "Random effects" + (estimator.map { " (\($0))" } ?? "")
        case "mantel-haenszel": return "Mantel–Haenszel"
        case "peto": return "Peto"
        default: return model
        }
    }
}

extension Heterogeneity {
    /// τ², I² and Q in one line; `nil` where one study leaves nothing to tell.
    func note(isRandom: Bool) -> String? {
        guard degreesOfFreedom > 0 else { return nil }
        var parts: [String] = []
        if isRandom { parts.append("τ² = " + NumberFormat.significant(tauSquared, digits: 3)) }
        if let iSquared { parts.append("I² = " + NumberFormat.fixed(iSquared, decimals: 1) + "%") }
        parts.append("Q = " + NumberFormat.readable(cochranQ, decimals: 2))
        parts.append("df = " + NumberFormat.count(degreesOfFreedom))
        if let pValue { parts.append("p " + NumberFormat.pValue(pValue)) }
        return parts.joined(separator: ", ")
    }
}

extension HypothesisTest {
    /// The test in one line; `nil` where it is not estimable.
    var note: String? {
        guard let statistic, let pValue, let degreesOfFreedom else { return nil }
        let number = NumberFormat.readable(statistic, decimals: 2)
        let p = "p " + NumberFormat.pValue(pValue)
        guard let denominator = denominatorDegreesOfFreedom else {
            return "χ² = \(number), df = \(NumberFormat.count(degreesOfFreedom)), \(p)"
        }
        return
            "F = \(number), df = \(NumberFormat.count(degreesOfFreedom)) and \(NumberFormat.fixed(denominator, decimals: 0)), \(p)"
    }
}

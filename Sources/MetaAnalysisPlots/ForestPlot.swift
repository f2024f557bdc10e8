public import MetaAnalysis

/// A forest plot: studies one below the other, each with its effect and interval on one axis, and the pooled effects below them.
///
/// The area of a study's square is proportional to its weight. An arrow marks an interval that extends beyond the axis. The ends of a
/// diamond are those of the interval of the pooled effect.
public struct ForestPlot: Plot {
    /// One row of the plot.
    public struct Row: Hashable, Sendable {
        /// Kind of a row, which decides how it is drawn.
        public enum Role: String, Hashable, Sendable {
            /// A study, or another entry with an estimate and an interval.
            case study
            /// The name of the rows below it.
            case section
            /// A pooled effect, drawn as a diamond.
            case pooled
            /// A prediction interval.
            case prediction
            /// A note about the rows above it.
            case note
        }

        /// Kind of the row.
        public var role: Role
        /// Text at the left, such as the label of the study.
        public var label: String
        /// Texts of the cells, one for each of the plot's columns, or none.
        public var cells: [String] = []
        /// Estimate on the analysis scale; `nil` for none.
        public var estimate: Double?
        /// Confidence or prediction interval on the analysis scale; `nil` for none.
        public var interval: ConfidenceInterval?
        /// Weight in percent of the total weight; `nil` for none.
        public var weight: Double?
        /// Estimate and interval as text, back-transformed.
        public var text = ""
        /// Back-transformed estimate and interval of the result itself, if they cannot be computed from the analysis scale alone.
        var reading: Reading?

        struct Reading: Hashable {
            var estimate: Double?
            var interval: ConfidenceInterval?
        }

        /// Makes a row that shows only its label until an effect is assigned.
        public init(_ role: Role, _ label: String) {
            self.role = role
            self.label = label
        }
    }

    /// A column of data that the studies reported.
    public struct Column: Hashable, Sendable {
        /// Header of the group, above the headers of adjacent columns with the same group; `nil` for none.
        public var group: String?
        /// Header of the column.
        public var title: String

        /// Makes a column.
        ///
        /// - Parameters:
        ///   - title: header of the column.
        ///   - group: header above those of adjacent columns with the same group; `nil` for none.
        public init(_ title: String, group: String? = nil) {
            self.title = title
            self.group = group
        }
    }

    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Analysis scale of the estimates and intervals.
    public var scale: EffectScale
    /// Confidence level of the intervals, in (0, 1).
    public var level: Double
    /// Heading above the plot, by default the outcome; `nil` for none.
    public var heading: String?
    /// Header of the column of labels.
    public var labelTitle = "Study"
    /// Columns between the labels and the plot; empty by default.
    public var columns: [Column] = []
    /// Rows from top to bottom.
    public var rows: [Row] = []
    /// Notes below the axis, one or more sentences each.
    public var notes: [String] = []
    /// Texts under the axis for effects below and above "no effect"; `nil` for none.
    public var favours: (below: String, above: String)? {
        get { favoursBelow.flatMap { below in favoursAbove.map { (below, $0) } } }
        set {
            favoursBelow = newValue?.below
            favoursAbove = newValue?.above
        }
    }
    private var favoursBelow: String?
    private var favoursAbove: String?
    /// Name of an entry, in singular and plural.
    var entryNames = ["study", "studies"]
    /// Whether the plot has a column of weights; default true.
    public var hasWeights = true
    /// Kind of the rows that the title counts.
    var entryRole = Row.Role.study
    /// Number of decimals of effects.
    var decimals = 2
    /// Whether all effects are back-transformed by means of sample sizes, on a scale that needs them.
    var isTakenBack = false

    init(measure: String, scale: EffectScale, level: Double) {
        self.measure = measure
        self.scale = scale
        self.level = level
    }

    /// Makes the forest plot of a pooled effect.
    ///
    /// - Parameters:
    ///   - pooled: pooled effect with the studies and their weights.
    ///   - data: data reported by the studies, shown as columns of events, means and sizes.
    ///   - subgroups: subgroups with their own pooled effects; the studies are shown by subgroup.
    ///   - others: further models of the same studies, shown as diamonds below the first.
    ///   - order: positions of the studies of `pooled` from top to bottom; studies that are not in it come last, and `nil` keeps the order.
    public init(
        _ pooled: PooledEffect, data: StudyCollection? = nil, subgroups: SubgroupAnalysis? = nil,
        others: [PooledEffect] = [], order: [Int]? = nil
    ) {
        self.init(measure: pooled.settings.measure, scale: pooled.scale, level: pooled.settings.level)
        heading = pooled.outcome
        let table = ReportedColumns(data, pooled.studies)
        columns = table.columns
        let readings = ([pooled] + others + (subgroups?.subgroups ?? [])).map(\.backTransformed)
        isTakenBack =
            scale.needsSampleSize && readings.allSatisfy { $0 != nil }
            && pooled.studies.allSatisfy { $0.estimate == nil || table.sampleSize(of: $0) != nil }
        decimals = decimals(of: pooled.confidenceInterval, pooled.backTransformed)
        let axis = self.axis
        var ranks: [StudyKey: Int] = [:]
        for (rank, position) in (order ?? []).enumerated() where pooled.studies.indices.contains(position) {
            ranks[StudyKey(pooled.studies[position])] = rank
        }
        func ordered(_ studies: [PooledStudy]) -> [PooledStudy] {
            guard !ranks.isEmpty else { return studies }
            // The position decides between equal ranks, because the sort is not guaranteed to be stable.
            return studies.enumerated().map { (ranks[StudyKey($0.element)] ?? .max, $0.offset, $0.element) }
                .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
        }
        if let subgroups {
            // Weights are those among all studies, so they and the squares can be compared between subgroups.
            var weights: [StudyKey: Double] = [:]
            for study in pooled.studies { weights[StudyKey(study)] = study.weight }
            func append(_ studies: [PooledStudy], of group: String?) {
                rows.append(Row(.section, group ?? "no group"))
                for study in ordered(studies) {
                    var row = row(study, axis, table)
                    row.weight = weights[StudyKey(study)] ?? study.weight
                    rows.append(row)
                }
            }
            for part in subgroups.parts {
                switch part {
                case .found(let part):
                    append(part.studies, of: part.group)
                    rows.append(row(part, axis, label: "Subtotal"))
                    if let note = part.heterogeneity.note(isRandom: part.settings.model == .random) {
                        rows.append(Row(.note, note))
                    }
                    if let note = Summary.truncatedSentence(part, axis.reading) { rows.append(Row(.note, note)) }
                case .notEstimable(let part):
                    append(part.studies, of: part.group)
                    rows.append(notEstimableRow("Subtotal"))
                    rows.append(Row(.note, part.reason.message))
                }
            }
            rows.append(Row(.section, "All studies"))
        } else {
            rows += ordered(pooled.studies).map { row($0, axis, table) }
        }
        for model in [pooled] + others { rows.append(row(model, axis, label: model.settings.modelName)) }
        if let prediction = pooled.predictionInterval {
            var row = Row(.prediction, "Prediction interval")
            row.interval = prediction
            if let back = pooled.backTransformed?.predictionInterval, isTakenBack || !scale.needsSampleSize {
                row.reading = Row.Reading(interval: back)
            }
            row.text = axis.text(read: row.reading?.interval ?? axis.reading.interval(prediction))
            rows.append(row)
            if pooled.heterogeneity.tauSquared == 0 {
                notes.append("Prediction interval: with τ² = 0 it shows how uncertain the mean is.")
            }
        }
        if let note = Summary.truncatedSentence(pooled, axis.reading) { notes.append(note) }
        if let note = pooled.heterogeneity.note(isRandom: pooled.settings.model == .random) {
            notes.append("Heterogeneity: " + note)
        }
        if let subgroups, subgroups.betweenGroups.pValue != nil {
            notes.append("Test between subgroups: " + Summary.sentence(forTestOf: subgroups))
        }
        noteReading(of: pooled)
        if pooled.k == 0 { notes.append("No study gives an effect.") }
        if pooled.k != pooled.studyCount { notes.append(Summary.counted(pooled.k, of: pooled.studyCount) + ".") }
        if !pooled.excluded.isEmpty {
            let count = pooled.excluded.count
            notes.append("Left out: " + (count == 1 ? "1 study." : "\(count) studies."))
        }
    }

    /// Makes a forest plot of studies that cannot be pooled; the reason is given instead of a pooled effect.
    ///
    /// - Parameters:
    ///   - part: studies and the reason.
    ///   - data: data reported by the studies, shown as columns of events, means and sizes.
    ///   - level: confidence level of the intervals, in (0, 1).
    public init(_ part: NotEstimablePart, data: StudyCollection? = nil, level: Double = 0.95) {
        self.init(measure: part.measure, scale: part.scale, level: level)
        heading = part.outcome
        let table = ReportedColumns(data, part.studies)
        columns = table.columns
        rows = part.studies.map { row($0, axis, table) }
        rows.append(notEstimableRow("All studies"))
        notes.append("Not estimable: \(part.reason.message).")
        if !part.excluded.isEmpty {
            let count = part.excluded.count
            notes.append("Left out: " + (count == 1 ? "1 study." : "\(count) studies."))
        }
    }

    /// Makes one row for each study added or left out, with the pooled effect of the studies so far or of the others.
    private init(
        _ overall: PooledEffect, parts: [(label: String, cell: String?, fit: SubsetFit)], title: String, cell: String?
    ) {
        self.init(measure: overall.settings.measure, scale: overall.scale, level: overall.settings.level)
        heading = overall.outcome
        labelTitle = title
        hasWeights = false
        columns = (cell.map { [Column($0)] } ?? []) + [Column("k"), Column("τ²"), Column("I²")]
        isTakenBack =
            scale.needsSampleSize && overall.backTransformed != nil
            && parts.allSatisfy { $0.fit.estimate == nil || $0.fit.backTransformed != nil }
        decimals = decimals(of: overall.confidenceInterval, overall.backTransformed)
        let axis = self.axis
        let isRandom = overall.settings.model == .random
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
            row.show(
                part.fit.estimate, part.fit.confidenceInterval, readBy: axis, part.fit.backTransformed)
            row.cells = cells(
                part.cell, part.fit.k, part.fit.heterogeneity?.tauSquared, part.fit.heterogeneity?.iSquared)
            rows.append(row)
        }
        var row = row(overall, axis, label: "All studies")
        row.cells = cells(nil, overall.k, overall.heterogeneity.tauSquared, overall.heterogeneity.iSquared)
        rows.append(row)
        notes.append(overall.settings.modelName + ", pooled anew in every row.")
        noteReading(of: overall)
    }

    /// Makes a forest plot of the pooled effects without each study in turn.
    public init(_ analysis: LeaveOneOut, of overall: PooledEffect) {
        self.init(
            overall, parts: analysis.omissions.map { ($0.omitted, nil, $0.fit) }, title: "Without study", cell: nil)
    }

    /// Makes a forest plot of the pooled effects as studies are added one by one.
    ///
    /// - Parameters:
    ///   - analysis: cumulative analysis.
    ///   - overall: pooled effect of all studies.
    ///   - name: name of the variable by which the studies are ordered, used as the header of its values.
    public init(_ analysis: CumulativeAnalysis, of overall: PooledEffect, orderedBy name: String? = nil) {
        self.init(
            overall, parts: analysis.additions.map { ($0.added, $0.value, $0.fit) }, title: "With study added",
            cell: analysis.additions.contains { $0.value != nil } ? name ?? "order" : nil)
    }

    /// Ranges of adjacent columns with the same group.
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

    /// Last rows, with the pooled effects of all studies.
    var totals: Range<Int> {
        var start = rows.count
        while start > 0, [.pooled, .prediction].contains(rows[start - 1].role) { start -= 1 }
        return start..<rows.count
    }

    /// Returns the figure of the plot.
    public func figure(theme: Theme) -> Figure { ForestLayout(self, theme).figure }

    var axis: EffectAxis {
        var axis = EffectAxis(measure: measure, scale: scale)
        axis.reading.decimals = decimals
        if isTakenBack { axis.reading = axis.reading.takenBack }
        return axis
    }

    /// Returns the number of decimals for an interval.
    private func decimals(of interval: ConfidenceInterval, _ back: BackTransformed?) -> Int {
        guard isTakenBack, let back else { return axis.reading.decimals(for: [interval]) }
        return EffectReading.decimals(read: [back.confidenceInterval])
    }

    /// Adds a note with the back-transformed pooled effect, if the rows cannot be back-transformed.
    private mutating func noteReading(of pooled: PooledEffect) {
        guard scale.needsSampleSize, !isTakenBack, let back = pooled.backTransformed else { return }
        var taken = axis
        taken.reading = taken.reading.takenBack
        taken.reading.decimals = EffectReading.decimals(read: [back.confidenceInterval])
        notes.append(
            "Pooled \(taken.reading.title): " + taken.text(read: back.estimate, back.confidenceInterval))
    }
}

// MARK: - Rows

extension ForestPlot.Row {
    /// Sets the estimate, the interval and their text.
    ///
    /// - Parameter back: back-transformed result; `nil` if it is available for only some of the rows.
    fileprivate mutating func show(
        _ estimate: Double?, _ interval: ConfidenceInterval?, readBy axis: EffectAxis, _ back: BackTransformed?
    ) {
        self.estimate = estimate
        self.interval = interval
        guard let estimate, estimate.isFinite else {
            text = axis.text(nil, nil)
            return
        }
        if let back, back.estimate.isFinite {
            reading = Reading(estimate: back.estimate, interval: back.confidenceInterval)
        }
        text = axis.text(
            read: reading?.estimate ?? axis.reading.value(estimate),
            reading?.interval ?? interval.map(axis.reading.interval))
    }
}

extension ForestPlot {
    private func row(_ study: PooledStudy, _ axis: EffectAxis, _ table: ReportedColumns) -> Row {
        var row = Row(.study, study.label)
        row.cells = table.cells(of: study)
        row.weight = study.weight
        var back: BackTransformed?
        if isTakenBack, let estimate = study.estimate, let interval = study.confidenceInterval {
            back = BackTransformed(
                scale, estimate, interval, nil, sampleSize: table.sampleSize(of: study))
        }
        row.show(study.estimate, study.confidenceInterval, readBy: axis, back)
        return row
    }

    private func row(_ pooled: PooledEffect, _ axis: EffectAxis, label: String) -> Row {
        var row = Row(.pooled, label)
        let isRead = isTakenBack || !scale.needsSampleSize
        row.show(
            pooled.estimate, pooled.confidenceInterval, readBy: axis, isRead ? pooled.backTransformed : nil)
        return row
    }

    private func notEstimableRow(_ label: String) -> Row {
        var row = Row(.pooled, label)
        row.show(nil, nil, readBy: axis, nil)
        return row
    }

    /// Returns the position of a row on the axis: back-transformed effects, or logarithms of ratios.
    func place(of row: Row) -> Row.Reading {
        let axis = self.axis
        if axis.kind == .logarithmic { return Row.Reading(estimate: row.estimate, interval: row.interval) }
        return read(row, axis)
    }

    private func read(_ row: Row, _ axis: EffectAxis) -> Row.Reading {
        row.reading
            ?? Row.Reading(
                estimate: row.estimate.map(axis.reading.value), interval: row.interval.map(axis.reading.interval))
    }

    /// Numbers of the plot: a row for each study, pooled effect and prediction interval.
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
                let read = read(row, axis)
                data.rows.append([
                    .text(row.role.rawValue), .text(section), .text(row.label), .number(row.estimate),
                    .number(row.interval?.lower), .number(row.interval?.upper), .number(row.weight),
                    .number(read.estimate), .number(read.interval?.lower), .number(read.interval?.upper),
                ])
            }
        }
        return data
    }
}

extension PoolingSettings {
    /// The model in a few words, with its estimator.
    var modelName: String { model.title + (model == .random ? estimator.map { " (\($0.rawValue))" } ?? "" : "") }
}

extension Heterogeneity {
    /// Returns τ², I² and Q on one line; `nil` if there are no degrees of freedom, as with one study.
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

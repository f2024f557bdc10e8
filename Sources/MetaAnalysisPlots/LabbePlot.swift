public import MetaAnalysis

/// A L'Abbé plot: risks of the two groups against each other. Studies below the diagonal had a lower risk under treatment.
public struct LabbePlot: Plot {
    /// A study, drawn as a circle.
    public struct Study: Hashable, Sendable {
        /// Label of the study.
        public var label: String
        /// Risk in the control group, from 0 to 1.
        public var controlRisk: Double
        /// Risk in the treatment group, from 0 to 1.
        public var treatedRisk: Double
        /// Weight in percent of the total weight.
        public var weight: Double
    }

    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Studies with a weight and participants in both groups.
    public var studies: [Study]
    /// Pooled effect on the analysis scale. The line of risks with this effect is drawn if the measure determines one.
    public var estimate: Double
    private var text: String

    /// Makes the plot; the result is `nil` for data that are not events of two groups.
    ///
    /// - Parameters:
    ///   - pooled: pooled effect, for the line and the weights of the studies.
    ///   - data: tables of the studies, for the risks; studies without a weight are not drawn.
    public init?(_ pooled: PooledEffect, data: StudyCollection) {
        guard case .twoByTwo(let tables) = data else { return nil }
        measure = pooled.settings.measure
        heading = pooled.outcome
        estimate = pooled.estimate
        text = EffectAxis(measure: measure, scale: pooled.scale).text(pooled)
        let weights = Dictionary(
            pooled.studies.map { (StudyKey(label: $0.label, row: $0.row), $0.weight) },
            uniquingKeysWith: { first, _ in first })
        studies = tables.compactMap { study in
            let table = study.outcome
            guard table.controlSize > 0, table.treatedSize > 0,
                let weight = weights[StudyKey(label: study.label, row: study.row)]
            else { return nil }
            return Study(
                label: study.label, controlRisk: table.controlRisk, treatedRisk: table.treatedRisk, weight: weight)
        }
    }

    /// Returns the figure of the plot.
    public func figure(theme: Theme) -> Figure {
        let greatest = studies.flatMap { [$0.controlRisk, $0.treatedRisk] }.max() ?? 1
        let end = min(1, max(greatest * 1.1, 0.001))
        var frame = Frame(
            // The margin leaves room for the circles of risks near 0.
            .init((-0.05 * end, end), "Risk in the control group"),
            .init((-0.05 * end, end), "Risk in the treatment group"), theme: theme,
            heading: heading, plotWidth: 380, plotHeight: 380)
        let palette = frame.palette
        frame.addLine(from: (0, 0), to: (end, end), Stroke(palette.rule))
        let line = line(to: end).map { frame.point($0.control, $0.treated) }
        if line.count > 1 { frame.add(.path(line, Stroke(palette.pooled, width: 1.5, dashes: [5, 3]))) }
        frame.add(
            studies.map { .init(x: $0.controlRisk, y: $0.treatedRisk, weight: $0.weight, title: $0.label) },
            greatestRadius: 12)
        frame.drawAxes()
        let words =
            line.count > 1
            ? "the dashed line has the pooled effect \(text)."
            : "the pooled effect is \(text), for which \(measure) gives no line of risks here."
        return frame.figure(
            title: "L’Abbé plot: \(measure), \(studies.count.studies)".naming(heading),
            summary: "Risks of the two groups; " + words)
    }

    /// Returns pairs of risks with the pooled effect, up to the end of both axes.
    private func line(to end: Double) -> [(control: Double, treated: Double)] {
        guard let code = TwoByTwoTable.Measure(rawValue: measure) else { return [] }
        return (0...100).compactMap { step in
            let risk = end * Double(step) / 100
            guard let other = code.treatedRisk(at: risk, effect: estimate), other <= end else { return nil }
            return (risk, other)
        }
    }

    /// Numbers of the plot: a row for each study.
    public var data: FigureData {
        FigureData(
            columns: ["label", "control_risk", "treated_risk", "weight"],
            rows: studies.map {
                [.text($0.label), .number($0.controlRisk), .number($0.treatedRisk), .number($0.weight)]
            })
    }
}

/// The identity of a study, by which it is found in another record of the same studies.
struct StudyKey: Hashable {
    var label: String
    var row: Int?

    init(label: String, row: Int?) {
        self.label = label
        self.row = row
    }

    init(_ study: PooledStudy) { self.init(label: study.label, row: study.row) }
}

public import MetaAnalysis

/// Effects against a property of the studies, with the line of a meta-regression on it; areas are in proportion to weights.
public struct BubblePlot: Hashable, Sendable {
    /// A circle: one study.
    public struct Study: Hashable, Sendable {
        public var label: String
        public var value: Double
        /// On the analysis scale.
        public var estimate: Double
        public var weight: Double
    }

    /// A place on the line of the regression.
    public struct Place: Hashable, Sendable {
        public var value: Double
        public var estimate: Double
        public var interval: ConfidenceInterval
    }

    public var measure: String
    public var scale: EffectScale
    public var heading: String?
    public var moderator: String
    public var studies: [Study]
    public var line: [Place]
    /// Further moderators of the model, which leave no single line on this one.
    public var others: [String]

    /// - Parameters:
    ///   - fit: the line of a regression on the moderator alone (its powers included) is drawn; of others only the studies.
    ///   - moderator: its name in the model.
    ///   - values: of the moderator, one for each study of the fit.
    /// - Throws: `MetaAnalysisError` for a moderator that the regression does not read as a number, and for values of other studies.
    public init(_ fit: RegressionFit, against moderator: String, values: [Double]) throws {
        guard values.count == fit.studies.count else {
            throw MetaAnalysisError(
                .invalidSetting, "there are \(values.count) values of \(moderator) for \(fit.studies.count) studies",
                remedy: "give one for each study of the fit, those left out not among them")
        }
        measure = fit.settings.measure
        scale = fit.scale
        heading = fit.outcome
        self.moderator = moderator
        studies = zip(fit.studies, values).map { study, value in
            Study(label: study.label, value: value, estimate: study.estimate, weight: study.weight)
        }
        line = []
        var names: [String] = []
        for name in fit.settings.terms.flatMap(\.moderators) where name != moderator && !names.contains(name) {
            names.append(name)
        }
        others = names
        guard names.isEmpty, let least = values.min(), let greatest = values.max(), least < greatest else { return }
        for step in 0...60 {
            let value = least + (greatest - least) * Double(step) / 60
            guard let found = try fit.prediction(at: [moderator: .number(value)]) else { continue }
            line.append(Place(value: value, estimate: found.estimate, interval: found.confidenceInterval))
        }
    }

    /// The plot as an SVG document.
    public func svg(theme: Theme = .journal) -> String { figure(theme: theme).svg() }

    /// The marks of the plot; the band of the line is cut off where it leaves the plot.
    public func figure(theme: Theme = .journal) -> Figure {
        let axis = EffectAxis(measure: measure, scale: scale)
        let up = Frame.range(studies.map(\.estimate) + line.map(\.estimate), margin: 0.1)
        var frame = Frame(
            .init(Frame.range(studies.map(\.value), margin: 0.06), moderator), axis.side(up), theme: theme,
            heading: heading, legend: others.isEmpty ? [] : [.init(withoutLine) { _ in [] }])
        let palette = frame.palette
        if line.count > 1 {
            let upper = line.map { Point(frame.x($0.value), frame.y.clamped($0.interval.upper)) }
            let lower = line.map { Point(frame.x($0.value), frame.y.clamped($0.interval.lower)) }
            frame.add(.polygon(upper + lower.reversed(), fill: palette.grid.faded(0.4)))
        }
        if let reference = axis.reading.reference(measure: measure) {
            frame.addLine(
                from: (frame.x.lower, reference), to: (frame.x.upper, reference), Stroke(palette.rule, dashes: [4, 3]))
        }
        if line.count > 1 {
            frame.add(.path(line.map { frame.point($0.value, $0.estimate) }, Stroke(palette.pooled, width: 1.8)))
        }
        frame.add(
            studies.map { .init(x: $0.value, y: $0.estimate, weight: $0.weight, title: $0.label) }, greatestRadius: 13)
        frame.drawAxes()
        return frame.figure(
            title: "Bubble plot: \(axis.reading.title) against \(moderator), \(studies.count.studies)".naming(heading),
            summary: others.isEmpty
                ? "Effects against \(moderator) with the line of the meta-regression and its confidence band."
                : "Effects against \(moderator). \(withoutLine).")
    }

    private var withoutLine: String { "No line: the model depends on \(others.joined(separator: ", ")) too" }

    /// The numbers of the plot: studies, then places of the line.
    public var data: FigureData {
        FigureData(
            columns: ["type", "label", "value", "estimate", "ci_low", "ci_high", "weight"],
            rows: studies.map {
                [
                    .text("study"), .text($0.label), .number($0.value), .number($0.estimate), .number(nil),
                    .number(nil),
                    .number($0.weight),
                ]
            }
                + line.map {
                    [
                        .text("line"), .text(nil), .number($0.value), .number($0.estimate), .number($0.interval.lower),
                        .number($0.interval.upper), .number(nil),
                    ]
                })
    }
}

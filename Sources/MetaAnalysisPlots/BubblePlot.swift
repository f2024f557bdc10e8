public import MetaAnalysis

/// A bubble plot: effects against a moderator with the line of a meta-regression; areas of circles are proportional to weights.
public struct BubblePlot: Plot {
    /// A study, drawn as a circle.
    public struct Study: Hashable, Sendable {
        /// Label of the study.
        public var label: String
        /// Value of the moderator.
        public var value: Double
        /// Effect on the analysis scale.
        public var estimate: Double
        /// Weight in percent of the total weight, 0–100.
        public var weight: Double
    }

    /// A point on the line of the regression.
    public struct Place: Hashable, Sendable {
        /// Value of the moderator.
        public var value: Double
        /// Predicted effect on the analysis scale.
        public var estimate: Double
        /// Confidence interval of the predicted effect, on the analysis scale.
        public var interval: ConfidenceInterval
    }

    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Name of the moderator on the horizontal axis.
    public var moderator: String
    /// Studies of the fit.
    public var studies: [Study]
    /// Points of the line, from the least value of the moderator to the greatest; empty for a model with other moderators.
    public var line: [Place]
    /// Other moderators of the model; with any, there is no single line on this moderator.
    public var others: [String]

    /// Makes the plot. The line is drawn if the regression has only this moderator (with its powers); otherwise only the studies are shown.
    ///
    /// - Parameters:
    ///   - fit: fitted meta-regression.
    ///   - moderator: name of the moderator in the model.
    ///   - values: values of the moderator, one for each study of the fit.
    /// - Throws: `MetaAnalysisError` for a moderator that is not numeric in the regression, and for a wrong number of values.
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

    /// Returns the figure of the plot; the confidence band of the line is cut off at the edges of the plot.
    public func figure(theme: Theme) -> Figure {
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

    /// Numbers of the plot: studies, then points of the line.
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

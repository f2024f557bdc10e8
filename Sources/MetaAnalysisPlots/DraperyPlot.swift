public import MetaAnalysis

/// A drapery plot: p-value functions of every study and of the pooled effect, which show the confidence intervals of all levels.
public struct DraperyPlot: Plot {
    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Studies with their p-value functions, based on the normal distribution.
    public var studies: [(label: String, curve: ConfidenceCurve)] {
        zip(labels, curves).map { ($0, $1) }
    }
    private var labels: [String]
    private var curves: [ConfidenceCurve]
    /// p-value function of the pooled effect; `nil` if it has no standard error.
    public var pooled: ConfidenceCurve?
    /// Confidence level of the marked interval, in (0, 1).
    public var level: Double
    private var text: String

    /// Makes the plot.
    ///
    /// - Parameter pooled: pooled effect with its studies; studies without an effect or a variance above 0 are not drawn.
    public init(_ pooled: PooledEffect) {
        measure = pooled.settings.measure
        scale = pooled.scale
        heading = pooled.outcome
        level = pooled.settings.level
        text = EffectAxis(measure: measure, scale: scale).text(pooled)
        let usable = pooled.studies.filter { ($0.variance ?? 0) > 0 && $0.estimate?.isFinite == true }
        labels = usable.map(\.label)
        curves = usable.map {
            ConfidenceCurve(estimate: $0.estimate ?? 0, standardError: ($0.variance ?? 1).squareRoot())
        }
        if pooled.standardError > 0, pooled.estimate.isFinite {
            self.pooled = ConfidenceCurve(
                estimate: pooled.estimate, standardError: pooled.standardError,
                degreesOfFreedom: pooled.degreesOfFreedom)
        }
    }

    private static let steps = 240

    /// Returns the figure of the plot.
    public func figure(theme: Theme) -> Figure {
        let axis = EffectAxis(measure: measure, scale: scale)
        let points = curves.map(\.estimate) + (pooled.map { [$0.estimate] } ?? [])
        let ends = curves.map { ConfidenceInterval(around: $0.estimate, halfWidth: 2 * $0.standardError) }
        let range = EffectAxis.range(points: points, whole: [], partial: ends)
        let palette = theme.palette
        let thin = Stroke(palette.muted.faded(0.5))
        let thick = Stroke(palette.pooled, width: 2.5)
        var frame = Frame(
            axis.side(range), .init((0, 1), "p-value"), theme: theme, heading: heading,
            legend: [.init("Study", line: thin), .init("Pooled effect", line: thick)])
        let threshold = 1 - level
        frame.addLine(
            from: (range.0, threshold), to: (range.1, threshold), Stroke(palette.rule, dashes: [4, 3]))
        if let reference = axis.reading.reference(measure: measure) {
            frame.addLine(from: (reference, 0), to: (reference, 1), Stroke(palette.rule))
        }
        for (label, curve) in studies {
            frame.add(.group([.path(path(of: curve, frame), thin)], title: label))
        }
        if let pooled { frame.add(.group([.path(path(of: pooled, frame), thick)], title: "Pooled effect")) }
        frame.drawAxes()
        return frame.figure(
            title: "Drapery plot: \(axis.reading.title), \(curves.count.studies)".naming(heading),
            summary: "p-values against every effect; the pooled curve meets the dashed line at the ends of \(text).")
    }

    private func path(of curve: ConfidenceCurve, _ frame: Frame) -> [Point] {
        let (lower, upper) = (frame.x.lower, frame.x.upper)
        var places = (0...Self.steps).map { lower + (upper - lower) * Double($0) / Double(Self.steps) }
        // The maximum of the curve can lie between two steps.
        if frame.x.contains(curve.estimate) {
            let next = places.firstIndex { $0 >= curve.estimate } ?? places.count
            places.insert(curve.estimate, at: next)
        }
        return places.map { frame.point($0, curve.pValue(against: $0)) }
    }

    /// Parameters of the curves: estimate, standard error and degrees of freedom.
    public var data: FigureData {
        func row(_ type: String, _ label: String, _ curve: ConfidenceCurve) -> [FigureData.Value] {
            [
                .text(type), .text(label), .number(curve.estimate), .number(curve.standardError),
                .number(curve.degreesOfFreedom),
            ]
        }
        return FigureData(
            columns: ["type", "label", "estimate", "standard_error", "df"],
            rows: studies.map { row("study", $0.label, $0.curve) }
                + (pooled.map { [row("pooled", "pooled", $0)] } ?? []))
    }
}

public import MetaAnalysis

/// A radial (Galbraith) plot: standardized effects against their precision. Studies with the same true effect scatter evenly around a line
/// through the origin with that effect as its slope.
public struct RadialPlot: Plot {
    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Coordinates of the studies, the slope of the line and the width of the band.
    public var coordinates: RadialCoordinates
    private var text: String

    /// Makes the plot.
    ///
    /// - Parameter pooled: pooled effect, for the studies, the slope of the line and the level of the band.
    public init(_ pooled: PooledEffect) {
        measure = pooled.settings.measure
        heading = pooled.outcome
        coordinates = pooled.radialCoordinates
        text = EffectAxis(measure: measure, scale: pooled.scale).text(pooled)
    }

    /// Returns the figure of the plot.
    public func figure(theme: Theme) -> Figure {
        let (studies, band) = (coordinates.studies, coordinates.halfWidth)
        let slope = coordinates.slope.isFinite ? coordinates.slope : 0
        let across = Frame.range(studies.map(\.precision), including: [0])
        let right = across.1
        let ends = [band, -band, right * slope + band, right * slope - band]
        let up = Frame.range(studies.map(\.standardizedEffect) + ends)
        var frame = Frame(
            .init((0, right), "Precision, 1 / √(v + τ²)"), .init(up, "Standardized effect"), theme: theme,
            heading: heading)
        let palette = frame.palette
        frame.add(
            .polygon(
                [
                    frame.point(0, band), frame.point(right, right * slope + band),
                    frame.point(right, right * slope - band), frame.point(0, -band),
                ], fill: palette.grid.faded(0.35)))
        frame.addLine(from: (0, 0), to: (right, 0), Stroke(palette.grid))
        frame.addLine(from: (0, 0), to: (right, right * slope), Stroke(palette.pooled, width: 1.5))
        for study in studies { frame.addPoint(study.precision, study.standardizedEffect, title: study.label) }
        let outside = studies.filter(\.isOutside)
        frame.name(
            outside.map { (frame.point($0.precision, $0.standardizedEffect), $0.label) },
            avoiding: studies.map { frame.point($0.precision, $0.standardizedEffect) })
        frame.drawAxes()
        return frame.figure(
            title: "Radial plot: \(measure), \(studies.count.studies)".naming(heading),
            summary: "The line has the slope of the pooled effect \(text). Studies outside the band: \(outside.count).")
    }

    /// Numbers of the plot: a row for each study.
    public var data: FigureData {
        FigureData(
            columns: ["label", "precision", "standardized_effect"],
            rows: coordinates.studies.map { [.text($0.label), .number($0.precision), .number($0.standardizedEffect)] })
    }
}

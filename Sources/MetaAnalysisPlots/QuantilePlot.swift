public import MetaAnalysis

/// A normal quantile (Q–Q) plot of studentized residuals; points are near the diagonal if true effects are normally distributed.
public struct QuantilePlot: Plot {
    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Points from the least residual to the greatest.
    public var points: [QuantileCoordinate]
    /// Limit for the absolute value of a residual; studies beyond it are labeled.
    public var limit: Double

    /// Makes the plot.
    ///
    /// - Parameters:
    ///   - influence: influence analysis with the residuals.
    ///   - pooled: pooled effect of the same studies, for the names of measure and outcome.
    public init(_ influence: InfluenceAnalysis, of pooled: PooledEffect) {
        measure = pooled.settings.measure
        heading = pooled.outcome
        points = influence.quantileCoordinates
        limit = influence.limits.studentizedResidual
    }

    /// Returns the figure of the plot.
    public func figure(theme: Theme) -> Figure {
        let across = Frame.range(points.map(\.quantile), margin: 0.08, including: [-1, 1])
        let up = Frame.range(points.map(\.residual), margin: 0.08, including: [-1, 1])
        var frame = Frame(
            .init(across, "Quantile of the normal distribution"), .init(up, "Studentized residual"), theme: theme,
            heading: heading, plotWidth: 380, plotHeight: 360)
        let ends = (min(across.0, up.0), max(across.1, up.1))
        frame.addLine(from: (ends.0, ends.0), to: (ends.1, ends.1), Stroke(frame.palette.rule))
        for point in points { frame.addPoint(point.quantile, point.residual, title: point.label) }
        frame.name(
            points.filter { abs($0.residual) > limit }.map { (frame.point($0.quantile, $0.residual), $0.label) },
            avoiding: points.map { frame.point($0.quantile, $0.residual) })
        frame.drawAxes()
        return frame.figure(
            title: "Q–Q plot: \(measure), \(points.count.studies)".naming(heading),
            summary: "Studentized residuals against normal quantiles, with the diagonal.")
    }

    /// Numbers of the plot: a row for each study.
    public var data: FigureData {
        FigureData(
            columns: ["label", "normal_quantile", "studentized_residual"],
            rows: points.map { [.text($0.label), .number($0.quantile), .number($0.residual)] })
    }
}

public import MetaAnalysis

/// Studentised residuals against the quantiles of the normal distribution: on the diagonal where true effects are normal.
public struct QuantilePlot: Hashable, Sendable {
    public var measure: String
    public var heading: String?
    /// From the least residual to the greatest.
    public var points: [Place]

    public struct Place: Hashable, Sendable {
        public var label: String
        /// Expected of a residual of this rank.
        public var quantile: Double
        public var residual: Double
    }

    public init(_ influence: InfluenceAnalysis, of pooled: PooledEffect) {
        measure = pooled.settings.measure
        heading = pooled.outcome
        var residuals: [(label: String, residual: Double)] = []
        for study in influence.studies {
            guard let residual = study.studentizedResidual, residual.isFinite else { continue }
            residuals.append((study.label, residual))
        }
        let order = residuals.indices.sorted { first, second in
            let (one, other) = (residuals[first].residual, residuals[second].residual)
            return one == other ? first < second : one < other
        }
        let count = Double(residuals.count)
        // R's ppoints: ranks less 3/8 for ten or fewer, less 1/2 for more.
        let shift = residuals.count <= 10 ? 0.375 : 0.5
        points = []
        for (rank, index) in order.enumerated() {
            let probability = (Double(rank + 1) - shift) / (count + 1 - 2 * shift)
            points.append(
                Place(
                    label: residuals[index].label, quantile: NormalQuantile.lower(probability),
                    residual: residuals[index].residual))
        }
    }

    public func svg(theme: Theme = .journal) -> String { figure(theme: theme).svg() }

    public func figure(theme: Theme = .journal) -> Figure {
        let across = Frame.range(points.map(\.quantile), margin: 0.08, including: [-1, 1])
        let up = Frame.range(points.map(\.residual), margin: 0.08, including: [-1, 1])
        var frame = Frame(
            .init(across, "Quantile of the normal distribution"), .init(up, "Studentised residual"), theme: theme,
            heading: heading, plotWidth: 380, plotHeight: 360)
        let palette = frame.palette
        let ends = (min(across.0, up.0), max(across.1, up.1))
        frame.addLine(from: (ends.0, ends.0), to: (ends.1, ends.1), Stroke(palette.rule))
        for point in points {
            frame.add(
                .group(
                    [
                        .circle(
                            center: frame.point(point.quantile, point.residual), radius: 4, fill: palette.study,
                            stroke: Stroke(palette.background, width: 0.75))
                    ], title: point.label))
        }
        frame.name(
            points.filter { abs($0.residual) > 1.96 }.map { (frame.point($0.quantile, $0.residual), $0.label) },
            avoiding: points.map { frame.point($0.quantile, $0.residual) })
        frame.drawAxes()
        return frame.figure(
            title: "Q–Q plot: \(measure), \(points.count) studies" + (heading.map { ", " + $0 } ?? ""),
            summary: "Studentised residuals against normal quantiles, with the diagonal.")
    }

    /// The numbers of the plot.
    public var data: FigureData {
        FigureData(
            columns: ["label", "normal_quantile", "studentized_residual"],
            rows: points.map { [.text($0.label), .number($0.quantile), .number($0.residual)] })
    }
}

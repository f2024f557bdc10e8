public import MetaAnalysis

/// A Baujat plot: each study's contribution to the heterogeneity and its influence on the pooled effect. Studies at the upper right have
/// both.
public struct BaujatPlot: Plot {
    /// Coordinates of the studies.
    public var coordinates: BaujatCoordinates
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    private var measure: String

    /// Makes the plot.
    ///
    /// - Parameters:
    ///   - coordinates: result of `baujat(_:)` of a model.
    ///   - pooled: pooled effect of the same studies, for the names of measure and outcome.
    public init(_ coordinates: BaujatCoordinates, of pooled: PooledEffect) {
        self.coordinates = coordinates
        heading = pooled.outcome
        measure = pooled.settings.measure
    }

    /// Returns the figure of the plot. Studies without a coordinate are not drawn; the diagnostics of the coordinates name them.
    public func figure(theme: Theme) -> Figure {
        let points = coordinates.studies.compactMap { study -> (label: String, x: Double, y: Double)? in
            guard let x = study.heterogeneity, let y = study.influence, x.isFinite, y.isFinite else { return nil }
            return (study.label, x, y)
        }
        let across = Frame.range(points.map(\.x), including: [0])
        let up = Frame.range(points.map(\.y), including: [0])
        var frame = Frame(
            .init(across, "Part in the heterogeneity"), .init(up, "Influence on the pooled effect"), theme: theme,
            heading: heading)
        for point in points { frame.addPoint(point.x, point.y, title: point.label) }
        // Studies that stand out most are labeled first.
        let order = points.indices.sorted { first, second in
            let (one, other) = (points[first], points[second])
            let (near, far) = (
                one.x / across.1 + one.y / up.1, other.x / across.1 + other.y / up.1
            )
            return near == far ? first < second : near > far
        }
        frame.name(order.map { (frame.point(points[$0].x, points[$0].y), points[$0].label) })
        frame.drawAxes()
        let top = order.first.map { " \(points[$0].label) stands out most." } ?? ""
        return frame.figure(
            title: "Baujat plot: \(measure), \(points.count.studies)".naming(heading),
            summary: "Part of each study in the heterogeneity against its influence on the pooled effect." + top)
    }

    /// Numbers of the plot: a row for each study.
    public var data: FigureData {
        FigureData(
            columns: ["label", "heterogeneity", "influence"],
            rows: coordinates.studies.map { [.text($0.label), .number($0.heterogeneity), .number($0.influence)] })
    }
}

public import MetaAnalysis

/// A GOSH plot: the pooled effect and the heterogeneity I² of every subset of the studies. Several clouds suggest that the studies are of
/// several kinds.
///
/// The plot is divided into cells, shaded by the number of subsets in each, because many subsets coincide.
public struct GoshPlot: Plot {
    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Analysis scale of the pooled effects.
    public var scale: EffectScale
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Pooled effects of the subsets.
    public var subsets: SubsetAnalysis
    private var whole: (estimate: Double, iSquared: Double)? {
        estimate.flatMap { estimate in iSquared.map { (estimate, $0) } }
    }
    private var estimate: Double?
    private var iSquared: Double?

    /// Makes the plot.
    ///
    /// - Parameters:
    ///   - subsets: result of `subsets(_:_:threads:)` of a model.
    ///   - pooled: pooled effect of all studies, marked by a ring.
    public init(_ subsets: SubsetAnalysis, of pooled: PooledEffect) {
        self.subsets = subsets
        measure = pooled.settings.measure
        scale = pooled.scale
        heading = pooled.outcome
        estimate = pooled.estimate
        iSquared = pooled.heterogeneity.iSquared
    }

    private static let cells = (across: 88, up: 72)

    /// Returns the figure of the plot; subsets without I² are not drawn.
    public func figure(theme: Theme) -> Figure {
        let axis = EffectAxis(measure: measure, scale: scale)
        let shown = subsets.estimate.indices.compactMap { index -> (Double, Double)? in
            guard let share = subsets.iSquared[index], subsets.estimate[index].isFinite else { return nil }
            return (subsets.estimate[index], share)
        }
        var frame = Frame(
            axis.side(Frame.range(shown.map(\.0))), .init((0, 100), "I² (%)"), theme: theme, heading: heading)
        var counts = Array(repeating: 0, count: Self.cells.across * Self.cells.up)
        for (estimate, share) in shown {
            let across = Int((estimate - frame.x.lower) / (frame.x.upper - frame.x.lower) * Double(Self.cells.across))
            let up = Int(share / 100 * Double(Self.cells.up))
            counts[
                min(max(up, 0), Self.cells.up - 1) * Self.cells.across + min(max(across, 0), Self.cells.across - 1)] +=
                1
        }
        // The square root keeps cells with few subsets visible.
        let greatest = Double(counts.max() ?? 1).squareRoot()
        let (width, height) = (frame.box.width / Double(Self.cells.across), frame.box.height / Double(Self.cells.up))
        for (index, count) in counts.enumerated() where count > 0 {
            let (row, column) = index.quotientAndRemainder(dividingBy: Self.cells.across)
            let shade = 0.15 + 0.85 * Double(count).squareRoot() / greatest
            frame.add(
                .rectangle(
                    Box(
                        x: frame.box.x + Double(column) * width, y: frame.box.bottom - Double(row + 1) * height,
                        width: width, height: height), fill: frame.palette.study.faded((shade * 100).rounded() / 100)))
        }
        if let whole, frame.contains(whole.estimate, whole.iSquared) {
            let place = frame.point(whole.estimate, whole.iSquared)
            frame.add(
                .group(
                    [.circle(center: place, radius: 5, fill: nil, stroke: Stroke(frame.palette.pooled, width: 2))],
                    title: "All studies"))
        }
        frame.drawAxes()
        return frame.figure(
            title: "GOSH plot: \(axis.reading.title), \(shown.count) subsets of \(subsets.studies.count.studies)"
                .naming(heading),
            summary: "Pooled effect and I² of subsets of the studies; darker cells hold more. The ring is all studies.")
    }

    /// Numbers of the plot: a row for each subset.
    public var data: FigureData {
        FigureData(
            columns: ["k", "estimate", "i2"],
            rows: subsets.estimate.indices.map {
                [
                    .text(String(subsets.k[$0])), .number(subsets.estimate[$0]), .number(subsets.iSquared[$0]),
                ]
            })
    }
}

public import MetaAnalysis

/// A comparison-adjusted funnel plot of a network: effects minus the mean of their comparison, against their standard errors. It is
/// symmetric if small studies show the same effects as large ones.
public struct ComparisonFunnelPlot: Plot {
    /// Effects of the studies minus the means of their comparisons.
    public var effects: ComparisonAdjustedEffects
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Confidence level of the funnel, in (0, 1).
    public var level: Double

    /// Makes the plot.
    ///
    /// - Parameters:
    ///   - effects: comparison-adjusted effects of the network of the fit.
    ///   - fit: network fit, for the level of the funnel and the outcome.
    public init(_ effects: ComparisonAdjustedEffects, of fit: NetworkFit) {
        self.effects = effects
        heading = fit.outcome
        level = fit.settings.level
    }

    /// Greatest number of comparisons with a symbol of their own; readers cannot distinguish more.
    private static let mostNamed = 12

    private var comparisons: [(name: String, points: [ComparisonAdjustedEffects.Point])] {
        var found: [(name: String, points: [ComparisonAdjustedEffects.Point])] = []
        var last: [Treatment] = []
        for point in effects.points {
            let pair = [point.treatment, point.versus]
            if pair != last { found.append(("\(pair[0].name) : \(pair[1].name)", [])) }
            found[found.count - 1].points.append(point)
            last = pair
        }
        return found
    }

    /// Returns the figure of the plot. With many comparisons, those beyond the twelve with the most studies share one symbol.
    public func figure(theme: Theme) -> Figure {
        let axis = EffectAxis(measure: effects.measure, scale: effects.scale)
        let palette = theme.palette
        let comparisons = self.comparisons
        let bySize = comparisons.indices.sorted {
            (comparisons[$1].points.count, $0) < (comparisons[$0].points.count, $1)
        }
        let named = bySize.prefix(comparisons.count > Self.mostNamed + 1 ? Self.mostNamed : comparisons.count).sorted()
        let isRest = named.count < comparisons.count
        let rest = { Self.symbol(at: $0, palette.muted.faded(0.6), shape: 0) }
        var legend = named.enumerated().map { place, index in
            Frame.Entry(comparisons[index].name) { [Self.symbol(at: $0, place, palette)] }
        }
        if isRest { legend.append(.init("\(comparisons.count - named.count) other comparisons") { [rest($0)] }) }
        let greatest = effects.points.map(\.standardError).max() ?? 1
        let bottom = greatest > 0 ? greatest * 1.06 : 1
        let half = ConfidenceInterval.halfWidth(ofStandardError: bottom, level: level)
        var side = axis.side(Frame.range(effects.points.map(\.estimate) + [-half, half]))
        side.title = side.title.prefix(1).lowercased() + side.title.dropFirst()
        side.title = "Study less mean of its comparison: \(side.title)"
        var frame = Frame(
            side, .init((0, bottom), "Standard error", isReversed: true), theme: theme, heading: heading, legend: legend
        )
        let dashed = Stroke(palette.muted, dashes: [4, 3])
        frame.addLine(from: (0, 0), to: (0, bottom), Stroke(palette.rule))
        frame.addLine(from: (0, 0), to: (-half, bottom), dashed)
        frame.addLine(from: (0, 0), to: (half, bottom), dashed)
        for (index, comparison) in comparisons.enumerated() {
            let place = named.firstIndex(of: index)
            for point in comparison.points {
                let center = frame.point(point.estimate, point.standardError)
                frame.add(
                    .group(
                        [place.map { Self.symbol(at: center, $0, palette) } ?? rest(center)],
                        title: "\(point.study), \(comparison.name)"))
            }
        }
        frame.drawAxes()
        let studies = Set(effects.points.map(\.study)).count
        return frame.figure(
            title: "Comparison-adjusted funnel plot: \(axis.reading.title), \(studies.studies)".naming(heading),
            summary: "\(effects.points.count) contrasts of \(comparisons.count) comparisons, each less the mean of its"
                + " comparison; the treatments follow each other as \(effects.sequence.map(\.name).joined(separator: ", "))."
        )
    }

    /// Returns the symbol of a comparison; colors change before shapes, so that neighbors differ in color.
    private static func symbol(at center: Point, _ place: Int, _ palette: Palette) -> Mark {
        let color = palette.series[place % palette.series.count]
        return symbol(at: center, color, shape: place / palette.series.count + place)
    }

    private static func symbol(at center: Point, _ color: Color, shape: Int) -> Mark {
        let reach = 4.2
        switch shape % 4 {
        case 0: return .circle(center: center, radius: 3.8, fill: color)
        case 1:
            return .polygon(
                [
                    Point(center.x, center.y - reach - 0.8), Point(center.x + reach, center.y + reach - 0.8),
                    Point(center.x - reach, center.y + reach - 0.8),
                ], fill: color)
        case 2:
            return .rectangle(Box(x: center.x - 3.4, y: center.y - 3.4, width: 6.8, height: 6.8), fill: color)
        default:
            return .polygon(
                [
                    Point(center.x, center.y - reach - 0.6), Point(center.x + reach + 0.6, center.y),
                    Point(center.x, center.y + reach + 0.6), Point(center.x - reach - 0.6, center.y),
                ], fill: color)
        }
    }

    /// Numbers of the plot: a row for each contrast.
    public var data: FigureData {
        FigureData(
            columns: ["study", "treatment", "versus", "estimate", "standard_error"],
            rows: effects.points.map {
                [
                    .text($0.study), .text($0.treatment.name), .text($0.versus.name), .number($0.estimate),
                    .number($0.standardError),
                ]
            })
    }
}

public import MetaAnalysis

/// Galbraith's plot: standardised effects against their precision, on which studies of one effect scatter evenly around a line
/// through the origin whose slope is that effect.
public struct RadialPlot: Hashable, Sendable {
    public struct Study: Hashable, Sendable {
        public var label: String
        /// 1 over the standard deviation of the estimate, τ² included.
        public var precision: Double
        /// The estimate over that standard deviation.
        public var standardized: Double
    }

    public var measure: String
    public var heading: String?
    public var studies: [Study]
    /// Slope of the line: the pooled effect on the analysis scale.
    public var estimate: Double
    public var level: Double
    private var text: String

    public init(_ pooled: PooledEffect) {
        measure = pooled.settings.measure
        heading = pooled.outcome
        level = pooled.settings.level
        estimate = pooled.estimate.isFinite ? pooled.estimate : 0
        text = EffectAxis(measure: measure, scale: pooled.scale).text(pooled)
        let tauSquared = pooled.settings.model == "random" ? pooled.heterogeneity.tauSquared : 0
        studies = pooled.studies.compactMap { study in
            guard let own = study.estimate, let variance = study.variance else { return nil }
            let deviation = (variance + tauSquared).squareRoot()
            guard deviation > 0, (own / deviation).isFinite, (1 / deviation).isFinite else { return nil }
            return Study(label: study.label, precision: 1 / deviation, standardized: own / deviation)
        }
    }

    public func svg(theme: Theme = .journal) -> String { figure(theme: theme).svg() }

    public func figure(theme: Theme = .journal) -> Figure {
        let band = NormalQuantile.twoSided(level: level)
        let across = Frame.range(studies.map(\.precision), including: [0])
        let right = across.1
        let ends = [band, -band, right * estimate + band, right * estimate - band]
        let up = Frame.range(studies.map(\.standardized) + ends)
        var frame = Frame(
            .init((0, right), "Precision, 1 / √(v + τ²)"), .init(up, "Standardised effect"), theme: theme,
            heading: heading)
        let palette = frame.palette
        frame.add(
            .polygon(
                [
                    frame.point(0, band), frame.point(right, right * estimate + band),
                    frame.point(right, right * estimate - band), frame.point(0, -band),
                ], fill: palette.grid.faded(0.35)))
        frame.addLine(from: (0, 0), to: (right, 0), Stroke(palette.grid))
        frame.addLine(from: (0, 0), to: (right, right * estimate), Stroke(palette.pooled, width: 1.5))
        for study in studies {
            frame.add(
                .group(
                    [
                        .circle(
                            center: frame.point(study.precision, study.standardized), radius: 4, fill: palette.study,
                            stroke: Stroke(palette.background, width: 0.75))
                    ], title: study.label))
        }
        // Only studies off the band are named.
        let outside = studies.filter { abs($0.standardized - $0.precision * estimate) > band }
        frame.name(
            outside.map { (frame.point($0.precision, $0.standardized), $0.label) },
            avoiding: studies.map { frame.point($0.precision, $0.standardized) })
        frame.drawAxes()
        return frame.figure(
            title: "Radial plot: \(measure), \(studies.count) studies" + (heading.map { ", " + $0 } ?? ""),
            summary: "The line has the slope of the pooled effect \(text). Studies outside the band: \(outside.count).")
    }

    /// The numbers of the plot.
    public var data: FigureData {
        FigureData(
            columns: ["label", "precision", "standardized_effect"],
            rows: studies.map { [.text($0.label), .number($0.precision), .number($0.standardized)] })
    }
}

/// Quantiles of the normal distribution as intervals give them.
enum NormalQuantile {
    /// How many standard errors an interval of the level reaches to each side.
    static func twoSided(level: Double) -> Double {
        let unit = EffectSize(label: "", estimate: 0, variance: 1)
        return (try? unit.confidenceInterval(level: level))?.upper ?? 2
    }

    /// The x below which the probability lies.
    static func lower(_ probability: Double) -> Double {
        let level = abs(2 * probability - 1)
        guard level > 0 else { return 0 }
        return probability < 0.5 ? -twoSided(level: level) : twoSided(level: level)
    }
}

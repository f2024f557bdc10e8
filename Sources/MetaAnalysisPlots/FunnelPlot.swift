public import MetaAnalysis

/// A funnel plot: effects against their standard errors, large studies at the top. It is symmetric if small studies show the same effects
/// as large ones.
public struct FunnelPlot: Plot {
    /// A study, or one imputed by trim and fill, drawn as a point.
    public struct Study: Hashable, Sendable {
        /// Label of the study.
        public var label: String
        /// Effect on the analysis scale.
        public var estimate: Double
        /// Standard error of the effect, on the analysis scale.
        public var standardError: Double
        /// Whether the study was imputed by trim and fill.
        public var isImputed = false
    }

    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Analysis scale of the effects.
    public var scale: EffectScale
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Studies with a finite effect and variance, then imputed studies.
    public var studies: [Study]
    /// Pooled effect at the center of the funnel; `nil` if it is not finite.
    public var center: Double?
    /// Confidence level of the funnel, in (0, 1).
    public var level: Double
    /// Pooled effect with the imputed studies; `nil` if there are none.
    public var filledCenter: Double?
    /// Line of the regression of effects on standard errors; `nil` for none.
    public var regression: Line?
    /// Whether regions of significance around "no effect" are shaded, at the levels 0.90, 0.95 and 0.99; default false.
    public var hasContours = false
    private var modelName: String

    /// The line of a regression of effects on standard errors, on the analysis scale.
    public struct Line: Hashable, Sendable {
        /// Predicted effect at a standard error of 0.
        public var limit: Double
        /// Change of the effect per unit of the standard error.
        public var slope: Double
    }

    /// Makes the plot.
    ///
    /// - Parameters:
    ///   - pooled: pooled effect with its studies, at the center of the funnel.
    ///   - filled: result of trim and fill, for the imputed studies.
    ///   - egger: test of asymmetry; its line is drawn if it is a regression on the standard error.
    public init(_ pooled: PooledEffect, filled: TrimAndFillFit? = nil, egger: SmallStudyTest? = nil) {
        measure = pooled.settings.measure
        scale = pooled.scale
        heading = pooled.outcome
        level = pooled.settings.level
        modelName = pooled.settings.modelName
        studies = pooled.studies.compactMap { study in
            guard let estimate = study.estimate, let variance = study.variance, estimate.isFinite, variance.isFinite,
                variance >= 0
            else { return nil }
            return Study(label: study.label, estimate: estimate, standardError: variance.squareRoot())
        }
        center = pooled.estimate.isFinite ? pooled.estimate : nil
        if let filled {
            for study in filled.imputedStudies where study.estimate.isFinite && study.variance.isFinite {
                studies.append(
                    Study(
                        label: study.label, estimate: study.estimate, standardError: study.variance.squareRoot(),
                        isImputed: true))
            }
            if filled.imputed > 0 { filledCenter = filled.pooled.estimate }
        }
        if let egger, egger.predictor == FunnelPredictor.standardError.rawValue, let slope = egger.estimate,
            let limit = egger.limit?.estimate
        {
            regression = Line(limit: limit, slope: slope)
        }
    }

    /// Value of "no effect" on the analysis scale; `nil` for a measure that is not a contrast, which has no contours.
    public var reference: Double? { EffectAxis(measure: measure, scale: scale).reading.reference(measure: measure) }

    /// Returns the figure of the plot.
    public func figure(theme: Theme) -> Figure {
        let axis = EffectAxis(measure: measure, scale: scale)
        let palette = theme.palette
        let greatest = studies.map(\.standardError).max() ?? 1
        let bottom = greatest > 0 ? greatest * 1.06 : 1
        let half = ConfidenceInterval.halfWidth(ofStandardError: bottom, level: level)
        var across = studies.map(\.estimate)
        if let center { across += [center - half, center + half] }
        if let filledCenter { across.append(filledCenter) }
        let reference = self.reference
        if hasContours, let reference { across += [reference - half, reference + half] }
        var frame = Frame(
            axis.side(Frame.range(across)), .init((0, bottom), "Standard error", isReversed: true), theme: theme,
            heading: heading, legend: legend(palette, hasReference: reference != nil))
        if hasContours, let reference { drawContours(in: &frame, around: reference, bottom) }
        if let reference { frame.addLine(from: (reference, 0), to: (reference, bottom), Stroke(palette.grid)) }
        if let center {
            let stroke = Stroke(palette.muted, dashes: [4, 3])
            frame.addLine(from: (center, 0), to: (center, bottom), Stroke(palette.pooled))
            frame.addLine(from: (center, 0), to: (center - half, bottom), stroke)
            frame.addLine(from: (center, 0), to: (center + half, bottom), stroke)
        }
        if let filledCenter {
            frame.addLine(
                from: (filledCenter, 0), to: (filledCenter, bottom), Stroke(palette.accent, dashes: [7, 3, 1, 3]))
        }
        if let regression {
            frame.addLine(
                from: (regression.limit, 0), to: (regression.limit + regression.slope * bottom, bottom),
                Stroke(palette.accent, width: 1.5))
        }
        for study in studies {
            let place = frame.point(study.estimate, study.standardError)
            frame.add(
                .group(
                    Self.symbol(isImputed: study.isImputed, palette)(place),
                    title: "\(study.label): \(axis.text(study.estimate, nil))"))
        }
        frame.drawAxes()
        return frame.figure(title: title(axis), summary: summary(axis))
    }

    private func title(_ axis: EffectAxis) -> String {
        let count = studies.count { !$0.isImputed }
        return "Funnel plot: \(axis.reading.title), \(count.studies)".naming(heading)
    }

    private func summary(_ axis: EffectAxis) -> String {
        var parts: [String] = []
        if let center {
            parts.append("The funnel stands on the pooled effect \(axis.text(center, nil)) (\(modelName)).")
        }
        let imputed = studies.count(where: \.isImputed)
        if imputed > 0 { parts.append("Trim and fill adds \(imputed.studies).") }
        if let regression {
            parts.append(
                "The regression on the standard error has the slope \(NumberFormat.significant(regression.slope, digits: 3))."
            )
        }
        return parts.joined(separator: " ")
    }

    private static func symbol(isImputed: Bool, _ palette: Palette) -> (Point) -> [Mark] {
        { place in
            guard isImputed else { return [.symbol(at: place, palette)] }
            return [
                .circle(center: place, radius: 4, fill: palette.background, stroke: Stroke(palette.accent, width: 1.5))
            ]
        }
    }

    private func legend(_ palette: Palette, hasReference: Bool) -> [Frame.Entry] {
        var entries: [Frame.Entry] = []
        if hasContours, hasReference {
            for (index, text) in ["p > 0.10", "0.10 to 0.05", "0.05 to 0.01", "p < 0.01"].enumerated() {
                let fill = Self.contourFill(index, palette)
                entries.append(
                    .init(text) {
                        [
                            .rectangle(
                                Box(x: $0.x - 8, y: $0.y - 5, width: 16, height: 10), fill: fill,
                                stroke: Stroke(palette.grid))
                        ]
                    })
            }
        }
        if let first = studies.first, !first.isImputed {
            entries.append(.init("Study", sample: Self.symbol(isImputed: false, palette)))
        }
        if center != nil { entries.append(.init(modelName, line: Stroke(palette.pooled))) }
        if studies.contains(where: \.isImputed) {
            entries.append(.init("Imputed by trim and fill", sample: Self.symbol(isImputed: true, palette)))
            if filledCenter != nil {
                entries.append(
                    .init("Pooled with imputed", line: Stroke(palette.accent, dashes: [7, 3, 1, 3])))
            }
        }
        if regression != nil {
            entries.append(.init("Egger regression", line: Stroke(palette.accent, width: 1.5)))
        }
        return entries
    }

    private static let contourLevels = [0.9, 0.95, 0.99]

    /// Returns the color of a region of significance; index 0 is the innermost region.
    private static func contourFill(_ index: Int, _ palette: Palette) -> Color {
        [palette.background, palette.grid.faded(0.85), palette.grid.faded(0.5), palette.grid.faded(0.2)][index]
    }

    private func drawContours(in frame: inout Frame, around reference: Double, _ bottom: Double) {
        frame.add(.rectangle(frame.box, fill: Self.contourFill(3, frame.palette)))
        for (index, level) in Self.contourLevels.enumerated().reversed() {
            let half = ConfidenceInterval.halfWidth(ofStandardError: bottom, level: level)
            let wedge = Self.wedge(reference, half, bottom, frame)
            // Each region covers the ones outside it.
            frame.add(.polygon(wedge, fill: frame.palette.background))
            if index > 0 { frame.add(.polygon(wedge, fill: Self.contourFill(index, frame.palette))) }
        }
    }

    /// Returns the triangle of a region, cut off at the sides of the plot.
    private static func wedge(_ apex: Double, _ half: Double, _ bottom: Double, _ frame: Frame) -> [Point] {
        var points = [frame.point(apex, 0)]
        for (side, end) in [(half, frame.x.upper), (-half, frame.x.lower)] {
            let edge = apex + side
            let isCut = side > 0 ? edge > end : edge < end
            let atSide = frame.point(end, bottom * (end - apex) / side)
            let corner = frame.point(isCut ? end : edge, bottom)
            // The points go down the right side, then up the left side.
            if side > 0 {
                points += isCut ? [atSide, corner] : [corner]
            } else {
                points += isCut ? [corner, atSide] : [corner]
            }
        }
        return points
    }

    /// Numbers of the plot: a row for each study.
    public var data: FigureData {
        FigureData(
            columns: ["type", "label", "estimate", "standard_error"],
            rows: studies.map {
                [
                    .text($0.isImputed ? "imputed" : "study"), .text($0.label), .number($0.estimate),
                    .number($0.standardError),
                ]
            })
    }
}

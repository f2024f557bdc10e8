public import MetaAnalysis

/// Influence of each study, a panel for each measure of influence; influential studies are filled.
public struct InfluencePlot: Plot {
    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Measures of influence of the studies, with their limits.
    public var influence: InfluenceAnalysis
    private var tauSquared: Double
    private var cochranQ: Double

    /// Makes the plot.
    ///
    /// - Parameters:
    ///   - influence: result of `influence(_:)` of a model.
    ///   - pooled: pooled effect of all studies, for their τ² and Q.
    public init(_ influence: InfluenceAnalysis, of pooled: PooledEffect) {
        self.influence = influence
        measure = pooled.settings.measure
        heading = pooled.outcome
        tauSquared = pooled.heterogeneity.tauSquared
        cochranQ = pooled.heterogeneity.cochranQ
    }

    private struct Panel {
        var title: String
        var values: [Double?]
        /// Limits beyond which a study stands out; empty for none.
        var limits: [Double] = []
        /// Value for all studies together.
        var level: Double?
    }

    private var panels: [Panel] {
        let studies = influence.studies
        let limits = influence.limits
        return [
            Panel(
                title: "Studentized residual", values: studies.map(\.studentizedResidual),
                limits: [-limits.studentizedResidual, limits.studentizedResidual], level: 0),
            Panel(
                title: "DFFITS", values: studies.map(\.dffits), limits: limits.dffits.map { [-$0, $0] } ?? [], level: 0),
            Panel(title: "Cook’s distance", values: studies.map(\.cooksDistance), limits: [limits.cooksDistance]),
            Panel(title: "Covariance ratio", values: studies.map(\.covarianceRatio), level: 1),
            Panel(title: "τ² without the study", values: studies.map(\.tauSquaredDeleted), level: tauSquared),
            Panel(title: "Q without the study", values: studies.map(\.qDeleted), level: cochranQ),
            Panel(title: "Hat value", values: studies.map { $0.hat }, limits: [limits.hat]),
            Panel(
                title: "DFBETAS", values: studies.map(\.dfbetas), limits: [-limits.dfbetas, limits.dfbetas], level: 0),
        ]
    }

    private static let panelHeight = 104.0
    private static let headHeight = 22.0
    private static let footHeight = 22.0
    private static let leftRoom = 52.0

    /// Returns the figure of the plot, with two panels side by side; a missing value is a gap.
    public func figure(theme: Theme) -> Figure {
        let count = influence.studies.count
        let panelWidth = min(max(260, Double(count) * 7), 720)
        var page = Page(
            width: 2 * Page.margin + 2 * (panelWidth + Self.leftRoom) + 10, heading: heading, theme: theme)
        let step = Self.headHeight + Self.panelHeight + Self.footHeight
        for (index, panel) in panels.enumerated() {
            let box = Box(
                x: Page.margin + Self.leftRoom + Double(index % 2) * (panelWidth + Self.leftRoom),
                y: page.y + Double(index / 2) * step + Self.headHeight, width: panelWidth, height: Self.panelHeight)
            page.add(draw(panel, in: box, page.palette))
        }
        page.y += Double((panels.count + 1) / 2) * step
        let named = influence.studies.enumerated().filter { $0.element.isInfluential == true }
        let words =
            named.isEmpty
            ? "No study lies beyond a limit of influence."
            : "Influential: " + named.map { "\($0.offset + 1) \($0.element.label.drawable)" }.joined(separator: ", ")
                + "."
        page.write(notes: [words])
        return page.figure(title: "Influence of \(count.studies): \(measure)", summary: words)
    }

    private func draw(_ panel: Panel, in box: Box, _ palette: Palette) -> [Mark] {
        let values = panel.values.map { value in value.flatMap { $0.isFinite ? $0 : nil } }
        let present = values.compactMap(\.self)
        // A limit far from the values would compress them to a line.
        let (least, greatest) = Frame.range(present, including: panel.level.map { [$0] } ?? [])
        let reach = greatest - least
        let limits = panel.limits.filter { $0 > least - reach && $0 < greatest + reach }
        let (lower, upper) = Frame.range(present + limits, margin: 0.08, including: panel.level.map { [$0] } ?? [])
        let vertical = LinearScale(from: lower, to: upper, start: box.bottom, end: box.y)
        let count = Double(max(values.count, 1))
        let horizontal = LinearScale(from: 0.5, to: count + 0.5, start: box.x, end: box.right)
        var marks: [Mark] = [
            .text(
                Label(
                    panel.title, at: Point(box.x, box.y - 7), size: Frame.smallSize, isBold: true, color: palette.text))
        ]
        for tick in Axis(.linear, on: vertical, size: 10, most: 5, isUpright: true).ticks {
            let y = vertical(tick.value)
            marks.append(.line(from: Point(box.x - 3, y), to: Point(box.x, y), Stroke(palette.rule)))
            let label = Label(tick.label, at: Point(box.x - 5, y + 3.5), size: 10, anchor: .end, color: palette.text)
            marks.append(.text(label.shortened(to: Self.leftRoom - 8)))
        }
        for tick in Axis(.whole, on: horizontal, size: 10, most: 14).ticks {
            let x = horizontal(tick.value)
            marks.append(.line(from: Point(x, box.bottom), to: Point(x, box.bottom + 3), Stroke(palette.rule)))
            marks.append(
                .text(Label(tick.label, at: Point(x, box.bottom + 13), size: 10, anchor: .middle, color: palette.text)))
        }
        if let level = panel.level {
            marks.append(
                .line(from: Point(box.x, vertical(level)), to: Point(box.right, vertical(level)), Stroke(palette.grid)))
        }
        for limit in limits {
            marks.append(
                .line(
                    from: Point(box.x, vertical(limit)), to: Point(box.right, vertical(limit)),
                    Stroke(palette.muted, dashes: [3, 3])))
        }
        var run: [Point] = []
        var runs: [[Point]] = []
        for (index, value) in values.enumerated() {
            if let value {
                run.append(Point(horizontal(Double(index + 1)), vertical(value)))
            } else {
                runs.append(run)
                run = []
            }
        }
        runs.append(run)
        for run in runs where run.count > 1 { marks.append(.path(run, Stroke(palette.grid, width: 1.2))) }
        for (index, value) in values.enumerated() {
            guard let value else { continue }
            let isInfluential = influence.studies[index].isInfluential == true
            marks.append(
                .group(
                    [
                        .circle(
                            center: Point(horizontal(Double(index + 1)), vertical(value)), radius: 3,
                            fill: isInfluential ? palette.pooled : palette.background,
                            stroke: Stroke(isInfluential ? palette.pooled : palette.study, width: 1.2))
                    ], title: influence.studies[index].label))
        }
        marks.append(.line(from: Point(box.x, box.bottom), to: Point(box.right, box.bottom), Stroke(palette.rule)))
        marks.append(.line(from: Point(box.x, box.y), to: Point(box.x, box.bottom), Stroke(palette.rule)))
        return marks
    }

    /// Numbers of the plot: a row for each study.
    public var data: FigureData {
        FigureData(
            columns: [
                "label", "studentized_residual", "dffits", "cooks_distance", "covariance_ratio", "tau2_deleted",
                "q_deleted", "hat", "dfbetas",
            ],
            rows: influence.studies.map {
                [
                    .text($0.label), .number($0.studentizedResidual), .number($0.dffits), .number($0.cooksDistance),
                    .number($0.covarianceRatio), .number($0.tauSquaredDeleted), .number($0.qDeleted), .number($0.hat),
                    .number($0.dfbetas),
                ]
            })
    }
}

public import MetaAnalysis

/// Rankograms: the probability of each rank for each treatment, with the cumulative probability as a line. The area under the line is the
/// SUCRA.
public struct RankPlot: Plot {
    /// Ranking with the probabilities of the ranks.
    public var ranking: Ranking
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?

    /// Makes the plot.
    ///
    /// - Parameter ranking: ranking with rank probabilities; without them the panels are empty.
    public init(_ ranking: Ranking) {
        self.ranking = ranking
        heading = ranking.outcome
    }

    private static let plotSize = (width: 150.0, height: 96.0)
    private static let room = (left: 38.0, head: 36.0, foot: 20.0)

    /// Returns the figure of the plot, with panels in the order of the ranking, four in a row.
    public func figure(theme: Theme) -> Figure {
        let treatments = ranking.treatments
        let across = max(1, min(4, treatments.count))
        let step = (
            x: Self.plotSize.width + Self.room.left + 8, y: Self.plotSize.height + Self.room.head + Self.room.foot
        )
        var page = Page(width: 2 * Page.margin + Double(across) * step.x, heading: heading, theme: theme)
        for (index, treatment) in treatments.enumerated() {
            let box = Box(
                x: Page.margin + Self.room.left + Double(index % across) * step.x,
                y: page.y + Self.room.head + Double(index / across) * step.y, width: Self.plotSize.width,
                height: Self.plotSize.height)
            page.add(draw(treatment, in: box, page.palette))
        }
        page.y += Double((treatments.count + across - 1) / across) * step.y
        page.write(notes: [
            "Bars: probability of each rank, 1 the best (\(ranking.preferring.rawValue) values are better). "
                + "Line: that rank or a better one."
        ])
        return page.figure(
            title: "Rankograms of \(treatments.count) treatments",
            summary: treatments.map { "\($0.treatment.name): SUCRA \(NumberFormat.fixed($0.sucra, decimals: 2))." }
                .joined(separator: " "))
    }

    private func draw(_ treatment: RankedTreatment, in box: Box, _ palette: Palette) -> [Mark] {
        var marks: [Mark] = [
            .text(
                Label(
                    treatment.treatment.name, at: Point(box.x, box.y - 19), size: Frame.smallSize, isBold: true,
                    color: palette.text
                ).shortened(to: box.width)),
            .text(
                Label(
                    "SUCRA " + NumberFormat.fixed(treatment.sucra, decimals: 2), at: Point(box.x, box.y - 6),
                    size: Frame.smallSize, color: palette.muted)),
        ]
        let vertical = LinearScale(from: 0, to: 1, start: box.bottom, end: box.y)
        for (value, text) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
            let y = vertical(value)
            marks.append(.line(from: Point(box.x - 3, y), to: Point(box.x, y), Stroke(palette.rule)))
            marks.append(
                .text(Label(text, at: Point(box.x - 5, y + 3.5), size: 10, anchor: .end, color: palette.text)))
        }
        if let probabilities = treatment.rankProbabilities, let cumulative = treatment.cumulativeProbabilities,
            !probabilities.isEmpty
        {
            let pitch = box.width / Double(probabilities.count)
            var line: [Point] = []
            let metrics = TextMetrics(size: 10)
            // Ranks are numbered as densely as the numbers fit.
            let every = max(1, Int(((metrics.width(of: "00") + 4) / pitch).rounded(.up)))
            for (index, probability) in probabilities.enumerated() {
                let x = box.x + Double(index) * pitch
                let y = vertical.clamped(probability)
                marks.append(
                    .group(
                        [
                            .rectangle(
                                Box(x: x + pitch * 0.12, y: y, width: pitch * 0.76, height: box.bottom - y),
                                fill: palette.study)
                        ], title: "Rank \(index + 1): \(NumberFormat.fixed(probability, decimals: 3))"))
                line.append(Point(x + pitch / 2, vertical.clamped(cumulative[index])))
                if index % every == 0 {
                    marks.append(
                        .text(
                            Label(
                                String(index + 1), at: Point(x + pitch / 2, box.bottom + 12), size: 10, anchor: .middle,
                                color: palette.text)))
                }
            }
            if line.count > 1 { marks.append(.path(line, Stroke(palette.pooled, width: 1.5))) }
        }
        marks.append(.line(from: Point(box.x, box.bottom), to: Point(box.right, box.bottom), Stroke(palette.rule)))
        marks.append(.line(from: Point(box.x, box.y), to: Point(box.x, box.bottom), Stroke(palette.rule)))
        return marks
    }

    /// Numbers of the plot: a row for each treatment and rank.
    public var data: FigureData {
        FigureData(
            columns: ["treatment", "rank", "probability", "sucra"],
            rows: ranking.treatments.flatMap { treatment in
                (treatment.rankProbabilities ?? []).enumerated().map { index, probability in
                    [
                        .text(treatment.treatment.name), .text(String(index + 1)), .number(probability),
                        .number(treatment.sucra),
                    ]
                }
            })
    }
}

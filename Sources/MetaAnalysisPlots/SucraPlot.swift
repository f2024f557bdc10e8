public import MetaAnalysis

/// SUCRAs (surfaces under the cumulative ranking curve) as shaded cells, with a row for each treatment, from best to worst, and a column
/// for each outcome.
public struct SucraPlot: Plot {
    /// Rankings, one for each outcome.
    public var rankings: [Ranking]

    /// Makes the plot.
    ///
    /// - Parameter rankings: rankings of the same treatments or of some of them; rows are in the order of the first ranking that has them.
    public init(_ rankings: [Ranking]) { self.rankings = rankings }

    private static let cellHeight = 30.0
    private static let cellWidths = 92.0...150.0
    private static let leastWidth = 380.0
    private static let widestLabel = 240.0
    private static let headHeight = 20.0

    private var treatments: [Treatment] {
        var seen: Set<Treatment> = []
        return rankings.flatMap { $0.treatments.map(\.treatment) }.filter { seen.insert($0).inserted }
    }

    /// Returns the figure of the plot; the cell of a treatment without a rank for an outcome is empty.
    public func figure(theme: Theme) -> Figure {
        let treatments = self.treatments
        let metrics = TextMetrics(size: Frame.size)
        let widest = treatments.map { metrics.width(of: $0.name.drawable) }.max() ?? 0
        let labelWidth = min(max(widest, 60), Self.widestLabel)
        let left = Page.margin + labelWidth + 12
        let hasHeads = rankings.count > 1
        let heads = hasHeads ? rankings.map { $0.outcome ?? "" } : ["SUCRA"]
        let bold = TextMetrics(size: Frame.smallSize, isBold: true)
        let widestHead = heads.map { bold.width(of: $0.drawable) + 10 }.max() ?? 0
        let columns = Double(max(rankings.count, 1))
        let cellWidth = max(
            min(max(widestHead, Self.cellWidths.lowerBound), Self.cellWidths.upperBound),
            // Few columns are widened to the least width of a page.
            (Self.leastWidth - left - Page.margin) / columns)
        var page = Page(
            width: left + columns * cellWidth + Page.margin, heading: hasHeads ? nil : rankings.first?.outcome ?? nil,
            theme: theme)
        let palette = page.palette
        for (column, head) in heads.enumerated() {
            let middle = left + (Double(column) + 0.5) * cellWidth
            let label = Label(
                head, at: Point(middle, page.y + 13), size: Frame.smallSize, isBold: true, anchor: .middle,
                color: palette.text)
            page.add(.text(label.shortened(to: cellWidth - 6)))
        }
        page.y += Self.headHeight
        for (row, treatment) in treatments.enumerated() {
            let y = page.y + Double(row) * Self.cellHeight
            let name = Label(
                treatment.name, at: Point(left - 10, y + Self.cellHeight / 2 + 4), size: Frame.size, anchor: .end,
                color: palette.text)
            page.add(.text(name.shortened(to: labelWidth)))
            for (column, ranking) in rankings.enumerated() {
                let cell = Box(
                    x: left + Double(column) * cellWidth, y: y, width: cellWidth,
                    height: Self.cellHeight
                ).inset(by: 1)
                page.add(draw(ranking[treatment], in: cell, palette))
            }
        }
        page.y += Double(treatments.count) * Self.cellHeight
        let sides = Set(rankings.map(\.preferring))
        let better = sides.count == 1 ? rankings.first.map { "\($0.preferring.rawValue) values are better" } : nil
        page.write(notes: [
            "SUCRA in percent: 100 for a treatment that is surely the best, 0 for one that is surely the worst"
                + (better.map { " (\($0))." } ?? ".")
        ])
        return page.figure(
            title: "SUCRA of \(treatments.count) treatments" + (hasHeads ? ", \(rankings.count) outcomes" : ""),
            summary: rankings.map { ranking in
                (hasHeads ? (ranking.outcome ?? "") + ": " : "")
                    + ranking.treatments.map { "\($0.treatment.name) \(Self.percent($0))" }.joined(separator: ", ")
                    + "."
            }.joined(separator: " "))
    }

    private func draw(_ ranked: RankedTreatment?, in box: Box, _ palette: Palette) -> Mark {
        guard let ranked else {
            return .group([.rectangle(box, fill: nil, stroke: Stroke(palette.grid))], title: "Not ranked")
        }
        // The shade is limited so that the number on it can be read.
        let shade = (4 + 46 * min(max(ranked.sucra, 0), 1)).rounded() / 100
        return .group(
            [
                .rectangle(box, fill: palette.study.faded(shade)),
                .text(
                    Label(
                        Self.percent(ranked), at: Point(box.center.x, box.center.y + 4), size: Frame.size,
                        anchor: .middle, color: palette.text)),
            ], title: "\(ranked.treatment.name): mean rank \(NumberFormat.fixed(ranked.meanRank, decimals: 1))")
    }

    private static func percent(_ ranked: RankedTreatment) -> String {
        NumberFormat.fixed(100 * ranked.sucra, decimals: 0)
    }

    /// Numbers of the plot: a row for each outcome and treatment.
    public var data: FigureData {
        FigureData(
            columns: ["outcome", "treatment", "sucra", "mean_rank"],
            rows: rankings.flatMap { ranking in
                ranking.treatments.map {
                    [.text(ranking.outcome), .text($0.treatment.name), .number($0.sucra), .number($0.meanRank)]
                }
            })
    }
}

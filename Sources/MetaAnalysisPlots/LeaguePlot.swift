public import MetaAnalysis

/// A league table with cells shaded by their effects: network estimates below the diagonal, direct estimates above it.
public struct LeaguePlot: Plot {
    /// Code of the measure, such as `RR`.
    public var measure: String
    /// Heading of the figure, by default the outcome; `nil` for none.
    public var heading: String?
    /// Estimates of the league table.
    public var table: LeagueTable
    private var level: Double

    /// Makes the plot of a network fit.
    ///
    /// - Parameter order: treatments in the order of rows and columns, such as that of a ranking; `nil` keeps the order of the network.
    public init(_ fit: NetworkFit, order: [Treatment]? = nil) {
        measure = fit.settings.measure
        heading = fit.outcome
        level = fit.settings.level
        table = LeagueTable(fit, order: order)
    }

    private static let cellHeight = 38.0

    /// Returns the figure of the plot; above the diagonal, the cells of pairs that no study compares are blank.
    public func figure(theme: Theme) -> Figure {
        var axis = EffectAxis(measure: measure, scale: table.scale)
        let cells = table.cells.flatMap { $0 }.compactMap { $0 }
        axis.reading.decimals = min(3, axis.reading.decimals(for: cells.map(\.confidenceInterval)))
        let (small, bold) = (TextMetrics(size: 10), TextMetrics(size: Frame.smallSize, isBold: true))
        var cellWidth = 66.0
        for cell in cells { cellWidth = max(cellWidth, small.width(of: axis.text(cell.confidenceInterval)) + 12) }
        for treatment in table.treatments {
            cellWidth = max(cellWidth, min(bold.width(of: treatment.name.drawable) + 12, 130))
        }
        let count = table.treatments.count
        var page = Page(
            width: max(320, 2 * Page.margin + cellWidth * Double(count)), heading: heading, theme: theme)
        let strongest = cells.map { abs($0.estimate) }.filter(\.isFinite).max() ?? 1
        for row in 0..<count {
            for column in 0..<count {
                let box = Box(
                    x: Page.margin + Double(column) * cellWidth, y: page.y + Double(row) * Self.cellHeight,
                    width: cellWidth, height: Self.cellHeight)
                let frame = box.inset(by: 1)
                let middle = box.center
                if row == column {
                    page.add(.rectangle(frame, fill: page.palette.muted.faded(0.25)))
                    let label = Label(
                        table.treatments[row].name, at: Point(middle.x, middle.y + 4), size: Frame.smallSize,
                        isBold: true, anchor: .middle, color: page.palette.text)
                    page.add(.text(label.shortened(to: cellWidth - 8)))
                } else if let cell = table.cells[row][column] {
                    page.add(draw(cell, in: frame, strongest: strongest, axis, page.palette))
                }
            }
        }
        page.y += Double(count) * Self.cellHeight + 1
        let notes = [
            "Below the diagonal: network estimates, column versus row; above it: direct estimates, row versus column.",
            "\(axis.reading.title.prefix(1).uppercased() + axis.reading.title.dropFirst()) with "
                + "\(NumberFormat.percent(level: level)) interval; darker is farther from no effect, bold excludes it.",
        ]
        page.write(notes: notes)
        return page.figure(title: "League table of \(count) treatments", summary: notes.joined(separator: " "))
    }

    private func draw(
        _ cell: LeagueTable.Cell, in box: Box, strongest: Double, _ axis: EffectAxis, _ palette: Palette
    ) -> [Mark] {
        let share = strongest > 0 ? min(1, abs(cell.estimate) / strongest) : 0
        let color = cell.estimate < 0 ? palette.series[0] : palette.series[1]
        let excludesNull = !cell.confidenceInterval.contains(EffectScale.noEffect)
        let middle = box.center
        return [
            .group(
                [
                    .rectangle(box, fill: color.faded((5 + 40 * share).rounded() / 100)),
                    .text(
                        Label(
                            axis.text(cell.estimate, nil), at: Point(middle.x, middle.y - 2), size: Frame.size,
                            isBold: excludesNull, anchor: .middle, color: palette.text)),
                    .text(
                        Label(
                            axis.text(cell.confidenceInterval), at: Point(middle.x, middle.y + 12), size: 10,
                            anchor: .middle, color: palette.text)),
                ], title: "\(cell.treatment.name) versus \(cell.versus.name)")
        ]
    }

    /// Numbers of the plot: a row for each estimate.
    public var data: FigureData {
        var data = FigureData(columns: ["evidence", "treatment", "versus", "estimate", "ci_low", "ci_high"])
        for (row, cells) in table.cells.enumerated() {
            for (column, cell) in cells.enumerated() {
                guard let cell else { continue }
                data.rows.append([
                    .text(row > column ? "network" : "direct"), .text(cell.treatment.name), .text(cell.versus.name),
                    .number(cell.estimate), .number(cell.confidenceInterval.lower),
                    .number(cell.confidenceInterval.upper),
                ])
            }
        }
        return data
    }
}

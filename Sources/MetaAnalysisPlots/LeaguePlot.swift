public import MetaAnalysis

/// A league table with its cells shaded by their effects: network estimates below the diagonal, direct ones above it.
public struct LeaguePlot: Hashable, Sendable {
    public var measure: String
    public var heading: String?
    public var table: LeagueTable
    private var level: Double

    /// - Parameter order: of rows and columns, such as that of a ranking; `nil` takes the network's own.
    public init(_ fit: NetworkFit, order: [Treatment]? = nil) {
        measure = fit.settings.measure
        heading = fit.outcome
        level = fit.settings.level
        table = LeagueTable(fit, order: order)
    }

    public func svg(theme: Theme = .journal) -> String { figure(theme: theme).svg() }

    private static let margin = 14.0
    private static let cellHeight = 38.0

    public func figure(theme: Theme = .journal) -> Figure {
        let palette = theme.palette
        var axis = EffectAxis(measure: measure, scale: table.scale)
        let cells = table.cells.flatMap { $0 }.compactMap { $0 }
        let widths = cells.map { axis.reading.interval($0.confidenceInterval).width }.filter { $0.isFinite && $0 > 0 }
        axis.reading.decimals = min(3, NumberFormat.decimals(forWidth: widths.min() ?? 1))
        let (small, bold) = (TextMetrics(size: 10), TextMetrics(size: Frame.smallSize, isBold: true))
        var cellWidth = 66.0
        for cell in cells { cellWidth = max(cellWidth, small.width(of: axis.text(cell.confidenceInterval)) + 12) }
        for treatment in table.treatments {
            cellWidth = max(cellWidth, min(bold.width(of: treatment.name.drawable) + 12, 130))
        }
        let count = table.treatments.count
        let width = max(320, 2 * Self.margin + cellWidth * Double(count))
        var marks: [Mark] = []
        var top = Self.margin
        if let heading {
            let label = Label(heading, at: Point(Self.margin, top + 13), size: 14, isBold: true, color: palette.text)
            marks.append(.text(label.shortened(to: width - 2 * Self.margin)))
            top += 24
        }
        let strongest = cells.map { abs($0.estimate) }.filter(\.isFinite).max() ?? 1
        for row in 0..<count {
            for column in 0..<count {
                let box = Box(
                    x: Self.margin + Double(column) * cellWidth, y: top + Double(row) * Self.cellHeight,
                    width: cellWidth, height: Self.cellHeight)
                let frame = box.inset(by: 1)
                let middle = box.center
                if row == column {
                    marks.append(.rectangle(frame, fill: palette.muted.faded(0.25)))
                    let label = Label(
                        table.treatments[row].name, at: Point(middle.x, middle.y + 4), size: Frame.smallSize,
                        isBold: true, anchor: .middle, color: palette.text)
                    marks.append(.text(label.shortened(to: cellWidth - 8)))
                } else if let cell = table.cells[row][column] {
                    marks += draw(cell, in: frame, strongest: strongest, axis, palette)
                }
            }
        }
        let y = top + Double(count) * Self.cellHeight + 16
        let notes = [
            "Below the diagonal: network estimates, column versus row; above it: direct estimates, row versus column.",
            "\(axis.reading.title.prefix(1).uppercased() + axis.reading.title.dropFirst()) with "
                + "\(NumberFormat.count((level * 1e8).rounded() / 1e6))% interval; darker is farther from no effect, bold excludes it.",
        ]
        var bottom = y
        for line in notes.flatMap({ TextMetrics(size: Frame.smallSize).wrapped($0, to: width - 2 * Self.margin) }) {
            marks.append(
                .text(Label(line, at: Point(Self.margin, bottom), size: Frame.smallSize, color: palette.muted)))
            bottom += 15
        }
        return Figure(
            width: width, height: bottom,
            title: "League table of \(count) treatments" + (heading.map { ", " + $0 } ?? ""),
            summary: notes.joined(separator: " "), background: palette.background, marks: marks)
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

    /// The numbers of the plot.
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

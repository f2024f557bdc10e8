public import MetaAnalysis

/// A net heat plot, which locates inconsistency in a network: how detaching the design of a column changes the inconsistency of the design
/// of a row.
///
/// Warm cells lose inconsistency when the column's design is detached, cool ones gain it. If a column is as warm as the diagonal, its
/// design is the one that disagrees. The area of a gray square shows how much of the estimate of a row comes from the direct evidence of
/// the column.
public struct NetHeatPlot: Plot {
    /// Changes in inconsistency by design.
    public var heat: NetHeat
    /// Heading of the figure; `nil` for none.
    public var heading: String?
    /// Shares of the columns' designs in the estimates of the rows, 0 to 1; `nil` for designs of more than two arms, which have several
    /// shares.
    public var shares: [[Double?]]

    /// Makes the plot.
    ///
    /// - Parameters:
    ///   - heat: changes in inconsistency, shown as colors.
    ///   - hat: hat matrix of the same network and τ², shown as squares.
    ///   - outcome: heading of the figure.
    public init(_ heat: NetHeat, hat: DesignHatMatrix, outcome: String? = nil) {
        self.heat = heat
        heading = outcome
        let columns = Dictionary(grouping: hat.columns.indices, by: { hat.columns[$0].design })
        shares = heat.designs.map { row in
            guard let own = columns[row], own.count == 1, let contrast = own.first.map({ hat.columns[$0] }),
                let values = hat.rows.firstIndex(where: {
                    Set([$0.treatment, $0.versus]) == Set([contrast.treatment, contrast.versus])
                })
            else { return heat.designs.map { _ in nil } }
            return heat.designs.map { column in
                guard let found = columns[column], found.count == 1 else { return nil }
                return min(1, abs(hat.values[values][found[0]]))
            }
        }
    }

    private static let widestLabel = 150.0

    /// Returns the figure of the plot; without designs that could disagree, it consists of a note.
    public func figure(theme: Theme) -> Figure {
        let count = heat.designs.count
        let metrics = TextMetrics(size: Frame.smallSize)
        let widest = heat.designs.map { metrics.width(of: $0.drawable) }.max() ?? 0
        let labelRoom = min(widest, Self.widestLabel) + 8
        let cell = count <= 12 ? 34.0 : count <= 24 ? 26.0 : 18.0
        let left = Page.margin + labelRoom
        var page = Page(width: max(340, left + Double(count) * cell + Page.margin), heading: heading, theme: theme)
        let palette = page.palette
        let strongest = heat.changes.flatMap { $0 }.map(abs).filter(\.isFinite).max() ?? 0
        let top = page.y + (count > 0 ? labelRoom : 0)
        for (index, design) in heat.designs.enumerated() {
            let middle = (Double(index) + 0.5) * cell
            let row = Label(
                design, at: Point(left - 6, top + middle + 4), size: Frame.smallSize, anchor: .end, color: palette.text)
            page.add(.text(row.shortened(to: Self.widestLabel)))
            let column = Label(
                design, at: Point(left + middle + 4, top - 6), size: Frame.smallSize, color: palette.text,
                isUpright: true)
            page.add(.text(column.shortened(to: Self.widestLabel)))
        }
        for row in 0..<count {
            for column in 0..<count {
                let box = Box(
                    x: left + Double(column) * cell, y: top + Double(row) * cell, width: cell, height: cell)
                page.add(draw(row, column, in: box.inset(by: 0.5), strongest: strongest, palette))
            }
        }
        page.y = top + Double(count) * cell
        page.write(notes: notes)
        return page.figure(title: "Net heat plot of \(count) designs", summary: notes.joined(separator: " "))
    }

    private var notes: [String] {
        guard !heat.designs.isEmpty else { return heat.diagnostics.map { $0.message + "." } }
        let greatest = heat.changes.flatMap { $0 }.map(abs).max() ?? 0
        return [
            "Shade: inconsistency (Q) of the row's design that goes (▲) or comes (▼) when the column's is detached, at most "
                + "\(NumberFormat.readable(greatest, decimals: 2)). Weights: τ² = "
                + "\(NumberFormat.significant(heat.tauSquared, digits: 3)).",
            "Area of squares: weight of the column's direct evidence in the estimate of the row (designs of two treatments).",
        ]
    }

    private func draw(_ row: Int, _ column: Int, in box: Box, strongest: Double, _ palette: Palette) -> Mark {
        let change = heat.changes[row][column]
        let share = strongest > 0 && change.isFinite ? min(1, abs(change) / strongest) : 0
        let color = change < 0 ? palette.series[0] : palette.series[1]
        var marks: [Mark] = [
            .rectangle(
                box, fill: color.faded((2 + 68 * share).rounded() / 100), stroke: Stroke(palette.grid, width: 0.5))
        ]
        if let weight = shares[row][column], weight > 0 {
            let side = 0.8 * box.width * weight.squareRoot()
            marks.append(
                .rectangle(
                    Box(x: box.center.x - side / 2, y: box.center.y - side / 2, width: side, height: side),
                    fill: palette.muted.faded(0.55)))
        }
        // Triangles show the direction to readers who cannot distinguish the colors.
        if share >= 0.1 {
            let (x, y) = (box.right - 5, box.y + 5)
            let tip = change < 0 ? 2.5 : -2.5
            marks.append(
                .polygon([Point(x, y + tip), Point(x + 2.8, y - tip), Point(x - 2.8, y - tip)], fill: palette.text))
        }
        return .group(
            marks,
            title: "\(heat.designs[row]) when \(heat.designs[column]) is detached: "
                + NumberFormat.readable(change, decimals: 2))
    }

    /// Numbers of the plot: a row for each pair of designs.
    public var data: FigureData {
        FigureData(
            columns: ["design", "detached", "change", "share"],
            rows: heat.designs.indices.flatMap { row in
                heat.designs.indices.map { column in
                    [
                        .text(heat.designs[row]), .text(heat.designs[column]), .number(heat.changes[row][column]),
                        .number(shares[row][column]),
                    ]
                }
            })
    }
}

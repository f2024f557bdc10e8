internal import MetaAnalysis

/// Lays out the rows and columns of a forest plot.
struct ForestLayout {
    private let plot: ForestPlot
    private let theme: Theme
    private let palette: Palette
    private let axis: EffectAxis
    private var marks: [Mark] = []

    private static let size = 12.0
    private static let smallSize = 11.0
    private static let pitch = 20.0
    private static let notePitch = 15.0
    private static let margin = Page.margin
    private static let gap = 16.0
    private static let plotWidth = 250.0
    private static let widestLabel = 270.0
    private static let widestCell = 120.0

    private let regular = TextMetrics(size: size)
    private let bold = TextMetrics(size: size, isBold: true)
    private let small = TextMetrics(size: smallSize)

    /// The left and right end of a column of text.
    private struct Place {
        var left: Double
        var right: Double
    }

    private var labelPlace = Place(left: margin, right: margin)
    private var cellPlaces: [Place] = []
    private var textPlace = Place(left: 0, right: 0)
    private var weightPlace: Place?
    /// Right end of a label without cells beside it.
    private var spanRight = 0.0
    private var scale: LinearScale
    private var width = 0.0
    private let textTitle: String
    private let weightTitle = "Weight"

    init(_ plot: ForestPlot, _ theme: Theme) {
        self.plot = plot
        self.theme = theme
        palette = theme.palette
        axis = plot.axis
        let name = axis.reading.header.isEmpty ? "Effect" : axis.reading.header
        textTitle = "\(name) (\(NumberFormat.percent(level: plot.level)) CI)"
        let (lower, upper) = Self.range(plot, axis)
        scale = LinearScale(from: lower, to: upper, start: 0, end: Self.plotWidth)
        placeColumns()
    }

    private static func range(_ plot: ForestPlot, _ axis: EffectAxis) -> (Double, Double) {
        var points = axis.reference.map { [$0] } ?? []
        var whole: [ConfidenceInterval] = []
        var partial: [ConfidenceInterval] = []
        let totals = plot.totals
        for (index, row) in plot.rows.enumerated() {
            let place = plot.place(of: row)
            if let estimate = place.estimate { points.append(estimate) }
            guard let interval = place.interval else { continue }
            let isFinite = interval.lower.isFinite && interval.upper.isFinite
            if row.role == .pooled, isFinite, totals.contains(index) {
                whole.append(interval)
            } else {
                partial.append(interval)
            }
        }
        return EffectAxis.range(points: points, whole: whole, partial: partial)
    }

    // MARK: Columns

    private mutating func placeColumns() {
        let studies = plot.rows.filter { $0.role == .study }
        var labelWidth = bold.width(of: plot.labelTitle)
        for row in studies { labelWidth = max(labelWidth, regular.width(of: row.label.drawable)) }
        labelWidth = min(labelWidth, Self.widestLabel)

        var widths = plot.columns.indices.map { column in
            var width = bold.width(of: plot.columns[column].title.drawable)
            for row in plot.rows where row.cells.indices.contains(column) {
                let metrics = row.role == .pooled ? bold : regular
                width = max(width, metrics.width(of: row.cells[column].drawable))
            }
            return min(width, Self.widestCell)
        }
        // The header of a group can be wider than its columns.
        for range in plot.groupRanges {
            let head = min(bold.width(of: plot.columns[range.lowerBound].group?.drawable ?? ""), 2 * Self.widestCell)
            let present = widths[range].reduce(0, +) + Self.gap * Double(range.count - 1)
            if head > present { widths[range.lowerBound] += head - present }
        }
        let cells = widths.reduce(0) { $0 + $1 + Self.gap }

        // Labels of pooled effects extend over empty cells; the column of labels is widened by what is still missing.
        var span = 0.0
        for row in plot.rows {
            switch row.role {
            case .study: break
            case .section, .pooled, .prediction:
                let taken = row.cells.isEmpty ? cells : 0
                span = max(span, bold.width(of: row.label.drawable) - taken)
            case .note: span = max(span, min(small.width(of: row.label.drawable), 230) - cells)
            }
        }
        labelWidth = max(labelWidth, min(span, Self.widestLabel))

        var x = Self.margin
        labelPlace = Place(left: x, right: x + labelWidth)
        x += labelWidth
        for width in widths {
            x += Self.gap
            cellPlaces.append(Place(left: x, right: x + width))
            x += width
        }
        spanRight = x
        var textWidth = bold.width(of: textTitle)
        for row in plot.rows { textWidth = max(textWidth, bold.width(of: row.text)) }
        let weightWidth = max(bold.width(of: weightTitle), bold.width(of: "100.0%"))
        func place(_ width: Double) -> Place {
            x += Self.gap
            defer { x += width }
            return Place(left: x, right: x + width)
        }
        if theme.hasNumbersBeforePlot {
            if plot.hasWeights { weightPlace = place(weightWidth) }
            textPlace = place(textWidth)
        }
        x += Self.gap
        scale.start = x
        scale.end = x + Self.plotWidth
        x = scale.end
        if !theme.hasNumbersBeforePlot {
            textPlace = place(textWidth)
            if plot.hasWeights { weightPlace = place(weightWidth) }
        }
        // Numbers of the axis can extend beyond the end of the plot.
        width = x + Self.margin + (theme.hasNumbersBeforePlot ? 12 : 0)
    }

    // MARK: Figure

    var figure: Figure {
        var drawing = self
        return drawing.draw()
    }

    private mutating func draw() -> Figure {
        var y = Self.margin
        if let heading = plot.heading {
            marks.append(Page.mark(heading: heading, width: width, palette))
            y += Page.headingHeight
        }
        y = drawHead(from: y)
        let top = y
        y += 4
        let centers = drawStripesAndMeasure(&y)
        let bottom = y + 4
        drawReferences(top: top, bottom: bottom)
        let greatest = plot.rows.compactMap(\.weight).max() ?? 0
        for (row, center) in zip(plot.rows, centers) { draw(row, center, greatestWeight: greatest) }
        y = drawAxis(at: bottom)
        for note in plot.notes {
            for line in small.wrapped(note.drawable, to: width - 2 * Self.margin) {
                y += Self.notePitch
                write(line, x: Self.margin, y: y, size: Self.smallSize, color: palette.muted)
            }
        }
        return Figure(
            width: width, height: y + Self.margin, title: title, summary: summary, background: palette.background,
            marks: marks)
    }

    private var title: String {
        let count = plot.rows.count { $0.role == plot.entryRole }
        return "Forest plot: \(axis.reading.title), \(count) \(plot.entryNames[count == 1 ? 0 : 1])"
            .naming(plot.heading)
    }

    private var summary: String {
        var parts = plot.rows.filter { $0.role == .pooled || $0.role == .prediction }.map { "\($0.label): \($0.text)." }
        parts += plot.notes.map { $0.hasSuffix(".") ? $0 : $0 + "." }
        return parts.joined(separator: " ")
    }

    private mutating func drawHead(from start: Double) -> Double {
        let ranges = plot.groupRanges
        let hasGroups = !ranges.isEmpty
        var y = start
        let height = hasGroups ? 38.0 : 22.0
        if let header = palette.header {
            marks.append(.rectangle(Box(x: 0, y: y, width: width.rounded(.up), height: height), fill: header))
        }
        if hasGroups {
            y += 16
            for range in ranges {
                let (left, right) = (cellPlaces[range.lowerBound].left, cellPlaces[range.upperBound - 1].right)
                write(
                    plot.columns[range.lowerBound].group ?? "", x: (left + right) / 2, y: y, isBold: true,
                    anchor: .middle, limit: right - left)
                marks.append(
                    .line(from: Point(left, y + 4), to: Point(right, y + 4), Stroke(palette.grid)))
            }
        }
        y += 16
        write(
            plot.labelTitle, x: labelPlace.left, y: y, isBold: true, limit: labelPlace.right - labelPlace.left)
        for (column, place) in zip(plot.columns, cellPlaces) {
            write(column.title, x: place.right, y: y, isBold: true, anchor: .end, limit: place.right - place.left)
        }
        write(textTitle, x: textPlace.right, y: y, isBold: true, anchor: .end)
        if let weightPlace { write(weightTitle, x: weightPlace.right, y: y, isBold: true, anchor: .end) }
        y += 6
        marks.append(
            .line(
                from: Point(Self.margin, y), to: Point(width - Self.margin, y), Stroke(palette.rule)))
        return y
    }

    /// Draws the stripes and returns the vertical centers of the rows.
    private mutating func drawStripesAndMeasure(_ y: inout Double) -> [Double] {
        var centers: [Double] = []
        var isOdd = false
        for (index, row) in plot.rows.enumerated() {
            let startsTotals =
                row.role == .section && index > 0
                || row.role == .pooled && index > 0 && plot.rows[index - 1].role == .study
            if startsTotals { y += row.role == .section ? 8 : 4 }
            let height = row.role == .note ? Self.notePitch * Double(lines(of: row).count) + 3 : Self.pitch
            if row.role == .study {
                if isOdd, let stripe = palette.stripe {
                    marks.append(.rectangle(Box(x: 0, y: y, width: width.rounded(.up), height: height), fill: stripe))
                }
                isOdd.toggle()
            } else {
                isOdd = false
            }
            centers.append(y + height / 2)
            y += height
        }
        return centers
    }

    private func lines(of note: ForestPlot.Row) -> [String] {
        let lines = small.wrapped(note.label.drawable, to: spanRight - labelPlace.left)
        return lines.isEmpty ? [""] : lines
    }

    private mutating func drawReferences(top: Double, bottom: Double) {
        if let reference = axis.reference, scale.contains(reference) {
            let x = scale(reference)
            marks.append(.line(from: Point(x, top), to: Point(x, bottom), Stroke(palette.rule)))
        }
        let pooled = plot.rows[plot.totals].first { $0.role == .pooled }
        if let estimate = pooled.flatMap({ plot.place(of: $0).estimate }), scale.contains(estimate) {
            let x = scale(estimate)
            marks.append(
                .line(
                    from: Point(x, top), to: Point(x, bottom),
                    Stroke(palette.pooled.faded(0.7), dashes: [3, 3])))
        }
    }

    private mutating func draw(_ row: ForestPlot.Row, _ center: Double, greatestWeight: Double) {
        let baseline = center + 0.36 * Self.size
        switch row.role {
        case .note:
            let lines = lines(of: row)
            var y = center - Self.notePitch * Double(lines.count) / 2 - 2
            for line in lines {
                y += Self.notePitch
                write(line, x: labelPlace.left, y: y - 3, size: Self.smallSize, color: palette.muted)
            }
            return
        case .section:
            write(row.label, x: labelPlace.left, y: baseline, isBold: true, limit: spanRight - labelPlace.left)
            return
        case .study, .pooled, .prediction: break
        }
        let isBold = row.role == .pooled
        let limit = (row.cells.isEmpty ? spanRight : labelPlace.right) - labelPlace.left
        write(row.label, x: labelPlace.left, y: baseline, isBold: isBold, limit: limit)
        for (cell, place) in zip(row.cells, cellPlaces) {
            write(cell, x: place.right, y: baseline, isBold: isBold, anchor: .end, limit: place.right - place.left)
        }
        write(row.text, x: textPlace.right, y: baseline, isBold: isBold, anchor: .end)
        if let weight = row.weight, let weightPlace {
            write(
                NumberFormat.fixed(weight, decimals: 1) + "%", x: weightPlace.right, y: baseline, isBold: isBold,
                anchor: .end)
        }
        let drawn = symbol(row, center, greatestWeight: greatestWeight)
        if !drawn.isEmpty { marks.append(.group(drawn, title: "\(row.label): \(row.text)")) }
    }

    private func symbol(_ row: ForestPlot.Row, _ y: Double, greatestWeight: Double) -> [Mark] {
        let place = plot.place(of: row)
        let (estimate, interval) = (place.estimate, place.interval)
        switch row.role {
        case .section, .note: return []
        case .study:
            var drawn = interval.map { line($0, y, Stroke(palette.study, width: 1.2)) } ?? []
            if let estimate, scale.contains(estimate) {
                let share = row.weight.map { greatestWeight > 0 ? max(0, $0 / greatestWeight) : 1 } ?? 0.3
                let side = max(3, 13 * share.squareRoot())
                drawn.append(
                    .rectangle(
                        Box(x: scale(estimate) - side / 2, y: y - side / 2, width: side, height: side),
                        fill: palette.study))
            }
            return drawn
        case .pooled:
            guard let estimate, estimate.isFinite, var interval else { return [] }
            // Without an interval, the diamond has no width.
            if interval.isUnbounded { interval = ConfidenceInterval(lower: estimate, upper: estimate) }
            let (left, right) = (scale.clamped(interval.lower), scale.clamped(interval.upper))
            let diamond = Mark.polygon(
                [
                    Point(left, y), Point(scale.clamped(estimate), y - 6.5), Point(right, y),
                    Point(scale.clamped(estimate), y + 6.5),
                ], fill: palette.pooled)
            return [diamond] + arrows(interval, y, palette.pooled)
        case .prediction:
            guard let interval else { return [] }
            var drawn = line(interval, y, Stroke(palette.prediction, width: 2.5))
            for end in [interval.lower, interval.upper] where scale.contains(end) {
                drawn.append(
                    .line(
                        from: Point(scale(end), y - 4), to: Point(scale(end), y + 4),
                        Stroke(palette.prediction, width: 1.5)))
            }
            return drawn
        }
    }

    private func line(_ interval: ConfidenceInterval, _ y: Double, _ stroke: Stroke) -> [Mark] {
        let (left, right) = (scale.clamped(interval.lower), scale.clamped(interval.upper))
        guard left <= right else { return [] }
        return [.line(from: Point(left, y), to: Point(right, y), stroke)] + arrows(interval, y, stroke.color)
    }

    /// Returns arrowheads at the ends where the interval extends beyond the axis.
    private func arrows(_ interval: ConfidenceInterval, _ y: Double, _ color: Color) -> [Mark] {
        var heads: [Mark] = []
        if interval.lower < scale.lower {
            heads.append(
                .polygon(
                    [Point(scale.start - 5, y), Point(scale.start + 2, y - 4), Point(scale.start + 2, y + 4)],
                    fill: color))
        }
        if interval.upper > scale.upper {
            heads.append(
                .polygon(
                    [Point(scale.end + 5, y), Point(scale.end - 2, y - 4), Point(scale.end - 2, y + 4)], fill: color))
        }
        return heads
    }

    private mutating func drawAxis(at y: Double) -> Double {
        marks.append(.line(from: Point(scale.start, y), to: Point(scale.end, y), Stroke(palette.rule)))
        for tick in Axis(axis.kind, on: scale, size: Self.smallSize).ticks {
            let x = scale(tick.value)
            marks.append(.line(from: Point(x, y), to: Point(x, y + 4), Stroke(palette.rule)))
            write(tick.label, x: x, y: y + 15, size: Self.smallSize, anchor: .middle)
        }
        var y = y + 31
        // The title of the axis is centered under it and shortened to its width.
        let room = Self.plotWidth
        write(axis.title, x: (scale.start + scale.end) / 2, y: y, size: Self.smallSize, anchor: .middle, limit: room)
        if let favours = plot.favours {
            let middle = axis.reference.map(scale.clamped) ?? (scale.start + scale.end) / 2
            y += Self.notePitch
            write(
                "← " + favours.below.drawable, x: middle - 8, y: y, size: Self.smallSize, color: palette.muted,
                anchor: .end, limit: middle - 8 - Self.margin)
            write(
                favours.above.drawable + " →", x: middle + 8, y: y, size: Self.smallSize, color: palette.muted,
                limit: width - Self.margin - middle - 8)
        }
        return y + 6
    }

    private mutating func write(
        _ text: String, x: Double, y: Double, size: Double = size, isBold: Bool = false, color: Color? = nil,
        anchor: Label.Anchor = .start, limit: Double = .infinity
    ) {
        guard !text.isEmpty, limit > 12 else { return }
        let label = Label(
            text, at: Point(x, y), size: size, isBold: isBold, anchor: anchor, color: color ?? palette.text)
        marks.append(.text(limit < .infinity ? label.shortened(to: limit) : label))
    }
}

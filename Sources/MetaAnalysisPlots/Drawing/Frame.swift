/// A rectangular plot with two axes, a heading above and a legend below, used by every plot of points.
struct Frame {
    /// An axis of the plot: its range, kind and title.
    struct Side {
        var lower: Double
        var upper: Double
        var kind = Axis.Kind.linear
        var title: String
        /// Whether small numbers are at the top, or on the right.
        var isReversed = false

        init(_ range: (Double, Double), _ title: String, kind: Axis.Kind = .linear, isReversed: Bool = false) {
            (lower, upper) = range
            self.title = title
            self.kind = kind
            self.isReversed = isReversed
        }
    }

    /// An entry of the legend: a text and a sample that is drawn around a point.
    struct Entry {
        var text: String
        var sample: (Point) -> [Mark]

        init(_ text: String, sample: @escaping (Point) -> [Mark]) {
            self.text = text
            self.sample = sample
        }

        /// Makes an entry whose sample is a short line.
        init(_ text: String, line stroke: Stroke) {
            self.init(text) { [.line(from: Point($0.x - 9, $0.y), to: Point($0.x + 9, $0.y), stroke)] }
        }
    }

    /// A study as a circle whose area is proportional to its weight.
    struct Circle {
        var x: Double
        var y: Double
        var weight: Double
        var title: String
    }

    static let size = 12.0
    static let smallSize = 11.0
    private static let margin = Page.margin

    let palette: Palette
    let x: LinearScale
    let y: LinearScale
    /// Area of the plot between the axes.
    let box: Box
    let width: Double
    private(set) var height: Double
    private(set) var marks: [Mark] = []
    private var taken: [Box] = []

    init(
        _ horizontal: Side, _ vertical: Side, theme: Theme, heading: String? = nil, legend: [Entry] = [],
        plotWidth: Double = 440, plotHeight: Double = 360
    ) {
        palette = theme.palette
        let top = Self.margin + (heading == nil ? 4 : 26)
        let bottom = top + plotHeight
        y =
            vertical.isReversed
            ? LinearScale(from: vertical.lower, to: vertical.upper, start: top, end: bottom)
            : LinearScale(from: vertical.lower, to: vertical.upper, start: bottom, end: top)
        let verticalTicks = Axis(vertical.kind, on: y, size: Self.smallSize, isUpright: true).ticks
        let small = TextMetrics(size: Self.smallSize)
        let widest = verticalTicks.map { small.width(of: $0.label) }.max() ?? 0
        let left = Self.margin + 18 + widest + 8
        let right = left + plotWidth
        x =
            horizontal.isReversed
            ? LinearScale(from: horizontal.lower, to: horizontal.upper, start: right, end: left)
            : LinearScale(from: horizontal.lower, to: horizontal.upper, start: left, end: right)
        box = Box(x: left, y: top, width: plotWidth, height: plotHeight)
        width = right + Self.margin + 6
        height = bottom + 44

        if let heading { marks.append(Page.mark(heading: heading, width: width, palette)) }
        for tick in Axis(horizontal.kind, on: x, size: Self.smallSize).ticks {
            let place = x(tick.value)
            marks.append(.line(from: Point(place, bottom), to: Point(place, bottom + 4), Stroke(palette.rule)))
            write(tick.label, at: Point(place, bottom + 16), anchor: .middle)
        }
        for tick in verticalTicks {
            let place = y(tick.value)
            marks.append(.line(from: Point(left - 4, place), to: Point(left, place), Stroke(palette.rule)))
            write(tick.label, at: Point(left - 7, place + 4), anchor: .end)
        }
        let title = Label(
            horizontal.title, at: Point(left + plotWidth / 2, bottom + 36), size: Self.size, anchor: .middle,
            color: palette.text)
        marks.append(.text(title.shortened(to: plotWidth)))
        let upright = Label(
            vertical.title, at: Point(Self.margin + 10, top + plotHeight / 2), size: Self.size, anchor: .middle,
            color: palette.text, isUpright: true)
        marks.append(.text(upright.shortened(to: plotHeight)))
        drawLegend(legend)
    }

    private mutating func write(_ text: String, at point: Point, anchor: Label.Anchor) {
        marks.append(.text(Label(text, at: point, size: Self.smallSize, anchor: anchor, color: palette.text)))
    }

    /// Draws the legend below the axis, on as many lines as needed.
    private mutating func drawLegend(_ legend: [Entry]) {
        guard !legend.isEmpty else { return }
        let metrics = TextMetrics(size: Self.smallSize)
        let limit = width - Self.margin
        var place = Point(Self.margin + 4, height + 16)
        for entry in legend {
            let text = metrics.shortened(entry.text.drawable, to: limit - Self.margin - 28)
            let needed = 24 + metrics.width(of: text)
            if place.x > Self.margin + 4, place.x + needed > limit { place = Point(Self.margin + 4, place.y + 17) }
            marks += entry.sample(Point(place.x + 8, place.y - 4))
            write(text, at: Point(place.x + 22, place.y), anchor: .start)
            place.x += needed + 18
        }
        height = place.y + Self.margin
    }

    func point(_ horizontal: Double, _ vertical: Double) -> Point { Point(x(horizontal), y(vertical)) }

    func contains(_ horizontal: Double, _ vertical: Double) -> Bool { x.contains(horizontal) && y.contains(vertical) }

    mutating func add(_ mark: Mark) { marks.append(mark) }

    mutating func add(_ more: [Mark]) { marks += more }

    /// Draws the part of a line that lies within the plot.
    mutating func addLine(
        from first: (x: Double, y: Double), to second: (x: Double, y: Double), _ stroke: Stroke
    ) {
        var (enter, leave) = (0.0, 1.0)
        let (dx, dy) = (second.x - first.x, second.y - first.y)
        for (change, below, above) in [
            (dx, first.x - x.lower, x.upper - first.x), (dy, first.y - y.lower, y.upper - first.y),
        ] {
            if change == 0 {
                if below < 0 || above < 0 { return }
                continue
            }
            let (one, other) = (-below / change, above / change)
            enter = max(enter, min(one, other))
            leave = min(leave, max(one, other))
        }
        guard enter < leave else { return }
        add(
            .line(
                from: point(first.x + enter * dx, first.y + enter * dy),
                to: point(first.x + leave * dx, first.y + leave * dy), stroke))
    }

    mutating func addPoint(_ horizontal: Double, _ vertical: Double, title: String) {
        add(.point(at: point(horizontal, vertical), title: title, palette))
    }

    /// Draws the large circles first, so that the small ones remain visible.
    mutating func add(_ circles: [Circle], greatestRadius: Double) {
        let heaviest = circles.map(\.weight).max() ?? 1
        let order = circles.indices.sorted { (circles[$1].weight, $0) < (circles[$0].weight, $1) }
        for circle in order.map({ circles[$0] }) {
            let share = heaviest > 0 ? max(0, circle.weight) / heaviest : 1
            let mark = Mark.circle(
                center: point(circle.x, circle.y), radius: max(2.5, greatestRadius * share.squareRoot()),
                fill: palette.study.faded(0.5), stroke: Stroke(palette.study))
            add(.group([mark], title: circle.title))
        }
    }

    /// Draws the two axes over the marks of the plot.
    mutating func drawAxes() {
        add(.line(from: Point(box.x, box.bottom), to: Point(box.right, box.bottom), Stroke(palette.rule)))
        add(.line(from: Point(box.x, box.y), to: Point(box.x, box.bottom), Stroke(palette.rule)))
    }

    /// Labels points if there is room beside them; a label that would cover another label or a point is left out.
    mutating func name(_ points: [(place: Point, text: String)], avoiding others: [Point] = []) {
        let metrics = TextMetrics(size: Self.smallSize)
        let dots = (points.map(\.place) + others).map { Box(x: $0.x - 3, y: $0.y - 3, width: 6, height: 6) }
        for (place, text) in points {
            let text = metrics.shortened(text.drawable, to: 150)
            let places: [(Point, Label.Anchor)] = [
                (Point(place.x + 6, place.y + 4), .start), (Point(place.x - 6, place.y + 4), .end),
                (Point(place.x, place.y - 7), .middle), (Point(place.x, place.y + 15), .middle),
            ]
            for (origin, anchor) in places {
                let label = Label(
                    text, at: origin, size: Self.smallSize, anchor: anchor, color: palette.muted)
                guard box.contains(label.box), !taken.contains(where: label.box.overlaps),
                    !dots.contains(where: label.box.overlaps)
                else { continue }
                taken.append(label.box)
                add(.text(label))
                break
            }
        }
    }

    func figure(title: String, summary: String) -> Figure {
        Figure(
            width: width, height: height, title: title, summary: summary, background: palette.background, marks: marks)
    }

    /// Returns the range of the numbers with a margin; its ends are always different.
    static func range(_ values: [Double], margin: Double = 0.05, including: [Double] = []) -> (Double, Double) {
        let finite = (values + including).filter(\.isFinite)
        guard let lower = finite.min(), let upper = finite.max() else { return (0, 1) }
        return LinearScale.ends(lower, upper, margin: margin)
    }
}

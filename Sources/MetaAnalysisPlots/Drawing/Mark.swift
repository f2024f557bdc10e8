/// One thing drawn in a figure.
public enum Mark: Hashable, Sendable {
    case line(from: Point, to: Point, Stroke)
    case rectangle(Box, fill: Color?, stroke: Stroke? = nil)
    case path([Point], Stroke)
    case polygon([Point], fill: Color?, stroke: Stroke? = nil)
    case circle(center: Point, radius: Double, fill: Color?, stroke: Stroke? = nil)
    case text(Label)
    /// Marks that mean one thing, with the words for it.
    indirect case group([Mark], title: String)

    /// The least box around what is drawn, the width of strokes left aside; `nil` for an empty group.
    public var bounds: Box? {
        switch self {
        case .line(let from, let to, _): Box(around: [from, to])
        case .rectangle(let box, _, _): box
        case .path(let points, _), .polygon(let points, _, _): Box(around: points)
        case .circle(let center, let radius, _, _):
            Box(x: center.x - radius, y: center.y - radius, width: 2 * radius, height: 2 * radius)
        case .text(let label): label.box
        case .group(let marks, _):
            Box(
                around: marks.compactMap(\.bounds).flatMap { [Point($0.x, $0.y), Point($0.right, $0.bottom)] })
        }
    }

    /// The texts of the mark and of the marks in it.
    public var labels: [Label] {
        switch self {
        case .text(let label): [label]
        case .group(let marks, _): marks.flatMap(\.labels)
        default: []
        }
    }

    func moved(x: Double, y: Double) -> Mark {
        func moved(_ point: Point) -> Point { Point(point.x + x, point.y + y) }
        switch self {
        case .line(let from, let to, let stroke): return .line(from: moved(from), to: moved(to), stroke)
        case .rectangle(var box, let fill, let stroke):
            box.x += x
            box.y += y
            return .rectangle(box, fill: fill, stroke: stroke)
        case .path(let points, let stroke): return .path(points.map(moved), stroke)
        case .polygon(let points, let fill, let stroke):
            return .polygon(points.map(moved), fill: fill, stroke: stroke)
        case .circle(let center, let radius, let fill, let stroke):
            return .circle(center: moved(center), radius: radius, fill: fill, stroke: stroke)
        case .text(var label):
            label.origin = moved(label.origin)
            return .text(label)
        case .group(let marks, let title): return .group(marks.map { $0.moved(x: x, y: y) }, title: title)
        }
    }
}

/// A colour as "#rrggbb", with its opacity.
public struct Color: Hashable, Sendable {
    public var code: String
    public var opacity: Double

    /// - Parameters:
    ///   - code: "#rrggbb".
    ///   - opacity: from 0 to 1.
    public init(_ code: String, opacity: Double = 1) {
        self.code = code
        self.opacity = opacity
    }

    func faded(_ opacity: Double) -> Color { Color(code, opacity: opacity) }
}

/// How a line is drawn.
public struct Stroke: Hashable, Sendable {
    public var color: Color
    public var width: Double
    /// Lengths of dashes and gaps in turn; empty for an unbroken line.
    public var dashes: [Double]

    /// A line of one unit, unbroken unless dashes are given.
    public init(_ color: Color, width: Double = 1, dashes: [Double] = []) {
        self.color = color
        self.width = width
        self.dashes = dashes
    }
}

/// A line of text.
public struct Label: Hashable, Sendable {
    /// Which part of the text stands at its origin.
    public enum Anchor: Hashable, Sendable { case start, middle, end }

    public var text: String
    /// What the text was before it was shortened; `nil` where it is whole.
    public var whole: String?
    /// End or middle of the baseline, as the anchor says.
    public var origin: Point
    public var size: Double
    public var isBold: Bool
    public var anchor: Anchor
    public var color: Color
    /// Whether the text runs upwards.
    public var isUpright: Bool

    /// Text on one line; line breaks and what no figure can hold are taken out.
    public init(
        _ text: String, at origin: Point, size: Double, isBold: Bool = false, anchor: Anchor = .start, color: Color,
        isUpright: Bool = false
    ) {
        let line = text.drawable
        self.text = line
        self.origin = origin
        self.size = size
        self.isBold = isBold
        self.anchor = anchor
        self.color = color
        self.isUpright = isUpright
    }

    /// The text shortened to a width.
    func shortened(to width: Double) -> Label {
        let metrics = TextMetrics(size: size, isBold: isBold)
        guard !metrics.fits(text, in: width) else { return self }
        var short = self
        short.text = metrics.shortened(text, to: width)
        short.whole = text
        return short
    }

    /// The space the text takes: its advance width, from the height of capitals to the depth of descenders.
    public var box: Box {
        let width = TextMetrics(size: size, isBold: isBold).width(of: text)
        let offset =
            switch anchor {
            case .start: 0.0
            case .middle: -width / 2
            case .end: -width
            }
        let (ascent, descent) = (TextMetrics.ascent * size, TextMetrics.descent * size)
        if isUpright {
            return Box(x: origin.x - ascent, y: origin.y - offset - width, width: ascent + descent, height: width)
        }
        return Box(x: origin.x + offset, y: origin.y - ascent, width: width, height: ascent + descent)
    }
}

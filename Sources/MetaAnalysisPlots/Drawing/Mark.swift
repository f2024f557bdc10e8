/// An element drawn in a figure; positions and lengths are in user units.
public enum Mark: Hashable, Sendable {
    /// A straight line.
    case line(from: Point, to: Point, Stroke)
    /// A rectangle, filled and outlined as given.
    case rectangle(Box, fill: Color?, stroke: Stroke? = nil)
    /// An open path of straight lines through the points.
    case path([Point], Stroke)
    /// A closed polygon, filled and outlined as given.
    case polygon([Point], fill: Color?, stroke: Stroke? = nil)
    /// A circle, filled and outlined as given.
    case circle(center: Point, radius: Double, fill: Color?, stroke: Stroke? = nil)
    /// A line of text.
    case text(Label)
    /// Marks that belong together, with a title that a browser shows as a tooltip.
    indirect case group([Mark], title: String)

    /// Smallest rectangle around the mark, ignoring the width of strokes; `nil` for an empty group.
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

    /// Texts of the mark and of the marks in it.
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

/// A color with an opacity.
public struct Color: Hashable, Sendable {
    /// Code of the color, "#rrggbb".
    public var code: String
    /// Opacity from 0 (invisible) to 1; default 1.
    public var opacity: Double

    /// Makes a color.
    ///
    /// - Parameters:
    ///   - code: code of the form "#rrggbb".
    ///   - opacity: opacity from 0 to 1.
    public init(_ code: String, opacity: Double = 1) {
        self.code = code
        self.opacity = opacity
    }

    func faded(_ opacity: Double) -> Color { Color(code, opacity: opacity) }
}

/// Color, width and dashes of a line.
public struct Stroke: Hashable, Sendable {
    /// Color of the line.
    public var color: Color
    /// Width in user units; default 1.
    public var width: Double
    /// Lengths of dashes and gaps in turn, in user units; empty for a solid line.
    public var dashes: [Double]

    /// Makes a stroke, by default solid and one unit wide.
    public init(_ color: Color, width: Double = 1, dashes: [Double] = []) {
        self.color = color
        self.width = width
        self.dashes = dashes
    }
}

/// A line of text with its position and font.
public struct Label: Hashable, Sendable {
    /// Part of the text that is at its origin: its start, middle or end.
    public enum Anchor: Hashable, Sendable { case start, middle, end }

    /// Text as it is drawn.
    public var text: String
    /// Text before it was shortened; `nil` if it was not shortened.
    public var whole: String?
    /// Point of the baseline at which the anchor is.
    public var origin: Point
    /// Font size, in user units.
    public var size: Double
    /// Whether the text is bold; default false.
    public var isBold: Bool
    /// Part of the text that is at `origin`; default `start`.
    public var anchor: Anchor
    /// Color of the text.
    public var color: Color
    /// Whether the text runs upward; default false.
    public var isUpright: Bool

    /// Makes a text on one line, without line breaks and without characters that a figure cannot contain.
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

    /// Returns the label with its text shortened to a width.
    func shortened(to width: Double) -> Label {
        let metrics = TextMetrics(size: size, isBold: isBold)
        guard !metrics.fits(text, in: width) else { return self }
        var short = self
        short.text = metrics.shortened(text, to: width)
        short.whole = text
        return short
    }

    /// Rectangle that the text takes: its advance width, from the height of capitals to the depth of descenders.
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

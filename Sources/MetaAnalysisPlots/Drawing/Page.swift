internal import MetaAnalysis

/// A figure without axes: a heading, the content of a plot, and notes at the bottom.
struct Page {
    static let margin = 14.0
    private static let headingSize = 14.0
    /// Distance from the top of a heading to the content below it.
    static let headingHeight = 24.0

    let palette: Palette
    var width: Double
    let heading: String?
    /// Top of the next element.
    var y: Double
    private(set) var marks: [Mark] = []

    init(width: Double, heading: String?, theme: Theme) {
        palette = theme.palette
        self.width = width
        self.heading = heading
        y = Self.margin
        if let heading {
            marks.append(Self.mark(heading: heading, width: width, palette))
            y += Self.headingHeight
        }
    }

    /// Returns a heading in the upper left corner.
    static func mark(heading: String, width: Double, _ palette: Palette) -> Mark {
        let label = Label(
            heading, at: Point(margin, margin + 13), size: headingSize, isBold: true, color: palette.text)
        return .text(label.shortened(to: width - 2 * margin))
    }

    mutating func add(_ mark: Mark) { marks.append(mark) }

    mutating func add(_ more: [Mark]) { marks += more }

    /// Writes sentences below the content, on as many lines as needed.
    mutating func write(notes: [String]) {
        for line in notes.flatMap({
            TextMetrics(size: Frame.smallSize).wrapped($0.drawable, to: width - 2 * Self.margin)
        }) {
            y += 15
            add(.text(Label(line, at: Point(Self.margin, y), size: Frame.smallSize, color: palette.muted)))
        }
    }

    func figure(title: String, summary: String) -> Figure {
        Figure(
            width: width, height: y + Self.margin, title: title.naming(heading), summary: summary,
            background: palette.background, marks: marks)
    }
}

extension String {
    /// Returns the title of a figure followed by the outcome of its heading.
    func naming(_ heading: String?) -> String { self + (heading.map { ", " + $0 } ?? "") }
}

extension Mark {
    /// Returns the point of one study among others.
    static func point(at place: Point, title: String, _ palette: Palette) -> Mark {
        .group([symbol(at: place, palette)], title: title)
    }

    /// Returns the symbol of a study.
    static func symbol(at place: Point, _ palette: Palette) -> Mark {
        .circle(center: place, radius: 4, fill: palette.study, stroke: Stroke(palette.background, width: 0.75))
    }
}

extension Int {
    /// The number with its noun: "1 study", "2 studies".
    var studies: String { self == 1 ? "1 study" : "\(self) studies" }
}

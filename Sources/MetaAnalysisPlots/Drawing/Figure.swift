/// A picture: its marks, its size, and the numbers it shows.
public struct Figure: Hashable, Sendable {
    public var width: Double
    public var height: Double
    /// What it is, in a few words.
    public var title: String
    /// What it shows, for those who do not see it.
    public var summary: String
    public var background: Color
    public var marks: [Mark]

    /// - Parameters:
    ///   - width: of the page, in user units; with `height` above 0.
    ///   - marks: in the order in which they are drawn.
    public init(
        width: Double, height: Double, title: String, summary: String, background: Color, marks: [Mark]
    ) {
        self.width = width
        self.height = height
        self.title = title
        self.summary = summary
        self.background = background
        self.marks = marks
    }

    /// The picture as an SVG document; the same figure gives the same bytes.
    ///
    /// - Parameter identifier: begins the names within the document, which must differ between pictures on one page.
    public func svg(identifier: String = "figure") -> String { SVGRenderer(identifier: identifier).document(self) }

    /// The picture in the middle of a page of this width, or as it is where it is wider.
    package func centered(in width: Double) -> Figure {
        guard width > self.width else { return self }
        var wide = self
        wide.marks = marks.map { $0.moved(x: (width - self.width) / 2, y: 0) }
        wide.width = width
        return wide
    }

    /// Figures below each other.
    public static func stacked(_ figures: [Figure], gap: Double = 16) -> Figure? {
        guard var whole = figures.first else { return nil }
        for figure in figures.dropFirst() {
            let offset = whole.height + gap
            whole.marks += figure.marks.map { $0.moved(x: 0, y: offset) }
            whole.width = max(whole.width, figure.width)
            whole.height = offset + figure.height
            whole.summary += " " + figure.summary
        }
        if figures.count > 1 { whole.title += " and \(figures.count - 1) more" }
        return whole
    }
}

/// The numbers of a figure as a table.
public struct FigureData: Hashable, Sendable {
    /// A field; `nil` where there is none.
    public enum Value: Hashable, Sendable {
        case text(String?)
        case number(Double?)
    }

    public var columns: [String]
    public var rows: [[Value]]

    /// - Parameter rows: one field for each column.
    public init(columns: [String], rows: [[Value]] = []) {
        self.columns = columns
        self.rows = rows
    }
}

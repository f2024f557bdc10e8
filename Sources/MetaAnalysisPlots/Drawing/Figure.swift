/// A figure: its marks, its size, and a text for readers who do not see it.
public struct Figure: Hashable, Sendable {
    /// Width of the page, in user units (pixels in SVG).
    public var width: Double
    /// Height of the page, in user units.
    public var height: Double
    /// Title: what the figure is, in a few words.
    public var title: String
    /// Summary of what the figure shows, for readers who do not see it.
    public var summary: String
    /// Color of the page.
    public var background: Color
    /// Marks in the order in which they are drawn.
    public var marks: [Mark]

    /// Makes a figure.
    ///
    /// - Parameters:
    ///   - width: width of the page, in user units, above 0.
    ///   - height: height of the page, in user units, above 0.
    ///   - title: what the figure is, in a few words.
    ///   - summary: what the figure shows, for readers who do not see it.
    ///   - background: color of the page.
    ///   - marks: marks in the order in which they are drawn.
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

    /// Returns the figure as an SVG document; equal figures give equal bytes.
    ///
    /// - Parameter identifier: prefix of the names in the document, which must differ between figures on one page.
    public func svg(identifier: String = "figure") -> String { SVGRenderer(identifier: identifier).document(self) }

    /// Returns the figure centered on a page of this width; a wider figure is unchanged.
    package func centered(in width: Double) -> Figure {
        guard width > self.width else { return self }
        var wide = self
        wide.marks = marks.map { $0.moved(x: (width - self.width) / 2, y: 0) }
        wide.width = width
        return wide
    }

    /// Returns the figures one below the other, `gap` user units apart; `nil` without figures.
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
    /// A cell of the table; `nil` for a missing value.
    public enum Value: Hashable, Sendable {
        /// A text.
        case text(String?)
        /// A number.
        case number(Double?)
    }

    /// Names of the columns.
    public var columns: [String]
    /// Rows with one value for each column.
    public var rows: [[Value]]

    /// Makes a table; each row has one value for each column.
    public init(columns: [String], rows: [[Value]] = []) {
        self.columns = columns
        self.rows = rows
    }
}

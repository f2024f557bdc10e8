/// A result as people read it: headings, sentences and tables, from which text and Markdown are written.
///
/// Numbers are rounded for people here, and only here; a program reads the result itself.
public struct Summary: Sendable {
    public enum Block: Sendable {
        case heading(String)
        case paragraph(String)
        case list([String])
        case table(Table)
        /// Text that keeps its line breaks, such as a call in another language.
        case verbatim(String)
    }

    /// Rows of rounded numbers, with a sketch of the intervals beside them in text.
    public struct Table: Sendable {
        public enum Alignment: Sendable { case leading, trailing }

        public struct Column: Sendable {
            /// What happens to a column where the table would be too wide.
            public enum Overflow: Sendable {
                case keep
                /// Cut off with "…".
                case cut
                /// Continued on the next line.
                case wrap
            }

            public var title: String
            public var alignment: Alignment
            public var overflow: Overflow

            public init(_ title: String, _ alignment: Alignment = .trailing, _ overflow: Overflow = .keep) {
                self.title = title
                self.alignment = alignment
                self.overflow = overflow
            }
        }

        public struct Row: Sendable {
            public enum Role: Sendable {
                case entry
                /// Sums up the entries above it.
                case total
                /// Sums up the whole table.
                case grandTotal
                /// Names the rows below it.
                case section
            }

            public var cells: [String]
            public var mark: ForestSketch.Mark?
            public var role: Role

            public init(_ cells: [String], mark: ForestSketch.Mark? = nil, role: Role = .entry) {
                self.cells = cells
                self.mark = mark
                self.role = role
            }
        }

        public var columns: [Column]
        public var rows: [Row]
        public var sketch: ForestSketch?

        public init(columns: [Column], rows: [Row], sketch: ForestSketch? = nil) {
            self.columns = columns
            self.rows = rows
            self.sketch = sketch
        }
    }

    public var blocks: [Block]

    public init(_ blocks: [Block] = []) { self.blocks = blocks }

    /// One summary after the other.
    public static func + (first: Summary, second: Summary) -> Summary { Summary(first.blocks + second.blocks) }
}

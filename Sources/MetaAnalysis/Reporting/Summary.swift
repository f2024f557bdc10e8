/// A report of a result for readers: headings, sentences and tables, which can be written as text, Markdown or HTML.
///
/// Its numbers are rounded for reading. A program should use the numbers of the result itself.
public struct Summary: Sendable {
    /// A part of a summary.
    public enum Block: Sendable {
        /// A heading.
        case heading(String)
        /// A paragraph of one or more sentences.
        case paragraph(String)
        /// A bulleted list, one text for each item.
        case list([String])
        /// A table, with an optional sketch of intervals.
        case table(Table)
        /// Text whose line breaks are kept, such as a call in another language.
        case verbatim(String)
    }

    /// A table of rounded numbers; in plain text, a sketch of the intervals can be drawn beside it.
    public struct Table: Sendable {
        /// Alignment of the cells of a column: left (`leading`) or right (`trailing`).
        public enum Alignment: Sendable { case leading, trailing }

        /// Title and layout of a column.
        public struct Column: Sendable {
            /// What happens to a column if the table is wider than the page.
            public enum Overflow: Sendable {
                /// Never shortened.
                case keep
                /// Cell shortened to one line that ends in "…".
                case cut
                /// Cell continued on the next line.
                case wrap
            }

            /// Text of the header.
            public var title: String
            /// Alignment of the cells; default `trailing`.
            public var alignment: Alignment
            /// Behavior in a table that is too wide; default `keep`.
            public var overflow: Overflow

            /// Makes a column, by default right-aligned and never shortened.
            public init(_ title: String, _ alignment: Alignment = .trailing, _ overflow: Overflow = .keep) {
                self.title = title
                self.alignment = alignment
                self.overflow = overflow
            }
        }

        /// A row of cells with an optional mark in the sketch.
        public struct Row: Sendable {
            /// Purpose of a row, which decides where rules are drawn.
            public enum Role: Sendable {
                /// An ordinary row, such as that of a study.
                case entry
                /// Summary of the entries above it.
                case total
                /// Summary of the whole table.
                case grandTotal
                /// Name of the rows below it.
                case section
            }

            /// Texts of the cells, one for each column.
            public var cells: [String]
            /// Estimate and interval in the sketch; `nil` for a row without them.
            public var mark: ForestSketch.Mark?
            /// Purpose of the row; default `entry`.
            public var role: Role

            /// Makes a row; `cells` must have one text for each column of the table.
            public init(_ cells: [String], mark: ForestSketch.Mark? = nil, role: Role = .entry) {
                self.cells = cells
                self.mark = mark
                self.role = role
            }
        }

        /// Columns from left to right.
        public var columns: [Column]
        /// Rows from top to bottom.
        public var rows: [Row]
        /// Axis on which the marks of the rows are drawn; `nil` for a table without a sketch.
        public var sketch: ForestSketch?

        /// Makes a table, by default without a sketch.
        public init(columns: [Column], rows: [Row], sketch: ForestSketch? = nil) {
            self.columns = columns
            self.rows = rows
            self.sketch = sketch
        }
    }

    /// Blocks in the order of reading.
    public var blocks: [Block]

    /// Makes a summary from its blocks; empty by default.
    public init(_ blocks: [Block] = []) { self.blocks = blocks }

    /// Joins two summaries: the blocks of the first, then those of the second.
    public static func + (first: Summary, second: Summary) -> Summary { Summary(first.blocks + second.blocks) }
}

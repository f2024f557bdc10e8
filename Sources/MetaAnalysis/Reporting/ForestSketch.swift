/// A forest plot in characters: one line for each interval, all on the same axis.
///
/// Positions are on the analysis scale. An arrow marks an interval that extends beyond the axis.
public struct ForestSketch: Sendable {
    /// Estimate and interval of one line.
    public struct Mark: Hashable, Sendable {
        /// Symbol of the estimate: `study` is a square, `pooled` a diamond, and `prediction` a dotted interval without a symbol.
        public enum Symbol: Hashable, Sendable { case study, pooled, prediction }

        /// Estimate on the analysis scale; `nil` for none.
        public var estimate: Double?
        /// Interval on the analysis scale; `nil` for none.
        public var interval: ConfidenceInterval?
        /// Symbol that is drawn at the estimate.
        public var symbol: Symbol

        /// Makes a mark; both numbers are on the analysis scale.
        public init(estimate: Double?, interval: ConfidenceInterval?, symbol: Symbol) {
            self.estimate = estimate
            self.interval = interval
            self.symbol = symbol
        }
    }

    /// Lower and upper end of the axis, on the analysis scale.
    public var axis: ConfidenceInterval
    /// Position of the vertical line of no effect, on the analysis scale; `nil` for no line.
    public var reference: Double?
    /// Labels of the ends and of the reference, on the scale people read.
    private var labels: (lower: String, upper: String, reference: String?)

    /// Makes an axis that shows every estimate and the reference. Intervals may extend it on either side, at most by the range of the
    /// estimates and the reference (without limit if that range is 0).
    ///
    /// The result is `nil` if there is nothing finite to show or the axis would have no width.
    init?(marks: [Mark], reference: Double?, label: (Double) -> String) {
        let points = (marks.map(\.estimate) + [reference]).compactMap(\.self).filter(\.isFinite)
        let ends = marks.compactMap(\.interval).flatMap { [$0.lower, $0.upper] }.filter(\.isFinite)
        guard let least = points.min(), let greatest = points.max() else { return nil }
        let reach = least < greatest ? greatest - least : .infinity
        var lower = least
        var upper = greatest
        for end in ends {
            lower = min(lower, max(end, least - reach))
            upper = max(upper, min(end, greatest + reach))
        }
        guard lower < upper, (upper - lower).isFinite else { return nil }
        axis = ConfidenceInterval(lower: lower, upper: upper)
        self.reference = reference
        labels = (label(lower), label(upper), reference.map(label))
    }

    /// Draws the line of a mark in `width` columns.
    func line(_ mark: Mark?, width: Int) -> String {
        var cells = [Character](repeating: " ", count: width)
        if let reference, let column = column(reference, width) { cells[column] = "│" }
        guard let mark else { return String(cells) }
        let stroke: Character = mark.symbol == .prediction ? "·" : "─"
        if let interval = mark.interval, !interval.isUnbounded {
            let first = column(max(interval.lower, axis.lower), width)
            let last = column(min(interval.upper, axis.upper), width)
            if let first, let last, first <= last {
                for column in first...last { cells[column] = cells[column] == "│" && stroke == "─" ? "┼" : stroke }
                if interval.lower < axis.lower { cells[first] = "<" }
                if interval.upper > axis.upper { cells[last] = ">" }
            }
        }
        if let estimate = mark.estimate, let column = column(estimate, width) {
            switch mark.symbol {
            case .study: cells[column] = "■"
            case .pooled: cells[column] = "◆"
            case .prediction: break
            }
        }
        return String(cells)
    }

    /// Returns the labels of the axis in `width` columns; a label of an end is left out if it would touch that of the reference.
    func header(width: Int) -> String {
        var cells = [Character](repeating: " ", count: width)
        func place(_ label: String, at center: Int) {
            let start = min(max(0, center - label.count / 2), width - label.count)
            guard start >= 0 else { return }
            let range = max(0, start - 1)..<min(width, start + label.count + 1)
            guard cells[range].allSatisfy({ $0 == " " }) else { return }
            cells.replaceSubrange(start..<start + label.count, with: Array(label))
        }
        if let reference, let column = column(reference, width), let label = labels.reference {
            place(label, at: column)
        }
        place(labels.lower, at: 0)
        place(labels.upper, at: width - 1)
        return String(cells)
    }

    private func column(_ value: Double, _ width: Int) -> Int? {
        guard width > 1, value >= axis.lower, value <= axis.upper else { return nil }
        return Int(((value - axis.lower) / axis.width * Double(width - 1)).rounded())
    }
}

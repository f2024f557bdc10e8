/// A forest plot in characters: one line for each interval, all on the same axis.
///
/// Positions are on the analysis scale; an interval that leaves the axis ends in an arrow.
public struct ForestSketch: Sendable {
    /// What one line shows.
    public struct Mark: Hashable, Sendable {
        public enum Symbol: Hashable, Sendable { case study, pooled, prediction }

        public var estimate: Double?
        public var interval: ConfidenceInterval?
        public var symbol: Symbol

        public init(estimate: Double?, interval: ConfidenceInterval?, symbol: Symbol) {
            self.estimate = estimate
            self.interval = interval
            self.symbol = symbol
        }
    }

    /// Ends of the axis.
    public var axis: ConfidenceInterval
    /// Where a vertical line stands: no effect; `nil` for none.
    public var reference: Double?
    /// The ends and the reference as people read them.
    private var labels: (lower: String, upper: String, reference: String?)

    /// An axis that shows every estimate and the reference, and of the intervals at most as much again on either side.
    ///
    /// `nil` when there is nothing to show.
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

    /// The line of a mark in a number of columns.
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

    /// The labels of the axis in a number of columns; an end gives way where it would touch the reference.
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

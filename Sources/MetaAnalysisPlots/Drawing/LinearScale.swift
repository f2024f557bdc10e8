/// A linear scale: it converts numbers to positions along a line of a figure.
public struct LinearScale: Hashable, Sendable {
    /// Number at `start`; less than `upper`.
    public var lower: Double
    /// Number at `end`.
    public var upper: Double
    /// Position of `lower`, in user units.
    public var start: Double
    /// Position of `upper`, in user units; less than `start` on an axis that increases upward.
    public var end: Double

    /// Makes a scale from its two ends.
    ///
    /// - Precondition: `lower` < `upper`, and their difference is finite.
    public init(from lower: Double, to upper: Double, start: Double, end: Double) {
        precondition(lower < upper && (upper - lower).isFinite, "a scale needs two different ends")
        self.lower = lower
        self.upper = upper
        self.start = start
        self.end = end
    }

    /// Returns the position of a number; it is beyond the ends if the number is.
    public func callAsFunction(_ value: Double) -> Double {
        start + (value - lower) / (upper - lower) * (end - start)
    }

    /// Returns the position of the number, or of the nearer end if the number is beyond it.
    public func clamped(_ value: Double) -> Double { self(min(max(value, lower), upper)) }

    /// Returns whether a number is between the ends or equal to one of them.
    public func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

    /// Returns the ends of a scale that shows two numbers with a margin, a share of their difference. The ends are different and finite for
    /// all numbers.
    static func ends(_ lower: Double, _ upper: Double, margin: Double) -> (Double, Double) {
        guard (upper - lower).isFinite else { return (-1, 1) }
        // A single number also needs room around it.
        let isSingle = upper - lower <= abs(upper) * 1e-12
        let room = isSingle ? max(abs(upper) * 0.1, 0.5) : (upper - lower) * margin
        let (start, end) = (lower - room, upper + room)
        if (end - start).isFinite { return (start, end) }
        return isSingle ? (min(lower, 0), max(upper, 0)) : (lower, upper)
    }
}

/// Places numbers along a line of a figure.
public struct LinearScale: Hashable, Sendable {
    /// Ends of the numbers shown.
    public var lower: Double
    public var upper: Double
    /// Where they stand.
    public var start: Double
    public var end: Double

    /// - Precondition: `lower` < `upper`, both finite.
    public init(from lower: Double, to upper: Double, start: Double, end: Double) {
        precondition(lower < upper && (upper - lower).isFinite, "a scale needs two different ends")
        self.lower = lower
        self.upper = upper
        self.start = start
        self.end = end
    }

    /// The position of a number, beyond the ends where the number is.
    public func callAsFunction(_ value: Double) -> Double {
        start + (value - lower) / (upper - lower) * (end - start)
    }

    /// The position of the number, or of the end that it is beyond.
    public func clamped(_ value: Double) -> Double { self(min(max(value, lower), upper)) }

    /// Whether a number lies between the ends, or on one.
    public func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

    /// Ends of a scale that shows two numbers with a margin, which is a share of their distance; different and finite whatever
    /// the numbers are.
    static func ends(_ lower: Double, _ upper: Double, margin: Double) -> (Double, Double) {
        guard (upper - lower).isFinite else { return (-1, 1) }
        // A single number still needs room around it.
        let isSingle = upper - lower <= abs(upper) * 1e-12
        let room = isSingle ? max(abs(upper) * 0.1, 0.5) : (upper - lower) * margin
        let (start, end) = (lower - room, upper + room)
        if (end - start).isFinite { return (start, end) }
        return isSingle ? (min(lower, 0), max(upper, 0)) : (lower, upper)
    }
}

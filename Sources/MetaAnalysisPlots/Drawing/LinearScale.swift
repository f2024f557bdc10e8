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

    public func callAsFunction(_ value: Double) -> Double {
        start + (value - lower) / (upper - lower) * (end - start)
    }

    /// The position of the number, or of the end that it is beyond.
    public func clamped(_ value: Double) -> Double { self(min(max(value, lower), upper)) }

    public func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
}

/// A place in a figure, in user units; y grows downwards.
public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// An upright rectangle.
public struct Box: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The least box around the points, with NaN where a point has it; `nil` without points.
    init?(around points: [Point]) {
        guard let first = points.first else { return nil }
        var (left, right, top, bottom) = (first.x, first.x, first.y, first.y)
        // `min` and `max` keep NaN as their first argument and drop it as their second.
        for point in points {
            left = point.x.isNaN ? .nan : min(left, point.x)
            right = point.x.isNaN ? .nan : max(right, point.x)
            top = point.y.isNaN ? .nan : min(top, point.y)
            bottom = point.y.isNaN ? .nan : max(bottom, point.y)
        }
        self.init(x: left, y: top, width: right - left, height: bottom - top)
    }

    public var right: Double { x + width }
    public var bottom: Double { y + height }
    public var center: Point { Point(x + width / 2, y + height / 2) }

    /// Whether the boxes share an area; touching edges share none.
    public func overlaps(_ other: Box) -> Bool {
        x < other.right && other.x < right && y < other.bottom && other.y < bottom
    }

    /// Whether the other box lies within this one, up to a tolerance.
    public func contains(_ other: Box, tolerance: Double = 0) -> Bool {
        other.x >= x - tolerance && other.right <= right + tolerance && other.y >= y - tolerance
            && other.bottom <= bottom + tolerance
    }

    func inset(by amount: Double) -> Box {
        Box(x: x + amount, y: y + amount, width: width - 2 * amount, height: height - 2 * amount)
    }
}

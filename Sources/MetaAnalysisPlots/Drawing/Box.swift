/// A point in a figure, in user units; y increases downward.
public struct Point: Hashable, Sendable {
    /// Distance from the left edge of the figure.
    public var x: Double
    /// Distance from the top edge of the figure.
    public var y: Double

    /// Makes a point from x and y.
    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// A rectangle with horizontal and vertical sides, in user units.
public struct Box: Hashable, Sendable {
    /// Left edge.
    public var x: Double
    /// Top edge.
    public var y: Double
    /// Width, at least 0.
    public var width: Double
    /// Height, at least 0.
    public var height: Double

    /// Makes a rectangle from its upper left corner and its size.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Makes the smallest rectangle around the points, with NaN if a coordinate is NaN; `nil` without points.
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

    /// Right edge, `x + width`.
    public var right: Double { x + width }
    /// Bottom edge, `y + height`.
    public var bottom: Double { y + height }
    /// Point in the middle.
    public var center: Point { Point(x + width / 2, y + height / 2) }

    /// Returns whether the rectangles share an area; rectangles with a common edge only do not.
    public func overlaps(_ other: Box) -> Bool {
        x < other.right && other.x < right && y < other.bottom && other.y < bottom
    }

    /// Returns whether the other rectangle lies within this one, up to a tolerance in user units.
    public func contains(_ other: Box, tolerance: Double = 0) -> Bool {
        other.x >= x - tolerance && other.right <= right + tolerance && other.y >= y - tolerance
            && other.bottom <= bottom + tolerance
    }

    func inset(by amount: Double) -> Box {
        Box(x: x + amount, y: y + amount, width: width - 2 * amount, height: height - 2 * amount)
    }
}

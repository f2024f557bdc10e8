/// A weighted mean that is accumulated one value at a time.
struct WeightedMean {
    private var total = 0.0
    private var weights = 0.0

    mutating func add(_ value: Double, weight: Double) {
        total += weight * value
        weights += weight
    }

    /// The mean; NaN if no value was added.
    var value: Double { total / weights }
}
